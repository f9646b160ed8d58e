//! The server card: what this server is and how it is reached, for whoever has not connected yet.
//!
//! It lists no tool and holds no secret, and a client believes what the server itself says over it.
//! Source: SEP-2127, "MCP Server Cards"; version 1 of its schema.

use std::sync::Arc;

use aws_lc_rs::digest::{SHA256, digest};
use axum::{
    extract::{Request, State},
    response::{IntoResponse, Response},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use serde_json::{Map, Value, json};
use url::{Host, Url};

use super::{
    edge::Edge,
    host,
    metadata::{resource_path, without_slash},
    public_base_url::base_url,
    reject::Reject,
    settings::Settings,
};

/// What stands behind the address of an endpoint.
pub(super) const ENDING: &str = "/server-card";

const SCHEMA: &str = "https://static.modelcontextprotocol.io/schemas/v1/server-card.schema.json";
const MEDIA_TYPE: HeaderValue = HeaderValue::from_static("application/mcp-server-card+json");
/// An hour, as the extension advises.
const CACHED: HeaderValue = HeaderValue::from_static("public, max-age=3600");

/// `GET /mcp/server-card`, and the same below the narrower endpoints.
pub(super) async fn card(
    State(edge): State<Arc<Edge>>,
    request: Request,
) -> Result<Response, Reject> {
    let settings = &edge.settings;
    // Without a public URL the card repeats the Host, so a foreign one must not get this far.
    if settings.public_base_url.is_none() {
        host::check(&request, &settings.allowed_hosts)?;
    }
    let endpoint = without_slash(request.uri().path()).strip_suffix(ENDING).unwrap_or("/mcp");
    let base = base_url(settings.public_base_url.as_ref(), request.headers());
    let body = describe(settings, &base, resource_path(endpoint)).to_string();
    let tag = format!("\"{}\"", URL_SAFE_NO_PAD.encode(digest(&SHA256, body.as_bytes())));
    let is_known = matches(request.headers(), &tag);
    let mut response = if is_known {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        ([(header::CONTENT_TYPE, MEDIA_TYPE)], body).into_response()
    };
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, CACHED);
    if let Ok(tag) = HeaderValue::try_from(tag) {
        headers.insert(header::ETAG, tag);
    }
    Ok(response)
}

fn describe(settings: &Settings, base: &str, endpoint: &str) -> Value {
    let mut remote = Map::new();
    remote.insert("type".to_owned(), json!("streamable-http"));
    remote.insert("url".to_owned(), json!(format!("{base}{endpoint}")));
    if !settings.protocol_versions.is_empty() {
        remote.insert("supportedProtocolVersions".to_owned(), json!(settings.protocol_versions));
    }
    let mut card = Map::new();
    card.insert("$schema".to_owned(), json!(SCHEMA));
    let name = format!("{}/{}", namespace(base), name(&settings.server_name));
    card.insert("name".to_owned(), json!(name));
    if !settings.title.is_empty() {
        card.insert("title".to_owned(), json!(settings.title));
    }
    card.insert("version".to_owned(), json!(settings.version));
    card.insert("description".to_owned(), json!(env!("CARGO_PKG_DESCRIPTION")));
    card.insert("remotes".to_owned(), json!([remote]));
    Value::Object(card)
}

/// The host, its labels turned round: who runs this server is who has its domain.
fn namespace(base: &str) -> String {
    match Url::parse(base).ok().as_ref().and_then(Url::host) {
        Some(Host::Domain(domain)) => name(&domain.split('.').rev().collect::<Vec<_>>().join(".")),
        Some(Host::Ipv4(address)) => address.to_string(),
        // Colons have no place in a name.
        Some(Host::Ipv6(_)) | None => "localhost".to_owned(),
    }
}

/// Of a text what a name may hold.
fn name(text: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() || "._-".contains(c) { c } else { '-' };
    text.chars().map(plain).collect()
}

/// Whether the client has this very card. Source: RFC 9110, section 13.1.2; the weak comparison.
fn matches(headers: &HeaderMap, tag: &str) -> bool {
    let lines = headers.get_all(header::IF_NONE_MATCH).iter();
    let tags = lines.filter_map(|line| line.to_str().ok()).flat_map(|line| line.split(','));
    tags.map(str::trim).any(|sent| sent == "*" || sent.strip_prefix("W/").unwrap_or(sent) == tag)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_the_domain_turned_round() {
        let check = |base: &str, expected: &str| assert_eq!(namespace(base), expected, "{base}");
        check("https://mcp.example.com/jira", "com.example.mcp");
        check("http://localhost:8080", "localhost");
        check("http://127.0.0.1:8080", "127.0.0.1");
        check("http://[::1]:8080", "localhost");
        check("nonsense", "localhost");
        assert_eq!(name("Jira für alle"), "Jira-f-r-alle");
    }

    #[test]
    fn a_tag_is_known_in_every_way_to_write_it() {
        let check = |sent: &str, expected: bool| {
            let mut headers = HeaderMap::new();
            headers.insert(header::IF_NONE_MATCH, sent.parse().unwrap());
            assert_eq!(matches(&headers, "\"a\""), expected, "{sent}");
        };
        check("\"a\"", true);
        check("\"b\", W/\"a\"", true);
        check("*", true);
        check("\"b\"", false);
        check("a", false);
        assert!(!matches(&HeaderMap::new(), "\"a\""));
    }
}
