//! Keys that follow from the accepted secrets, so that replicas with the same secrets have the same
//! keys.

use std::collections::HashMap;

use argon2::{Algorithm, Argon2, Params, Version};
use tokio::{sync::Mutex, task::spawn_blocking};
use tracing::warn;
use zeroize::Zeroizing;

use super::secret::SecretDigest;

/// What one key costs to make, so that whoever holds something that was signed with it cannot try
/// secrets by the million: memory in KiB and passes. Source: OWASP's password storage sheet, one of
/// its equivalent settings of Argon2id.
const STRETCH_KIB: u32 = 7 * 1024;
const STRETCH_PASSES: u32 = 5;

/// The memory that a key takes while it is made, in bytes; one at a time is.
pub const KEY_BYTES: usize = 7 << 20;

/// A key that follows from a secret; wiped when dropped.
pub(super) type Key = Zeroizing<[u8; blake3::KEY_LEN]>;

/// The keys that were made, by secret and use.
#[derive(Default)]
pub(super) struct DerivedKeys(Mutex<HashMap<(SecretDigest, &'static str), Key>>);

impl DerivedKeys {
    /// A key for each secret, in their order. Those of other secrets are forgotten.
    pub(super) async fn of(&self, secrets: Vec<SecretDigest>, context: &'static str) -> Vec<Key> {
        // Held while keys are made: two calls would make the same key twice, with twice the memory.
        let mut known = self.0.lock().await;
        known.retain(|(secret, _), _| secrets.contains(secret));
        let mut keys = Vec::with_capacity(secrets.len());
        for secret in secrets {
            if let Some(key) = known.get(&(secret, context)) {
                keys.push(key.clone());
                continue;
            }
            if let Ok(Some(key)) = spawn_blocking(move || stretch(&secret, context)).await {
                known.insert((secret, context), key.clone());
                keys.push(key);
            } else {
                warn!("gateway secrets: no key could be derived from one of them");
            }
        }
        keys
    }
}

/// None where Argon2 refuses its settings, which are constants.
fn stretch(secret: &SecretDigest, context: &str) -> Option<Key> {
    let params = Params::new(STRETCH_KIB, STRETCH_PASSES, 1, Some(blake3::KEY_LEN)).ok()?;
    let mut key = Key::default();
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    // The use is the salt, in a form of which Argon2 takes any length.
    let salt = blake3::hash(context.as_bytes());
    argon2.hash_password_into(secret, salt.as_bytes(), key.as_mut_slice()).ok()?;
    Some(key)
}
