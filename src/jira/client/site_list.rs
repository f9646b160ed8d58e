//! Atlassian's list of the sites that a token reaches, and what is done without it.

use std::sync::Arc;

use bytes::Bytes;
use serde::Deserialize;
use tokio::time::Instant;
use tool_kit::Place;

use super::{
    error::JiraError,
    request,
    response::Response,
    session::Session,
    site::{Site, host, jira_sites},
    wire::{Resource, Resources},
};

/// What stands for a site where none is known yet, for breakers and counts.
const SITE_LIST: &str = "accessible-resources";

/// The sites of a token as Atlassian named them in the last minutes, here or at another replica.
/// Asks Atlassian nothing.
pub(super) async fn known(session: &Session) -> Result<Arc<[Site]>, Unknown> {
    let key = session.caller.credential_key();
    let now = Instant::now();
    if let Some(sites) = session.jira.sites.fresh(key, now) {
        return Ok(sites);
    }
    let url = session.jira.url(SITE_LIST, &request::accessible_resources());
    let url = url.map(String::from).unwrap_or_default();
    let found = session.found_by_replicas(&url).await;
    let read = |(age, body)| {
        let Resources(resources) = Response::of_read(body).read().ok()?;
        Some((now.checked_sub(age)?, Arc::from(jira_sites(resources))))
    };
    match found.answer.and_then(read) {
        Some((asked, sites)) => {
            session.jira.sites.keep(key, asked, now, &sites);
            Ok(sites)
        }
        None => Err(Unknown { url, place: found.place }),
    }
}

/// That nobody knows them yet, and where other replicas will look for them.
#[derive(Default)]
pub(super) struct Unknown {
    url: String,
    place: Option<Place>,
}

/// The sites of a token, known from now on, or why they are not known.
pub(super) async fn fetch(session: &Session, unknown: Unknown) -> Result<Arc<[Site]>, JiraError> {
    let asked = Instant::now();
    let answer = session.send(SITE_LIST, request::accessible_resources()).await;
    let read = answer.and_then(|answer| Ok((answer.read()?, answer.body)));
    let (Resources(resources), body) = read.map_err(|fault| match fault {
        // About the sign-in or the deployment, not about who failed.
        JiraError::Unauthenticated
        | JiraError::LocalSignInEnded
        | JiraError::NotConnected { .. }
        | JiraError::NotRenewed
        | JiraError::InsufficientScope { .. }
        | JiraError::Request => fault,
        fault => JiraError::SiteList { cause: Box::new(fault) },
    })?;
    Ok(learned(session, unknown, asked, resources, &body).await)
}

/// Notes what Atlassian has named. That it named no site of Jira is true for this process only: a
/// right that was just given is found elsewhere at once.
async fn learned(
    session: &Session,
    Unknown { url, place }: Unknown,
    asked: Instant,
    resources: Vec<Resource>,
    body: &Bytes,
) -> Arc<[Site]> {
    let sites: Arc<[Site]> = jira_sites(resources).into();
    let place = place.filter(|_| !sites.is_empty());
    session.jira.sites.keep(session.caller.credential_key(), asked, asked, &sites);
    session.tell_replicas(&url, place, asked, body).await;
    sites
}

/// The sites of a token where the one to use is known anyway; none when Atlassian does not say.
///
/// With a pinned cloud id the list only makes refusals earlier and clearer: Jira judges the token
/// for that id itself. So its outage, and tokens of service accounts which may not read it, must
/// not stop a call.
pub(super) async fn fetch_if_possible(session: &Session, unknown: Unknown) -> Option<Arc<[Site]>> {
    let asked = Instant::now();
    let request = request::accessible_resources();
    let outgoing = session.signed(SITE_LIST, &request).await.ok()?;
    // Most of the time is the call's own.
    let until = Instant::now() + session.time_left() / 4;
    let answer = session.exchange(&request, &outgoing, until).await.ok()?;
    let answer = answer.status.is_success().then(|| Response::of_read(answer.body))?;
    let Resources(resources) = answer.read().ok()?;
    if resources.is_empty() {
        return None;
    }
    Some(learned(session, unknown, asked, resources, &answer.body).await)
}

/// `GET /serverInfo`
#[derive(Debug, Deserialize)]
struct ServerInfo {
    #[serde(rename = "baseUrl")]
    base_url: String,
}

/// The pinned site as far as it is known without the list: its address is what was set, or what
/// Jira itself says.
pub(super) async fn pinned_site(session: &Session, id: &str) -> Site {
    tracing::warn!("the list of sites was not to be had; the pinned site is asked without it");
    let url = if let Some(address) = &session.jira.settings.site_address {
        format!("https://{}", host(address))
    } else {
        let answer = session.send(id, request::server_info()).await;
        let info = answer.and_then(|answer| answer.read::<ServerInfo>());
        info.map(|info| info.base_url.trim_end_matches('/').to_owned()).unwrap_or_default()
    };
    Site {
        id: id.to_owned(),
        name: id.to_owned(),
        all_urls: [url.clone()].into(),
        url,
        scopes: None,
    }
}
