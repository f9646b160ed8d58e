//! What we ask of Jira, as plain values: built and tested without a server.

mod activity;
pub mod agile;
mod attachment;
mod body;
mod bulk;
mod deletion;
mod filter;
mod form;
mod issue;
mod jql;
mod link;
mod people;
mod project;
mod project_parts;
mod search;
mod version;

use std::borrow::Cow;

use bytes::Bytes;
use http::Method;
use serde::Serialize;

pub use activity::{
    add_worklog, comment, unwatch, update_comment, watch, watchers, worklogs_started,
};
pub use attachment::{add_attachment, attachment, attachment_content};
pub use body::{Body, IssueBody, Update};
pub use bulk::{BulkChange, bulk_fetch, create_issues, move_issue, shared_transitions, task};
pub use deletion::{
    attached_file, delete_attachment, delete_comment, delete_issue, delete_issue_link,
    delete_worklog, issue_link, worklog,
};
pub use filter::{favourite_filters, filters};
pub use issue::{
    NewIssue, add_comment, assign, changelog, comments, create_issue, edit_fields, issue,
    remote_links, transition, transitions, update_issue, worklogs,
};
pub use jql::{jql_reference, jql_suggestions, parse_jql};
pub use link::{add_remote_link, link_issues, link_types};
pub use people::{assignable_users, my_permissions, myself, user, users};
pub use project::{create_fields, create_issue_types, fields, projects};
pub use project_parts::{
    project, project_components, project_roles, project_statuses, project_versions,
};
pub use search::{approximate_count, search, search_properties};
pub use version::{create_version, project_head, update_version, versions};

/// What a request does to Jira, which decides how it may be repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// Changes nothing, whatever its method: a search is a POST.
    Read,
    /// Changes something, and repeating it changes nothing more.
    IdempotentWrite,
    /// Changes something each time.
    Write,
}

/// Below which path a request lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Base {
    /// The API host itself: `accessible-resources`.
    Host,
    /// `/ex/jira/{cloudId}/rest/api/3`
    Platform,
    /// `/ex/jira/{cloudId}/rest/agile/1.0`
    Agile,
}

