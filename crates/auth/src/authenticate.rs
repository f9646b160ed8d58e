//! From a request to whom it speaks for, or to the reason why that cannot be told.

use std::{fmt, sync::Arc, time::SystemTime};

use http::Request;

use super::{
    bearer::BearerFault,
    box_future::BoxFuture,
    credential::Credential,
    credentials::Credentials,
    key::{KeyedHasher, PrincipalKey},
    principal::Principal,
};

/// One way to tell who sent a request.
///
/// Several may be active at once. Each takes the tokens that have its own form and hands every
/// other request to the one it wraps, whose error goes back as it is: each keeps its own challenge.
pub trait Authenticate: Send + Sync {
    /// Reads what a request's head proves. Its body has not been read, and its Host, Origin and
    /// gateway secret are checked already.
    fn authenticate<'a>(
        &'a self,
        head: &'a Request<()>,
    ) -> BoxFuture<'a, Result<Identity, AuthenticateError>>;
}

/// Somebody who was authenticated: who they are, and what an upstream takes for proof of it.
#[derive(Clone)]
pub struct Identity {
    /// Who.
    pub principal: Principal,
    /// The proof; wiped with its last holder.
    pub credentials: Arc<dyn Credentials>,
    /// Under which key is remembered what this proof has shown: another one of the same person may
    /// reach other sites, or may do less. The principal's own where a person has one proof only.
    pub credential_key: PrincipalKey,
    /// Whether the client can get a new token from us by itself: it is told with a challenge when
    /// its sign-in has ended, whatever the operator chose for tokens of others.
    pub is_signed_in_here: bool,
    /// The roles that the user's directory gives them in this app, by name; none where roles do
    /// not count. What each allows is not known here.
    pub roles: Option<Arc<[String]>>,
    /// Until when this proof is taken, where it says so itself: whatever goes on for longer than a
    /// request ends with it.
    pub good_until: Option<SystemTime>,
}

impl Identity {
    /// A principal with what proves it to an upstream; the token came from elsewhere.
    pub fn new(principal: Principal, credentials: Arc<dyn Credentials>) -> Self {
        let credential_key = principal.key;
        Self {
            principal,
            credentials,
            credential_key,
            is_signed_in_here: false,
            roles: None,
            good_until: None,
        }
    }

    /// Whoever holds a credential that says nothing about them and that the upstream takes as it
    /// is.
    pub fn of_credential(credential: impl Into<Credential>, hasher: &KeyedHasher) -> Self {
        let credential = credential.into();
        let principal = Principal::of_key(credential.key(hasher));
        Self::new(principal, Arc::new(credential))
    }
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Identity").field("principal", &self.principal).finish_non_exhaustive()
    }
}

/// Why a request speaks for nobody. `Display` says what its token is: "missing or malformed: …".
///
/// It never holds any part of what was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AuthenticateError {
    /// It brings no bearer token that can be read.
    #[error("missing or malformed: {0}")]
    Bearer(#[from] BearerFault),
    /// It brings a token that is not good here, such as one that has expired or was issued for
    /// another resource.
    #[error("not accepted: {reason}")]
    Refused {
        /// The error code of the challenge, such as `invalid_token`.
        challenge_error: &'static str,
        /// What is wrong with the token: a sentence without its capital and its full stop.
        reason: &'static str,
    },
    /// It brings a token of a directory that is not good here. A better one is got there, with the
    /// scope of this server's API.
    #[error("not accepted: {0}")]
    OfDirectory(&'static str),
    /// It brings a good token that lacks the scope which every request here needs.
    #[error("not enough: it lacks the scope that this server needs")]
    LacksScope,
    /// It brings a good token of a user none of whose roles allows anything here. No other token
    /// of theirs does, until somebody gives them such a role.
    #[error("not enough: none of the user's roles allows anything here")]
    NoRole,
    /// Whether it is good cannot be told at the moment: what knows it does not answer. Nobody is
    /// let in, and nobody needs to sign in again.
    #[error("not checked: what knows about it does not answer")]
    Unavailable,
}

impl AuthenticateError {
    /// The `error` of the challenge; none where no bearer token was presented. Source: RFC 6750
    /// section 3.1.
    pub fn challenge_error(&self) -> Option<&'static str> {
        match self {
            Self::Unavailable
            | Self::NoRole
            | Self::Bearer(BearerFault::Missing | BearerFault::WrongScheme) => None,
            Self::Bearer(_) | Self::OfDirectory(_) => Some("invalid_token"),
            Self::LacksScope => Some("insufficient_scope"),
            Self::Refused { challenge_error, .. } => Some(challenge_error),
        }
    }
}
