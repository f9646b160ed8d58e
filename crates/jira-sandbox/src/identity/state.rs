//! What all routers of one sandbox share.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use serde_json::Value as Json;

use super::{faults, grants, keys};

/// The grants, the keys that sign, and what is to go wrong.
#[derive(Default)]
pub(crate) struct State {
    pub(crate) grants: grants::Grants,
    pub(super) keys: keys::Keys,
    pub(super) faults: faults::Faults,
    /// App roles of Entra, by the user's name.
    roles: Mutex<HashMap<String, Vec<String>>>,
}

impl State {
    /// The claims of a token that Entra's endpoints signed, if it is good now (RFC 7519 section
    /// 4.1.4).
    pub(crate) fn entra_claims(&self, token: &str, now: i64) -> Option<Json> {
        let claims = self.keys.verified(token)?;
        let expires_s = claims.get("exp")?.as_i64()?;
        (now.div_euclid(1000) < expires_s).then_some(claims)
    }

    pub(super) fn set_roles(&self, user: &str, roles: &[&str]) {
        let roles = roles.iter().map(|role| (*role).to_owned()).collect();
        self.roles().insert(user.to_owned(), roles);
    }

    pub(super) fn roles_of(&self, user: &str) -> Vec<String> {
        self.roles().get(user).cloned().unwrap_or_default()
    }

    fn roles(&self) -> MutexGuard<'_, HashMap<String, Vec<String>>> {
        self.roles.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A token with these claims, signed as Entra's endpoints sign.
    pub(crate) fn entra_token(&self, claims: &Json) -> Option<String> {
        let key = self.keys.newest()?;
        key.sign(claims, &key.id)
    }
}
