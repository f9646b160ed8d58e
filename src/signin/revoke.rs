//! The revocation endpoint: a program gives up its own sign-in. Source: RFC 7009.

use axum::{
    body::Body,
    extract::State,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, StatusCode};

use super::{
    client_auth, client_id, endpoint_form,
    oauth_error::{ErrorCode, Refusal},
    server::SignIn,
    session::SessionError,
    telemetry::End,
    tokens::Token,
};

/// `POST /revoke`
pub(super) async fn revoke(
    State(signin): State<SignIn>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let task = signin.tasks().clone().start(async move { answer(&signin, &headers, body).await });
    let answer = task.await.unwrap_or_else(|_| Err(Refusal::unavailable()));
    answer.map(|()| StatusCode::OK).into_response()
}

/// With one token all tokens of its session end, and the grants at the providers. A token that is
/// none is as good as revoked (section 2.2).
async fn answer(signin: &SignIn, headers: &HeaderMap, body: Body) -> Result<(), Refusal> {
    let params = endpoint_form::read(headers, body).await?;
    signin.are_keys_right().await?;
    let client = client_auth::client_id(signin, headers, &params)?;
    let token = params.get("token");
    let token = token.ok_or(Refusal::new(ErrorCode::InvalidRequest, "token is missing."))?;
    let id = match signin.tokens().read(token) {
        Some(Token::Access { session, .. } | Token::Refresh { session, .. }) => session,
        Some(Token::Code { .. }) | None => return Ok(()),
    };
    let session = match signin.sessions().read(id).await {
        Ok(loaded) => loaded.session,
        Err(SessionError::Store(error)) => return Err(error.into()),
        Err(_) => return Ok(()),
    };
    if session.program.client != client_id::hash(&client) {
        let description = "The token was issued to another client.";
        return Err(Refusal::new(ErrorCode::InvalidGrant, description));
    }
    match signin.end(id, End::Revoked).await {
        Err(SessionError::Store(error)) => Err(error.into()),
        _ => Ok(()),
    }
}
