//! What an id token says, once its signature, issuer, audience, time and nonce are proved.
//!
//! Source: OpenID Connect Core 1.0 section 3.1.3.7.

use std::sync::Arc;

use http::{HeaderValue, Method, header};
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header, jwk::JwkSet};
use serde::Deserialize;
use subtle::ConstantTimeEq;
use tokio::{
    sync::Mutex,
    time::{Duration, Instant},
};
use upstream::{Request, Safety, Upstream};
use url::Url;

use super::{super::secret::Secret, error::ProviderError, token_endpoint::breaker_key};

/// A provider's clock and ours may differ by so many seconds.
const LEEWAY_S: u64 = 120;

/// Keys are rolled over now and then; a set is read again after a day.
const KEYS_KEPT_MS: u64 = 24 * 3600 * 1000;

/// A token under an unknown key makes us look for it, but not more often than this.
const KEYS_AGAIN_MS: u64 = 60 * 1000;

const PATIENCE: Duration = Duration::from_secs(10);

/// Verifies id tokens of one issuer for one audience.
#[derive(Debug)]
pub(super) struct IdTokens {
    upstream: Upstream,
    keys_url: Url,
    issuer: String,
    audience: String,
    keys: Mutex<Option<Keys>>,
}

#[derive(Clone, Debug)]
struct Keys {
    set: Arc<JwkSet>,
    read_at_ms: u64,
}

/// What must stand in the token beside issuer and audience.
#[derive(Clone, Copy, Debug)]
pub(super) struct Expected<'a> {
    pub(super) nonce: &'a str,
    pub(super) tenant_id: &'a str,
}

/// The claims that are used. `sub` is another one for each app, so tenant and object id say who it
/// is.
#[derive(Debug, Deserialize)]
pub(super) struct Claims {
    pub(super) tid: String,
    pub(super) oid: String,
    nonce: Option<String>,
    pub(super) name: Option<String>,
    pub(super) preferred_username: Option<String>,
}

impl IdTokens {
    pub(super) fn new(upstream: Upstream, keys_url: Url, issuer: String, audience: String) -> Self {
        Self { upstream, keys_url, issuer, audience, keys: Mutex::default() }
    }

    /// The claims of a token that is genuine, meant for us, in time, and the answer to this
    /// sign-in.
    pub(super) async fn verify(
        &self,
        token: &Secret,
        expected: Expected<'_>,
        now_ms: u64,
    ) -> Result<Claims, ProviderError> {
        let not_good = |reason| ProviderError::NotUnderstood { reason };
        let head =
            decode_header(token.expose()).map_err(|_| not_good("an id token without head"))?;
        // Never what the token says: one signed by nobody would name no algorithm.
        if head.alg != Algorithm::RS256 {
            return Err(not_good("an id token that is not signed with RS256"));
        }
        let kid = head.kid.ok_or(not_good("an id token that names no key"))?;
        let key = self.key(&kid, now_ms).await?;
        let mut validation = Validation::new(Algorithm::RS256);
        validation.leeway = LEEWAY_S;
        validation.validate_nbf = true;
        validation.set_issuer(&[&self.issuer]);
        validation.set_audience(&[&self.audience]);
        validation.set_required_spec_claims(&["exp", "iss", "aud"]);
        let claims = decode::<Claims>(token.expose(), &key, &validation)
            .map_err(|_| not_good("an id token that is not genuine, not for us or out of time"))?
            .claims;
        let nonce = claims.nonce.as_deref().unwrap_or_default();
        if !bool::from(nonce.as_bytes().ct_eq(expected.nonce.as_bytes())) {
            return Err(not_good("an id token of another sign-in"));
        }
        if !claims.tid.eq_ignore_ascii_case(expected.tenant_id) || claims.oid.is_empty() {
            return Err(not_good("an id token of another tenant"));
        }
        Ok(claims)
    }

    async fn key(&self, kid: &str, now_ms: u64) -> Result<DecodingKey, ProviderError> {
        // One reader at a time: the others find what it read.
        let mut keys = self.keys.lock().await;
        let age_ms = keys.as_ref().map(|keys| now_ms.abs_diff(keys.read_at_ms));
        let has_it = keys.as_ref().is_some_and(|keys| keys.set.find(kid).is_some());
        let is_old = age_ms.is_none_or(|age| age > KEYS_KEPT_MS);
        let may_look = age_ms.is_none_or(|age| age > KEYS_AGAIN_MS);
        if is_old || (!has_it && may_look) {
            match self.read_keys().await {
                Ok(set) => *keys = Some(Keys { set: Arc::new(set), read_at_ms: now_ms }),
                // A key that was good yesterday is, as long as nobody says otherwise.
                Err(error) if has_it => tracing::warn!(%error, "keys were not read again"),
                Err(error) => return Err(error),
            }
        }
        let found = keys.as_ref().and_then(|keys| keys.set.find(kid));
        let found = found.ok_or(ProviderError::NotUnderstood { reason: "an unknown key" })?;
        DecodingKey::from_jwk(found)
            .map_err(|_| ProviderError::NotUnderstood { reason: "a key that is none" })
    }

    async fn read_keys(&self) -> Result<JwkSet, ProviderError> {
        let key = breaker_key(&self.keys_url);
        let mut request = Request::new(Method::GET, self.keys_url.clone(), Safety::Read, key);
        request.headers.insert(header::ACCEPT, HeaderValue::from_static("application/json"));
        let answer = self
            .upstream
            .call(&request, Instant::now() + PATIENCE)
            .await
            .map_err(|error| ProviderError::Unavailable { reason: error.code() })?;
        if !answer.status.is_success() {
            return Err(ProviderError::Unavailable { reason: "no keys" });
        }
        serde_json::from_slice(&answer.body)
            .map_err(|_| ProviderError::NotUnderstood { reason: "keys that are no JSON" })
    }
}
