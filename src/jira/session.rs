//! Jira as all users share it, and as one tool call uses it.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, AtomicU64, Ordering},
    },
    time::Duration,
};

use jiff::tz::TimeZone;
use tokio::{sync::OnceCell, time::Instant};
use url::Url;

use crate::{identity::Caller, signals::Trace, upstream::Upstream};

use super::{
    address,
    found_people::FoundPeople,
    metadata_cache::{MetadataCache, Recall},
    request::Request,
    settings::{Reach, Settings},
    site::{self, Site},
    site_cache::SiteCache,
    token_route::Detour,
};

/// The way to Jira for all users: it holds no token.
#[derive(Debug)]
pub struct Jira {
    pub(super) upstream: Upstream,
    pub(super) settings: Settings,
    pub(super) sites: SiteCache,
    pub(super) metadata: MetadataCache,
    pub(super) detour: Detour,
}

impl Jira {
    /// Opens no connection.
    pub fn new(settings: Settings, upstream: Upstream) -> Self {
        let (sites, metadata) = (SiteCache::new(), MetadataCache::new());
        Self { upstream, settings, sites, metadata, detour: Detour::default() }
    }

    /// Whether the operator named the one site to use, so that callers need not.
    pub fn is_pinned(&self) -> bool {
        self.settings.site.is_some() || self.settings.reach == Reach::Site
    }

    /// The OAuth scopes that a caller's token has on the sites the call may mean, if they were
    /// learned in the last minutes. Asks nobody.
    pub fn granted(&self, caller: &Caller, wish: Option<&str>) -> Option<Vec<String>> {
        // Whether an API token has scopes, and which, nobody says beforehand.
        if self.settings.reach == Reach::Site {
            return None;
        }
        let sites = self.sites.fresh(caller.key(), Instant::now())?;
        site::granted(&sites, self.settings.site.as_ref(), wish.or(caller.site_wish()))
    }

    /// What one tool call may do as its caller until `deadline`.
    pub fn session(
        self: &Arc<Self>,
        caller: Caller,
        wish: Option<String>,
        deadline: Instant,
    ) -> Session {
        Session {
            jira: Arc::clone(self),
            caller,
            wish,
            deadline,
            site: OnceCell::new(),
            zone: OnceCell::new(),
            spent: Spent::default(),
            trace: Trace::default(),
            recall: Recall::default(),
            people: FoundPeople::default(),
        }
    }

    /// The address of a request; none when it is too long to be sent.
    pub(super) fn url(&self, cloud_id: &str, request: &Request) -> Option<Url> {
        match (self.settings.reach, self.detour.taken()) {
            (Reach::Gateway, _) => address::below(&self.settings.api_base, Some(cloud_id), request),
            (Reach::Site, Some((base, cloud_id))) => address::below(base, Some(cloud_id), request),
            (Reach::Site, None) => address::below(&self.settings.api_base, None, request),
        }
    }
}

/// One tool call's use of Jira.
#[derive(Debug)]
pub struct Session {
    pub(super) jira: Arc<Jira>,
    pub(super) caller: Caller,
    /// The site that this call asked for; it goes before the one the request asked for.
    pub(super) wish: Option<String>,
    pub(super) deadline: Instant,
    pub(super) site: OnceCell<Site>,
    /// Where the caller's clock hangs, once it was asked for.
    pub(super) zone: OnceCell<TimeZone>,
    pub(super) spent: Spent,
    pub(super) trace: Trace,
    pub(super) recall: Recall,
    /// Whom this call has found by name.
    pub(super) people: FoundPeople,
}

/// What a call has cost so far.
#[derive(Debug, Default)]
pub(super) struct Spent {
    pub(super) calls: AtomicU32,
    pub(super) bytes: AtomicU64,
}

impl Session {
    /// The same as part of this trace.
    #[must_use]
    pub fn within(self, trace: Trace) -> Self {
        Self { trace, ..self }
    }

    /// Whether the operator named the one site to use.
    pub fn is_pinned(&self) -> bool {
        self.jira.is_pinned()
    }

    /// How much time is left for this call.
    pub fn time_left(&self) -> Duration {
        self.deadline.saturating_duration_since(Instant::now())
    }

    /// Who asks.
    pub fn caller(&self) -> &Caller {
        &self.caller
    }

    /// How many HTTP calls were made to Jira, repeats included.
    pub fn calls(&self) -> u32 {
        self.spent.calls.load(Ordering::Relaxed)
    }

    /// How many body bytes were read from Jira.
    pub fn bytes(&self) -> u64 {
        self.spent.bytes.load(Ordering::Relaxed)
    }

    /// The site that this call asked for, else the one that the request asked for.
    pub(super) fn requested_site(&self) -> Option<&str> {
        self.wish.as_deref().or(self.caller.site_wish())
    }

    /// Whether the call used what Jira said earlier and has sent no write: then it can be made once
    /// more, and is from now on answered by Jira itself.
    pub fn look_again(&self) -> bool {
        self.recall.look_again()
    }

    /// Notes that Jira itself refused what the caller wrote, such as a query: asking again would
    /// end the same.
    pub fn settle(&self) {
        self.recall.settle();
    }
}
