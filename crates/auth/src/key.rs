//! Under which key a user is remembered: a keyed hash of the token, never the token.

use std::{fmt, sync::Arc};

use secrecy::ExposeSecret;
use zeroize::Zeroizing;

use super::Bearer;

/// Stands for a user in maps, limits and audit lines; useless without the process's random key.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PrincipalKey(pub(super) [u8; 16]);

impl PrincipalKey {
    /// The keyed hash itself, for whoever tells callers apart without knowing what a caller is.
    pub fn to_bytes(self) -> [u8; 16] {
        self.0
    }
}

impl fmt::Display for PrincipalKey {
    /// The first 8 bytes in hex: enough to follow one user through the lines of one process.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().take(8).try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for PrincipalKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PrincipalKey({self})")
    }
}

/// Keyed BLAKE3 under a random key that lives as long as the process; made once and passed to who
/// needs it.
#[derive(Clone)]
pub struct KeyedHasher(Arc<Zeroizing<[u8; 32]>>);

impl KeyedHasher {
    /// Draws the key from the system; fails only where the system has no randomness to give.
    pub fn random() -> Result<Self, getrandom::Error> {
        let mut key = Zeroizing::new([0; 32]);
        getrandom::fill(key.as_mut_slice())?;
        Ok(Self(Arc::new(key)))
    }

    /// The key under which a user is remembered.
    pub fn caller_key(&self, bearer: &Bearer) -> PrincipalKey {
        PrincipalKey(self.digest(b"caller:", bearer.0.expose_secret().as_bytes()))
    }

    /// A 128-bit digest of `data`; `domain` keeps the uses of one key apart.
    pub fn digest(&self, domain: &[u8], data: &[u8]) -> [u8; 16] {
        let hash = blake3::Hasher::new_keyed(&self.0).update(domain).update(data).finalize();
        let mut short = [0; 16];
        short.iter_mut().zip(hash.as_bytes()).for_each(|(to, from)| *to = *from);
        short
    }
}

impl fmt::Debug for KeyedHasher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeyedHasher(***)")
    }
}
