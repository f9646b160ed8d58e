//! What all routers of one sandbox share.

use super::{faults, grants, keys};

/// The grants, the keys that sign, and what is to go wrong.
#[derive(Default)]
pub(crate) struct State {
    pub(crate) grants: grants::Grants,
    pub(super) keys: keys::Keys,
    pub(super) faults: faults::Faults,
}