/// One call to Jira. Path segments and query values are kept apart and escaped when the URL is
/// built, so no argument can change which endpoint is called.
#[derive(Debug, Clone)]
pub struct Request {
    method: Method,
    base: Base,
    path: Vec<Cow<'static, str>>,
    query: Vec<(&'static str, String)>,
    body: Option<Bytes>,
    form_boundary: Option<String>,
    effect: Effect,
    scope: &'static str,
    is_metadata: bool,
}

/// The OAuth scopes. Source: `x-atlassian-oauth2-scopes` of each operation in Jira's OpenAPI
/// document.
pub mod scope {
    /// Everything in projects and issues that is read.
    pub const READ_WORK: &str = "read:jira-work";
    /// Everything in issues that is written.
    pub const WRITE_WORK: &str = "write:jira-work";
    /// People, the caller included.
    pub const READ_USER: &str = "read:jira-user";
    /// Versions and components of a project.
    pub const MANAGE_PROJECT: &str = "manage:jira-project";
}

/// `GET /oauth/token/accessible-resources`: the sites that the token reaches, each with its scopes.
pub fn accessible_resources() -> Request {
    Request { base: Base::Host, ..Request::read(["oauth", "token", "accessible-resources"]) }
}

/// `GET /serverInfo`: the site's own address, among other things.
pub fn server_info() -> Request {
    Request { scope: scope::READ_WORK, ..Request::read(["serverInfo"]) }
}

/// The text of a query value.
struct QueryValue(String);

impl From<&str> for QueryValue {
    fn from(value: &str) -> Self {
        Self(value.to_owned())
    }
}

impl From<String> for QueryValue {
    fn from(value: String) -> Self {
        Self(value)
    }
}

impl From<u32> for QueryValue {
    fn from(value: u32) -> Self {
        Self(value.to_string())
    }
}

impl From<bool> for QueryValue {
    fn from(value: bool) -> Self {
        Self(value.to_string())
    }
}

impl Request {
    fn read<const N: usize>(path: [&'static str; N]) -> Self {
        Self {
            method: Method::GET,
            base: Base::Platform,
            path: path.into_iter().map(Cow::Borrowed).collect(),
            query: Vec::new(),
            body: None,
            form_boundary: None,
            effect: Effect::Read,
            scope: scope::READ_WORK,
            is_metadata: false,
        }
    }

    fn write<const N: usize>(method: Method, effect: Effect, path: [&'static str; N]) -> Self {
        Self { method, effect, scope: scope::WRITE_WORK, ..Self::read(path) }
    }

    fn segment(mut self, segment: impl Into<Cow<'static, str>>) -> Self {
        self.path.push(segment.into());
        self
    }

    fn query(mut self, name: &'static str, value: impl Into<QueryValue>) -> Self {
        self.query.push((name, value.into().0));
        self
    }

    fn query_if(self, name: &'static str, value: Option<impl Into<QueryValue>>) -> Self {
        match value {
            Some(value) => self.query(name, value),
            None => self,
        }
    }

    /// It asks how the site is made, which changes seldom: a recent answer to the same user will
    /// do.
    fn metadata(self) -> Self {
        Self { is_metadata: true, ..self }
    }

    fn json(mut self, body: &impl Serialize) -> Self {
        self.body = serde_json::to_vec(body).ok().map(Bytes::from);
        self
    }

    fn form(mut self, form: form::Form) -> Self {
        self.body = Some(Bytes::from(form.body));
        self.form_boundary = Some(form.boundary);
        self
    }

    /// The HTTP method.
    pub fn method(&self) -> &Method {
        &self.method
    }

    /// Below which path it lives.
    pub fn base(&self) -> Base {
        self.base
    }

    /// The path's segments below [`Request::base`], unescaped.
    pub fn path(&self) -> impl Iterator<Item = &str> {
        self.path.iter().map(AsRef::as_ref)
    }

    /// The query's names and values, unescaped.
    pub fn query_pairs(&self) -> &[(&'static str, String)] {
        &self.query
    }

    /// The body: JSON, or a form when there is a [`Request::form_boundary`].
    pub fn body(&self) -> Option<&Bytes> {
        self.body.as_ref()
    }

    /// The boundary of a `multipart/form-data` body.
    pub fn form_boundary(&self) -> Option<&str> {
        self.form_boundary.as_deref()
    }

    /// What it does to Jira.
    pub fn effect(&self) -> Effect {
        self.effect
    }

    /// Whether an answer that this user got a short while ago will do.
    pub fn is_metadata(&self) -> bool {
        self.is_metadata
    }

    /// The OAuth scope it needs; several are separated by spaces.
    pub fn scope(&self) -> &'static str {
        self.scope
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn p1() -> crate::jira::AllowedIssue {
        crate::jira::Projects::default().told("P-1").unwrap()
    }

    fn check(request: &Request, method: &Method, path: &str, query: &str, body: Option<&Value>) {
        assert_eq!(request.method(), method);
        assert_eq!(request.path().collect::<Vec<_>>().join("/"), path);
        let shown: Vec<String> =
            request.query_pairs().iter().map(|(name, value)| format!("{name}={value}")).collect();
        assert_eq!(shown.join("&"), query);
        assert_eq!(request.body().map(|body| serde_json::from_slice(body).unwrap()).as_ref(), body);
    }

    #[test]
    fn requests_name_their_endpoint() {
        check(&accessible_resources(), &Method::GET, "oauth/token/accessible-resources", "", None);
        check(
            &issue(&p1(), &["summary", "status"], &[]),
            &Method::GET,
            "issue/P-1",
            "fields=summary,status",
            None,
        );
        check(
            &search("project = P", &["summary".to_owned()], 10, Some("t")),
            &Method::POST,
            "search/jql",
            "",
            Some(
                &json!({"jql": "project = P", "maxResults": 10, "fields": ["summary"], "nextPageToken": "t"}),
            ),
        );
        check(
            &comments(&p1(), 50, 10, true),
            &Method::GET,
            "issue/P-1/comment",
            "startAt=50&maxResults=10&orderBy=-created",
            None,
        );
        check(
            &update_issue(&p1(), &IssueBody::default(), Some(false)),
            &Method::PUT,
            "issue/P-1",
            "notifyUsers=false",
            Some(&json!({})),
        );
    }

    #[test]
    fn only_what_cannot_be_repeated_counts_as_a_plain_write() {
        let new = NewIssue::new(
            &crate::jira::Projects::default().project("P").unwrap(),
            "1",
            Body::default(),
        );
        assert_eq!(search("x", &[], 1, None).effect(), Effect::Read);
        assert_eq!(approximate_count("x").effect(), Effect::Read);
        assert_eq!(
            update_issue(&p1(), &IssueBody::default(), None).effect(),
            Effect::IdempotentWrite
        );
        assert_eq!(add_comment(&p1(), &Body::default()).effect(), Effect::Write);
        assert_eq!(create_issue(&new).effect(), Effect::Write);
        assert_eq!(transition(&p1(), &IssueBody::default()).effect(), Effect::Write);
    }
}
