//! The sites that each token reaches, remembered for a few minutes.

use std::{fmt, sync::Arc, time::Duration};

use auth::PrincipalKey;
use quick_cache::{Weighter, sync::Cache};
use tokio::time::Instant;

use super::{forgotten::Forgotten, site::Site};

/// How long a token's list of sites is believed. A revoked grant still fails at Jira at once.
pub(super) const TTL: Duration = Duration::from_mins(5);

/// The bytes of all lists that are remembered. Most users have one site of some 600 bytes; a
/// consultant may have hundreds, and nothing bounds what an answer holds.
const BYTES_MAX: u64 = 8 * 1024 * 1024;

/// So few that the cache keeps them in one shard, into which one large list fits.
const ENTRIES_EXPECTED: usize = 32;

/// What a list costs beside its sites, and a site beside its texts.
const ENTRY_BYTES: usize = 128;

/// Sites by keyed token hash, never by token: bounded in bytes and time.
pub(super) struct SiteCache {
    lists: Cache<PrincipalKey, (Instant, Arc<[Site]>), ByBytes>,
    forgotten: Forgotten,
}

#[derive(Clone)]
struct ByBytes;

impl Weighter<PrincipalKey, (Instant, Arc<[Site]>)> for ByBytes {
    fn weight(&self, _caller: &PrincipalKey, (_, sites): &(Instant, Arc<[Site]>)) -> u64 {
        let mut scopes: Option<&Arc<[String]>> = None;
        let bytes = sites.iter().map(|site| {
            let own = ENTRY_BYTES + site.id.len() + 2 * site.url.len() + site.name.len();
            let is_shared =
                matches!((scopes, &site.scopes), (Some(one), Some(other)) if Arc::ptr_eq(one, other));
            scopes = site.scopes.as_ref();
            let listed = site.scopes.iter().filter(|_| !is_shared).flat_map(|scopes| scopes.iter());
            own + listed.map(|scope| size_of::<String>() + scope.len()).sum::<usize>()
        });
        (ENTRY_BYTES + bytes.sum::<usize>()) as u64
    }
}

impl fmt::Debug for SiteCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SiteCache").field("entries", &self.lists.len()).finish_non_exhaustive()
    }
}

impl SiteCache {
    pub(super) fn new() -> Self {
        Self {
            lists: Cache::with_weighter(ENTRIES_EXPECTED, BYTES_MAX, ByBytes),
            forgotten: Forgotten::new(),
        }
    }

    pub(super) fn fresh(&self, caller: PrincipalKey, now: Instant) -> Option<Arc<[Site]>> {
        let (stored, sites) = self.lists.get(&caller)?;
        (now.saturating_duration_since(stored) < TTL).then_some(sites)
    }

    /// Keeps what a token reached at the time `stored`, as this process asked, or read of another,
    /// at the time `put`. Not if the token was refused since.
    pub(super) fn keep(
        &self,
        caller: PrincipalKey,
        stored: Instant,
        put: Instant,
        sites: &Arc<[Site]>,
    ) {
        if self.forgotten.is_current(caller, put) {
            self.lists.insert(caller, (stored, Arc::clone(sites)));
        }
    }

    /// Jira has refused the token: what it reached before is no longer known.
    pub(super) fn forget(&self, caller: PrincipalKey) {
        self.forgotten.note(caller);
        self.lists.remove(&caller);
    }
}
