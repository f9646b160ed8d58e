//! What an access token says, and whether that is said by the right issuer, for this API, at the
//! right time, and of a user.
//!
//! Source: Microsoft, "Access token claims reference" and "Secure applications and APIs by
//! validating claims".

use serde::Deserialize;

use super::tenant::{TenantId, is_guid};

/// The directory's clock and ours may differ by so many seconds.
const SKEW_S: u64 = 60;

/// The claims that are used. `aud` is one name and `scp` one text in every token of Entra ID; a
/// list of them is another issuer's.
#[derive(Debug, Deserialize)]
pub(crate) struct Claims {
    iss: Option<String>,
    aud: Option<String>,
    exp: Option<u64>,
    nbf: Option<u64>,
    pub(crate) tid: Option<String>,
    oid: Option<String>,
    ver: Option<String>,
    idtyp: Option<String>,
    scp: Option<String>,
    #[serde(default)]
    roles: Vec<String>,
}

impl Claims {
    /// Whether the issuer is this tenant, in the version that the token has.
    pub(crate) fn is_issued_by(&self, tenant: &TenantId, issuer: &str) -> bool {
        let iss = self.iss.as_deref();
        self.tid.as_deref() == Some(tenant.as_str())
            && match self.ver.as_deref() {
                Some("2.0") => iss == Some(issuer),
                Some("1.0") => iss == Some(tenant.issuer_v1().as_str()),
                _ => false,
            }
    }

    /// Everything else but rights, or what is wrong.
    pub(crate) fn check(&self, audiences: &[String], now_ms: u64) -> Result<(), &'static str> {
        let is_ours = self.aud.as_ref().is_some_and(|aud| audiences.contains(aud));
        if !is_ours {
            return Err("it was issued for another API");
        }
        let seconds = now_ms / 1000;
        let exp = self.exp.ok_or("it does not say when it ends")?;
        if exp.saturating_add(SKEW_S) <= seconds {
            return Err("it has expired");
        }
        if self.nbf.is_some_and(|nbf| nbf > seconds.saturating_add(SKEW_S)) {
            return Err("it is not valid yet");
        }
        // An app without a user has roles too: they are no rights of anybody's here.
        if self.idtyp.as_deref().is_some_and(|kind| kind != "user") {
            return Err("it is an app's own, and speaks for no user");
        }
        if self.scopes().next().is_none() {
            return Err("it has no scope: it is an app's own or an ID token");
        }
        if self.object_id().is_none() {
            return Err("it does not say who the user is");
        }
        Ok(())
    }

    /// Until when it passes [`Self::check`], in seconds since 1970.
    pub(crate) fn good_until_s(&self) -> u64 {
        self.exp.unwrap_or_default().saturating_add(SKEW_S)
    }

    /// The user's id in their tenant. Names and addresses change, and `sub` is another one in each
    /// app.
    pub(crate) fn object_id(&self) -> Option<&str> {
        self.oid.as_deref().filter(|oid| is_guid(oid))
    }

    /// Whether a scope is among those of the token, as a whole word.
    pub(crate) fn has_scope(&self, name: &str) -> bool {
        self.scopes().any(|scope| scope == name)
    }

    fn scopes(&self) -> impl Iterator<Item = &str> {
        self.scp.as_deref().unwrap_or_default().split(' ').filter(|scope| !scope.is_empty())
    }

    pub(crate) fn roles(&self) -> impl Iterator<Item = &String> {
        self.roles.iter()
    }
}
