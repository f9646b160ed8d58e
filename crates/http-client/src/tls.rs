//! Whom a connection trusts: the certificates of the system.

use std::{fmt, sync::Arc};

use rustls::{
    ClientConfig,
    crypto::{CryptoProvider, aws_lc_rs},
};
use rustls_platform_verifier::BuilderVerifierExt as _;

/// The TLS of clients: the system's verifier, and the sessions that can be resumed. A clone shares
/// both.
#[derive(Clone)]
pub struct Tls(ClientConfig);

/// Why no client can be built.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// A sign in it is none that a header can have.
    #[error("the User-Agent cannot be sent")]
    UserAgent(#[from] http::header::InvalidHeaderValue),
    /// What rustls said, for instance that no certificate can be trusted.
    #[error("the certificates of the system cannot be used")]
    Certificates(#[from] rustls::Error),
}

impl Tls {
    /// Reads the system's certificates, which takes some milliseconds.
    pub fn of_system() -> Result<Self, BuildError> {
        let provider = match CryptoProvider::get_default() {
            Some(provider) => Arc::clone(provider),
            None => Arc::new(aws_lc_rs::default_provider()),
        };
        let builder = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_platform_verifier()?;
        Ok(Self(builder.with_no_client_auth()))
    }

    /// With whatever trust, ready made.
    #[cfg(test)]
    pub(super) fn of(config: ClientConfig) -> Self {
        Self(config)
    }

    pub(super) fn into_config(self) -> ClientConfig {
        self.0
    }
}

impl fmt::Debug for Tls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tls").finish_non_exhaustive()
    }
}
