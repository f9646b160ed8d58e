//! Who a request speaks for, what proves it, and what an upstream said of the proof.
//!
//! The files stand in three rows, and none imports from a row above its own:
//!
//! | Row | What |
//! |---|---|
//! | `caller`, `pass_through`, `directory`, `refused` | one request's caller; ways to authenticate one |
//! | `authenticate` | the trait for all ways, and the [`Identity`] that each ends with |
//! | all others | credentials of each kind, principals, keys, verdicts |

mod authenticate;
mod basic;
mod bearer;
mod box_future;
mod caller;
mod credential;
mod credentials;
mod directory;
mod key;
mod pass_through;
mod principal;
mod refused;
mod requested_site;
mod verdict;

pub use authenticate::{Authenticate, AuthenticateError, Identity};
pub use basic::{Basic, BasicFault};
pub use bearer::{Bearer, BearerFault};
pub use box_future::BoxFuture;
pub use caller::Caller;
pub use credential::Credential;
pub use credentials::{Credentials, CredentialsError, UpstreamCredential};
pub use directory::{OfIssuers, RefusedIssuers};
pub use key::{KeyedHasher, PrincipalKey};
pub use pass_through::PassThroughBearer;
pub use principal::Principal;
pub use refused::{RefusedKinds, RefusedPrefix};
pub use requested_site::RequestedSite;
pub use verdict::{TokenVerdict, VerdictSlot};

#[cfg(test)]
mod tests;
