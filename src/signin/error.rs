//! Why there is no sign-in.

use session_store::KeyCheckError;
use thiserror::Error;
use upstream::BuildError;

/// Why sign-in could not be set up.
#[derive(Debug, Error)]
pub enum SignInError {
    /// The client for the providers cannot be built.
    #[error("the HTTP client of the sign-in cannot be built: {0}")]
    Client(#[from] BuildError),
    /// The client for metadata documents cannot be built.
    #[error("the HTTP client for metadata documents cannot be built: {0}")]
    Documents(String),
    /// The system has no randomness.
    #[error("the system gives no random numbers: {0}")]
    Random(#[from] getrandom::Error),
    /// The address that is listened on makes no URL.
    #[error("PUBLIC_BASE_URL: needed, for {0} makes no URL")]
    Address(std::net::SocketAddr),
    /// The store was filled under other keys.
    #[error("SESSION_ENCRYPTION_KEY: {0}")]
    Keys(KeyCheckError),
    /// The session store cannot be used.
    #[error("SESSION_STORE_TYPE: {0}")]
    Store(String),
}
