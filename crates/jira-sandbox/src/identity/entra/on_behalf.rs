//! On-behalf-of: a token that a user has for a client, for a token of the same user for an API that
//! the client calls.
//!
//! Source: <https://learn.microsoft.com/entra/identity-platform/v2-oauth2-on-behalf-of-flow>.

use axum::{
    body::Body,
    http::{Response, StatusCode},
};
use serde_json::{Value as Json, json};

use super::{
    jwt,
    refusal::{Refusal, need},
};
use crate::{
    identity::{
        grants::{Grant, Offer, Refused},
        params::Params,
        server::{Server, json},
    },
    json::put,
    model::scope::OFFLINE,
};

/// The answer to a client that has proved itself.
pub(super) fn on_behalf(
    server: &Server,
    params: &Params,
    client_id: &str,
) -> Result<Response<Body>, Refusal> {
    if need(params, "requested_token_use")? != "on_behalf_of" {
        let message = "The sandbox knows no requested_token_use but 'on_behalf_of'.";
        return Err(Refusal::request(message));
    }
    let (assertion, scope) = (need(params, "assertion")?, need(params, "scope")?);
    let scopes: Vec<_> = scope.split_whitespace().map(str::to_owned).collect();
    let resource = scopes.iter().filter(|scope| !jwt::OPENID.contains(&scope.as_str()));
    if resource.count() != 1 {
        return Err(Refusal::scope(scope));
    }
    let grant = grant_of(server, assertion, client_id)?;
    issued(server, &grant, &scopes).ok_or_else(Refusal::randomness)
}

/// The grant that the user's token came of. Only a good access token for the client itself will do:
/// one for another API, such as Microsoft Graph, is not the client's to redeem.
fn grant_of(server: &Server, assertion: &str, client_id: &str) -> Result<Grant, Refusal> {
    let identity = &server.world.identity;
    let claims = identity.keys.verified(assertion);
    let claims = claims.ok_or_else(|| Refusal::assertion("The key was not found."))?;
    let claim = |name: &str| claims.get(name).and_then(Json::as_str);
    if claim("aud") != Some(client_id) {
        return Err(Refusal::assertion("The audience is not the client."));
    }
    if claim("scp").is_none() {
        return Err(Refusal::no_access_token());
    }
    if identity.entra_claims(assertion, server.now()).is_none() {
        return Err(Refusal::assertion_time());
    }
    let is_meant = |grant: &Grant| {
        claim("sid").is_some_and(|sid| sid == jwt::session_id(grant.id))
            && grant.client_id == client_id
    };
    let grant = identity.grants.all().into_iter().find(is_meant);
    let grant = grant.ok_or_else(|| Refusal::assertion("The sign-in was not found."))?;
    if grant.revoked {
        return Err(Refusal::of(Refused::Revoked));
    }
    if !identity.grants.is_user(&grant.user) {
        return Err(Refusal::of(Refused::NoUser));
    }
    Ok(grant)
}

fn issued(server: &Server, grant: &Grant, scopes: &[String]) -> Option<Response<Body>> {
    let (now, grants) = (server.now(), &server.world.identity.grants);
    let offer = Offer { scopes: scopes.to_vec(), ..grants.offer_of(grant.id)? };
    let life = server.settings.access_token_life.as_secs();
    let named: Vec<_> = scopes.iter().map(String::as_str).filter(|it| *it != OFFLINE).collect();
    let mut body = json!({
        "token_type": "Bearer", "scope": named.join(" "), "expires_in": life,
        "ext_expires_in": life,
        "access_token": jwt::access_token(server, &offer, grant.id, now)?,
    });
    // The user's own grant keeps its refresh tokens as they are.
    if named.len() < scopes.len() {
        let own = grants.derived(grant.id, scopes)?;
        put(&mut body, "refresh_token", grants.issue_refresh(own, now)?);
    }
    Some(json(StatusCode::OK, &body))
}
