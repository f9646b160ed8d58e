//! A request to Jira as a plain value, and the steps by which one is built.

use std::borrow::Cow;

use bytes::Bytes;
use http::Method;
use serde::Serialize;

use super::form::Form;

/// What a request does to Jira, which decides how it may be repeated. The method does not tell: a
/// search is a POST.
pub use upstream::Safety;

/// Below which path a request lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Base {
    /// The API host itself: `accessible-resources`.
    Host,
    /// `/ex/jira/{cloudId}/rest/api/3`
    Platform,
    /// `/ex/jira/{cloudId}/rest/agile/1.0`
    Agile,
    /// `/ex/jira/{cloudId}/rest/servicedeskapi`
    ServiceDesk,
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
    safety: Safety,
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
    /// The account itself, outside any site.
    pub const READ_ME: &str = "read:me";
    /// People, the caller included.
    pub const READ_USER: &str = "read:jira-user";
    /// Customer requests with all that belongs to them, service desks and queues.
    ///
    /// Source: "Jira Service Management scopes for OAuth 2.0 (3LO) and Forge apps" of Atlassian's
    /// developer documentation, which recommends these over the granular ones.
    pub const READ_REQUESTS: &str = "read:servicedesk-request";
    /// Making and changing customer requests, answering approvals.
    pub const WRITE_REQUESTS: &str = "write:servicedesk-request";
    /// Versions and components of a project.
    pub const MANAGE_PROJECT: &str = "manage:jira-project";
}

/// The text of a query value.
pub(super) struct QueryValue(String);

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
    /// A `GET`, which needs the scope to read projects and issues.
    pub(super) fn read<const N: usize>(path: [&'static str; N]) -> Self {
        Self {
            method: Method::GET,
            base: Base::Platform,
            path: path.into_iter().map(Cow::Borrowed).collect(),
            query: Vec::new(),
            body: None,
            form_boundary: None,
            safety: Safety::Read,
            scope: scope::READ_WORK,
            is_metadata: false,
        }
    }

    /// A `POST` that changes nothing, because what it asks would be too long for an address.
    pub(super) fn read_by_post<const N: usize>(path: [&'static str; N]) -> Self {
        Self { method: Method::POST, ..Self::read(path) }
    }

    /// A request that changes something, which needs the scope to write issues.
    pub(super) fn write<const N: usize>(
        method: Method,
        safety: Safety,
        path: [&'static str; N],
    ) -> Self {
        Self { method, safety, scope: scope::WRITE_WORK, ..Self::read(path) }
    }

    /// Adds one segment to the path; it is escaped when the URL is built.
    pub(super) fn segment(mut self, segment: impl Into<Cow<'static, str>>) -> Self {
        self.path.push(segment.into());
        self
    }

    /// Adds one pair to the query; both parts are escaped when the URL is built.
    pub(super) fn query(mut self, name: &'static str, value: impl Into<QueryValue>) -> Self {
        self.query.push((name, value.into().0));
        self
    }

    pub(super) fn query_if(self, name: &'static str, value: Option<impl Into<QueryValue>>) -> Self {
        match value {
            Some(value) => self.query(name, value),
            None => self,
        }
    }

    /// The same, with the OAuth scope that it needs; several are separated by spaces.
    pub(super) fn needing(self, scope: &'static str) -> Self {
        Self { scope, ..self }
    }

    /// The same, below another path.
    pub(super) fn at(self, base: Base) -> Self {
        Self { base, ..self }
    }

    /// It asks how the site is made, which changes seldom: a recent answer to the same user will
    /// do.
    pub(super) fn metadata(self) -> Self {
        Self { is_metadata: true, ..self }
    }

    /// With this body. Values that we build always serialise, so a fault is no case to report.
    pub(super) fn json(mut self, body: &impl Serialize) -> Self {
        self.body = serde_json::to_vec(body).ok().map(Bytes::from);
        self
    }

    pub(super) fn form(mut self, form: Form) -> Self {
        self.body = Some(Bytes::from(form.body));
        self.form_boundary = Some(form.boundary);
        self
    }

    /// The same, from this position of a list on.
    #[must_use]
    pub fn starting_at(self, position: u32) -> Self {
        self.query_if("startAt", Some(position).filter(|position| *position > 0))
    }

    /// The same, from this position of a list of the service desk API on.
    #[must_use]
    pub fn from_start(self, position: u32) -> Self {
        self.query_if("start", Some(position).filter(|position| *position > 0))
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
    pub fn safety(&self) -> Safety {
        self.safety
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
