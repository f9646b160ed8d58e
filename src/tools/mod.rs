//! What an agent can do: the registry of all tools, and what a tool is.
//!
//! A tool is one row: its name, what agents read about it, its set, its effect, its arguments and its function. The
//! protocol layer turns rows into MCP tools; nothing here knows MCP or HTTP. A new tool is added in the file of its
//! domain; a new domain adds its file and one line in [`all`].

mod advice;
mod args;
mod comments;
mod context;
mod create;
mod create_fields;
mod error;
mod fields;
mod filters;
mod find_fields;
mod issue;
mod jql_fault;
mod jql_help;
mod jql_names;
mod oauth;
mod people;
mod permissions;
mod project;
mod projects;
mod registry;
mod repeat;
mod scope;
mod search;
mod text;
mod transitions;
mod update;
mod whoami;

pub use args::{ArgSpec, Given, Shape};
pub use context::{Context, Limits, Reply};
pub use error::{Code, ToolError};
pub use registry::{Effect, Tool, Toolset};
pub use repeat::Repeats;
pub use scope::Projects;

/// Every tool of every set, in the order in which they are listed.
pub fn all() -> impl Iterator<Item = &'static Tool> {
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
        project::TOOLS,
        find_fields::TOOLS,
        jql_help::TOOLS,
        permissions::TOOLS,
        filters::TOOLS,
    ]
    .into_iter()
    .flatten()
}

/// The tool of that name.
pub fn named(name: &str) -> Option<&'static Tool> {
    all().find(|tool| tool.name == name)
}

/// The tool whose name is most like the given one.
pub fn nearest(name: &str) -> Option<&'static str> {
    args::nearest(name, all().map(|tool| tool.name))
}
