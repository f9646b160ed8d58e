//! What an agent can do: the registry of all tools, and what a tool is.
//!
//! A tool is one row: its name, what agents read about it, its set, its effect, its arguments and
//! its function. The protocol layer turns rows into MCP tools; nothing here knows MCP or HTTP. A
//! new tool is added in the file of its domain; a new domain adds its file and one line in [`all`].

mod advice;
mod agile;
mod args;
mod attachments;
mod bulk_edit;
mod bulk_targets;
mod bulk_transition;
mod changelog;
mod changes;
mod comment_edit;
mod comments;
mod completion;
mod confirm;
mod context;
mod create;
mod create_fields;
mod create_issues;
mod delete;
mod delete_parts;
mod description;
mod edit;
mod fields;
mod filters;
mod find_fields;
mod get_issues;
mod grouped;
mod issue;
mod issue_sections;
mod jira_error;
mod jql_fault;
mod jql_help;
mod jql_names;
mod links;
mod lost;
mod move_issue;
mod neighbours;
mod oauth;
mod people;
mod permissions;
mod place;
mod product;
mod project;
mod projects;
mod read_back;
mod recent;
mod registry;
mod rich_text;
mod scope;
mod screens;
mod search;
mod subject;
mod task;
mod text;
mod transitions;
mod update;
mod upload;
mod version;
mod watch;
mod web_links;
mod whoami;
mod worklogs;

pub use crate::jira::Projects;
pub(crate) use agile::offset;
pub use context::{Context, Limits};
pub use oauth::BASE_SCOPES;
pub use product::{JiraTools, Settings};
pub use registry::Tool;
pub use scope::allowed_projects;
pub use text::TextsMade;
pub use tool_kit::{
    Code, Effect, IdempotencyKeys, Progress, Reply, SIGNING_CONTEXT, SigningKeys, Step, ToolError,
    Toolset,
    args::{ArgSpec, Given, Shape},
};

/// Every tool of every set, in the order in which they are listed.
pub fn all() -> impl Iterator<Item = &'static tool_kit::Tool> {
    handlers().map(|tool| &tool.definition)
}

/// Every tool with its function.
fn handlers() -> impl Iterator<Item = &'static Tool> {
    [
        whoami::TOOLS,
        search::TOOLS,
        issue::TOOLS,
        create::TOOLS,
        update::TOOLS,
        comments::TOOLS,
        transitions::TOOLS,
        projects::TOOLS,
        create_fields::TOOLS,
        people::TOOLS,
        comment_edit::TOOLS,
        links::TOOLS,
        web_links::TOOLS,
        worklogs::TOOLS,
        watch::TOOLS,
        changelog::TOOLS,
        attachments::TOOLS,
        upload::TOOLS,
        agile::TOOLS,
        get_issues::TOOLS,
        create_issues::TOOLS,
        bulk_edit::TOOLS,
        task::TOOLS,
        version::TOOLS,
        move_issue::TOOLS,
        delete::TOOLS,
        delete_parts::TOOLS,
        project::TOOLS,
        find_fields::TOOLS,
        jql_help::TOOLS,
        permissions::TOOLS,
        filters::TOOLS,
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
