//! Which Jira site a call works on, found with the caller's own token.
//!
//! In this order: the pinned cloud id, the pinned address, then the only site with Jira scopes.
//! Several without a pin is an error that lists them: taking the first would sooner or later write
//! into the wrong company.

use std::{
    collections::{BTreeSet, HashMap, HashSet},
    fmt,
    sync::Arc,
    time::Duration,
};

use quick_cache::{Weighter, sync::Cache};
use tokio::time::Instant;
use url::Url;

use crate::identity::CallerKey;

use super::{JiraError, Session, site_list, wire::Resource};

/// How long a token's list of sites is believed. A revoked grant still fails at Jira at once.
const TTL: Duration = Duration::from_mins(5);

/// The same where there was no list.
const TTL_ASSUMED: Duration = Duration::from_secs(30);

/// The bytes of all lists that are remembered. Most users have one site of some 600 bytes; a
/// consultant may have hundreds, and nothing bounds what an answer holds.
const BYTES_MAX: u64 = 8 * 1024 * 1024;

/// So few that the cache keeps them in one shard, into which one large list fits.
const ENTRIES_EXPECTED: usize = 32;

/// What a list costs beside its sites, and a site beside its texts.
const ENTRY_BYTES: usize = 128;

/// How many sites an error lists.
pub(super) const LISTED_MAX: usize = 200;

/// How Jira is reached, which follows from the credential.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// OAuth: through Atlassian's API host, below the cloud id of one of the user's sites.
    Gateway,
    /// Basic authentication: at the one site itself.
    Site,
}

/// The one site that an operator allows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SitePin {
    /// `JIRA_CLOUD_ID`
    CloudId(String),
    /// `JIRA_SITE_URL`
    Url(String),
}

/// A Jira site that the caller's token reaches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Site {
    /// The cloud id, which is part of every API path.
    pub id: String,
    /// The address people use, without a trailing slash.
    pub url: String,
    /// The site's name.
    pub name: String,
    /// The OAuth scopes that the token has there; none where scopes do not limit it.
    pub scopes: Option<Arc<[String]>>,
    /// The addresses of all sites that the token reaches, which all of them share.
    pub all_urls: Arc<[String]>,
}

/// Sites by keyed token hash, never by token: bounded in bytes and time.
pub(super) struct SiteCache(Cache<CallerKey, (Instant, Arc<[Site]>), ByBytes>);

#[derive(Clone)]
struct ByBytes;

impl Weighter<CallerKey, (Instant, Arc<[Site]>)> for ByBytes {
    fn weight(&self, _caller: &CallerKey, (_, sites): &(Instant, Arc<[Site]>)) -> u64 {
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
        f.debug_struct("SiteCache").field("entries", &self.0.len()).finish_non_exhaustive()
    }
}

impl SiteCache {
    pub(super) fn new() -> Self {
        Self(Cache::with_weighter(ENTRIES_EXPECTED, BYTES_MAX, ByBytes))
    }

    pub(super) fn fresh(&self, caller: CallerKey, now: Instant) -> Option<Arc<[Site]>> {
        let (learned, sites) = self.0.get(&caller)?;
        (now.saturating_duration_since(learned) < TTL).then_some(sites)
    }

    fn keep(&self, caller: CallerKey, now: Instant, sites: &Arc<[Site]>) {
        self.0.insert(caller, (now, Arc::clone(sites)));
    }
}

