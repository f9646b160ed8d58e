//! What is asked of the directory for a user's token, how often, and what its refusals become.
#![expect(clippy::disallowed_methods, reason = "tests start a server")]

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicU64, Ordering},
};

use auth::KeyedHasher;
use axum::{Router, body::Bytes, extract::State, response::IntoResponse};
use http::{StatusCode, Uri};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use url::form_urlencoded;

use super::*;

const TENANT: &str = "11111111-aaaa-4aaa-8aaa-000000000001";
const SECOND: &str = "22222222-bbbb-4bbb-8bbb-000000000002";
const SCOPE: &str = "https://api.powerplatform.com/.default";

/// The token endpoints of all tenants.
struct Directory {
    url: String,
    state: Arc<Answers>,
    now_ms: Arc<AtomicU64>,
}

#[derive(Default)]
struct Answers {
    asked: Mutex<Vec<(String, String)>>,
    refusal: Mutex<Option<(u16, Value)>>,
}

impl Directory {
    async fn start() -> Self {
        let state = Arc::new(Answers::default());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let router = Router::new().fallback(answer).with_state(Arc::clone(&state));
        tokio::task::spawn(async move { axum::serve(listener, router).await });
        Self { url, state, now_ms: Arc::new(AtomicU64::new(1_795_176_000_000)) }
    }

    fn on_behalf(&self) -> EntraOnBehalf {
        let app = |tenant: &str| EntraApp {
            authority: self.url.parse().unwrap(),
            tenant_id: tenant.to_owned(),
            client_id: "an-app".to_owned(),
            client_secret: "hunter2-hunter2".into(),
            scopes: Vec::new(),
            has_on_behalf: false,
            mapped_roles: None,
        };
        let now_ms = Arc::clone(&self.now_ms);
        let clock = Clock::new(move || now_ms.load(Ordering::SeqCst));
        let apps = [app(TENANT), app(SECOND)];
        EntraOnBehalf::new(&apps, &Signals::default(), "test", clock).unwrap()
    }

    fn asked(&self) -> Vec<(String, String)> {
        self.state.asked.lock().unwrap().clone()
    }

    fn refuse(&self, status: u16, body: Value) {
        *self.state.refusal.lock().unwrap() = Some((status, body));
    }

    fn later(&self, ms: u64) {
        self.now_ms.fetch_add(ms, Ordering::SeqCst);
    }
}

async fn answer(State(state): State<Arc<Answers>>, uri: Uri, body: Bytes) -> impl IntoResponse {
    let mut asked = state.asked.lock().unwrap();
    asked.push((uri.path().to_owned(), String::from_utf8(body.to_vec()).unwrap()));
    let (status, body) = state.refusal.lock().unwrap().clone().unwrap_or_else(|| {
        let token = format!("downstream-token-{}", asked.len());
        let body = json!({"token_type": "Bearer", "expires_in": 3600, "access_token": token});
        (200, body)
    });
    (StatusCode::from_u16(status).unwrap(), body.to_string())
}

fn user(tenant: &str, token: &str) -> UserToken {
    let key = KeyedHasher::of_key([1; 32]).principal_key(b"token:", token.as_bytes());
    UserToken { tenant_id: tenant.parse().unwrap(), key, assertion: token.into() }
}

#[tokio::test]
async fn the_users_own_token_is_the_assertion_at_their_tenant_once() {
    let directory = Directory::start().await;
    let on_behalf = directory.on_behalf();
    let anna = user(TENANT, "annas-token");
    let calls = (0..10).map(|_| on_behalf.token(&anna, SCOPE));
    let got = futures_util::future::join_all(calls).await;
    let first = got[0].as_ref().unwrap().expose_secret().to_owned();
    assert!(got.iter().all(|token| token.as_ref().unwrap().expose_secret() == first));
    let asked = directory.asked();
    assert_eq!(asked.len(), 1);
    assert_eq!(asked[0].0, format!("/{TENANT}/oauth2/v2.0/token"));
    let form: Vec<_> = form_urlencoded::parse(asked[0].1.as_bytes()).into_owned().collect();
    for (name, value) in [
        ("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"),
        ("assertion", "annas-token"),
        ("scope", SCOPE),
        ("requested_token_use", "on_behalf_of"),
        ("client_id", "an-app"),
        ("client_secret", "hunter2-hunter2"),
    ] {
        assert!(form.contains(&(name.to_owned(), value.to_owned())), "{name}: {form:?}");
    }
    // Another scope, another token of hers, another tenant: a request each.
    let _ = on_behalf.token(&anna, "api://other/.default").await.unwrap();
    let _ = on_behalf.token(&user(TENANT, "annas-next"), SCOPE).await.unwrap();
    let _ = on_behalf.token(&user(SECOND, "bens-token"), SCOPE).await.unwrap();
    assert_eq!(directory.asked().len(), 4);
    assert_eq!(directory.asked()[3].0, format!("/{SECOND}/oauth2/v2.0/token"));
    directory.later(31 * 60 * 1000);
    let _ = on_behalf.token(&anna, SCOPE).await.unwrap();
    assert_eq!(directory.asked().len(), 5);
    let shown = format!("{on_behalf:?}");
    for secret in ["annas", "bens", "downstream", "hunter2"] {
        assert!(!shown.contains(secret), "{shown}");
    }
}

#[tokio::test]
async fn a_refusal_says_whether_a_new_sign_in_helps() {
    let check = async |status: u16, body: Value, expected: CredentialsError| {
        let directory = Directory::start().await;
        directory.refuse(status, body.clone());
        let on_behalf = directory.on_behalf();
        for _ in 0..3 {
            let outcome = on_behalf.token(&user(TENANT, "annas-token"), SCOPE).await;
            assert_eq!(outcome.map(|_| ()).unwrap_err(), expected, "{body}");
        }
        // A request that was refused is not repeated at once.
        assert!(directory.asked().len() <= 2, "{body}");
    };
    let refusal = |error: &str, number: u32| json!({"error": error, "error_codes": [number]});
    let not_granted = |code: &str| CredentialsError::NotGranted { code: code.to_owned() };
    check(400, refusal("invalid_grant", 500_133), CredentialsError::SignInEnded).await;
    check(400, refusal("invalid_grant", 65_001), not_granted("invalid_grant, AADSTS65001")).await;
    check(
        400,
        refusal("interaction_required", 50_079),
        not_granted("interaction_required, AADSTS50079"),
    )
    .await;
    check(401, refusal("invalid_client", 7_000_222), CredentialsError::Unavailable).await;
    check(503, json!({}), CredentialsError::Unavailable).await;
    let directory = Directory::start().await;
    let foreign = user("99999999-ffff-4fff-8fff-000000000009", "a-token");
    let outcome = directory.on_behalf().token(&foreign, SCOPE).await;
    assert_eq!(outcome.map(|_| ()).unwrap_err(), CredentialsError::Unavailable);
    assert!(directory.asked().is_empty());
}
