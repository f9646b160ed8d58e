//! Whose word opens a stream to a caller whose token says nothing about them.

use auth::{BoxFuture, Caller};

/// Asks the issuer of a token whether it is good, and remembers the answer for a while.
///
/// A call with a made-up token is refused by the upstream that it calls. A stream calls nobody, so
/// without this any number of made-up tokens could hold connections.
pub trait Vouch: Send + Sync {
    /// Whether the caller's token is good.
    fn vouch<'a>(&'a self, caller: &'a Caller) -> BoxFuture<'a, Result<Vouched, NotVouched>>;
}

/// Since when a token is known to be good.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Vouched {
    /// Its issuer took it just now.
    Now,
    /// Its issuer took it a while ago, which says nothing of what has become of it since.
    Earlier,
}

/// Why a token opens no stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotVouched {
    /// Its issuer does not take it.
    Refused,
    /// Its issuer gave no answer.
    Unknown,
}

/// Takes every token for good: for a server before which nobody unknown can stand.
#[derive(Clone, Copy, Debug)]
pub struct VouchForAll;

impl Vouch for VouchForAll {
    fn vouch<'a>(&'a self, _: &'a Caller) -> BoxFuture<'a, Result<Vouched, NotVouched>> {
        Box::pin(std::future::ready(Ok(Vouched::Earlier)))
    }
}
