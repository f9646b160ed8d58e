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

/// A random GUID; all zeros when the system has no randomness, for it only names a log line.
pub(super) fn guid() -> String {
    let mut bytes = [0; 16];
    let _ = rand::fill(&mut bytes);
    as_guid(bytes)
}

/// The same GUID for the same parts.
pub(super) fn fixed_guid(context: &str, parts: &str) -> String {
    let digest = blake3::derive_key(context, parts.as_bytes());
    as_guid(digest.first_chunk::<16>().copied().unwrap_or_default())
}

/// Marked as random (RFC 9562 section 5.4).
fn as_guid(bytes: [u8; 16]) -> String {
    let number = u128::from_be_bytes(bytes);
    let number = (number & !(0xF << 76)) | (0x4 << 76);
    let number = (number & !(0x3 << 62)) | (0x2 << 62);
    let hex = format!("{number:032x}");
    let part = |from: usize, to: usize| hex.get(from..to).unwrap_or_default();
    [part(0, 8), part(8, 12), part(12, 16), part(16, 20), part(20, 32)].join("-")
}
