//! Whether a token is a user's good access token for this API, and what of their roles counts here.

use std::{sync::Arc, time::Duration};

use metrics::Signals;
use upstream::{BuildError, Upstream};

use super::{
    claims::Claims,
    keys::{KeyError, Keys},
    settings::Settings,
    signed_token::{SignedToken, TokenFault},
    tenant::TenantId,
};

/// For unknown keys a tenant's set is read again at most this often, whoever makes them up.
const REREAD: Duration = Duration::from_mins(5);

/// Verifies access tokens of the tenants.
#[derive(Debug)]
pub struct AccessTokens {
    settings: Settings,
    tenants: Vec<Tenant>,
}

#[derive(Debug)]
struct Tenant {
    id: TenantId,
    /// Of version 2.0.
    issuer: String,
    keys: Keys,
}

/// A user whose token is good.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// The tenant's id.
    pub tenant_id: TenantId,
    /// The user's id in it.
    pub object_id: String,
    /// Those of their roles that are mapped here; none where the operator maps none. Never empty.
    pub roles: Option<Arc<[String]>>,
    /// Until when the token is taken here, in seconds since 1970: its `exp`, and what clocks may
    /// differ by.
    pub good_until_s: u64,
}

impl User {
    /// The same name as of a sign-in at the directory.
    pub fn subject(&self) -> String {
        format!("{}/{}", self.tenant_id, self.object_id)
    }
}

/// Why a token opens nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// It is not good here.
    #[error("{0}")]
    Invalid(&'static str),
    /// It is good, but lacks the scope, and no role stands in for it.
    #[error("it lacks the scope that this server needs")]
    LacksScope,
    /// It is good, but none of the user's roles means anything here.
    #[error("none of the user's roles means anything here")]
    NoRole,
    /// Whether it is good cannot be told: no keys could be read yet.
    #[error("the keys cannot be read")]
    Unavailable,
}

impl AccessTokens {
    /// Nothing is asked of the directory before the first token comes.
    pub fn new(
        settings: Settings,
        signals: &Signals,
        user_agent: &str,
    ) -> Result<Self, BuildError> {
        let upstream = Upstream::new(&upstream_settings(user_agent))?;
        let tenant = |id: &TenantId| {
            let url = id.keys_url(&settings.authority);
            let keys = Keys::new(upstream.clone(), url, REREAD, signals.clone());
            Tenant { id: id.clone(), issuer: id.issuer(&settings.authority), keys }
        };
        let tenants = settings.tenant_ids.iter().map(tenant).collect();
        Ok(Self { settings, tenants })
    }

    /// Whose token it is, at `now_ms`. What is cheap comes first, so that only a token that says
    /// all the right things makes us look for a key.
    pub async fn verify(&self, token: &str, now_ms: u64) -> Result<User, Refusal> {
        let form = |fault: TokenFault| Refusal::Invalid(fault.reason());
        let token = SignedToken::read(token).map_err(form)?;
        let claims: Claims = token.claims().map_err(form)?;
        let tenant = self.tenants.iter().find(|t| claims.is_issued_by(&t.id, &t.issuer));
        let tenant = tenant.ok_or(Refusal::Invalid("its issuer is not one of this server's"))?;
        claims.check(&self.settings.audiences, now_ms).map_err(Refusal::Invalid)?;
        let key = tenant.keys.find(token.kid(), now_ms).await.map_err(|error| match error {
            KeyError::Unknown => Refusal::Invalid("no key of its issuer has the name it gives"),
            // It may be of a key that came just now: nobody has to sign in again for that.
            KeyError::Stale | KeyError::Unavailable => Refusal::Unavailable,
        })?;
        if !token.is_signed_by(&key) {
            return Err(Refusal::Invalid("its signature is wrong"));
        }
        let roles = self.mapped_roles(&claims);
        let has_role = roles.as_ref().is_some_and(|roles| !roles.is_empty());
        let has_scope = self.settings.required_scope.as_ref().is_none_or(|s| claims.has_scope(s));
        match (has_scope, &roles) {
            (false, _) if !has_role => Err(Refusal::LacksScope),
            (_, Some(roles)) if roles.is_empty() => Err(Refusal::NoRole),
            _ => Ok(User {
                tenant_id: tenant.id.clone(),
                object_id: claims.object_id().unwrap_or_default().to_owned(),
                roles: roles.map(Arc::from),
                good_until_s: claims.good_until_s(),
            }),
        }
    }

    /// Names compare letter by letter.
    fn mapped_roles(&self, claims: &Claims) -> Option<Vec<String>> {
        let mapped = self.settings.mapped_roles.as_ref()?;
        Some(claims.roles().filter(|role| mapped.contains(*role)).cloned().collect())
    }
}

/// A reading is never repeated at once: it would be a second one. And no breaker keeps from it: it
/// happens seldom enough.
fn upstream_settings(user_agent: &str) -> upstream::Settings {
    upstream::Settings {
        timeout: Duration::from_secs(5),
        connect_timeout: Duration::from_millis(2_500),
        retry_max: 0,
        breaker_failures: 10_000,
        ..upstream::Settings::new(user_agent)
    }
}
