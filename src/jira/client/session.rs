//! Jira as all users share it, and as one tool call uses it.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering},
    },
    time::Duration,
};

use auth::{Caller, TokenVerdict};
use jiff::tz::TimeZone;
use metrics::Trace;
use tokio::{sync::OnceCell, time::Instant};
use upstream::Upstream;
use url::Url;

use super::{
    address,
    found_people::FoundPeople,
    metadata_cache::{CacheUse, MetadataCache},
    request::Request,
    settings::{Route, Settings},
    site::{self, Site},
    site_cache::SiteCache,
    token_route::TokenRoute,
};

/// The client that all users share: connections, settings and caches. It holds no token.
#[derive(Debug)]
pub struct Jira {
    pub(super) upstream: Upstream,
    pub(super) settings: Settings,
    pub(super) sites: SiteCache,
    pub(super) metadata: MetadataCache,
    pub(super) token_route: TokenRoute,
}

impl Jira {
    /// Opens no connection.
    pub fn new(settings: Settings, upstream: Upstream) -> Self {
        let (sites, metadata) = (SiteCache::new(), MetadataCache::new());
        Self { upstream, settings, sites, metadata, token_route: TokenRoute::default() }
    }

    /// Whether the operator named the one site to use, so that callers need not.
    pub fn is_pinned(&self) -> bool {
        self.settings.site.is_some() || self.settings.route == Route::Direct
    }

    /// The OAuth scopes that a caller's token has on the sites the call may mean, if they were
    /// learned in the last minutes. Asks nobody.
    pub fn granted(&self, caller: &Caller, requested: Option<&str>) -> Option<Vec<String>> {
        // Atlassian does not tell beforehand whether an API token has scopes, and which.
        if self.settings.route == Route::Direct {
            return None;
        }
        let sites = self.sites.fresh(caller.key(), Instant::now())?;
        site::granted(&sites, self.settings.site.as_ref(), requested.or(caller.requested_site()))
    }

    /// What one tool call may do as its caller until `deadline`.
    pub fn session(
        self: &Arc<Self>,
        caller: Caller,
        requested_site: Option<String>,
        deadline: Instant,
    ) -> Session {
        Session {
            jira: Arc::clone(self),
            caller,
            requested_site,
            deadline,
            site: OnceCell::new(),
            zone: OnceCell::new(),
            usage: Usage::default(),
            token: TokenAnswers::default(),
            trace: Trace::default(),
            cache_use: CacheUse::default(),
            people: FoundPeople::default(),
        }
    }

    /// The address of a request; none when it is too long to be sent.
    pub(super) fn url(&self, cloud_id: &str, request: &Request) -> Option<Url> {
        match (self.settings.route, self.token_route.api_host()) {
            (Route::ApiGateway, _) => {
                address::below(&self.settings.api_base, Some(cloud_id), request)
            }
            (Route::Direct, Some((base, cloud_id))) => {
                address::below(base, Some(cloud_id), request)
            }
            (Route::Direct, None) => address::below(&self.settings.api_base, None, request),
        }
    }
}

/// One tool call's use of Jira.
#[derive(Debug)]
pub struct Session {
    pub(super) jira: Arc<Jira>,
    pub(super) caller: Caller,
    /// The site that this call asked for; it goes before the one the request asked for.
    pub(super) requested_site: Option<String>,
    pub(super) deadline: Instant,
    pub(super) site: OnceCell<Site>,
    /// The caller's time zone, once it was asked for.
    pub(super) zone: OnceCell<TimeZone>,
    pub(super) usage: Usage,
    pub(super) token: TokenAnswers,
    pub(super) trace: Trace,
    pub(super) cache_use: CacheUse,
    /// Whom this call has found by name.
    pub(super) people: FoundPeople,
}

/// What a call has cost so far.
#[derive(Debug, Default)]
pub(super) struct Usage {
    pub(super) calls: AtomicU32,
    pub(super) bytes: AtomicU64,
}

/// What Jira's answers during a call said of the caller's token.
#[derive(Debug, Default)]
pub(super) struct TokenAnswers {
    pub(super) refused: AtomicBool,
    pub(super) accepted: AtomicBool,
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
        self.usage.calls.load(Ordering::Relaxed)
    }

    /// How many body bytes were read from Jira.
    pub fn bytes(&self) -> u64 {
        self.usage.bytes.load(Ordering::Relaxed)
    }

    /// What Jira has said of the caller's token during this call. Which scopes a tool needs is not
    /// known here.
    pub fn token_verdict(&self) -> TokenVerdict {
        TokenVerdict {
            refused: self.token.refused.load(Ordering::Relaxed),
            accepted: self.token.accepted.load(Ordering::Relaxed),
            missing_scopes: None,
        }
    }

    /// The site that this call asked for, else the one that the request asked for.
    pub(super) fn requested_site(&self) -> Option<&str> {
        self.requested_site.as_deref().or(self.caller.requested_site())
    }

    /// Whether the call used what Jira said earlier and has sent no write: then it can be made once
    /// more, and is from now on answered by Jira itself.
    pub fn may_retry_fresh(&self) -> bool {
        self.cache_use.may_retry_fresh()
    }

    /// Notes that Jira itself refused what the caller wrote, such as a query: asking again would
    /// end the same.
    pub fn rule_out_retry(&self) {
        self.cache_use.rule_out_retry();
    }
}
