//! Tells a client without a token where to get one: the RFC 9728 document and the 401 challenge
//! that leads to it.

use std::{str::FromStr, sync::Arc};

use axum::{
    Json,
    extract::{Request, State},
};
use http::{HeaderValue, header};
use serde_json::{Value, json};
use single_header::single_header;
use url::Url;

use super::{Edge, RuleError, host, reject::Reject};

const WELL_KNOWN: &str = "/.well-known/oauth-protected-resource";

/// The URL under which clients reach the server, without a trailing slash; it may hold a path of
/// the gateway's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicBaseUrl(String);

impl FromStr for PublicBaseUrl {
    type Err = RuleError;

    fn from_str(text: &str) -> Result<Self, RuleError> {
        let url = Url::parse(text.trim()).map_err(|_| RuleError::BaseUrl)?;
        let bare = url.username().is_empty()
            && url.password().is_none()
            && url.query().is_none()
            && url.fragment().is_none();
        let is_web = matches!(url.scheme(), "http" | "https") && url.has_host();
        if !bare || !is_web || !is_quotable(url.as_str()) {
            return Err(RuleError::BaseUrl);
        }
        Ok(Self(url.as_str().trim_end_matches('/').to_owned()))
    }
}

/// `GET /.well-known/oauth-protected-resource[/mcp…]`. Source: RFC 9728 section 2.
pub(super) async fn document(
    State(edge): State<Arc<Edge>>,
    request: Request,
) -> Result<Json<Value>, Reject> {
    // Without a public URL the document repeats the Host, so a foreign one must not get this far.
    if edge.settings.public_base_url.is_none() {
        host::check(&request, &edge.settings.allowed_hosts)?;
    }
    let path = request.uri().path().strip_prefix(WELL_KNOWN).map(without_slash);
    let path = path.filter(|path| !path.is_empty());
    Ok(Json(json!({
        "resource": format!("{}{}", base(&edge, &request), resource_path(path.unwrap_or("/mcp"))),
        "authorization_servers": [edge.settings.authorization_server],
        "scopes_supported": edge.settings.scopes,
        "bearer_methods_supported": ["header"],
        "resource_name": edge.settings.server_name,
    })))
}

/// What every challenge to one request says; its Host must have been checked. Sources: RFC 9728
/// section 5.1, RFC 6750 section 3.1 (an error code only where a bearer token was presented).
pub(super) struct Challenge {
    metadata_url: String,
    scopes: String,
}

impl Challenge {
    pub(super) fn of<B>(edge: &Edge, request: &Request<B>) -> Self {
        let path = resource_path(without_slash(request.uri().path()));
        let metadata_url = format!("{}{WELL_KNOWN}{path}", base(edge, request));
        Self { metadata_url, scopes: edge.settings.scopes.join(" ") }
    }

    pub(super) fn no_token(&self) -> HeaderValue {
        self.line("", &self.scopes)
    }

    pub(super) fn invalid_token(&self) -> HeaderValue {
        self.line("error=\"invalid_token\", ", &self.scopes)
    }

    /// A client adds these scopes to those it has and signs its user in again. Source: MCP
    /// authorization, "Scope Challenge Handling".
    pub(super) fn insufficient_scope(&self, scopes: &str) -> HeaderValue {
        let scopes = if is_scope(scopes) { scopes } else { &self.scopes };
        self.line("error=\"insufficient_scope\", ", scopes)
    }

    fn line(&self, error: &str, scopes: &str) -> HeaderValue {
        let line = format!(
            "Bearer {error}resource_metadata=\"{}\", scope=\"{scopes}\"",
            self.metadata_url
        );
        HeaderValue::try_from(line).unwrap_or_else(|_| HeaderValue::from_static("Bearer"))
    }
}

/// RFC 6749 section 3.3: no quote and no backslash, so it cannot end the quoted string.
fn is_scope(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| matches!(b, 0x20 | 0x21 | 0x23..=0x5b | 0x5d..=0x7e))
}

pub(super) fn base<B>(edge: &Edge, request: &Request<B>) -> String {
    if let Some(PublicBaseUrl(base)) = &edge.settings.public_base_url {
        return base.clone();
    }
    let host = single_header(request.headers(), header::HOST).ok().flatten();
    format!("http://{}", host.unwrap_or("localhost"))
}

/// The resource has one name, however its address was written.
fn without_slash(path: &str) -> &str {
    path.strip_suffix('/').unwrap_or(path)
}

/// A path that could break out of a quoted string is answered with the plain resource.
fn resource_path(path: &str) -> &str {
    if is_quotable(path) { path } else { "/mcp" }
}

fn is_quotable(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._~%,:/[]".contains(&b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base_urls_are_absolute_and_bare() {
        let check = |text: &str, expected: Option<&str>| {
            assert_eq!(
                text.parse::<PublicBaseUrl>().ok().map(|base| base.0).as_deref(),
                expected,
                "{text}"
            );
        };
        check("https://api.example.com/jira-mcp/", Some("https://api.example.com/jira-mcp"));
        check("http://127.0.0.1:8080", Some("http://127.0.0.1:8080"));
        check("HTTPS://API.example.com", Some("https://api.example.com"));
        check("api.example.com", None);
        check("ftp://example.com", None);
        check("https://user@example.com", None);
        check("https://example.com/?a=b", None);
        check("https://example.com/#a", None);
        check("https://example.com/a;b", None);
    }
}
