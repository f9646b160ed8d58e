//! Whose credentials an upstream has accepted. Only they are callers of their own; all others could
//! be one and the same.

use quick_cache::sync::Cache;

use super::request::{CallerId, Request, Response};

/// Callers that are remembered, about 50 bytes each. Only an upstream's own word adds one.
const CALLERS_MAX: usize = 16 * 1024;

#[derive(Debug)]
pub(super) struct Accepted(Cache<CallerId, ()>);

impl Accepted {
    pub(super) fn new() -> Self {
        Self(Cache::new(CALLERS_MAX))
    }

    /// Whether the caller's credentials were accepted. The process itself needs none.
    pub(super) fn has(&self, caller: CallerId) -> bool {
        caller == CallerId::default() || self.0.get(&caller).is_some()
    }

    /// Learns from an answer. One to a request without credentials says nothing about them.
    pub(super) fn learn(&self, request: &Request, answer: &Response) {
        if !request.headers.contains_key(http::header::AUTHORIZATION) {
            return;
        }
        match answer.status.as_u16() {
            200..=299 if self.0.get(&request.caller).is_none() => self.0.insert(request.caller, ()),
            401 => drop(self.0.remove(&request.caller)),
            _ => {}
        }
    }
}
