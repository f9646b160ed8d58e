//! Under which key a principal is remembered: a keyed hash of what identifies it, never that id.

use std::{fmt, sync::Arc};

use zeroize::Zeroizing;

/// Stands for a principal in maps, limits and audit lines; useless without the process's random
/// key.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PrincipalKey([u8; 16]);

impl PrincipalKey {
    /// The keyed hash itself, for whoever tells principals apart without knowing what one is.
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

    /// Goes by a key of one's own, where several processes must know a principal by one name.
    pub fn of_key(key: [u8; 32]) -> Self {
        Self(Arc::new(Zeroizing::new(key)))
    }

    /// The key of the principal whom `id` identifies: a token where nothing else does, else what
    /// stays the same when tokens change, such as a directory's id of the account. `domain` keeps
    /// the kinds of ids apart.
    pub fn principal_key(&self, domain: &[u8], id: &[u8]) -> PrincipalKey {
        PrincipalKey(self.digest(domain, id))
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
