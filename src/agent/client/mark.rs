//! The mark in a post by which its echo is known.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

/// A new one: 128 random bits. Without a random source it is empty, and an echo is then known by
/// the id of the post only.
pub(super) fn client_mark() -> String {
    let mut bytes = [0_u8; 16];
    match getrandom::fill(&mut bytes) {
        Ok(()) => URL_SAFE_NO_PAD.encode(bytes),
        Err(_) => String::new(),
    }
}
