//! The `WWW-Authenticate` challenge, which leads a client to the metadata document.

use axum::extract::Request;
use http::HeaderValue;

use super::{
    edge::Edge,
    metadata::{WELL_KNOWN, resource_path, without_slash},
    public_base_url::base_url,
};

/// What every challenge to one request says; its Host must have been checked. Sources: RFC 9728
/// section 5.1, RFC 6750 section 3.1 (an error code only where a bearer token was presented).
pub(super) struct Challenge {
    metadata_url: String,
    scopes: String,
}

impl Challenge {
    pub(super) fn of<B>(edge: &Edge, request: &Request<B>) -> Self {
        let settings = &edge.settings;
        let base = base_url(settings.public_base_url.as_ref(), request.headers());
        let path = resource_path(without_slash(request.uri().path()));
        let metadata_url = format!("{base}{WELL_KNOWN}{path}");
        Self { metadata_url, scopes: settings.scopes.join(" ") }
    }

    /// With the error code of whoever looked at the token; without one where none was presented.
    /// `scope` is that of a token of another issuer than the one which clients are sent to first.
    pub(super) fn of_error(&self, error: Option<&str>, scope: Option<&str>) -> HeaderValue {
        self.value(error, scope.unwrap_or(&self.scopes))
    }

    pub(super) fn invalid_token(&self) -> HeaderValue {
        self.of_error(Some("invalid_token"), None)
    }

    /// A client adds these scopes to those it has and signs its user in again. Source: MCP
    /// authorization, "Scope Challenge Handling".
    pub(super) fn insufficient_scope(&self, scopes: &str) -> HeaderValue {
        let scopes = if is_scope(scopes) { scopes } else { &self.scopes };
        self.value(Some("insufficient_scope"), scopes)
    }

    fn value(&self, error: Option<&str>, scopes: &str) -> HeaderValue {
        let error = error.map(|error| format!("error=\"{error}\", ")).unwrap_or_default();
        let value = format!(
            "Bearer {error}resource_metadata=\"{}\", scope=\"{scopes}\"",
            self.metadata_url
        );
        HeaderValue::try_from(value).unwrap_or_else(|_| HeaderValue::from_static("Bearer"))
    }
}

/// RFC 6749 section 3.3: no quote and no backslash, so it cannot end the quoted string.
fn is_scope(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| matches!(b, 0x20 | 0x21 | 0x23..=0x5b | 0x5d..=0x7e))
}
