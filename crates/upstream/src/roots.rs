//! The certificates that the TLS of every call trusts, counted for an operator; loaded the way the
//! client loads them.

/// What was found in the system's store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrustedRoots {
    /// Certificates that can be used.
    pub count: usize,
    /// What could not be read.
    pub faults: Vec<String>,
}

impl TrustedRoots {
    /// Reads the store: `SSL_CERT_FILE` and `SSL_CERT_DIR` if they are set, else the system's own
    /// places.
    pub fn load() -> Self {
        let loaded = rustls_native_certs::load_native_certs();
        let faults = loaded.errors.iter().map(ToString::to_string).collect();
        Self { count: loaded.certs.len(), faults }
    }
}
