//! Why nothing is served.

use std::net::SocketAddr;

use thiserror::Error;
use upstream::BuildError;

use super::local;
use crate::{agent::client::AgentsBuildError, signin::SignInError, telemetry::ExportError};

/// Why the server could not start.
#[derive(Debug, Error)]
pub enum StartError {
    /// The address cannot be listened on.
    #[error(
        "cannot listen on {address}: {source}; choose another HOST or PORT, or PORT=0 for any free one"
    )]
    Listen {
        /// The address.
        address: SocketAddr,
        /// What the system said.
        source: std::io::Error,
    },
    /// The admin address cannot be listened on.
    #[error(
        "ADMIN_ADDR: cannot listen on {address}: {source}; choose another one, or set it empty for no metrics"
    )]
    ListenAdmin {
        /// The address.
        address: SocketAddr,
        /// What the system said.
        source: std::io::Error,
    },
    /// Traces and metrics cannot be sent.
    #[error(transparent)]
    Export(#[from] ExportError),
    /// The client for Jira cannot be built.
    #[error("the HTTP client cannot be built: {0}")]
    Client(#[from] BuildError),
    /// The agents cannot be spoken to.
    #[error("the agents cannot be spoken to: {0}")]
    Agents(#[from] AgentsBuildError),
    /// Sign-in cannot be set up.
    #[error(transparent)]
    SignIn(#[from] SignInError),
    /// The sign-in of this machine cannot be used.
    #[error(transparent)]
    Local(#[from] local::LocalError),
    /// Nobody has signed in on this machine.
    #[error("nobody is signed in on this machine")]
    NobodySignedIn,
    /// The system has no randomness.
    #[error("the system gives no random numbers: {0}")]
    Random(#[from] getrandom::Error),
}