/// Finds the caller's sites and takes the right one.
pub(super) async fn choose(session: &Session) -> Result<Site, JiraError> {
    let wish = session.wish.as_deref().or(session.caller.site_wish());
    let settings = &session.jira.settings;
    if settings.reach == Reach::Site {
        return pick(&[itself(&settings.api_base)], None, wish).cloned();
    }
    let key = session.caller.key();
    let now = Instant::now();
    let sites = if let Some(sites) = session.jira.sites.fresh(key, now) {
        sites
    } else if let Some(SitePin::CloudId(id)) = &settings.site {
        // Boxed: it happens once in a while, and every call would carry its size.
        let (sites, learned) = if let Some(sites) = Box::pin(site_list::listed(session)).await {
            (sites, now)
        } else {
            // Asked again soon; what was true once stays true longer.
            let site = Box::pin(site_list::assumed(session, id)).await;
            let early = TTL.saturating_sub(TTL_ASSUMED);
            (vec![site].into(), now.checked_sub(early).unwrap_or(now))
        };
        session.jira.sites.keep(key, learned, &sites);
        sites
    } else {
        let sites = site_list::reachable(session).await?;
        session.jira.sites.keep(key, now, &sites);
        sites
    };
    pick(&sites, settings.site.as_ref(), wish).cloned()
}

/// The site whose own address is called.
fn itself(address: &Url) -> Site {
    let url = address.as_str().trim_end_matches('/').to_owned();
    let host = address.host_str().unwrap_or_default().to_owned();
    Site { id: host.clone(), all_urls: [url.clone()].into(), url, name: host, scopes: None }
}

/// The entries with Jira scopes. A site with several products may be listed once for each.
pub(super) fn jira_sites(resources: Vec<Resource>) -> Vec<Site> {
    let mut sites: Vec<Site> = Vec::new();
    let mut by_id: HashMap<String, usize> = HashMap::new();
    let mut scopes_before: Arc<[String]> = Arc::default();
    for resource in resources {
        if !resource.scopes.iter().any(|scope| scope.contains("jira")) {
            continue;
        }
        // A token mostly has the same scopes everywhere, and they are kept once.
        if *scopes_before != *resource.scopes {
            scopes_before = resource.scopes.into();
        }
        let known = by_id.get(&resource.id).and_then(|at| sites.get_mut(*at));
        if let Some(site) = known {
            site.scopes = Some(joined(site.scopes.as_deref().unwrap_or_default(), &scopes_before));
            continue;
        }
        by_id.insert(resource.id.clone(), sites.len());
        sites.push(Site {
            id: resource.id,
            url: resource.url.trim_end_matches('/').to_owned(),
            name: resource.name,
            scopes: Some(Arc::clone(&scopes_before)),
            all_urls: Arc::default(),
        });
    }
    let all: Arc<[String]> = sites.iter().map(|site| site.url.clone()).collect();
    for site in &mut sites {
        site.all_urls = Arc::clone(&all);
    }
    sites
}

/// The scopes of both, each once.
fn joined(some: &[String], more: &[String]) -> Arc<[String]> {
    let mut seen = HashSet::new();
    some.iter().chain(more).filter(|scope| seen.insert(scope.as_str())).cloned().collect()
}

/// All scopes on the sites that may be meant; none when no site is, which the call itself has to
/// report.
pub(super) fn granted(
    sites: &[Site],
    pin: Option<&SitePin>,
    wish: Option<&str>,
) -> Option<Vec<String>> {
    let meant = wished(&allowed(sites, pin), wish);
    if meant.iter().any(|site| site.scopes.is_none()) {
        return None;
    }
    let mut lists: Vec<&Arc<[String]>> =
        meant.iter().filter_map(|site| site.scopes.as_ref()).collect();
    lists.dedup_by(|one, other| Arc::ptr_eq(one, other));
    let scopes: BTreeSet<&str> =
        lists.into_iter().flat_map(|list| list.iter()).map(String::as_str).collect();
    (!meant.is_empty()).then(|| scopes.into_iter().map(str::to_owned).collect())
}

fn allowed<'a>(sites: &'a [Site], pin: Option<&SitePin>) -> Vec<&'a Site> {
    let fits = |site: &&Site| match pin {
        Some(SitePin::CloudId(id)) => site.id.eq_ignore_ascii_case(id),
        Some(SitePin::Url(url)) => site.is_at(url),
        None => true,
    };
    sites.iter().filter(fits).collect()
}

