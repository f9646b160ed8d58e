//! Atlassian's list of the sites that a token reaches, and what is done without it.

use std::sync::Arc;

use serde::Deserialize;
use tokio::time::Instant;

use super::{
    error::JiraError,
    request,
    response::Response,
    session::Session,
    site::{Site, host, jira_sites},
    wire::Resources,
};

/// What stands for a site where none is known yet, for breakers and counts.
const SITE_LIST: &str = "accessible-resources";

/// The sites of a token, or why they are not known.
pub(super) async fn fetch(session: &Session) -> Result<Arc<[Site]>, JiraError> {
    let answer = session.send(SITE_LIST, request::accessible_resources()).await;
    let Resources(resources) =
        answer.and_then(|answer| answer.read()).map_err(|fault| match fault {
            // About the sign-in or the deployment, not about who failed.
            JiraError::Unauthenticated
            | JiraError::LocalSignInEnded
            | JiraError::NotConnected { .. }
            | JiraError::NotRenewed
            | JiraError::InsufficientScope { .. }
            | JiraError::Request => fault,
            fault => JiraError::SiteList { cause: Box::new(fault) },
        })?;
    Ok(jira_sites(resources).into())
}

/// The sites of a token where the one to use is known anyway; none when Atlassian does not say.
///
/// With a pinned cloud id the list only makes refusals earlier and clearer: Jira judges the token
/// for that id itself. So its outage, and tokens of service accounts which may not read it, must
/// not stop a call.
pub(super) async fn fetch_if_possible(session: &Session) -> Option<Arc<[Site]>> {
    let request = request::accessible_resources();
    let outgoing = session.signed(SITE_LIST, &request).await.ok()?;
    // Most of the time is the call's own.
    let until = Instant::now() + session.time_left() / 4;
    let answer = session.exchange(&request, &outgoing, until).await.ok()?;
    let answer = answer.status.is_success().then(|| Response::of_read(answer.body))?;
    let Resources(resources) = answer.read().ok()?;
    (!resources.is_empty()).then(|| jira_sites(resources).into())
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
