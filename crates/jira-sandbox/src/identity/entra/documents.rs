//! What Entra publishes, and the end of its session.

use axum::{
    body::Body,
    extract::{Path, State},
    http::{Response, StatusCode, Uri},
};
use serde_json::{Value as Json, json};

use super::{
    refusal::Refusal,
    tenant::{check_tenant, issuer},
};
use crate::identity::{
    faults::{Endpoint, Fault},
    page,
    params::Params,
    server::{Server, json, redirect},
};

/// `/{tenant}/v2.0/.well-known/openid-configuration`. Like Entra's it does not name PKCE.
pub(crate) async fn configuration(
    State(server): State<Server>,
    Path(tenant): Path<String>,
) -> Response<Body> {
    let settings = &server.settings;
    let base = format!("{}/{}", settings.base_url, settings.tenant_id);
    let document = json!({
        "issuer": issuer(settings),
        "authorization_endpoint": format!("{base}/oauth2/v2.0/authorize"),
        "token_endpoint": format!("{base}/oauth2/v2.0/token"),
        "end_session_endpoint": format!("{base}/oauth2/v2.0/logout"),
        "jwks_uri": format!("{base}/discovery/v2.0/keys"),
        "token_endpoint_auth_methods_supported": ["client_secret_post"],
        "response_modes_supported": ["query"],
        "response_types_supported": ["code"],
        "subject_types_supported": ["pairwise"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "scopes_supported": ["openid", "profile", "email", "offline_access"],
        "request_uri_parameter_supported": false,
        "claims_supported": [
            "sub", "iss", "aud", "exp", "iat", "nonce", "preferred_username", "name", "tid", "ver",
            "email",
        ],
        "cloud_instance_name": "microsoftonline.com",
    });
    publish(&server, &tenant, Endpoint::Configuration, || document).await
}

/// `/{tenant}/discovery/v2.0/keys`.
pub(crate) async fn keys(
    State(server): State<Server>,
    Path(tenant): Path<String>,
) -> Response<Body> {
    let issuer = issuer(&server.settings);
    let document = || {
        let keys = server.world.identity.keys.all();
        let keys: Vec<_> = keys.iter().map(|key| key.jwk(&issuer)).collect();
        json!({ "keys": keys })
    };
    publish(&server, &tenant, Endpoint::Keys, document).await
}

async fn publish(
    server: &Server,
    tenant: &str,
    at: Endpoint,
    document: impl FnOnce() -> Json,
) -> Response<Body> {
    let make = |_: Option<&Fault>| match check_tenant(tenant, &server.settings) {
        Ok(()) => json(StatusCode::OK, &document()),
        Err(refusal) => refusal.into_response(&server.settings.base_url, server.now()),
    };
    server.answer(at, make).await
}

/// `/{tenant}/oauth2/v2.0/logout`: there is no session to end; back to the client, if it is one.
pub(crate) async fn logout(
    State(server): State<Server>,
    Path(tenant): Path<String>,
    uri: Uri,
) -> Response<Body> {
    let params = Params::from_form(uri.query().unwrap_or_default().as_bytes());
    let params =
        check_tenant(&tenant, &server.settings).and_then(|()| params.map_err(Refusal::request));
    let params = match params {
        Ok(params) => params,
        Err(refusal) => return refusal.page(),
    };
    let known = |to: &&str| {
        let mut uris = server.settings.clients.iter().flat_map(|client| &client.redirect_uris);
        uris.any(|uri| uri == to)
    };
    let state: Vec<_> = params.get("state").map(|state| ("state", state)).into_iter().collect();
    match params.get("post_logout_redirect_uri").filter(known) {
        Some(to) => redirect(to, &state),
        None => page::notice("You are signed out"),
    }
}
