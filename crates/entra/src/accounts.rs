//! Accounts elsewhere that the directory's users have connected, as somebody else keeps them.

use std::sync::Arc;

use auth::{BoxFuture, Credentials, PrincipalKey};

/// Knows which account at the upstream a user has connected.
///
/// The user is known by name, not by a token: every program that brings a good token of theirs
/// works with the same account.
pub trait ConnectedAccounts: Send + Sync {
    /// What is known at this moment of the user with this subject, `{tenant id}/{object id}`.
    ///
    /// A store that does not answer is no reason to turn a good token away: then it is the
    /// credentials that say so, when they are asked for.
    fn of<'a>(&'a self, subject: &'a str) -> BoxFuture<'a, ConnectedAccount>;
}

/// A user's account at the upstream, or the way to connect one.
pub struct ConnectedAccount {
    /// What the upstream takes for it. Without an account it gives nothing but the reason, in the
    /// whole request: what is remembered under a request's key must be of one account.
    pub credentials: Arc<dyn Credentials>,
    /// Stands for this account as it was connected; another one after it has another. None without
    /// an account.
    pub key: Option<PrincipalKey>,
}
