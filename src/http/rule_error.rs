//! Why a setting names no host, origin or URL.

/// The sentence says what is accepted and repeats nothing of what was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RuleError {
    /// Not a host.
    #[error(
        "expected a host name or address, optionally with a port, such as bridge.example.com or [::1]:8080"
    )]
    Host,
    /// Not an origin, or a wildcard.
    #[error("expected scheme://host or scheme://host:port without a path; * and null are refused")]
    Origin,
    /// Not a base URL.
    #[error("expected an absolute http or https URL without user, query or fragment")]
    BaseUrl,
}
