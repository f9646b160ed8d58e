//! The classic scopes, and the granular ones that the agile API wants instead.
//!
//! Source: `x-atlassian-oauth2-scopes` in Atlassian's `OpenAPI` documents.

pub(crate) const READ_WORK: &str = "read:jira-work";
pub(crate) const WRITE_WORK: &str = "write:jira-work";
pub(crate) const READ_USER: &str = "read:jira-user";
pub(crate) const MANAGE_PROJECT: &str = "manage:jira-project";
pub(crate) const READ_BOARD: &str = "read:board-scope:jira-software";
pub(crate) const READ_SPRINT: &str = "read:sprint:jira-software";
pub(crate) const WRITE_SPRINT: &str = "write:sprint:jira-software";
pub(crate) const DELETE_SPRINT: &str = "delete:sprint:jira-software";
pub(crate) const READ_PROJECT: &str = "read:project:jira";
pub(crate) const READ_DETAILS: &str = "read:issue-details:jira";
pub(crate) const READ_JQL: &str = "read:jql:jira";
pub(crate) const READ_EPIC: &str = "read:epic:jira-software";
pub(crate) const WRITE_BOARD: &str = "write:board-scope:jira-software";
pub(crate) const RANK: &str = "write:issue:jira-software";

/// Customer requests with all that belongs to them, service desks and queues.
///
/// Source: "Jira Service Management scopes" of Atlassian's developer documentation.
pub(crate) const READ_REQUEST: &str = "read:servicedesk-request";
pub(crate) const WRITE_REQUEST: &str = "write:servicedesk-request";

/// The user's own profile at `/me`.
pub(crate) const READ_ME: &str = "read:me";
/// Asks for a refresh token.
pub(crate) const OFFLINE: &str = "offline_access";
/// Scopes of the account: no site lists them as its own.
pub(crate) const OF_THE_ACCOUNT: &[&str] = &[READ_ME, "read:account", OFFLINE];
