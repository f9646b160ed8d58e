//! Sealing and opening, and keyed hashes.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::keys::{Key, KeyRing};

/// A sealed text begins with so many random bytes. No two texts share them, so they also tell two
/// versions of one record apart.
pub const NONCE_BYTES: usize = 12;

/// What is sealed. Each purpose has keys of its own, so that nothing sealed for one can stand in
/// for another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Purpose(&'static str);

impl Purpose {
    /// `name` is unique and never changes: what was sealed under it opens under it only.
    pub const fn new(name: &'static str) -> Self {
        Self(name)
    }
}

/// A text that was sealed under one of the keys.
pub struct Opened {
    /// What was sealed; wiped on drop.
    pub plain: Zeroizing<Vec<u8>>,
    /// Whether the first key sealed it.
    pub is_current: bool,
}

/// Nothing was sealed: the system has no randomness, or the text is beyond all bounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the text cannot be sealed")]
pub struct SealError;

impl KeyRing {
    /// Seals `plain`: the nonce, the ciphertext, the tag. To open it takes the same `bound`.
    pub fn seal(&self, purpose: Purpose, bound: &[u8], plain: &[u8]) -> Result<Vec<u8>, SealError> {
        let key = self.0.first().and_then(|key| cipher(key, purpose)).ok_or(SealError)?;
        let mut nonce = [0; NONCE_BYTES];
        getrandom::fill(&mut nonce).map_err(|_| SealError)?;
        // Encrypted where it stands, so that the plain text is nowhere else.
        let mut sealed = Vec::with_capacity(NONCE_BYTES + plain.len() + AES_256_GCM.tag_len());
        sealed.extend_from_slice(&nonce);
        sealed.extend_from_slice(plain);
        let text = sealed.get_mut(NONCE_BYTES..).ok_or(SealError)?;
        let nonce = Nonce::assume_unique_for_key(nonce);
        let tag =
            key.seal_in_place_separate_tag(nonce, Aad::from(bound), text).map_err(|_| SealError)?;
        sealed.extend_from_slice(tag.as_ref());
        Ok(sealed)
    }

    /// Opens what one of the keys sealed for this purpose with the same `bound`.
    pub fn open(&self, purpose: Purpose, bound: &[u8], sealed: &[u8]) -> Option<Opened> {
        let (nonce, text) = sealed.split_first_chunk::<NONCE_BYTES>()?;
        self.0.iter().enumerate().find_map(|(position, key)| {
            let mut plain = Zeroizing::new(text.to_vec());
            let nonce = Nonce::assume_unique_for_key(*nonce);
            let length = cipher(key, purpose)?
                .open_in_place(nonce, Aad::from(bound), plain.as_mut_slice())
                .ok()?
                .len();
            plain.truncate(length);
            Some(Opened { plain, is_current: position == 0 })
        })
    }

    /// The keyed hash of `data` under the first key.
    pub fn mac(&self, purpose: Purpose, data: &[u8]) -> [u8; 32] {
        self.macs(purpose, data).next().unwrap_or_default()
    }

    /// The keyed hash of `data` under each key, the first key's first.
    pub fn macs(&self, purpose: Purpose, data: &[u8]) -> impl Iterator<Item = [u8; 32]> {
        self.0
            .iter()
            .map(move |key| *blake3::keyed_hash(&derived(key, purpose, "mac"), data).as_bytes())
    }

    /// Whether one of the keys made this hash of `data`; takes the same time for every wrong one.
    pub fn has_made(&self, purpose: Purpose, data: &[u8], mac: &[u8]) -> bool {
        self.macs(purpose, data).fold(false, |found, own| found | bool::from(own.ct_eq(mac)))
    }
}

fn cipher(key: &Key, purpose: Purpose) -> Option<LessSafeKey> {
    let key = UnboundKey::new(&AES_256_GCM, derived(key, purpose, "seal").as_slice()).ok()?;
    Some(LessSafeKey::new(key))
}

/// A key of the purpose's own, by BLAKE3's key derivation.
fn derived(key: &Key, purpose: Purpose, use_of_it: &str) -> Key {
    let mut hasher = blake3::Hasher::new_derive_key("jira-mcp-bridge keyring 2026");
    hasher
        .update(key.as_slice())
        .update(use_of_it.as_bytes())
        .update(b":")
        .update(purpose.0.as_bytes());
    Key::new(*hasher.finalize().as_bytes())
}
