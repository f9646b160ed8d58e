//! The document that tells a client without a token where to get one. Source: RFC 9728.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Request, State},
};
use serde_json::{Value, json};

use super::{
    edge::Edge,
    host,
    public_base_url::{base_url, is_quotable},
    reject::Reject,
};

/// Where the document stands, before the path of the resource. Source: RFC 9728 section 3.
pub(super) const WELL_KNOWN: &str = "/.well-known/oauth-protected-resource";

/// `GET /.well-known/oauth-protected-resource[/mcp…]`. Source: RFC 9728 section 2.
pub(super) async fn document(
    State(edge): State<Arc<Edge>>,
    request: Request,
) -> Result<Json<Value>, Reject> {
    let settings = &edge.settings;
    // Without a public URL the document repeats the Host, so a foreign one must not get this far.
    if settings.public_base_url.is_none() {
        host::check(&request, &settings.allowed_hosts)?;
    }
    let path = request.uri().path().strip_prefix(WELL_KNOWN).map(without_slash);
    let path = resource_path(path.filter(|path| !path.is_empty()).unwrap_or("/mcp"));
    let base = base_url(settings.public_base_url.as_ref(), request.headers());
    let resource = settings.resource.clone().unwrap_or_else(|| format!("{base}{path}"));
    Ok(Json(json!({
        "resource": resource,
        "authorization_servers": settings.authorization_servers,
        "scopes_supported": settings.scopes,
        "bearer_methods_supported": ["header"],
        "resource_name": settings.server_name,
    })))
}

/// The resource has one name, however its address was written.
pub(super) fn without_slash(path: &str) -> &str {
    path.strip_suffix('/').unwrap_or(path)
}

/// A path that could break out of a quoted string is answered with the plain resource.
pub(super) fn resource_path(path: &str) -> &str {
    if is_quotable(path) { path } else { "/mcp" }
}
