//! The bearer token that a client got from the upstream's own authorization server and that the
//! upstream itself judges: it is passed on as it came.

use std::future;

use http::Request;

use super::{
    authenticate::{Authenticate, AuthenticateError, Identity},
    bearer::Bearer,
    box_future::BoxFuture,
    key::KeyedHasher,
};

/// Takes every well-formed bearer token. Who holds it is known by its keyed hash only.
#[derive(Clone, Debug)]
pub struct PassThroughBearer {
    hasher: KeyedHasher,
}

impl PassThroughBearer {
    /// Principals get their keys from `hasher`.
    pub fn new(hasher: KeyedHasher) -> Self {
        Self { hasher }
    }
}

impl Authenticate for PassThroughBearer {
    fn authenticate<'a>(
        &'a self,
        head: &'a Request<()>,
    ) -> BoxFuture<'a, Result<Identity, AuthenticateError>> {
        let bearer = Bearer::from_headers(head.headers());
        let identity = bearer.map(|bearer| Identity::of_credential(bearer, &self.hasher));
        Box::pin(future::ready(identity.map_err(AuthenticateError::from)))
    }
}
