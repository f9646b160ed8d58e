//! Creates that were asked for twice: an agent's retry must not make a second issue.
//!
//! Within one process a `request_id` is remembered for ten minutes, and a repeat waits for the
//! first call's result. Beyond it, a digest of the id is written into an entity property of each
//! new issue, and an id that this process does not know is looked for among the caller's issues of
//! the last 15 minutes in these projects, with one search. That is best effort: Jira's search lags
//! behind a create by seconds, looks at the newest 50 or 100 issues only, and when it fails the
//! create goes on. So a repeat that reaches another replica at once can still make a second issue.

use std::{sync::Arc, time::Duration};

use auth::PrincipalKey;
use quick_cache::sync::Cache;
use tokio::{sync::Mutex, time::Instant};

/// How long a `request_id` is remembered.
const TTL: Duration = Duration::from_mins(10);

/// How many are remembered at a time, over all callers.
const ENTRIES_MAX: usize = 10_000;

/// The results of recent creates by caller and `request_id`. Lives in this process only.
#[derive(Debug)]
pub struct IdempotencyKeys(Cache<(PrincipalKey, [u8; 32]), Slot>);

/// What a `request_id` is for: ids of different tools and sites are different ids.
#[derive(Debug, Clone, Copy)]
pub struct IdempotencyScope<'a> {
    /// The tool's name.
    pub tool: &'a str,
    /// The site, tenant or other part of the upstream.
    pub tenant: &'a str,
}

/// The place of one create. While it is locked, the create is under way and a repeat waits for its
/// result.
pub type Slot = Arc<Mutex<Option<(Instant, String)>>>;

impl Default for IdempotencyKeys {
    fn default() -> Self {
        Self(Cache::new(ENTRIES_MAX))
    }
}

impl IdempotencyKeys {
    /// The place of this caller's `request_id`, which is kept as a digest: it may be as long as a
    /// request.
    pub fn slot(
        &self,
        caller: PrincipalKey,
        scope: IdempotencyScope<'_>,
        request_id: &str,
    ) -> Slot {
        let mut digest = blake3::Hasher::new();
        for part in [scope.tool, scope.tenant, request_id] {
            digest.update(&part.len().to_le_bytes()).update(part.as_bytes());
        }
        let key = (caller, *digest.finalize().as_bytes());
        if let Some(slot) = self.0.get(&key) {
            return slot;
        }
        self.0
            .get_or_insert_with(&key, || Ok::<_, std::convert::Infallible>(Slot::default()))
            .unwrap_or_default()
    }
}

/// The key that an earlier call made, if it was made within the last minutes.
pub fn previous_result(made: Option<&(Instant, String)>, now: Instant) -> Option<String> {
    let (when, key) = made?;
    (now.saturating_duration_since(*when) < TTL).then(|| key.clone())
}
