//! What an id token says, once its signature, issuer, audience, time and nonce are proved.
//!
//! Source: OpenID Connect Core 1.0 section 3.1.3.7.

use std::time::Duration;

use entra::{KeyError, Keys, SignedToken, TokenFault};
use metrics::Signals;
use serde::Deserialize;
use subtle::ConstantTimeEq;
use upstream::Upstream;
use url::Url;

use super::{super::secret::Secret, error::ProviderError};

/// A provider's clock and ours may differ by so many seconds.
const LEEWAY_S: u64 = 120;

/// Nobody can make us look for a key by sending a token: it comes from the provider's own endpoint,
/// in the answer to a request that costs as much. Its keys may be rolled over at any moment.
const REREAD: Duration = Duration::ZERO;

/// Verifies id tokens of one issuer for one audience.
#[derive(Debug)]
pub(super) struct IdTokens {
    keys: Keys,
    issuer: String,
    audience: String,
}

/// What must stand in the token beside issuer and audience.
#[derive(Clone, Copy, Debug)]
pub(super) struct Expected<'a> {
    /// None after a renewal, whose token answers no sign-in (OpenID Connect Core 1.0 section 12.2).
    pub(super) nonce: Option<&'a str>,
    pub(super) tenant_id: &'a str,
}

/// The claims that are used. `sub` is another one for each app, so tenant and object id say who it
/// is.
#[derive(Debug, Deserialize)]
pub(super) struct Claims {
    iss: String,
    aud: String,
    pub(super) tid: String,
    pub(super) oid: String,
    exp: u64,
    nbf: Option<u64>,
    nonce: Option<String>,
    pub(super) name: Option<String>,
    pub(super) preferred_username: Option<String>,
    /// App roles, by their values.
    #[serde(default)]
    pub(super) roles: Vec<String>,
}

const fn not_good(reason: &'static str) -> ProviderError {
    ProviderError::NotUnderstood { reason }
}

impl IdTokens {
    pub(super) fn new(
        (upstream, signals): (Upstream, &Signals),
        keys_url: Url,
        issuer: String,
        audience: String,
    ) -> Self {
        Self { keys: Keys::new(upstream, keys_url, REREAD, signals.clone()), issuer, audience }
    }

    /// The claims of a token that is genuine, meant for us, in time, and the answer to this
    /// sign-in.
    pub(super) async fn verify(
        &self,
        token: &Secret,
        expected: Expected<'_>,
        now_ms: u64,
    ) -> Result<Claims, ProviderError> {
        let token = SignedToken::read(token.expose()).map_err(|fault| match fault {
            TokenFault::Algorithm => not_good("an id token that is not signed with RS256"),
            TokenFault::NoKey => not_good("an id token that names no key"),
            _ => not_good("an id token without head"),
        })?;
        let key = self.keys.find(token.kid(), now_ms).await.map_err(|error| match error {
            KeyError::Unknown => not_good("an unknown key"),
            KeyError::Stale | KeyError::Unavailable => {
                ProviderError::Unavailable { reason: "no keys" }
            }
        })?;
        let not_ours = not_good("an id token that is not genuine or not for us");
        if !token.is_signed_by(&key) {
            return Err(not_ours);
        }
        let claims: Claims = token.claims().map_err(|_| not_ours.clone())?;
        if claims.iss != self.issuer || claims.aud != self.audience {
            return Err(not_ours);
        }
        let seconds = now_ms / 1000;
        let has_begun = claims.nbf.is_none_or(|nbf| nbf <= seconds.saturating_add(LEEWAY_S));
        if claims.exp.saturating_add(LEEWAY_S) <= seconds || !has_begun {
            return Err(not_good("an id token out of time"));
        }
        let nonce = claims.nonce.as_deref().unwrap_or_default();
        let is_answer = |asked: &str| bool::from(nonce.as_bytes().ct_eq(asked.as_bytes()));
        if !expected.nonce.is_none_or(is_answer) {
            return Err(not_good("an id token of another sign-in"));
        }
        if !claims.tid.eq_ignore_ascii_case(expected.tenant_id) || claims.oid.is_empty() {
            return Err(not_good("an id token of another tenant"));
        }
        Ok(claims)
    }
}
