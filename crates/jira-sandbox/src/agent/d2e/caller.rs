//! Whose token a call has.

use axum::http::{HeaderMap, header};
use serde_json::Value as Json;

use crate::{
    agent::{refusal::Refusal, server::Server},
    http::bearer,
};

/// The user: the Atlassian account id of the sandbox's people, Entra's object id of others.
///
/// # Errors
/// 401 for no token, and for one that is none of the sandbox's; 405 for a token of Entra without a
/// user.
pub(super) fn caller(server: &Server, headers: &HeaderMap) -> Result<String, Refusal> {
    let now = server.now();
    if let Some(token) = bearer(&server.world, headers, now) {
        return Ok(token.account_id.to_owned());
    }
    let value = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let (scheme, token) =
        value.and_then(|value| value.split_once(' ')).ok_or_else(Refusal::unauthorized)?;
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Err(Refusal::unauthorized());
    }
    let claims = server.world.identity.entra_claims(token.trim(), now);
    let claims = claims.ok_or_else(Refusal::unauthorized)?;
    let claim = |name: &str| claims.get(name).and_then(Json::as_str);
    if claim("scp").is_none() {
        return Err(Refusal::app_only());
    }
    claim("oid").map(str::to_owned).ok_or_else(Refusal::unauthorized)
}
