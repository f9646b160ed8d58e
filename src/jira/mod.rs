//! Jira Cloud, in Jira's words: requests as values, one call, the caller's own token on each.
//!
//! [`Jira`] is shared by all users and holds no credentials. A [`Session`] is one tool call's view
//! of it: the caller, the site, the deadline, and what was spent.

mod address;
mod allowed;
mod answer;
mod clock;
mod error;
mod error_body;
mod exchange;
mod media;
mod metadata;
pub mod names;
pub mod request;
mod scoped_token;
mod site;
mod site_list;
pub mod wire;

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

pub use allowed::{AllowedIssue, AllowedProject, NamedIssue, Outside, Projects};
pub use answer::Answer;
pub use error::{JiraError, RateLimit, Unsure};
pub use media::{Download, MEDIA_HOSTS};
pub use request::{Base, Request, Safety};
pub use scoped_token::{ApiHost, is_cloud_id};
pub use site::{Reach, Site, SitePin};

use metadata::{MetadataCache, Recall};
use scoped_token::Detour;
use site::SiteCache;

/// Where Jira is and which site is used.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The API host, `https://api.atlassian.com` in production.
    pub api_base: Url,
    /// Whether that is Atlassian's API host or the site itself.
    pub reach: Reach,
    /// The only site that may be used, if the operator names one.
    pub site: Option<SitePin>,
    /// The address of that site where both its id and its address are set.
    pub site_address: Option<String>,
    /// Where a site's own user goes with a token that the site refuses, if anywhere.
    pub api_host: Option<ApiHost>,
    /// The hosts that files may be loaded from, beside the API host itself: [`MEDIA_HOSTS`] in
    /// production.
    pub media_hosts: Vec<String>,
}

/// The way to Jira for all users: it holds no token.
#[derive(Debug)]
pub struct Jira {
    upstream: Upstream,
    settings: Settings,
    sites: SiteCache,
    metadata: MetadataCache,
    detour: Detour,
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
            people: names::FoundPeople::default(),
        }
    }

    fn url(&self, cloud_id: &str, request: &Request) -> Option<Url> {
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
    jira: Arc<Jira>,
    caller: Caller,
    /// The site that this call asked for; it goes before the one the request asked for.
    wish: Option<String>,
    deadline: Instant,
    site: OnceCell<Site>,
    /// Where the caller's clock hangs, once it was asked for.
    zone: OnceCell<TimeZone>,
    spent: Spent,
    trace: Trace,
    recall: Recall,
    /// Whom this call has found by name.
    people: names::FoundPeople,
}

/// What a call has cost so far.
#[derive(Debug, Default)]
struct Spent {
    calls: AtomicU32,
    bytes: AtomicU64,
}

impl Session {
    /// The same as part of this trace.
    #[must_use]
    pub fn within(self, trace: Trace) -> Self {
        Self { trace, ..self }
    }

    /// Asks Jira, as the caller; metadata may be answered as Jira did a short while ago. Every
    /// status but 2xx is a [`JiraError`].
    pub async fn call(&self, request: Request) -> Result<Answer, JiraError> {
        let site = self.site().await?;
        if request.is_metadata() {
            return self.recalled(&site.id, request).await;
        }
        self.send(&site.id, request).await
    }

    /// Like [`Session::call`], but ends early enough to leave `reserve`, or a quarter of what is
    /// left if that is less, for a look at what became of it.
    pub async fn call_leaving(
        &self,
        request: Request,
        reserve: Duration,
    ) -> Result<Answer, JiraError> {
        let site = self.site().await?;
        let reserve = reserve.min(self.time_left() / 4);
        self.send_until(
            &site.id,
            request,
            self.deadline.checked_sub(reserve).unwrap_or(self.deadline),
        )
        .await
    }

    /// The site this call works on.
    pub async fn site(&self) -> Result<&Site, JiraError> {
        self.site.get_or_try_init(|| site::choose(self)).await
    }

    /// Makes sure that Atlassian has taken the caller's token, before work is done for it: its list
    /// of sites says so, and where that was not to be had the account behind the token does.
    pub async fn prove_token(&self) -> Result<(), JiraError> {
        let is_listed = self.site().await?.scopes.is_some();
        // The one credential of a process that its own user started is nobody else's.
        if is_listed || self.jira.settings.reach == Reach::Site {
            return Ok(());
        }
        match self.myself().await {
            Err(refused @ JiraError::Unauthenticated) => Err(refused),
            // A scope that the token lacks, or a Jira that is down, is for the call itself to meet.
            _ => Ok(()),
        }
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
}
