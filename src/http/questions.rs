//! What is asked of a request before anything of its body is read.

use auth::{Bearer, SiteWish};
use axum::extract::Request;
use http::Method;

use super::{Edge, bearer, host, origin, page, reject::Reject};

/// Who passed the questions.
pub(super) enum Admitted {
    /// A person who looks what this is.
    Browser,
    Caller {
        bearer: Bearer,
        site_wish: Option<SiteWish>,
    },
}

/// The questions that need no body, cheapest first.
pub(super) async fn ask(edge: &Edge, head: &Request<()>) -> Result<Admitted, Reject> {
    let settings = &edge.settings;
    host::check(head, &settings.allowed_hosts)?;
    origin::check(head.headers(), &settings.allowed_origins)?;
    if let Some(gateway) = &settings.gateway {
        gateway.check(head.headers()).await?;
    }
    if page::is_wanted(head.method(), head.headers()) {
        return Ok(Admitted::Browser);
    }
    // Before the method: clients look for the challenge with GET too.
    let bearer = bearer::read(edge, head)?;
    if head.method() != Method::POST {
        return Err(Reject::MethodNotAllowed { allow: "POST" });
    }
    Ok(Admitted::Caller { bearer, site_wish: bearer::site_wish(head.headers())? })
}
