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
use tool_kit::SharedAnswers;
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
    /// What other replicas were told, where they share a store.
    pub(super) replicas: Option<Arc<dyn SharedAnswers>>,
    pub(super) token_route: TokenRoute,
}

impl Jira {
    /// Opens no connection.
    pub fn new(settings: Settings, upstream: Upstream) -> Self {
        let (sites, metadata) = (SiteCache::new(), MetadataCache::new());
        let token_route = TokenRoute::default();
        Self { upstream, settings, sites, metadata, replicas: None, token_route }
    }

    /// Remembers metadata and lists of sites together with other replicas.
    #[must_use]
    pub fn remembering_with(self, replicas: Arc<dyn SharedAnswers>) -> Self {
        Self { replicas: Some(replicas), ..self }
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
        let sites = self.sites.fresh(caller.credential_key(), Instant::now());
        let of_token = sites.and_then(|sites| {
            let requested = requested.or(caller.requested_site());
            site::granted(&sites, self.settings.site.as_ref(), requested)
        });
        // Who signed in here may have let a program have less than their token can do.
        let Some(rights) = caller.principal().rights.as_deref() else { return of_token };
        let mut scopes = of_token.unwrap_or_else(|| rights.to_vec());
        scopes.retain(|scope| rights.contains(scope));
        Some(scopes)
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
        let refused = self.token.refused.load(Ordering::Relaxed);
        TokenVerdict {
            refused: refused && self.caller.credentials().speak_for_the_bearer(),
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

#[cfg(test)]
mod tests {
    use auth::{Bearer, Credential, Identity, KeyedHasher, Principal};

    use super::*;
    use crate::jira::client::{site::jira_sites, wire::Resource};

    /// Two programs of one person: what one was granted says nothing of the other.
    #[test]
    fn a_program_has_what_its_person_let_it_have_and_no_more() {
        let settings = Settings {
            api_base: "http://127.0.0.1:9".parse().unwrap(),
            api_host: None,
            site_address: None,
            route: Route::ApiGateway,
            site: None,
            media_hosts: Vec::new(),
        };
        let upstream = Upstream::new(&upstream::Settings::new("test")).unwrap();
        let jira = Jira::new(settings, upstream);
        let hasher = KeyedHasher::random().unwrap();
        let person = hasher.principal_key(b"person:", b"anna");
        let program = |session: &[u8], rights: &[&str]| {
            let rights: Vec<String> = rights.iter().map(|scope| (*scope).to_owned()).collect();
            let principal = Principal { rights: Some(rights.into()), ..Principal::of_key(person) };
            let credential = Credential::from(Bearer::from_token("sandbox-token").unwrap());
            let identity = Identity {
                credential_key: hasher.principal_key(b"session:", session),
                ..Identity::new(principal, Arc::new(credential))
            };
            Caller::new(identity, "r-1".into(), None)
        };
        let reader = program(b"1", &["read:jira-work"]);
        let writer = program(b"2", &["read:jira-work", "write:jira-work"]);
        let known = |caller: &Caller| jira.granted(caller, None).map(|scopes| scopes.join(" "));
        // Before Jira was asked, what the person agreed to is all that is known.
        assert_eq!(known(&reader).as_deref(), Some("read:jira-work"));
        let scopes = ["read:jira-work", "write:jira-work", "manage:jira-project"];
        let resource = Resource {
            id: "one".to_owned(),
            url: "https://one.atlassian.net".to_owned(),
            name: "one".to_owned(),
            scopes: scopes.map(str::to_owned).to_vec(),
        };
        let sites = jira_sites(vec![resource]).into();
        let now = Instant::now();
        jira.sites.keep(reader.credential_key(), now, now, &sites);
        assert_eq!(known(&reader).as_deref(), Some("read:jira-work"));
        // The other program's sites are not known by it.
        assert_eq!(known(&writer).as_deref(), Some("read:jira-work write:jira-work"));
        assert!(jira.sites.fresh(writer.credential_key(), Instant::now()).is_none());
        assert_eq!((reader.key(), writer.key()), (person, person));
    }
}
