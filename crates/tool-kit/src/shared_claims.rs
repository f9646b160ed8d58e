//! Where all replicas see who does what a `request_id` stands for, and what came of it.

use std::fmt;

use auth::BoxFuture;

/// A keyed digest of caller, tool, site and `request_id`.
pub type ClaimId = [u8; 32];

/// Keeps claims for some minutes.
pub trait SharedClaims: fmt::Debug + Send + Sync {
    /// Claims an id, of two at once for one of them, or says what stands in the way.
    fn claim<'a>(&'a self, id: &'a ClaimId) -> BoxFuture<'a, Claim>;
}

/// What became of an attempt to claim an id.
#[derive(Debug)]
pub enum Claim {
    /// It is the caller's, who settles it.
    Mine(Box<dyn Claimed>),
    /// Somebody is at it.
    Running,
    /// It was done, with this result.
    Made(String),
    /// Somebody claimed it and nobody knows what they did. It can still be settled.
    Cut(Box<dyn Claimed>),
    /// Nobody answers.
    Unavailable,
}

/// A claim that somebody holds.
pub trait Claimed: fmt::Debug + Send + Sync {
    /// Says what came of it. A claim that is not settled is [`Claim::Cut`] after a while.
    fn settle(self: Box<Self>, settled: Settled) -> BoxFuture<'static, ()>;
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Settled {
    /// It was done, with this result.
    Made(String),
    /// Nothing was done: the id is free again.
    NotDone,
    /// It may have been done.
    Unknown,
}