/// A wish narrows what the pin allows; it never goes beyond it. What a site is goes before what it
/// is called: anybody may name a site like another's address, and a name must not lead there.
fn wished<'a>(allowed: &[&'a Site], wish: Option<&str>) -> Vec<&'a Site> {
    let Some(wish) = wish else { return allowed.to_vec() };
    let ways: [fn(&Site, &str) -> bool; 4] = [
        |site, wish| site.id.eq_ignore_ascii_case(wish),
        Site::is_at,
        |site, wish| site.label().is_some_and(|label| label.eq_ignore_ascii_case(wish)),
        |site, wish| site.name.eq_ignore_ascii_case(wish),
    ];
    let meant = |is_meant: fn(&Site, &str) -> bool| {
        let meant: Vec<&Site> =
            allowed.iter().copied().filter(|site| is_meant(site, wish)).collect();
        (!meant.is_empty()).then_some(meant)
    };
    ways.into_iter().find_map(meant).unwrap_or_default()
}

fn pick<'a>(
    sites: &'a [Site],
    pin: Option<&SitePin>,
    wish: Option<&str>,
) -> Result<&'a Site, JiraError> {
    let urls = |sites: &[&Site]| {
        sites.iter().take(LISTED_MAX).map(|site| site.url.clone()).collect::<Vec<_>>()
    };
    if sites.is_empty() {
        return Err(JiraError::NoSite);
    }
    let allowed = allowed(sites, pin);
    let wished = wished(&allowed, wish);
    match wished.as_slice() {
        [only] => Ok(only),
        // With a pin, the caller's other sites are none of this deployment's business.
        [] if pin.is_some() => Err(JiraError::UnknownSite { sites: urls(&allowed) }),
        [] => Err(JiraError::UnknownSite { sites: urls(&sites.iter().collect::<Vec<_>>()) }),
        several => Err(JiraError::AmbiguousSite {
            names: several.iter().take(LISTED_MAX).map(|site| site.name.clone()).collect(),
            sites: distinct(several).take(LISTED_MAX).collect(),
        }),
    }
}

/// What leads to each site and to no other: its address, or where several are said to have the same
/// one, its name or its id. In the order of the sites.
fn distinct<'s>(sites: &'s [&'s Site]) -> impl Iterator<Item = String> + 's {
    // One table for each way in which `wished` reads words, in the same order; who looks each site
    // up in all others works for minutes where there are thousands.
    let mut ways: [HashMap<String, Option<&'s str>>; 4] = Default::default();
    for site in sites {
        let words =
            [Some(site.id.as_str()), Some(host(&site.url)), site.label(), Some(site.name.as_str())];
        for (way, word) in ways.iter_mut().zip(words) {
            let Some(word) = word.filter(|word| !word.is_empty()) else { continue };
            way.entry(word.to_ascii_lowercase())
                .and_modify(|only| *only = None)
                .or_insert(Some(&site.id));
        }
    }
    let leads_to = move |words: &str| {
        let asked = [words, host(words), words, words];
        let found =
            ways.iter().zip(asked).find_map(|(way, word)| way.get(&word.to_ascii_lowercase()));
        found.copied().flatten()
    };
    let leading = move |site: &&Site| {
        let words = [&site.url, &site.name]
            .into_iter()
            .find(|words| leads_to(words) == Some(site.id.as_str()));
        words.unwrap_or(&site.id).clone()
    };
    sites.iter().map(leading)
}

impl Site {
    /// Compares addresses by host: with or without scheme, path and trailing slash. Only the whole
    /// host counts.
    pub fn is_at(&self, address: &str) -> bool {
        !host(address).is_empty() && host(&self.url).eq_ignore_ascii_case(host(address))
    }

    /// What stands before the first dot of its address: `acme` of `acme.atlassian.net`.
    fn label(&self) -> Option<&str> {
        host(&self.url).split_once('.').map(|(label, _)| label)
    }
}

pub(super) fn host(address: &str) -> &str {
    let bare = address.trim().trim_start_matches("https://").trim_start_matches("http://");
    bare.split(['/', '?', '#']).next().unwrap_or_default()
}

#[cfg(test)]
mod tests;
