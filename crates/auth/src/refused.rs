//! Kinds of bearer that are off: they are refused here, and never tried at the upstream.

use std::{future, sync::Arc};

use http::Request;

use super::{
    authenticate::{Authenticate, AuthenticateError, Identity},
    bearer::Bearer,
    box_future::BoxFuture,
};

/// Refuses whatever nobody before it took.
#[derive(Clone, Copy, Debug, Default)]
pub struct RefusedKinds;

/// Refuses tokens that begin with a prefix, and leaves all others to `others`.
pub struct RefusedPrefix {
    prefix: &'static str,
    others: Arc<dyn Authenticate>,
}

impl RefusedPrefix {
    /// For tokens of a kind that is off.
    pub fn new(prefix: &'static str, others: Arc<dyn Authenticate>) -> Self {
        Self { prefix, others }
    }
}

fn refused<'a>() -> BoxFuture<'a, Result<Identity, AuthenticateError>> {
    let reason = "tokens of this kind are not accepted here";
    let error = AuthenticateError::Refused { challenge_error: "invalid_token", reason };
    Box::pin(future::ready(Err(error)))
}

impl Authenticate for RefusedKinds {
    fn authenticate<'a>(
        &'a self,
        head: &'a Request<()>,
    ) -> BoxFuture<'a, Result<Identity, AuthenticateError>> {
        match Bearer::from_headers(head.headers()) {
            Ok(_) => refused(),
            Err(fault) => Box::pin(future::ready(Err(fault.into()))),
        }
    }
}

impl Authenticate for RefusedPrefix {
    fn authenticate<'a>(
        &'a self,
        head: &'a Request<()>,
    ) -> BoxFuture<'a, Result<Identity, AuthenticateError>> {
        match Bearer::text_in(head.headers()) {
            Ok(token) if token.starts_with(self.prefix) => refused(),
            _ => self.others.authenticate(head),
        }
    }
}
