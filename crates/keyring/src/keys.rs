//! The keys, as an operator writes them.

use std::{fmt, sync::Arc};

use base64::{Engine, engine::general_purpose::STANDARD};
use zeroize::Zeroizing;

/// AES-256.
pub(super) const KEY_BYTES: usize = 32;

/// A key is replaced by putting a new one before it, so a ring holds two for some weeks. More than
/// these only cost time with each text that no key opens.
const KEYS_MAX: usize = 8;

pub(super) type Key = Zeroizing<[u8; KEY_BYTES]>;

/// One to eight keys. A clone shares them; the last holder wipes them.
#[derive(Clone)]
pub struct KeyRing(pub(super) Arc<[Key]>);

impl KeyRing {
    /// Reads base64 of 32 bytes, several separated by commas or line ends. No part of the text is
    /// in a fault.
    pub fn parse(text: &str) -> Result<Self, KeyRingError> {
        let parts = text.split([',', '\n', '\r']).map(str::trim).filter(|part| !part.is_empty());
        let mut keys = Vec::new();
        for part in parts {
            let bytes = Zeroizing::new(STANDARD.decode(part).map_err(|_| KeyRingError::Base64)?);
            let mut key = Key::new([0; KEY_BYTES]);
            if bytes.len() != KEY_BYTES {
                return Err(KeyRingError::Length { bytes: bytes.len() });
            }
            key.copy_from_slice(&bytes);
            // A key of one repeated byte was never drawn.
            if key.iter().all(|byte| Some(byte) == key.first()) {
                return Err(KeyRingError::Guessable);
            }
            if keys.contains(&key) {
                return Err(KeyRingError::Repeated);
            }
            keys.push(key);
        }
        match keys.len() {
            0 => Err(KeyRingError::Empty),
            1..=KEYS_MAX => Ok(Self(keys.into())),
            _ => Err(KeyRingError::TooMany),
        }
    }

    /// Keys that were derived elsewhere, the one that seals first; none where there is no key.
    pub fn of_keys(keys: Vec<Zeroizing<[u8; KEY_BYTES]>>) -> Option<Self> {
        (!keys.is_empty()).then(|| Self(keys.into()))
    }

    /// One key that lives as long as the process.
    pub fn random() -> Result<Self, getrandom::Error> {
        let mut key = Key::new([0; KEY_BYTES]);
        getrandom::fill(key.as_mut_slice())?;
        Ok(Self(Arc::from([key])))
    }
}

impl fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeyRing(***)")
    }
}

/// Why a text is no ring of keys; it never holds any part of the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyRingError {
    /// There is no key in it.
    #[error("no key; expected base64 of 32 random bytes, such as `openssl rand -base64 32` prints")]
    Empty,
    /// Not base64.
    #[error(
        "a key is not base64; expected base64 of 32 random bytes, such as `openssl rand -base64 32` \
         prints"
    )]
    Base64,
    /// Base64 of more or fewer than 32 bytes.
    #[error(
        "a key has {bytes} bytes; expected 32, such as `openssl rand -base64 32` prints, and a comma \
         between two keys"
    )]
    Length {
        /// How many it has.
        bytes: usize,
    },
    /// One byte, repeated.
    #[error(
        "a key is one repeated byte; draw 32 random bytes, such as with `openssl rand -base64 32`"
    )]
    Guessable,
    /// The same key twice.
    #[error("the same key stands twice")]
    Repeated,
    /// More than eight.
    #[error("more than 8 keys")]
    TooMany,
}
