//! Under which name a client is remembered: a hash of its id, which may be long.

/// 128 bits of BLAKE3, in hex.
pub(super) fn hash(client_id: &str) -> String {
    blake3::hash(client_id.as_bytes()).to_hex().chars().take(32).collect()
}
