//! What we ask of Jira, as plain values: built and tested without a server.

mod activity;
pub mod agile;
mod attachment;
mod body;
mod builder;
mod bulk;
mod deletion;
pub mod desk;
mod filter;
mod form;
mod issue;
mod jql;
mod link;
mod people;
mod project;
mod project_parts;
mod search;
mod site;
#[cfg(test)]
mod tests;
mod version;

pub use activity::{
    add_worklog, comment, unwatch, update_comment, watch, watchers, worklogs_started,
};
pub use attachment::{add_attachment, attachment, attachment_content};
pub use body::{Body, IssueBody, Update};
pub use builder::{Base, Request, Safety, scope};
pub use bulk::{BulkChange, bulk_fetch, create_issues, move_issue, shared_transitions, task};
pub use deletion::{
    attached_file, delete_attachment, delete_comment, delete_issue, delete_issue_link,
    delete_worklog, issue_link, worklog,
};
pub use filter::{favourite_filters, filters};
pub use issue::{
    NewIssue, add_comment, assign, changelog, changelogs, comments, create_issue, edit_fields,
    issue, remote_links, transition, transitions, update_issue, worklogs,
};
pub use jql::{jql_reference, jql_suggestions, parse_jql};
pub use link::{add_remote_link, link_issues, link_types};
pub use people::{assignable_users, me, my_permissions, myself, user, users};
pub use project::{create_fields, create_issue_types, fields, projects, statuses};
pub use project_parts::{
    project, project_components, project_roles, project_statuses, project_versions,
};
pub use search::{approximate_count, search, search_properties};
pub use site::{accessible_resources, server_info};
pub use version::{create_version, project_head, update_version, versions};
