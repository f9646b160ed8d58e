//! How a tool of Jira is declared: what agents read about it, and the function that does the work.

use std::{fmt, future::Future, ops::Deref, pin::Pin};

use tool_kit::{Reply, ToolError, args::RawArguments};

use crate::jira::tools::context::Context;

/// The future of one tool call.
pub(super) type Running<'a> = Pin<Box<dyn Future<Output = Result<Reply, ToolError>> + Send + 'a>>;

/// One tool of Jira: a definition with its function.
#[derive(Clone, Copy)]
pub struct Tool {
    /// What the kit knows of it.
    pub definition: tool_kit::Tool,
    /// Reads the arguments and does the work.
    pub(super) run: for<'a> fn(&'a Context, RawArguments) -> Running<'a>,
}

impl Tool {
    /// The same tool, needing all of these scopes instead of those of its effect.
    pub(super) const fn needs(mut self, scopes: &'static [&'static str]) -> Self {
        self.definition.scopes = scopes;
        self
    }

    /// The same tool, using these scopes too on some of its ways.
    pub(super) const fn also(mut self, scopes: &'static [&'static str]) -> Self {
        self.definition.also = scopes;
        self
    }
}

impl Deref for Tool {
    type Target = tool_kit::Tool;

    fn deref(&self) -> &Self::Target {
        &self.definition
    }
}

impl fmt::Debug for Tool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.definition.fmt(f)
    }
}

/// Declares one tool:
/// `tool!(/** for agents */ "name", "Title", Set, Effect, function(Arguments), r#"{…}"#)`. The last
/// is a call of it that the sandbox understands; tables of tests follow from it.
macro_rules! tool {
    ($(#[doc = $about:literal])+ $name:literal, $title:literal, $set:ident, $effect:ident, $run:ident($args:ty), $sample:literal) => {
        $crate::jira::tools::registry::Tool {
            definition: tool_kit::Tool {
                name: $name,
                title: $title,
                about: concat!($($about),+),
                set: tool_kit::Toolset::$set,
                effect: tool_kit::Effect::$effect,
                scopes: $crate::jira::tools::oauth::scopes(tool_kit::Effect::$effect),
                also: &[],
                serves: $crate::jira::tools::oauth::serves,
                args: <$args as tool_kit::args::Arguments>::SPECS,
                sample: $sample,
                synonyms: &$crate::jira::tools::args::SYNONYMS,
                read: |given| <$args as tool_kit::args::Arguments>::read(given).map(drop),
            },
            run: |context, given| {
                Box::pin(async move {
                    let args = <$args as tool_kit::args::Arguments>::read(given)?;
                    $run(context, args).await
                })
            },
        }
    };
}
pub(in crate::jira::tools) use tool;
