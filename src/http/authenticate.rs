//! Who asks? What the request's head proves, before any JSON is read, and no secret beyond this
//! point.

use auth::{AuthenticateError, Identity, RequestedSite};
use axum::extract::Request;
use http::{HeaderMap, header};
use single_header::single_header;

use super::{
    access_log::CallerSlot,
    challenge::Challenge,
    edge::Edge,
    header_names::{GATEWAY_TOKEN, JIRA_SITE, SESSION_ID},
    reject::Reject,
};

/// Who it is, or the 401 or 403 that says where to get a better token.
pub(super) async fn identify(edge: &Edge, head: &Request<()>) -> Result<Identity, Reject> {
    let identity = edge.authenticate.authenticate(head).await.map_err(|error| {
        let challenge = || Challenge::of(edge, head);
        match error {
            AuthenticateError::Unavailable => Reject::SignInUnavailable,
            AuthenticateError::NoRole => Reject::NoRole,
            AuthenticateError::LacksScope => {
                let scope = edge.settings.directory_scope.as_deref().unwrap_or_default();
                Reject::ScopeMissing { challenge: challenge().insufficient_scope(scope) }
            }
            _ => {
                // For who runs the server: in metrics and in the access log all look alike.
                tracing::debug!(%error, "a bearer was refused");
                let of_directory = matches!(error, AuthenticateError::OfDirectory(_));
                let scope = edge.settings.directory_scope.as_deref().filter(|_| of_directory);
                let challenge = challenge().of_error(error.challenge_error(), scope);
                Reject::Unauthenticated { error, challenge }
            }
        }
    })?;
    if let Some(slot) = head.extensions().get::<CallerSlot>() {
        slot.fill(identity.principal.key);
    }
    Ok(identity)
}

/// The site that the client asks for, if it names one; it is looked up among the user's sites and
/// never called.
pub(super) fn requested_site(headers: &HeaderMap) -> Result<Option<RequestedSite>, Reject> {
    let sent = single_header(headers, JIRA_SITE).map_err(|_| Reject::SiteHeader)?;
    sent.map(|site| RequestedSite::new(site).ok_or(Reject::SiteHeader)).transpose()
}

/// rmcp hands the headers to every tool, so nothing secret may stand among them, and nothing that
/// was read to its end here.
pub(super) fn remove_secrets(headers: &mut HeaderMap) {
    let secrets = [header::AUTHORIZATION, header::PROXY_AUTHORIZATION, header::COOKIE];
    for name in secrets.into_iter().chain([GATEWAY_TOKEN, SESSION_ID]) {
        headers.remove(name);
    }
}
