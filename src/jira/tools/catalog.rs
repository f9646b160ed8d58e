//! Every tool of Jira, by name and in order. A new tool is added to the `TOOLS` of its file; a new
//! file is a line here.

use tool_kit::{ToolError, args::RawArguments};

use super::{
    agile, bulk,
    context::Context,
    create, issue, jsm, neighbours, parts, people, project,
    registry::{Running, Tool},
    search,
};

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
        people::mentions::TOOLS,
        search::filters::TOOLS,
        jsm::TOOLS,
    ]
    .into_iter()
    .flatten()
}

/// The tool of that name.
pub fn named(name: &str) -> Option<&'static tool_kit::Tool> {
    all().find(|tool| tool.name == name)
}

/// The tool that a name of no tool most probably means, among those that may be named.
pub fn nearest(name: &str, may_be_named: impl Fn(&tool_kit::Tool) -> bool) -> Option<&'static str> {
    neighbours::nearest(name, &all().filter(|tool| may_be_named(tool)).collect::<Vec<_>>())
}

/// The function of a tool.
pub(super) fn function(
    tool: &tool_kit::Tool,
) -> Result<for<'a> fn(&'a Context, RawArguments) -> Running<'a>, ToolError> {
    let found = handlers().find(|one| one.name == tool.name);
    found.map(|one| one.run).ok_or_else(|| ToolError::internal("the tool has no function"))
}
