//! The state that all clones of a sandbox share.

use std::sync::RwLock;

use crate::{
    clock::Clock,
    model::{Site, Token},
};

pub(crate) struct World {
    pub(crate) clock: Clock,
    pub(crate) tokens: Vec<Token>,
    /// Of each site, in the order of `sites`.
    pub(crate) cloud_ids: Vec<String>,
    pub(crate) sites: RwLock<Vec<Site>>,
}
