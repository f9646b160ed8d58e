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
mod secret;
mod server;
mod settings;

pub use faults::{Endpoint, Fault};
pub use grants::{Grant, Provider};
pub use handle::Identity;
pub(crate) use server::router;
pub use settings::{IdentityClient, IdentitySettings};

/// What all routers of one sandbox share.
#[derive(Default)]
pub(crate) struct State {
    pub(crate) grants: grants::Grants,
    keys: keys::Keys,
    faults: faults::Faults,
}

#[cfg(test)]
mod tests;
