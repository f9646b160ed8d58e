//! Which Jira site is meant among those that a token reaches. Pure.
//!
//! The pinned cloud id goes first, then the pinned address, then the only site with Jira scopes.
//! Several without a pin is an error that lists them: taking the first would sooner or later write
//! into the wrong company.

use std::{
    collections::{BTreeSet, HashMap, HashSet},
    sync::Arc,
};

use url::Url;

use super::{
    error::{JiraError, SITES_LISTED_MAX},
    settings::SitePin,
    wire::Resource,
};

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

/// The site whose own address is called.
pub(super) fn direct_site(address: &Url) -> Site {
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
    requested: Option<&str>,
) -> Option<Vec<String>> {
    let meant = matching(&allowed(sites, pin), requested);
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

/// The site that was requested is looked for among those that the pin allows, never beyond. What a
/// site is goes before what it is called: anybody may name a site like another's address, and a
/// name must not lead there.
fn matching<'a>(allowed: &[&'a Site], requested: Option<&str>) -> Vec<&'a Site> {
    let Some(requested) = requested else { return allowed.to_vec() };
    let ways: [fn(&Site, &str) -> bool; 4] = [
        |site, requested| site.id.eq_ignore_ascii_case(requested),
        Site::is_at,
        |site, requested| site.label().is_some_and(|label| label.eq_ignore_ascii_case(requested)),
        |site, requested| site.name.eq_ignore_ascii_case(requested),
    ];
    let meant = |is_meant: fn(&Site, &str) -> bool| {
        let meant: Vec<&Site> =
            allowed.iter().copied().filter(|site| is_meant(site, requested)).collect();
        (!meant.is_empty()).then_some(meant)
    };
    ways.into_iter().find_map(meant).unwrap_or_default()
}

/// The one site that is meant, or an error that lists those that may be.
pub(super) fn choose_among<'a>(
    sites: &'a [Site],
    pin: Option<&SitePin>,
    requested: Option<&str>,
) -> Result<&'a Site, JiraError> {
    let urls = |sites: &[&Site]| {
        sites.iter().take(SITES_LISTED_MAX).map(|site| site.url.clone()).collect::<Vec<_>>()
    };
    if sites.is_empty() {
        return Err(JiraError::NoSite);
    }
    let allowed = allowed(sites, pin);
    let matching = matching(&allowed, requested);
    match matching.as_slice() {
        [only] => Ok(only),
        // With a pin, the caller's other sites are none of this deployment's business.
        [] if pin.is_some() => Err(JiraError::UnknownSite { sites: urls(&allowed) }),
        [] => Err(JiraError::UnknownSite { sites: urls(&sites.iter().collect::<Vec<_>>()) }),
        several => Err(JiraError::AmbiguousSite {
            names: several.iter().take(SITES_LISTED_MAX).map(|site| site.name.clone()).collect(),
            sites: distinct(several).take(SITES_LISTED_MAX).collect(),
        }),
    }
}

/// What leads to each site and to no other: its address, or where several are said to have the same
/// one, its name or its id. In the order of the sites.
fn distinct<'s>(sites: &'s [&'s Site]) -> impl Iterator<Item = String> + 's {
    // One table for each way in which `matching` reads words, in the same order: to look each site
    // up in all others would take minutes where there are thousands.
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
