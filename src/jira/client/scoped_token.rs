//! API tokens with scopes: a site refuses them with 401, Atlassian's API host takes them below the
//! site's cloud id.
//!
//! Nothing about a token says which kind it is, so the site is asked first and the API host once
//! after its first refusal. Source: Atlassian, "Manage API tokens for your Atlassian account", on
//! tokens with scopes.

use http::{Method, StatusCode};
use serde::Deserialize;
use tokio::time::Instant;

use super::{
    address,
    error::JiraError,
    request,
    session::Session,
    settings::{ApiHost, is_cloud_id},
    token_route::ApiHostRoute,
};

/// Whether a token that the site refused is taken by the API host; found out once. A fault on the
/// way there decides nothing, and the next call asks again.
pub(super) async fn works_at_api_host(session: &Session, until: Instant) -> bool {
    let Some(host) = &session.jira.settings.api_host else { return false };
    let found = session.jira.token_route.0.get_or_try_init(|| find(session, host, until)).await;
    matches!(found, Ok(Some(_)))
}

async fn find(
    session: &Session,
    host: &ApiHost,
    until: Instant,
) -> Result<Option<ApiHostRoute>, JiraError> {
    let cloud_id = match &host.cloud_id {
        Some(cloud_id) => cloud_id.clone(),
        None => match cloud_id(session, until).await? {
            Some(cloud_id) => cloud_id,
            None => return Ok(None),
        },
    };
    let found = ApiHostRoute { base: host.base.clone(), cloud_id };
    let request = request::myself();
    let mut outgoing = session.signed(&found.cloud_id, &request).await?;
    outgoing.url =
        address::below(&found.base, Some(&found.cloud_id), &request).ok_or(JiraError::Request)?;
    let answer = session.exchange(&request, &outgoing, until).await?;
    let is_refused = !answer.status.is_success()
        && match JiraError::from_answer(&request, &answer) {
            // It knows the token and misses a scope, or the user a right: for the call itself to
            // report.
            JiraError::InsufficientScope { .. } | JiraError::Forbidden { .. } => false,
            JiraError::Unauthenticated | JiraError::NotFound { .. } => true,
            fault => return Err(fault),
        };
    tracing::info!(taken = !is_refused, "the site refused the API token; the API host was asked");
    Ok((!is_refused).then_some(found))
}

/// The site's cloud id, which it tells everybody. The token is not sent along.
async fn cloud_id(session: &Session, until: Instant) -> Result<Option<String>, JiraError> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Tenant {
        cloud_id: String,
    }
    let site = &session.jira.settings.api_base;
    let url = site.join("/_edge/tenant_info").map_err(|_| JiraError::Request)?;
    let mut outgoing =
        upstream::Request::new(Method::GET, url, upstream::Safety::Read, "tenant_info".into());
    outgoing.caller = session.caller.key().to_bytes().into();
    let answer = session.exchange(&request::myself(), &outgoing, until).await?;
    let tenant: Option<Tenant> = (answer.status == StatusCode::OK)
        .then(|| serde_json::from_slice(&answer.body).ok())
        .flatten();
    Ok(tenant.map(|tenant| tenant.cloud_id).filter(|id| is_cloud_id(id)))
}
