//! What an upstream said of a caller's token during one request, on its way back to the edge.

use std::sync::{Arc, OnceLock};

/// What was learned about a token; by default nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TokenVerdict {
    /// The upstream answered 401 to the token, or the sign-in behind it has ended.
    pub refused: bool,
    /// The upstream took the token for at least one request.
    pub accepted: bool,
    /// The OAuth scopes that the request needs and the token does not all have, separated by
    /// blanks.
    pub missing_scopes: Option<String>,
}

/// Where a call leaves its verdict for the edge, which put the slot among the request's extensions.
///
/// It is no extension of the response, for that is a part of its head: the head of an event stream
/// has left when the verdict falls. An empty slot means that nothing was learned yet.
#[derive(Clone, Debug, Default)]
pub struct VerdictSlot(Arc<OnceLock<TokenVerdict>>);

impl VerdictSlot {
    /// Leaves the verdict. A request makes one call, so the first one stands.
    pub fn fill(&self, verdict: TokenVerdict) {
        let _ = self.0.set(verdict);
    }

    /// The verdict, once the call is over.
    pub fn get(&self) -> Option<&TokenVerdict> {
        self.0.get()
    }
}
