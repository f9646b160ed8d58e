//! Random names for codes and tokens, and the hash of PKCE.

use std::fmt::Write;

use aws_lc_rs::{digest, rand};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

/// `sandbox-{kind}-` and 160 random bits: visibly fake, easy to search logs for. `None` when the
/// system has no randomness.
pub(super) fn fresh(kind: &str) -> Option<String> {
    let mut bytes = [0; 20];
    rand::fill(&mut bytes).ok()?;
    let mut secret = format!("sandbox-{kind}-");
    for byte in bytes {
        write!(secret, "{byte:02x}").ok()?;
    }
    Some(secret)
}

/// The `code_challenge` of a `code_verifier` by the method `S256` (RFC 7636 section 4.2).
pub(super) fn s256(verifier: &str) -> String {
    URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, verifier.as_bytes()))
}
