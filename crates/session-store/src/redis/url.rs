//! The address of a Redis server, with its user and password.

use ::redis::{Client, parse_redis_url};
use secrecy::{ExposeSecret, SecretString};

/// Why an address cannot be used; it never holds any part of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RedisUrlError {
    /// Another scheme, or no address at all.
    #[error(
        "expected redis://[user][:password]@host[:port][/database], or rediss:// for TLS; \
         characters such as `@`, `/` and `%` in a password are percent-encoded"
    )]
    Form,
    /// `#insecure` and the like.
    #[error("expected no `#` part: certificates are always verified; write `%23` in a password")]
    Fragment,
    /// A host, a port, a database or an option that cannot be.
    #[error("the host, the port, the database or an option behind `?` cannot be used")]
    Part,
}

/// Reads the address; connects to nothing.
pub(super) fn client(url: &SecretString) -> Result<Client, RedisUrlError> {
    let url = parse_redis_url(url.expose_secret().trim()).ok_or(RedisUrlError::Form)?;
    if !matches!(url.scheme(), "redis" | "rediss") || url.host_str().is_none_or(str::is_empty) {
        return Err(RedisUrlError::Form);
    }
    if url.fragment().is_some() {
        return Err(RedisUrlError::Fragment);
    }
    Client::open(url).map_err(|_| RedisUrlError::Part)
}
