//! The state that all clones of a sandbox share.

use std::sync::{Arc, RwLock};

use crate::{
    agent::state::State as Agent,
    calls::Calls,
    clock::Clock,
    identity::state::State,
    model::{Site, Token},
};

/// Routes take the lock once, for as long as they run.
pub(crate) struct World {
    pub(crate) clock: Clock,
    pub(crate) tokens: Vec<Arc<Token>>,
    pub(crate) identity: State,
    pub(crate) agent: Agent,
    /// Of each site, in the order of `sites`.
    pub(crate) cloud_ids: Vec<String>,
    pub(crate) sites: RwLock<Vec<Site>>,
    pub(crate) calls: Calls,
    /// What open pages of the window wait for.
    pub(crate) changes: local_page::Changes,
}
