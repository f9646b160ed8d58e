//! Which Jira site a call works on, found with the caller's own token.

use std::time::Duration;

use tokio::time::Instant;

use super::{
    error::JiraError,
    session::Session,
    settings::{Route, SitePin},
    site::{Site, choose_among, direct_site},
    site_cache::TTL,
    site_list,
};

/// The same where there was no list.
const TTL_WITHOUT_LIST: Duration = Duration::from_secs(30);

impl Session {
    /// The site this call works on.
    pub async fn site(&self) -> Result<&Site, JiraError> {
        self.site.get_or_try_init(|| choose(self)).await
    }
}

/// Finds the caller's sites and takes the right one.
async fn choose(session: &Session) -> Result<Site, JiraError> {
    let requested = session.requested_site();
    let settings = &session.jira.settings;
    if settings.route == Route::Direct {
        return choose_among(&[direct_site(&settings.api_base)], None, requested).cloned();
    }
    let key = session.caller.credential_key();
    let now = Instant::now();
    let sites = if let Some(sites) = session.jira.sites.fresh(key, now) {
        sites
    } else if let Some(SitePin::CloudId(id)) = &settings.site {
        // Boxed: it happens once in a while, and every call would carry its size.
        let (sites, stored) =
            if let Some(sites) = Box::pin(site_list::fetch_if_possible(session)).await {
                (sites, now)
            } else {
                // Asked again soon; what was true once stays true longer.
                let site = Box::pin(site_list::pinned_site(session, id)).await;
                let early = TTL.saturating_sub(TTL_WITHOUT_LIST);
                (vec![site].into(), now.checked_sub(early).unwrap_or(now))
            };
        session.jira.sites.keep(key, stored, &sites);
        sites
    } else {
        let sites = site_list::fetch(session).await?;
        session.jira.sites.keep(key, now, &sites);
        sites
    };
    choose_among(&sites, settings.site.as_ref(), requested).cloned()
}
