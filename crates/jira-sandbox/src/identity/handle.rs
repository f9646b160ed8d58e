//! A hand on the identity provider, for tests.

use std::sync::Arc;

use super::grants::Grant;
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
        self.0.grants.all()
    }

    /// Ends a grant as its user does in the settings of the account: its access tokens get 401,
    /// its refresh tokens are refused. False if there is no grant of this id.
    #[must_use]
    pub fn revoke(&self, id: usize) -> bool {
        self.0.grants.revoke(id)
    }

    /// Deletes an account, such as `anna`: nothing that is hers opens anything, and her button is
    /// gone.
    pub fn delete_user(&self, name: &str) {
        self.0.grants.delete_user(name);
    }
}
