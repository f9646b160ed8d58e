//! What tests of this crate share: a directory that publishes keys, and tokens right and wrong.
#![expect(clippy::disallowed_methods, reason = "tests start servers and many callers at once")]

mod bearer;
mod keys;
mod tokens;

use std::{
    collections::BTreeSet,
    sync::{
        Arc, LazyLock, Mutex,
        atomic::{AtomicBool, AtomicU16, AtomicU64, Ordering},
    },
};

use aws_lc_rs::{
    rand::SystemRandom,
    rsa::KeySize,
    signature::{KeyPair, RSA_PKCS1_SHA256, RsaKeyPair},
};
use axum::{
    Router,
    body::Body,
    extract::{Request, State},
    http::Response,
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use metrics::Signals;
use serde_json::{Value, json};
use tokio::{net::TcpListener, sync::Notify};

use super::*;

pub(super) const TENANT: &str = "11111111-aaaa-4aaa-8aaa-000000000001";
pub(super) const SECOND_TENANT: &str = "22222222-bbbb-4bbb-8bbb-000000000002";
pub(super) const FOREIGN_TENANT: &str = "99999999-ffff-4fff-8fff-000000000009";
pub(super) const OBJECT: &str = "00000000-0000-4000-8000-00000000000a";
pub(super) const AUDIENCE: &str = "https://bridge.example.com/mcp";
pub(super) const NOW_MS: u64 = 1_795_176_000_000;
pub(super) const NOW_S: u64 = NOW_MS / 1000;
pub(super) const MINUTE: u64 = 60_000;

/// Making a key takes a moment, so all tests have these.
pub(super) static FIRST: LazyLock<Signer> = LazyLock::new(|| Signer::new(KeySize::Rsa2048));
pub(super) static SECOND: LazyLock<Signer> = LazyLock::new(|| Signer::new(KeySize::Rsa2048));

/// A key that signs.
pub(super) struct Signer(RsaKeyPair);

impl Signer {
    fn new(size: KeySize) -> Self {
        Self(RsaKeyPair::generate(size).unwrap())
    }

    /// The public half.
    pub(super) fn web_key(&self, kid: &str) -> Value {
        let public = self.0.public_key();
        let encoded = |number: &[u8]| URL_SAFE_NO_PAD.encode(number);
        json!({
            "kty": "RSA", "use": "sig", "kid": kid,
            "n": encoded(public.modulus().big_endian_without_leading_zero()),
            "e": encoded(public.exponent().big_endian_without_leading_zero()),
        })
    }

    /// A token of this head and these claims as they are written.
    pub(super) fn sign(&self, head: &str, claims: &str) -> String {
        let signed = format!("{}.{}", URL_SAFE_NO_PAD.encode(head), URL_SAFE_NO_PAD.encode(claims));
        let mut signature = vec![0; self.0.public_modulus_len()];
        let random = SystemRandom::new();
        self.0.sign(&RSA_PKCS1_SHA256, &random, signed.as_bytes(), &mut signature).unwrap();
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
    }
}

pub(super) fn document(keys: &[Value]) -> String {
    json!({ "keys": keys }).to_string()
}

/// Publishes one document at every path.
pub(super) struct Directory {
    pub(super) authority: url::Url,
    published: Arc<Published>,
}

#[derive(Default)]
struct Published {
    document: Mutex<String>,
    status: AtomicU16,
    reads: AtomicU64,
    is_held: AtomicBool,
    released: Notify,
    paths: Mutex<BTreeSet<String>>,
}

impl Directory {
    pub(super) async fn start() -> Self {
        let published = Arc::new(Published::default());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let authority = format!("http://{}", listener.local_addr().unwrap()).parse().unwrap();
        let router = Router::new().fallback(answer).with_state(Arc::clone(&published));
        tokio::spawn(async move { axum::serve(listener, router).await });
        let directory = Self { authority, published };
        directory.publish(200, &document(&[FIRST.web_key("first")]));
        directory
    }

    pub(super) fn publish(&self, status: u16, document: &str) {
        document.clone_into(&mut self.published.document.lock().unwrap());
        self.published.status.store(status, Ordering::SeqCst);
    }

    /// How often it was asked.
    pub(super) fn reads(&self) -> u64 {
        self.published.reads.load(Ordering::SeqCst)
    }

    pub(super) fn paths(&self) -> BTreeSet<String> {
        self.published.paths.lock().unwrap().clone()
    }

    /// It answers when it is released.
    pub(super) fn hold(&self) {
        self.published.is_held.store(true, Ordering::SeqCst);
    }

    pub(super) fn release(&self) {
        self.published.is_held.store(false, Ordering::SeqCst);
        self.published.released.notify_waiters();
    }

    /// Resolves when it was asked so often.
    pub(super) async fn asked(&self, reads: u64) {
        while self.reads() < reads {
            tokio::task::yield_now().await;
        }
    }

    pub(super) fn tokens(&self, change: impl FnOnce(&mut Settings)) -> AccessTokens {
        let mut settings = Settings {
            authority: self.authority.clone(),
            tenant_ids: vec![TENANT.parse().unwrap(), SECOND_TENANT.parse().unwrap()],
            audiences: vec![AUDIENCE.to_owned()],
            required_scope: Some("access".to_owned()),
            mapped_roles: None,
        };
        change(&mut settings);
        AccessTokens::new(settings, &Signals::default(), "test").unwrap()
    }

    /// Claims of a good token.
    pub(super) fn claims(&self) -> Value {
        json!({
            "iss": format!("{}{TENANT}/v2.0", self.authority), "tid": TENANT, "oid": OBJECT,
            "aud": AUDIENCE, "ver": "2.0", "scp": "access", "sub": "pairwise",
            "iat": NOW_S, "nbf": NOW_S, "exp": NOW_S + 3600, "azp": "client-1",
        })
    }

    /// A token that differs from a good one in these claims; null leaves one out.
    pub(super) fn token(&self, others: &Value) -> String {
        FIRST.sign(&head("first"), &self.changed(others).to_string())
    }

    pub(super) fn changed(&self, others: &Value) -> Value {
        let mut claims = self.claims();
        let map = claims.as_object_mut().unwrap();
        map.extend(others.as_object().unwrap().clone());
        map.retain(|_, value| !value.is_null());
        claims
    }
}

pub(super) fn head(kid: &str) -> String {
    json!({ "typ": "JWT", "alg": "RS256", "kid": kid }).to_string()
}

async fn answer(State(published): State<Arc<Published>>, request: Request) -> Response<Body> {
    published.paths.lock().unwrap().insert(request.uri().path().to_owned());
    let released = published.released.notified();
    tokio::pin!(released);
    released.as_mut().enable();
    published.reads.fetch_add(1, Ordering::SeqCst);
    if published.is_held.load(Ordering::SeqCst) {
        released.await;
    }
    let body = Body::from(published.document.lock().unwrap().clone());
    let status = published.status.load(Ordering::SeqCst);
    let builder = Response::builder().status(status);
    let builder = if (300..400).contains(&status) {
        builder.header("location", "/elsewhere/keys")
    } else {
        builder
    };
    builder.body(body).unwrap()
}
