//! The endpoints as one router. Who may reach them, and how many at a time, is the edge's business.

use axum::{
    Router,
    response::{IntoResponse, Response},
    routing::{get, post},
};

use super::{
    authorize, callback, connect, cross_origin::preflight, metadata, people, register, revoke,
    server::SignIn, token, trouble::Trouble,
};

/// Everything of the sign-in. All paths are below the issuer.
pub fn router(signin: SignIn) -> Router {
    let documents = [
        "/.well-known/oauth-authorization-server",
        "/.well-known/oauth-authorization-server/mcp",
        "/.well-known/oauth-authorization-server/mcp/readonly",
        "/.well-known/oauth-authorization-server/mcp/x/{toolsets}",
    ];
    let openid_documents = [
        "/.well-known/openid-configuration",
        "/.well-known/openid-configuration/mcp",
        "/mcp/.well-known/openid-configuration",
    ];
    let router = documents.into_iter().fold(Router::new(), |router, path| {
        router.route(path, get(metadata::document).options(preflight))
    });
    let router = openid_documents.into_iter().fold(router, |router, path| {
        router.route(path, get(metadata::openid_document).options(preflight))
    });
    router
        .route("/.well-known/jwks.json", get(metadata::no_keys).options(preflight))
        .route("/authorize", get(authorize::ask).post(authorize::decide))
        .route("/token", post(token::token).options(preflight))
        .route("/register", post(register::register).options(preflight))
        .route("/revoke", post(revoke::revoke).options(preflight))
        .route("/auth/callback", get(callback::callback))
        .route("/auth/connect", get(connect::ask).post(connect::decide))
        .route("/auth/login", get(people::login))
        .route("/auth/status", get(people::status))
        .route("/auth/logout", post(people::logout))
        .method_not_allowed_fallback(wrong_method)
        .with_state(signin)
}

/// `GET /auth/logout` changes nothing, and neither does any other method that is not served.
async fn wrong_method() -> Response {
    Trouble::WrongMethod.into_response()
}
