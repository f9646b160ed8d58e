//! The browser is sent back to the program that asked. Sources: RFC 6749 section 4.1.2, RFC 9207.

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use url::Url;

use super::{oauth_error::Refusal, redirect_uri::RedirectUri};

/// Where an answer goes: a redirect URI that was checked, the client's `state`, and our issuer.
pub(super) struct ClientAnswer<'a> {
    pub(super) redirect_uri: &'a str,
    pub(super) state: Option<&'a str>,
    pub(super) issuer: &'a str,
    /// The issuer's URL, which no answer goes to.
    pub(super) own: &'a Url,
}

impl ClientAnswer<'_> {
    pub(super) fn code(&self, code: &str) -> Response {
        self.redirect(&[("code", code)])
    }

    pub(super) fn refusal(&self, refusal: &Refusal) -> Response {
        let error = refusal.code.name();
        self.redirect(&[("error", error), ("error_description", &refusal.description)])
    }

    fn redirect(&self, params: &[(&str, &str)]) -> Response {
        // It was parsed before it was taken; nothing else is ever sent anybody to.
        let Ok(uri) = RedirectUri::parse(self.redirect_uri, self.own) else {
            return StatusCode::BAD_REQUEST.into_response();
        };
        let state = self.state.map(|state| ("state", state));
        let all: Vec<_> =
            params.iter().copied().chain(state).chain([("iss", self.issuer)]).collect();
        see_other(&uri.with_params(&all))
    }
}

/// After a POST the browser must come with GET: 303, not 302 (RFC 9700 section 4.12).
pub(super) fn see_other(url: &str) -> Response {
    let Ok(mut location) = HeaderValue::try_from(url) else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    location.set_sensitive(true);
    let mut response = StatusCode::SEE_OTHER.into_response();
    response.headers_mut().insert(header::LOCATION, location);
    response
}
