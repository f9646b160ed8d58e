//! Settings of Jira: where it is, and how it is called.

use url::Url;

use crate::{
    jira::{self, Route, SitePin},
    program::USER_AGENT,
};

use super::{
    reader::{DAY_MS, Reader},
    urls::{is_safe_upstream, site_origin},
};

/// None when the address is wrong, which is then among the problems.
pub(super) fn jira_settings(reader: &mut Reader<'_>) -> Option<jira::Settings> {
    let api_base = reader.needed("JIRA_API_BASE_URL").parse::<Url>().ok().filter(is_safe_upstream);
    if api_base.is_none() {
        reader.refuse(
            "JIRA_API_BASE_URL",
            "expected an https URL without user, query or fragment; http only to loopback",
        );
    }
    let cloud_id = reader.filled("JIRA_CLOUD_ID").map(str::to_owned);
    if cloud_id.as_deref().is_some_and(|id| !jira::is_cloud_id(id)) {
        reader.refuse(
            "JIRA_CLOUD_ID",
            "expected the site's id, such as 11111111-2222-3333-4444-555555555555; \
             https://YOUR-SITE.atlassian.net/_edge/tenant_info shows it",
        );
    }
    let site_url = reader.filled("JIRA_SITE_URL").map(str::to_owned);
    if site_url.as_deref().is_some_and(|url| site_origin(url).is_none()) {
        reader.refuse(
            "JIRA_SITE_URL",
            "expected the site's https address, such as https://example.atlassian.net; http only to loopback",
        );
    }
    let media_hosts = jira::MEDIA_HOSTS.iter().map(|host| (*host).to_owned()).collect();
    Some(jira::Settings {
        api_base: api_base?,
        route: Route::ApiGateway,
        site_address: site_url.clone(),
        site: cloud_id.map(SitePin::CloudId).or(site_url.map(SitePin::Url)),
        api_host: None,
        media_hosts,
    })
}

pub(super) fn upstream_settings(reader: &mut Reader<'_>) -> upstream::Settings {
    let base = reader.needed("JIRA_API_BASE_URL");
    upstream::Settings {
        timeout: reader.millis("JIRA_TIMEOUT_MS", 50..=600_000),
        retry_max: reader.count("RETRY_MAX", 0..=10),
        retry_base: reader.millis("RETRY_BASE_MS", 1..=60_000),
        breaker_failures: reader.count("BREAKER_FAILURES", 1..=10_000),
        breaker_window: reader.millis("BREAKER_WINDOW_MS", 1..=DAY_MS),
        breaker_open: reader.millis("BREAKER_OPEN_MS", 1..=DAY_MS),
        breaker_half_open_successes: reader.count("BREAKER_HALF_OPEN_SUCCESSES", 1..=100),
        // On loopback compressing costs more than the bytes.
        gzip: base.starts_with("https://"),
        ..upstream::Settings::new(USER_AGENT)
    }
}
