//! The identity provider as a browser and a client meet it.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{Request, header},
};
use serde_json::{Value as Json, json};
use tower::ServiceExt;
use url::Url;

use super::{IdentityClient, IdentitySettings};
use crate::{Sandbox, Seed};

mod atlassian;
mod entra;
mod faults;
mod on_behalf;
mod pages;

const NOW: i64 = 1_795_168_800_000;
const BASE: &str = "http://127.0.0.1:4000";
const ID: &str = "7b6a1d40-0000-4000-8000-00000000c11e";
const SECRET: &str = "a secret & more";
const CALLBACK: &str = "http://127.0.0.1:5000/auth/callback";
const MINUTE: i64 = 60_000;

/// A sandbox on a clock that tests move, its identity provider, and a client it knows.
struct World {
    sandbox: Sandbox,
    now: Arc<AtomicI64>,
    router: Router,
}

/// What came back.
struct Reply {
    status: u16,
    location: String,
    body: String,
    policy: String,
}

impl Reply {
    fn json(&self) -> Json {
        serde_json::from_str(&self.body).unwrap_or(Json::Null)
    }

    /// A parameter of the address it redirects to.
    fn param(&self, name: &str) -> Option<String> {
        let url = Url::parse(&self.location).ok()?;
        url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
    }
}

fn form(params: &[(&str, &str)]) -> String {
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(params).finish()
}

impl World {
    fn open() -> Self {
        let now = Arc::new(AtomicI64::new(NOW));
        let clock = Arc::clone(&now);
        let sandbox = Sandbox::of(Seed::Standard, Arc::new(move || clock.load(Ordering::Relaxed)));
        let client = IdentityClient {
            id: ID.to_owned(),
            secret: SECRET.to_owned(),
            redirect_uris: vec![CALLBACK.to_owned(), "https://other.example/cb?a=b".to_owned()],
        };
        let other = IdentityClient {
            id: "other".to_owned(),
            secret: "other".to_owned(),
            redirect_uris: vec![CALLBACK.to_owned()],
        };
        let router = sandbox
            .identity_router(IdentitySettings::new(&format!("{BASE}/"), vec![client, other]));
        Self { sandbox, now, router }
    }

    fn later(&self, ms: i64) {
        self.now.fetch_add(ms, Ordering::Relaxed);
    }

    async fn send(&self, router: Router, request: Request<Body>) -> Reply {
        let response = router.oneshot(request).await.unwrap();
        let header = |name| {
            let value = response.headers().get(name);
            value.map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default()
        };
        let (location, policy) =
            (header(header::LOCATION), header(header::CONTENT_SECURITY_POLICY));
        let status = response.status().as_u16();
        let bytes = to_bytes(response.into_body(), usize::MAX).await.unwrap();
        Reply { status, location, policy, body: String::from_utf8(bytes.to_vec()).unwrap() }
    }

    async fn get(&self, path: &str) -> Reply {
        let request = Request::get(path).body(Body::empty()).unwrap();
        self.send(self.router.clone(), request).await
    }

    async fn post(&self, path: &str, params: &[(&str, &str)]) -> Reply {
        let request = Request::post(path)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(form(params)))
            .unwrap();
        self.send(self.router.clone(), request).await
    }

    async fn post_json(&self, path: &str, body: Json) -> Reply {
        let request = Request::post(path)
            .header(header::CONTENT_TYPE, "application/json; charset=utf-8")
            .body(Body::from(body.to_string()))
            .unwrap();
        self.send(self.router.clone(), request).await
    }

    /// Asks the sandbox Jira with an access token.
    async fn jira(&self, token: &str, path: &str) -> Reply {
        let request = Request::get(path)
            .header(header::AUTHORIZATION, format!("Bearer {token}"))
            .body(Body::empty())
            .unwrap();
        self.send(self.sandbox.router(), request).await
    }

    fn myself(&self) -> String {
        format!("/ex/jira/{}/rest/api/3/myself", self.sandbox.cloud_ids()[0])
    }
}

/// The parameters with one replaced, or left out.
fn with<'a>(
    params: &[(&'a str, &'a str)],
    name: &'a str,
    value: Option<&'a str>,
) -> Vec<(&'a str, &'a str)> {
    let others = params.iter().copied().filter(|(key, _)| *key != name);
    others.chain(value.map(|value| (name, value))).collect()
}
