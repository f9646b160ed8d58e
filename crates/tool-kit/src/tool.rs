//! What a tool is, and what agents read about it.

use std::fmt;

use super::{
    args::{ArgSpec, RawArguments, Synonyms},
    error::ToolError,
    preview::CONFIRM,
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
    /// Conversations with agents.
    Agent,
    /// Service desks: requests, approvals, queues.
    Jsm,
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
        Self::Agent,
        Self::Jsm,
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
            Self::Agent => "agent",
            Self::Jsm => "jsm",
        }
    }

    /// Reads a name in any letter case.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|set| set.name().eq_ignore_ascii_case(name))
    }
}

/// What a tool does to the upstream; the four MCP annotations follow from it.
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

/// One tool.
#[derive(Clone, Copy)]
pub struct Tool {
    /// Stable, `product_verb_noun`.
    pub name: &'static str,
    /// For people.
    pub title: &'static str,
    /// For agents: what it does, when to use it.
    pub about: &'static str,
    /// The set it belongs to.
    pub set: Toolset,
    /// What it does to the upstream.
    pub effect: Effect,
    /// The OAuth scopes without which it cannot work.
    pub scopes: &'static [&'static str],
    /// Further scopes that some of its ways use: asked for at sign-in, not held against a token. An
    /// entry may name several, separated by spaces.
    pub also: &'static [&'static str],
    /// Whether a granted scope stands for one that is needed: some upstreams have two vocabularies.
    pub serves: fn(granted: &str, needed: &str) -> bool,
    /// Its arguments.
    pub args: &'static [ArgSpec],
    /// The arguments of one call, as JSON: what is needed and no more.
    pub sample: &'static str,
    /// Other words for its arguments.
    pub synonyms: &'static Synonyms,
    /// Reads the arguments and does nothing with them.
    pub read: fn(RawArguments) -> Result<(), ToolError>,
}

impl Tool {
    /// Whether it shows what it would do and waits for consent: it takes the token of a preview.
    pub fn asks_for_consent(&self) -> bool {
        self.args.iter().any(|arg| arg.name == CONFIRM)
    }

    /// Every scope that the tool can use, for whoever signs users in.
    pub fn sign_in_scopes(&self) -> impl Iterator<Item = &'static str> {
        self.scopes.iter().chain(self.also).flat_map(|scopes| scopes.split_whitespace())
    }

    /// The scopes, separated by spaces, that the tool needs and a token with these does not have.
    pub fn missing_scopes(&self, granted: &[String]) -> Option<String> {
        let is_missing =
            |needed: &&str| !granted.iter().any(|granted| (self.serves)(granted, needed));
        let missing: Vec<&str> = self.scopes.iter().copied().filter(is_missing).collect();
        (!missing.is_empty()).then(|| missing.join(" "))
    }
}

impl fmt::Debug for Tool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tool")
            .field("name", &self.name)
            .field("set", &self.set)
            .finish_non_exhaustive()
    }
}
