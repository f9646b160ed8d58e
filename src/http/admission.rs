//! What is checked of a request before anything of its body is read, cheapest first.

use auth::{Identity, RequestedSite};
use axum::extract::Request;
use http::Method;

use super::{authenticate, browser_page, edge::Edge, host, origin, reject::Reject};

/// Who passed.
pub(super) enum Admitted {
    /// A person who wants to know what this is.
    Browser,
    /// A client of the protocol.
    Caller { identity: Identity, site: Option<RequestedSite> },
}

/// Runs all checks; the first that fails is the answer. `method` is GET or POST, the only one that
/// the path takes.
pub(super) async fn check(
    edge: &Edge,
    head: &Request<()>,
    method: &Method,
) -> Result<Admitted, Reject> {
    let settings = &edge.settings;
    host::check(head, &settings.allowed_hosts)?;
    origin::check(head.headers(), &settings.allowed_origins)?;
    if let Some(gateway) = &settings.gateway {
        gateway.check(head.headers()).await?;
    }
    if browser_page::is_wanted(head.method(), head.headers()) {
        return Ok(Admitted::Browser);
    }
    // Before the method: clients look for the challenge with GET too.
    let identity = authenticate::identify(edge, head).await?;
    if head.method() != method {
        let allow = if method == Method::GET { "GET" } else { "POST" };
        return Err(Reject::MethodNotAllowed { allow });
    }
    Ok(Admitted::Caller { identity, site: authenticate::requested_site(head.headers())? })
}
