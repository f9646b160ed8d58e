//! A hand on the identity provider, for tests.

use std::sync::Arc;

use serde_json::Value as Json;

use super::{
    faults::{Endpoint, Fault},
    grants::Grant,
};
use crate::world::World;

/// What the identity provider of a sandbox handed out, seen and changed from outside. Cheap to
/// clone; clones share one state with the sandbox.
#[derive(Clone)]
pub struct Identity(Arc<World>);

impl Identity {
    pub(crate) fn of(world: Arc<World>) -> Self {
        Self(world)
    }

    /// All grants ever given, the oldest first.
    #[must_use]
    pub fn grants(&self) -> Vec<Grant> {
        self.0.identity.grants.all()
    }

    /// Ends a grant as its user does in the settings of the account: its access tokens get 401,
    /// its refresh tokens are refused. False if there is no grant of this id.
    #[must_use]
    pub fn revoke(&self, id: usize) -> bool {
        self.0.identity.grants.revoke(id)
    }

    /// Deletes an account, such as `anna`: nothing that is hers opens anything, and her button is
    /// gone.
    pub fn delete_user(&self, name: &str) {
        self.0.identity.grants.delete_user(name);
    }

    /// Gives an account these app roles of Entra, in the place of those it had: identity tokens
    /// name them from now on.
    pub fn set_roles(&self, user: &str, roles: &[&str]) {
        self.0.identity.set_roles(user, roles);
    }

    /// Ends all access tokens of a user before their time; refresh tokens stay good.
    pub fn expire_access_tokens(&self, user: &str) {
        self.0.identity.grants.expire_access(user);
    }

    /// Spoils the next answer of an endpoint, after those that wait to be spoiled already.
    pub fn fail_next(&self, at: Endpoint, fault: Fault) {
        self.0.identity.faults.add(at, fault);
    }

    /// Spoils all answers of an endpoint behind the waiting ones, until [`Self::heal`].
    pub fn fail_always(&self, at: Endpoint, fault: Fault) {
        self.0.identity.faults.add_always(at, fault);
    }

    /// Ends all faults, and sends the answers that [`Fault::Held`] holds back.
    pub fn heal(&self) {
        self.0.identity.faults.heal();
    }

    /// How many requests an endpoint had, spoiled ones too.
    #[must_use]
    pub fn requests(&self, at: Endpoint) -> u64 {
        self.0.identity.faults.calls().get(&at).copied().unwrap_or(0)
    }

    /// A token of these claims, signed by the key that signs Entra's tokens now; none when the
    /// system has no randomness.
    #[must_use]
    pub fn entra_token(&self, claims: &Json) -> Option<String> {
        self.0.identity.entra_token(claims)
    }

    /// From now on a new key signs identity tokens. With `retire` the key set names the old ones
    /// no more.
    pub fn rotate_keys(&self, retire: bool) {
        self.0.identity.keys.rotate(retire);
    }
}
