//! The document that tells clients how to sign in here. Sources: RFC 8414, RFC 9207, MCP
//! authorization (2026-07-28).

use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};

use super::server::SignIn;

/// `GET /.well-known/oauth-authorization-server`, with the path of `/mcp` behind it as well.
pub(super) async fn document(State(signin): State<SignIn>) -> Response {
    Json(metadata(&signin)).into_response()
}

/// `GET /.well-known/openid-configuration`: the same for clients that look there only. The members
/// that OpenID Connect Discovery requires are there, although no id tokens are issued.
pub(super) async fn openid_document(State(signin): State<SignIn>) -> Response {
    let mut metadata = metadata(&signin);
    if let Value::Object(members) = &mut metadata {
        members.insert("jwks_uri".to_owned(), json!(signin.address("/.well-known/jwks.json")));
        members.insert("subject_types_supported".to_owned(), json!(["public"]));
        let algorithms = json!(["RS256"]);
        members.insert("id_token_signing_alg_values_supported".to_owned(), algorithms);
    }
    Json(metadata).into_response()
}

/// `GET /.well-known/jwks.json`: our tokens are opaque, so there is no key to publish.
pub(super) async fn no_keys() -> Response {
    Json(json!({ "keys": [] })).into_response()
}

fn metadata(signin: &SignIn) -> Value {
    let methods = ["none", "client_secret_basic", "client_secret_post"];
    json!({
        "issuer": signin.issuer(),
        "authorization_endpoint": signin.address("/authorize"),
        "token_endpoint": signin.address("/token"),
        "registration_endpoint": signin.address("/register"),
        "revocation_endpoint": signin.address("/revoke"),
        "scopes_supported": signin.settings().scopes,
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code", "refresh_token"],
        "token_endpoint_auth_methods_supported": methods,
        "revocation_endpoint_auth_methods_supported": methods,
        // A client that does not find it must refuse to sign in.
        "code_challenge_methods_supported": ["S256"],
        // Clients use their metadata document only where this and the method `none` are named.
        "client_id_metadata_document_supported": true,
        "authorization_response_iss_parameter_supported": true,
    })
}
