//! The endpoints as two routers. Who may reach them, how many at a time, and which pages may read
//! the answers, is the edge's business.

use axum::{
    Router,
    response::{IntoResponse, Response},
    routing::{MethodRouter, get, post},
};
use http::StatusCode;

use super::{
    authorize, callback, connect, metadata,
    oauth_error::{ErrorCode, Refusal},
    people, register, revoke,
    server::SignIn,
    token,
    trouble::Trouble,
};

/// What programs ask for, those in a browser too: documents and tokens. No cookie has a part in it.
/// All paths are below the issuer.
pub fn endpoints(signin: SignIn) -> Router {
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
    let documents = documents.map(|path| (path, get(metadata::document)));
    let openid_documents = openid_documents.map(|path| (path, get(metadata::openid_document)));
    let others = [
        ("/.well-known/jwks.json", get(metadata::no_keys)),
        ("/token", post(token::token)),
        ("/register", post(register::register)),
        ("/revoke", post(revoke::revoke)),
    ];
    let all = documents.into_iter().chain(openid_documents).chain(others);
    routes(all)
        .method_not_allowed_fallback(async || {
            let refusal =
                Refusal::new(ErrorCode::InvalidRequest, "This address takes other methods.");
            (StatusCode::METHOD_NOT_ALLOWED, refusal.into_response()).into_response()
        })
        .with_state(signin)
}

/// What people see in their browser.
pub fn pages(signin: SignIn) -> Router {
    let all = [
        ("/authorize", get(authorize::ask).post(authorize::decide)),
        ("/auth/callback", get(callback::callback)),
        ("/auth/connect", get(connect::ask).post(connect::decide)),
        ("/auth/login", get(people::login)),
        ("/auth/status", get(people::status)),
        ("/auth/logout", post(people::logout)),
    ];
    routes(all.into_iter()).method_not_allowed_fallback(wrong_method).with_state(signin)
}

/// A slash at the end is the same address.
fn routes(all: impl Iterator<Item = (&'static str, MethodRouter<SignIn>)>) -> Router<SignIn> {
    all.fold(Router::new(), |router, (path, method)| {
        router.route(path, method.clone()).route(&format!("{path}/"), method)
    })
}

/// `GET /auth/logout` changes nothing, and neither does any other method that is not served.
async fn wrong_method() -> Response {
    Trouble::WrongMethod.into_response()
}
