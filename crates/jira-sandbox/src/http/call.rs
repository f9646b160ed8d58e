//! A request that passed the gateway, as routes read it.

use axum::http::{HeaderMap, request::Parts};
use bytes::Bytes;
use serde_json::{Map, Value as Json, json};

use crate::{
    answer::{Fault, Reply},
    model::{Access, Issue, Project, Site, Who},
};

/// A request that passed the gateway.
pub(crate) struct Call {
    pub(crate) who: Who,
    pub(crate) now: i64,
    params: Vec<(&'static str, String)>,
    query: Vec<(String, String)>,
    headers: HeaderMap,
    body: Bytes,
}

impl Call {
    /// `params` are what the route's `{name}` segments stand for.
    pub(crate) fn new(
        who: Who,
        now: i64,
        params: Vec<(&'static str, String)>,
        request: &Parts,
        body: Bytes,
    ) -> Self {
        let query = request.uri.query().unwrap_or_default();
        Self {
            who,
            now,
            params,
            query: url::form_urlencoded::parse(query.as_bytes()).into_owned().collect(),
            headers: request.headers.clone(),
            body,
        }
    }

    /// A `{name}` segment of the path, decoded.
    pub(crate) fn param(&self, name: &str) -> &str {
        self.params.iter().find(|(key, _)| *key == name).map_or("", |(_, value)| value)
    }

    /// The first query parameter of this name, decoded.
    pub(crate) fn query(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// Repeated parameters and comma lists alike, as Jira takes both.
    pub(crate) fn list(&self, name: &str) -> Vec<&str> {
        let values = self.query.iter().filter(|(key, _)| key == name);
        values
            .flat_map(|(_, value)| value.split(','))
            .map(str::trim)
            .filter(|part| !part.is_empty())
            .collect()
    }

    /// A boolean parameter; anything but `true` is false, as Jira reads it.
    pub(crate) fn flag(&self, name: &str, default: bool) -> bool {
        self.query(name).map_or(default, |value| value == "true")
    }

    /// Whether the `expand` parameter names this.
    pub(crate) fn expands(&self, name: &str) -> bool {
        self.list("expand").contains(&name)
    }

    /// A header as text; empty when it is absent or no text.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// The bytes of the body, for forms and for bodies that may be absent.
    pub(crate) fn body(&self) -> &[u8] {
        &self.body
    }

    /// The issue the path names, if the caller may browse it.
    pub(crate) fn issue<'a>(&self, site: &'a Site) -> Result<&'a Issue, Fault> {
        site.visible_issue(self.who, self.param("issue")).ok_or_else(Fault::no_issue)
    }

    /// The project the path names, if the caller may browse it.
    pub(crate) fn project<'a>(&self, site: &'a Site) -> Result<&'a Project, Fault> {
        let given = self.param("project");
        site.visible_project(self.who, given).ok_or_else(|| Fault::no_project(given))
    }

    /// What the caller may do in an issue's project.
    pub(crate) fn may(&self, site: &Site, issue: &Issue, access: Access) -> bool {
        site.may(self.who, issue, access)
    }

    /// Whether the caller may change or delete what `author` left on an issue: people their own
    /// while they are members, administrators everybody's.
    pub(crate) fn may_change(&self, site: &Site, issue: &Issue, author: Who) -> bool {
        let own = author == self.who && self.may(site, issue, Access::Member);
        own || self.may(site, issue, Access::Admin)
    }

    /// The request body as a JSON object.
    pub(crate) fn object(&self) -> Result<Map<String, Json>, Fault> {
        match self.json()? {
            Json::Object(map) => Ok(map),
            _ => Err(Fault::bad_payload()),
        }
    }

    /// The request body as any JSON.
    pub(crate) fn json(&self) -> Result<Json, Fault> {
        if !self.header("content-type").to_ascii_lowercase().starts_with("application/json") {
            let body = json!({ "message": "HTTP 415 Unsupported Media Type", "status-code": 415 });
            return Err(Fault(Reply::json(415, body)));
        }
        serde_json::from_slice(&self.body).map_err(|_| {
            Fault::message(
                400,
                "There was an error parsing JSON. Check that your request body is valid.",
            )
        })
    }
}
