//! The two secrets of the agent, of which one can be replaced while clients use the other.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// The older first; how many there were before them.
struct Pair {
    valid: [String; 2],
    next: u64,
}

/// Two that are good, always.
pub(super) struct Secrets(Mutex<Pair>);

impl Default for Secrets {
    fn default() -> Self {
        Self(Mutex::new(Pair { valid: [secret(1), secret(2)], next: 3 }))
    }
}

impl Secrets {
    fn pair(&self) -> MutexGuard<'_, Pair> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn is_valid(&self, text: &str) -> bool {
        self.pair().valid.iter().any(|secret| secret == text)
    }

    /// The older first.
    pub(super) fn all(&self) -> [String; 2] {
        self.pair().valid.clone()
    }

    /// A new one instead of the older.
    pub(super) fn rotate(&self) -> String {
        let mut pair = self.pair();
        let fresh = secret(pair.next);
        pair.next += 1;
        let [_, newer] = std::mem::take(&mut pair.valid);
        pair.valid = [newer, fresh.clone()];
        fresh
    }
}

/// Visibly fake, easy to search logs for; the same in each sandbox.
fn secret(number: u64) -> String {
    let digest =
        blake3::derive_key("jira sandbox agent secret, not a credential", &number.to_be_bytes());
    let start = format!("sandbox-agent-{number}.");
    digest.iter().take(20).fold(start, |text, byte| format!("{text}{byte:02x}"))
}
