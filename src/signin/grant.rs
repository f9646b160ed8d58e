//! What a provider gave for a person: tokens, and how long they are good.

use serde::{Deserialize, Serialize};

use super::secret::Secret;

/// What a provider gave.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Grant {
    pub(super) access_token: Secret,
    pub(super) refresh_token: Option<Secret>,
    pub(super) obtained_at_ms: u64,
    pub(super) expires_at_ms: u64,
    pub(super) scopes: Vec<String>,
    /// Entra ID: the app roles of the person, as it said last.
    #[serde(default)]
    pub(super) roles: Vec<String>,
}

/// Which of a session's grants.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum GrantOf {
    Jira,
    Entra,
}

impl GrantOf {
    /// The other one.
    pub(super) const fn other(self) -> Self {
        match self {
            Self::Jira => Self::Entra,
            Self::Entra => Self::Jira,
        }
    }
}

/// A grant is renewed when less than this remains of it.
const RENEWED_BEFORE_MS: u64 = 5 * 60 * 1000;

impl Grant {
    /// Whether it is time to renew it: less than five minutes remain, or less than half of its
    /// life.
    pub(super) fn is_due(&self, now_ms: u64) -> bool {
        let life = self.expires_at_ms.saturating_sub(self.obtained_at_ms);
        let rest = self.expires_at_ms.saturating_sub(now_ms);
        // A clock that was set back would otherwise find it fresh for ever.
        let is_of_the_future = self.obtained_at_ms > now_ms.saturating_add(RENEWED_BEFORE_MS);
        // One that ends as it comes has no half of its life left, and is due all the same.
        rest == 0 || rest < RENEWED_BEFORE_MS.min(life / 2) || rest < life / 2 || is_of_the_future
    }

    /// Whether the provider still takes it, by what it said.
    pub(super) fn is_live(&self, now_ms: u64) -> bool {
        self.expires_at_ms > now_ms
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: u64 = 60_000;

    fn check(life_ms: u64, age_ms: u64, (is_due, is_live): (bool, bool)) {
        let grant = Grant {
            access_token: "access-token".to_owned().into(),
            refresh_token: None,
            obtained_at_ms: 1_000 * MINUTE,
            expires_at_ms: 1_000 * MINUTE + life_ms,
            scopes: Vec::new(),
            roles: Vec::new(),
        };
        let now_ms = 1_000 * MINUTE + age_ms;
        assert_eq!((grant.is_due(now_ms), grant.is_live(now_ms)), (is_due, is_live));
    }

    #[test]
    fn the_time_to_renew() {
        check(60 * MINUTE, 0, (false, true));
        check(60 * MINUTE, 30 * MINUTE, (false, true));
        check(60 * MINUTE, 30 * MINUTE + 1, (true, true));
        check(60 * MINUTE, 60 * MINUTE, (true, false));
        check(MINUTE, 20_000, (false, true));
        check(MINUTE, 31_000, (true, true));
        // Tokens that have ended when they come are not good, and due.
        check(0, 0, (true, false));
    }
}
