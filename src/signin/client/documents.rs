//! Documents of clients that were fetched, remembered for a while; one at a time fetches
//! each.

use std::{sync::Arc, time::Duration};

use quick_cache::{Weighter, sync::Cache};
use tokio::time::Instant;
use url::Url;

use super::{
    document::{DocumentUrl, UrlFault, read},
    fetch::{FetchFault, Fetcher},
    metadata::{Client, ClientFault},
    public_address::DocumentHosts,
};

/// How long a fault is believed, so that nobody makes this server ask without a pause.
const FAULT_KEPT: Duration = Duration::from_secs(10);

/// All that is remembered; a usual document is a kilobyte. Who names many only makes others be
/// fetched again.
pub(super) const BYTES_MAX: usize = 4 * 1024 * 1024;

/// So few that the cache keeps them in one shard, into which the largest document fits.
const ENTRIES_EXPECTED: usize = 32;

/// What an entry costs beside its texts.
const ENTRY_BYTES: usize = 512;

pub(super) struct Documents {
    fetcher: Fetcher,
    hosts: DocumentHosts,
    own: Url,
    cache: Cache<String, Kept, ByBytes>,
}

#[derive(Clone)]
struct Kept {
    until: Instant,
    client: Result<Arc<Client>, ClientFault>,
}

#[derive(Clone)]
struct ByBytes;

impl Weighter<String, Kept> for ByBytes {
    fn weight(&self, id: &String, kept: &Kept) -> u64 {
        let uris = kept.client.iter().flat_map(|client| &client.redirect_uris);
        // Each is kept in up to four forms.
        let uris: usize = uris.map(|uri| 4 * uri.as_str().len() + 128).sum();
        (ENTRY_BYTES + id.len() + uris) as u64
    }
}

impl Documents {
    pub(super) fn new(fetcher: Fetcher, hosts: DocumentHosts, own: Url) -> Self {
        let cache = Cache::with_weighter(ENTRIES_EXPECTED, BYTES_MAX as u64, ByBytes);
        Self { fetcher, hosts, own, cache }
    }

    /// The client whose document is at `id`, remembered or fetched.
    pub(super) async fn client(&self, id: &str, now: Instant) -> Result<Arc<Client>, ClientFault> {
        let refused = |fault: UrlFault| ClientFault::Refused { reason: fault.to_string() };
        let url = DocumentUrl::parse(id, self.hosts).map_err(refused)?;
        self.cache.remove_if(id, |kept| kept.until <= now);
        match self.cache.get_value_or_guard_async(id).await {
            Ok(kept) => kept.client,
            Err(guard) => {
                let kept = self.load(id, &url, now).await;
                let client = kept.client.clone();
                // It fails if the entry was replaced meanwhile, by one as good.
                drop(guard.insert(kept));
                client
            }
        }
    }

    async fn load(&self, id: &str, url: &DocumentUrl, now: Instant) -> Kept {
        let fault = |fault| Kept { until: now + FAULT_KEPT, client: Err(fault) };
        match self.fetcher.fetch(url.url()).await {
            Ok(fetched) => match read(id, url, &fetched.body, &self.own) {
                Ok(client) => Kept { until: now + fetched.kept, client: Ok(Arc::new(client)) },
                Err(reason) => fault(ClientFault::Refused { reason }),
            },
            Err(FetchFault::Answer(reason)) => {
                fault(ClientFault::Refused { reason: reason.to_owned() })
            }
            Err(FetchFault::Unreachable) => fault(ClientFault::Unreachable),
            // It answers those who wait for it now, and nobody after them.
            Err(FetchFault::Busy) => Kept { until: now, client: Err(ClientFault::Unreachable) },
        }
    }
}

#[cfg(test)]
mod tests;
