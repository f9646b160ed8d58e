//! A family of tools over one upstream, as the protocol layer sees it: what there is, and one call.

use std::{fmt, future::Future, pin::Pin, sync::Arc};

use auth::{Caller, TokenVerdict};
use metrics::Trace;
use serde_json::{Map, Value};
use tokio::time::Instant;

use super::{
    args::ArgSpec, budget::Budget, error::ToolError, progress::Progress, reply::Reply, tool::Tool,
};

/// A family of tools.
pub trait Product: fmt::Debug + Send + Sync {
    /// What it is called among names, such as `jira`: the scheme of its resources' addresses.
    fn name(&self) -> &'static str;

    /// The same for people.
    fn title(&self) -> &'static str;

    /// What every conversation is told about it.
    fn instructions(&self) -> &'static str;

    /// Every tool, in the order in which they are listed.
    fn tools(&self) -> Vec<&'static Tool>;

    /// The tool of that name.
    fn tool(&self, name: &str) -> Option<&'static Tool>;

    /// The tool that a call by this name means where other servers have the name for it. Such
    /// names are not listed.
    fn tool_called_elsewhere(
        &self,
        _name: &str,
        _arguments: &Map<String, Value>,
    ) -> Option<&'static Tool> {
        None
    }

    /// The arguments of a call by such a name in the words of the tool that it means, or why they
    /// cannot be said in them. Whatever judges arguments judges these.
    fn in_own_words(
        &self,
        _called_as: &str,
        arguments: Map<String, Value>,
    ) -> Result<Map<String, Value>, ToolError> {
        Ok(arguments)
    }

    /// The tool that a name of no tool most probably means, among those that may be named.
    fn nearest_tool(
        &self,
        name: &str,
        may_be_named: &dyn Fn(&Tool) -> bool,
    ) -> Option<&'static str>;

    /// Arguments that every tool takes beside its own.
    fn common_arguments(&self) -> &'static [ArgSpec];

    /// Arguments that clients repeat in a header, so that a gateway need not read bodies.
    fn header_arguments(&self) -> &'static [HeaderArgument];

    /// The page that a host may show with a tool's results, if there is one.
    fn app(&self, _tool: &Tool) -> Option<&'static App> {
        None
    }

    /// What can be read by an address.
    fn resources(&self) -> Vec<ResourceKind>;

    /// What is known of the scopes of a caller's token; none when nothing is.
    fn granted_scopes(&self, caller: &Caller) -> Option<Vec<String>>;

    /// Where suggestions for an argument of a prompt or of an address come from, given what was
    /// typed of it and what the other arguments are.
    fn suggestions(
        &self,
        argument: &str,
        typed: &str,
        others: &dyn Fn(&str) -> Option<String>,
    ) -> Suggestions;

    /// Whether a tool's result holds what others wrote: that of a tool that changes something
    /// says what it did.
    fn shows_words_of_others(&self, tool: &Tool) -> bool {
        tool.effect.is_read()
    }

    /// Begins one call.
    fn open(&self, request: CallRequest) -> Box<dyn OpenCall>;
}

/// What a call is to do, for whom, within what.
#[derive(Debug)]
pub struct CallRequest {
    /// The tool.
    pub tool: &'static Tool,
    /// Its arguments, in its own words.
    pub arguments: Map<String, Value>,
    /// For whom.
    pub caller: Caller,
    /// When it must be over.
    pub deadline: Instant,
    /// What its reply may take.
    pub budget: Budget,
    /// The trace that it belongs to.
    pub trace: Trace,
    /// Where it says how far it is.
    pub progress: Progress,
    /// The tools that do not exist for this request.
    pub hidden_tools: Arc<[&'static str]>,
}

/// The future of one run of a tool.
pub type Run<'a> = Pin<Box<dyn Future<Output = Result<Reply, ToolError>> + Send + 'a>>;

/// One call that was begun.
pub trait OpenCall: Send + Sync {
    /// For whom.
    fn caller(&self) -> &Caller;

    /// What is known of the scopes of the caller's token where the call goes; none when nothing is.
    fn granted_scopes(&self) -> Option<&[String]>;

    /// Does the work, to the reply or the error that the agent is told.
    fn run(&self) -> Run<'_>;

    /// What the upstream said of the caller's token so far.
    fn token_verdict(&self) -> TokenVerdict;

    /// What it cost so far.
    fn usage(&self) -> Usage;

    /// What the call is about, as far as it may stand in a log.
    fn subject(&self, is_answered: bool) -> &str;
}

/// What a call cost at the upstream.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Usage {
    /// HTTP requests, repeats not counted.
    pub requests: u32,
    /// Body bytes read, after decompression.
    pub bytes_read: u64,
}

/// An argument that clients of 2026-07-28 repeat in a header: a key, never words of a user. Source:
/// MCP 2026-07-28, basic/transports/streamable-http, `x-mcp-header`.
#[derive(Debug, Clone, Copy)]
pub struct HeaderArgument {
    /// The tool's name.
    pub tool: &'static str,
    /// The argument's name.
    pub argument: &'static str,
    /// The end of the header's name.
    pub header: &'static str,
}

/// A page that a host shows with a tool's results: one file, the same for everybody. Source: MCP
/// Apps, 2026-01-26.
#[derive(Debug)]
pub struct App {
    /// For people.
    pub about: &'static str,
    /// The file. `{tool}` and `{title}` stand for the tool's.
    pub html: &'static str,
    /// The tools that it calls beside its own, without which it is not offered.
    pub calls: &'static [&'static str],
}

/// A kind of resource, `{product}://{host}/{id}`, and the tool that reads it.
#[derive(Debug, Clone)]
pub struct ResourceKind {
    /// The first part of the address.
    pub host: &'static str,
    /// The tool that shows the same thing.
    pub tool: &'static str,
    /// The tool's argument that takes the path.
    pub id: &'static str,
    /// The tool's arguments that the query may hold.
    pub query: &'static [&'static str],
    /// Those of them that the address is described with.
    pub described_query: Vec<&'static str>,
    /// Arguments that are always given.
    pub fixed: &'static [(&'static str, &'static str)],
    /// For people.
    pub title: &'static str,
    /// What is in it.
    pub about: &'static str,
    /// Its type, where all have the same.
    pub media_type: Option<&'static str>,
    /// The text of a file and its type, where the tool's result is about one that is text.
    pub file: fn(&Value) -> Option<(String, String)>,
}

/// Where suggestions come from.
#[derive(Debug)]
pub enum Suggestions {
    /// There are none.
    None,
    /// These, as far as they begin with what was typed.
    Fixed(Vec<String>),
    /// A tool is asked for them.
    Ask {
        /// The tool's name.
        tool: &'static str,
        /// What it is asked.
        arguments: Map<String, Value>,
        /// The names in its result.
        names: fn(&Value) -> Vec<String>,
        /// The tool's own search goes by more than the beginning of the name.
        is_search: bool,
    },
}
