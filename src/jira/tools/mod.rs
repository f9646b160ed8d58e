//! What an agent can do: the registry of all tools, and what a tool is.
//!
//! A tool is one row: its name, what agents read about it, its set, its effect, its arguments and
//! its function. The protocol layer turns rows into MCP tools; nothing here knows MCP or HTTP. A
//! new tool is added in the file of its domain; a new domain adds its file and one line in [`all`].

mod agile;
mod args;
mod bulk;
mod completion;
mod context;
mod create;
mod issue;
mod jira_error;
mod neighbours;
mod oauth;
mod parts;
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
pub(crate) use agile::offset;
pub use context::{Context, Limits};
pub use oauth::BASE_SCOPES;
pub use product::{JiraTools, Settings};
pub use registry::Tool;
pub use scope::allowed_projects;
pub use tool_kit::{
    Code, Effect, IdempotencyKeys, Progress, Reply, SIGNING_CONTEXT, SigningKeys, Step, ToolError,
    Toolset,
    args::{ArgSpec, Given, Shape},
};
pub use writing::text::TextsMade;

/// Every tool of every set, in the order in which they are listed.
pub fn all() -> impl Iterator<Item = &'static tool_kit::Tool> {
    handlers().map(|tool| &tool.definition)
}

/// Every tool with its function.
fn handlers() -> impl Iterator<Item = &'static Tool> {
    [
        people::whoami::TOOLS,
        search::jql_search::TOOLS,
        issue::read::TOOLS,
        create::create_issue::TOOLS,
        issue::update::TOOLS,
        parts::comments::TOOLS,
        issue::transitions::TOOLS,
        project::list::TOOLS,
        create::create_fields::TOOLS,
        people::find_users::TOOLS,
        parts::comment_edit::TOOLS,
        parts::links::TOOLS,
        parts::web_links::TOOLS,
        parts::worklogs::TOOLS,
        issue::watch::TOOLS,
        issue::changelog::TOOLS,
        parts::attachments::TOOLS,
        parts::upload::TOOLS,
        agile::TOOLS,
        issue::read_many::TOOLS,
        create::create_issues::TOOLS,
        bulk::bulk_edit::TOOLS,
        bulk::task::TOOLS,
        project::version::TOOLS,
        issue::move_issue::TOOLS,
        issue::delete::TOOLS,
        parts::delete_parts::TOOLS,
        project::details::TOOLS,
        search::find_fields::TOOLS,
        search::jql_help::TOOLS,
        people::permissions::TOOLS,
        search::filters::TOOLS,
    ]
    .into_iter()
    .flatten()
}

/// The key of an issue, from the key in any letter case or the issue's address.
pub fn issue_key(text: &str) -> Option<String> {
    args::IssueKey::parse(text).map(|key| key.as_str().to_owned())
}

/// The key of a project, likewise.
pub fn project_key(text: &str) -> Option<String> {
    args::ProjectKey::parse(text).map(|key| key.as_str().to_owned())
}

/// The tool of that name.
pub fn named(name: &str) -> Option<&'static tool_kit::Tool> {
    all().find(|tool| tool.name == name)
}

/// The tool that a name of no tool most probably means, among those that may be named.
pub fn nearest(name: &str, may_be_named: impl Fn(&tool_kit::Tool) -> bool) -> Option<&'static str> {
    neighbours::nearest(name, may_be_named)
}
