//! What all routers of one sandbox share.

use serde_json::Value as Json;

use super::{faults, grants, keys};

/// The grants, the keys that sign, and what is to go wrong.
#[derive(Default)]
pub(crate) struct State {
    pub(crate) grants: grants::Grants,
    pub(super) keys: keys::Keys,
    pub(super) faults: faults::Faults,
}

impl State {
    /// The claims of a token that Entra's endpoints signed, if it is good now (RFC 7519 section
    /// 4.1.4).
    pub(crate) fn entra_claims(&self, token: &str, now: i64) -> Option<Json> {
        let claims = self.keys.verified(token)?;
        let expires_s = claims.get("exp")?.as_i64()?;
        (now.div_euclid(1000) < expires_s).then_some(claims)
    }

    /// A token with these claims, signed as Entra's endpoints sign.
    pub(crate) fn entra_token(&self, claims: &Json) -> Option<String> {
        let key = self.keys.newest()?;
        key.sign(claims, &key.id)
    }
}
