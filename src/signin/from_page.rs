//! A form that was sent by one of our own pages, and by no other.

use axum::body::{Body, to_bytes};
use http::{HeaderMap, header};
use url::Url;

use super::params::Params;

/// The largest form: a sealed request with a long client id, a long `state` and many scopes.
const FORM_BYTES_MAX: usize = 64 * 1024;

/// Whether a POST can have come from our own page, by what its browser says. The forms are bound to
/// their browser besides.
pub(super) fn is_ours(headers: &HeaderMap, own: &Url) -> bool {
    let text = |name| headers.get(name).map(|value| value.to_str().unwrap_or_default());
    let own = own.origin().ascii_serialization();
    let has_our_origin = text(header::ORIGIN).is_none_or(|origin| origin == own);
    let site = text(http::HeaderName::from_static("sec-fetch-site"));
    has_our_origin && site.is_none_or(|site| matches!(site, "same-origin" | "none"))
}

/// The form's fields; none when it is too large or broken off.
pub(super) async fn form(body: Body) -> Option<Params> {
    Some(Params::parse(&to_bytes(body, FORM_BYTES_MAX).await.ok()?))
}
