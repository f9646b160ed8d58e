//! What an agent can do in Jira.
//!
//! A tool is one row: its name, what agents read about it, its set, its effect, its arguments, its
//! function and a sample of a call. The protocol layer turns rows into MCP tools; nothing here
//! knows MCP or HTTP. A new tool is added in the file of its domain; a new file adds one line in
//! `catalog`.

mod agile;
mod apps;
mod args;
mod bulk;
mod catalog;
mod completion;
mod context;
mod create;
mod issue;
mod jira_error;
mod jsm;
mod neighbours;
mod oauth;
mod parts;
mod peers;
mod people;
mod product;
mod project;
mod project_guard;
mod registry;
mod scope;
mod search;
mod subject;
mod writing;

pub use crate::jira::Projects;
pub use agile::offset;
pub use args::{issue_key, project_key};
pub use catalog::{all, named, nearest};
pub use context::{Context, Limits};
pub use oauth::BASE_SCOPES;
pub use peers::is_theirs as understands;
pub use product::{JiraTools, Settings};
pub use registry::Tool;
pub use scope::allowed_projects;
pub use tool_kit::{
    Code, Effect, IdempotencyKeys, Progress, Reply, SIGNING_CONTEXT, SigningKeys, Step, ToolError,
    Toolset,
    args::{ArgSpec, RawArguments, Shape},
};
pub use writing::texts_made::TextsMade;
