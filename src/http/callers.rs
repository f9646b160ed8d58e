//! Who may say who a caller is.

use std::sync::Arc;

use auth::Authenticate;

use super::streams::vouch::{Vouch, VouchForAll};

/// The two whose word counts.
#[derive(Clone)]
pub struct Callers {
    /// Says of every request for whom it speaks.
    pub authenticate: Arc<dyn Authenticate>,
    /// Says whether a token is good, before a stream is opened to somebody of whom nothing else is
    /// known.
    pub vouch: Arc<dyn Vouch>,
}

impl Callers {
    /// Callers whose tokens are taken for good.
    pub fn trusted(authenticate: Arc<dyn Authenticate>) -> Self {
        Self { authenticate, vouch: Arc::new(VouchForAll) }
    }
}
