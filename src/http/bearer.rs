//! Who asks? Exactly one well-formed bearer token, before any JSON is read, and none of it beyond
//! this point.

use auth::{Bearer, BearerFault, RequestedSite};
use axum::extract::Request;
use http::{HeaderMap, header};
use single_header::single_header;

use super::{
    challenge::Challenge,
    edge::Edge,
    header_names::{GATEWAY_TOKEN, JIRA_SITE},
    reject::Reject,
};

/// The token, or the 401 that says where to get one.
pub(super) fn read<B>(edge: &Edge, request: &Request<B>) -> Result<Bearer, Reject> {
    Bearer::from_headers(request.headers()).map_err(|fault| {
        let token_was_sent = !matches!(fault, BearerFault::Missing | BearerFault::WrongScheme);
        let challenge = Challenge::of(edge, request);
        let challenge =
            if token_was_sent { challenge.invalid_token() } else { challenge.no_token() };
        Reject::Unauthenticated { fault, challenge }
    })
}

/// The site that the client asks for, if it names one; it is looked up among the user's sites and
/// never called.
pub(super) fn requested_site(headers: &HeaderMap) -> Result<Option<RequestedSite>, Reject> {
    let sent = single_header(headers, JIRA_SITE).map_err(|_| Reject::SiteHeader)?;
    sent.map(|site| RequestedSite::new(site).ok_or(Reject::SiteHeader)).transpose()
}

/// rmcp hands the headers to every tool, so nothing secret may stand among them.
pub(super) fn remove_secrets(headers: &mut HeaderMap) {
    for name in [header::AUTHORIZATION, header::PROXY_AUTHORIZATION, header::COOKIE, GATEWAY_TOKEN]
    {
        headers.remove(name);
    }
}
