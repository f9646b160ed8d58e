//! Which Jira site a call works on, found with the caller's own token.

use std::{sync::Arc, time::Duration};

use auth::BoxFuture;
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
    // Boxed: it happens once in a while, and every call would carry its size.
    let sites = match session.jira.sites.fresh(key, now) {
        Some(sites) => sites,
        None => ask(session).await?,
    };
    choose_among(&sites, settings.site.as_ref(), requested).cloned()
}

/// The caller's sites where this process does not know them.
fn ask(session: &Session) -> BoxFuture<'_, Result<Arc<[Site]>, JiraError>> {
    Box::pin(async move {
        let unknown = match site_list::known(session).await {
            Ok(sites) => return Ok(sites),
            Err(unknown) => unknown,
        };
        let Some(SitePin::CloudId(id)) = &session.jira.settings.site else {
            return site_list::fetch(session, unknown).await;
        };
        if let Some(sites) = site_list::fetch_if_possible(session, unknown).await {
            return Ok(sites);
        }
        let now = Instant::now();
        let sites = vec![site_list::pinned_site(session, id).await].into();
        // Asked again soon; what was true once stays true longer.
        let early = TTL.saturating_sub(TTL_WITHOUT_LIST);
        let stored = now.checked_sub(early).unwrap_or(now);
        session.jira.sites.keep(session.caller.credential_key(), stored, now, &sites);
        Ok(sites)
    })
}
