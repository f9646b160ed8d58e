//! What a tool is, and the macro that declares one.

use std::{fmt, future::Future, pin::Pin};

use super::{
    args::{ArgSpec, Given},
    context::{Context, Reply},
    error::ToolError,
};

/// A group of tools that an operator switches on or off together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Toolset {
    /// Search, read, create, edit, comment, move.
    Core,
    /// Projects, fields, JQL help, permissions, filters.
    Context,
    /// Links, worklogs, attachments, watchers, history.
    Collab,
    /// Boards and sprints.
    Agile,
    /// Many issues at once.
    Bulk,
    /// Versions and moves between projects.
    Manage,
    /// Deletions.
    Destructive,
}

impl Toolset {
    /// All sets.
    pub const ALL: &'static [Self] = &[
        Self::Core,
        Self::Context,
        Self::Collab,
        Self::Agile,
        Self::Bulk,
        Self::Manage,
        Self::Destructive,
    ];

    /// The name in settings, paths and headers.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Core => "core",
            Self::Context => "context",
            Self::Collab => "collab",
            Self::Agile => "agile",
            Self::Bulk => "bulk",
            Self::Manage => "manage",
            Self::Destructive => "destructive",
        }
    }

    /// Reads a name in any letter case.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|set| set.name().eq_ignore_ascii_case(name))
    }
}

/// What a tool does to Jira; the four MCP annotations follow from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// Changes nothing.
    Read,
    /// Adds something each time it is called.
    Write,
    /// Changes something; calling it again changes nothing more.
    Idempotent,
    /// Removes or overwrites what cannot be brought back.
    Destructive,
}

impl Effect {
    /// Whether it changes nothing.
    pub const fn is_read(self) -> bool {
        matches!(self, Self::Read)
    }
}

/// The future of one tool call.
pub(crate) type Running<'a> = Pin<Box<dyn Future<Output = Result<Reply, ToolError>> + Send + 'a>>;

/// One tool.
#[derive(Clone, Copy)]
pub struct Tool {
    /// Stable, `jira_verb_noun`.
    pub name: &'static str,
    /// For people.
    pub title: &'static str,
    /// For agents: what it does, when to use it.
    pub about: &'static str,
    /// The set it belongs to.
    pub set: Toolset,
    /// What it does to Jira.
    pub effect: Effect,
    /// The OAuth scopes without which it cannot work.
    pub scopes: &'static [&'static str],
    /// Further scopes that some of its ways use: asked for at sign-in, not held against a token. An
    /// entry may name several, separated by spaces.
    pub also: &'static [&'static str],
    /// Its arguments.
    pub args: &'static [ArgSpec],
    /// Reads the arguments and does nothing with them.
    pub read: fn(Given) -> Result<(), ToolError>,
    /// Reads the arguments and does the work.
    pub run: for<'a> fn(&'a Context, Given) -> Running<'a>,
}

impl fmt::Debug for Tool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tool")
            .field("name", &self.name)
            .field("set", &self.set)
            .finish_non_exhaustive()
    }
}

/// Declares one tool: `tool!(/** for agents */ "name", "Title", Set, Effect, function(Arguments))`.
macro_rules! tool {
    ($(#[doc = $about:literal])+ $name:literal, $title:literal, $set:ident, $effect:ident, $run:ident($args:ty)) => {
        $crate::tools::registry::Tool {
            name: $name,
            title: $title,
            about: concat!($($about),+),
            set: $crate::tools::registry::Toolset::$set,
            effect: $crate::tools::registry::Effect::$effect,
            scopes: $crate::tools::registry::Effect::$effect.scopes(),
            also: &[],
            args: <$args as $crate::tools::args::Arguments>::SPECS,
            read: |given| <$args as $crate::tools::args::Arguments>::read(given).map(drop),
            run: |context, given| {
                Box::pin(async move {
                    let args = <$args as $crate::tools::args::Arguments>::read(given)?;
                    $run(context, args).await
                })
            },
        }
    };
}
pub(in crate::tools) use tool;
