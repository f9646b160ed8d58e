//! The sandbox as a client meets it: through its router, with a token and JSON.

use std::collections::{BTreeMap, BTreeSet};

use axum::{
    body::{Body, to_bytes},
    http::{Request, Response, header},
};
use serde_json::{Value as Json, json};
use tower::ServiceExt;

use crate::{Sandbox, Seed, seed};

mod attachments;
mod awkward;
mod bulk;
mod collaboration;
mod reading;
mod refusals;
mod searching;
mod service_desk;
mod visibility;
mod window;
mod writing;

const NOW: i64 = 1_795_168_800_000;

/// A sandbox and the ways to ask it.
struct Client {
    sandbox: Sandbox,
    tokens: BTreeMap<String, String>,
}

impl Client {
    fn open() -> Self {
        Self::over(Sandbox::seeded(NOW))
    }

    fn over(sandbox: Sandbox) -> Self {
        let tokens = sandbox.tokens().into_iter().collect();
        Self { sandbox, tokens }
    }

    /// Status and body; `path` begins below `/rest`.
    async fn ask(&self, who: &str, method: &str, path: &str, body: Option<Json>) -> (u16, Json) {
        let cloud_id = &self.sandbox.cloud_ids()[0];
        self.raw(who, method, &format!("/ex/jira/{cloud_id}/rest{path}"), body).await
    }

    async fn raw(&self, who: &str, method: &str, path: &str, body: Option<Json>) -> (u16, Json) {
        let response = self.send(who, method, path, body).await;
        let status = response.status().as_u16();
        let bytes = to_bytes(response.into_body(), usize::MAX).await.unwrap();
        // Half an emoji would stop a strict reader.
        let text =
            String::from_utf8(bytes.to_vec()).unwrap_or_default().replace("\\ud83d", "\u{FFFD}");
        (status, serde_json::from_str(&text).unwrap_or(Json::Null))
    }

    /// The whole response; `path` begins below `/rest`.
    async fn response(
        &self,
        who: &str,
        method: &str,
        path: &str,
        body: Option<Json>,
    ) -> Response<Body> {
        let cloud_id = &self.sandbox.cloud_ids()[0];
        self.send(who, method, &format!("/ex/jira/{cloud_id}/rest{path}"), body).await
    }

    async fn send(
        &self,
        who: &str,
        method: &str,
        path: &str,
        body: Option<Json>,
    ) -> Response<Body> {
        let mut request = Request::builder().method(method).uri(path);
        if let Some(token) = self.tokens.get(who) {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        let body = body.map_or_else(Body::empty, |json| Body::from(json.to_string()));
        let request = request.header(header::CONTENT_TYPE, "application/json").body(body).unwrap();
        self.sandbox.router().oneshot(request).await.unwrap()
    }

    async fn get(&self, who: &str, path: &str) -> (u16, Json) {
        self.ask(who, "GET", path, None).await
    }

    async fn post(&self, who: &str, path: &str, body: Json) -> (u16, Json) {
        self.ask(who, "POST", path, Some(body)).await
    }

    /// The keys of all pages of a search.
    async fn keys(&self, who: &str, jql: &str, size: u64) -> Vec<String> {
        let mut keys = Vec::new();
        let mut token = Json::Null;
        loop {
            let body = json!({ "jql": jql, "fields": ["summary"], "maxResults": size, "nextPageToken": token });
            let (status, page) = self.post(who, "/api/3/search/jql", body).await;
            assert_eq!(status, 200, "{page}");
            let issues = page["issues"].as_array().unwrap();
            keys.extend(issues.iter().map(|issue| issue["key"].as_str().unwrap().to_owned()));
            token = page["nextPageToken"].clone();
            assert_eq!(page["isLast"], json!(token.is_null()));
            if token.is_null() {
                return keys;
            }
        }
    }
}

fn document(text: &str) -> Json {
    let paragraph = json!({ "type": "paragraph", "content": [{ "type": "text", "text": text }] });
    json!({ "type": "doc", "version": 1, "content": [paragraph] })
}

#[test]
fn the_same_moment_gives_the_same_world() {
    assert!(seed::sites(Seed::Standard, NOW) == seed::sites(Seed::Standard, NOW));
    assert!(seed::sites(Seed::Standard, NOW) != seed::sites(Seed::Standard, NOW + 1));
    assert_eq!(Sandbox::seeded(NOW).tokens(), Sandbox::seeded(0).tokens());
}

#[test]
fn the_world_is_as_large_as_promised() {
    let sites = seed::sites(Seed::Standard, NOW);
    let site = &sites[0];
    assert_eq!((site.projects.len(), site.issues.len(), site.people.len()), (3, 360, 10));
    let custom = |field: &&crate::model::FieldDef| field.custom.is_some();
    assert!(site.fields.iter().filter(custom).count() >= 150);
    let statuses: BTreeSet<_> = site.issues.values().map(|issue| issue.status).collect();
    assert_eq!(statuses.len(), 12);
    assert!(
        site.issues.values().all(|issue| issue.created <= issue.updated && issue.updated <= NOW)
    );
    assert!(site.issues.values().all(|issue| issue.summary().chars().count() <= 255));
    assert!(site.issues.values().any(|issue| issue.comments.len() > 100));
}

#[test]
fn tokens_are_long_and_fake() {
    for (name, token) in Sandbox::seeded(NOW).tokens() {
        assert!(token.len() >= 32 && token.starts_with(&format!("sandbox-{name}-")));
        assert!(token.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-'));
    }
}
