//! The sandbox's identity provider: a page with one button a person, and the tokens that follow.
//!
//! It shares the sandbox's people, clock and tables with the gateway, so that what it issues opens
//! the sandbox Jira, and what it revokes does not. There is no password and no session of the
//! browser: the button pressed *is* the sign-in.

mod atlassian;
mod entra;
mod faults;
mod grants;
mod handle;
mod keys;
mod page;
mod params;
mod routes;
mod secret;
mod server;
mod settings;
pub(crate) mod state;

pub use faults::{Endpoint, Fault};
pub use grants::{Grant, Provider};
pub use handle::Identity;
pub(crate) use routes::router;
pub use settings::{IdentityClient, IdentitySettings};

#[cfg(test)]
mod tests;
