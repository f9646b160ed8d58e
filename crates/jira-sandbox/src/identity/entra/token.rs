//! `/{tenant}/oauth2/v2.0/token`: codes, refresh tokens and tokens of users for tokens.

use axum::{
    body::{Body, Bytes},
    extract::{Path, State},
    http::{HeaderMap, Response, StatusCode, header},
};
use serde_json::json;

use super::{
    jwt,
    on_behalf::on_behalf,
    refusal::{Refusal, need},
    tenant::check_tenant,
};
use crate::{
    identity::{
        faults::{Endpoint, Fault},
        grants::{Grant, Provider, Redemption, Renewal},
        params::Params,
        server::{Server, json},
        settings::ms,
    },
    json::put,
    model::scope::OFFLINE,
};

/// RFC 7523 section 2.1.
const JWT_BEARER: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";

/// `POST` of a form.
pub(crate) async fn token(
    State(server): State<Server>,
    Path(tenant): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response<Body> {
    let make = |fault: Option<&Fault>| {
        let tokens = check_tenant(&tenant, &server.settings)
            .and_then(|()| tokens(&server, &headers, &body, fault));
        let in_json =
            |refusal: Refusal| refusal.into_response(&server.settings.base_url, server.now());
        tokens.unwrap_or_else(in_json)
    };
    let params = Params::from_form(&body).ok();
    let grant_type = params.as_ref().and_then(|params| params.get("grant_type"));
    let at = if grant_type == Some(JWT_BEARER) { Endpoint::OnBehalf } else { Endpoint::Token };
    server.answer(at, make).await
}

fn tokens(
    server: &Server,
    headers: &HeaderMap,
    body: &[u8],
    fault: Option<&Fault>,
) -> Result<Response<Body>, Refusal> {
    let params = Params::from_form(body).map_err(Refusal::request)?;
    let grant_type = need(&params, "grant_type")?;
    let client_id = client(server, &params)?;
    if let Some(origin) = headers.get(header::ORIGIN) {
        return Err(Refusal::origin(origin.to_str().unwrap_or_default()));
    }
    if params.get("resource").is_some() {
        return Err(Refusal::resource());
    }
    let (now, grants) = (server.now(), &server.world.identity.grants);
    let grant = match grant_type {
        "authorization_code" => {
            let by = Redemption {
                provider: Provider::Entra,
                client_id,
                redirect_uri: need(&params, "redirect_uri")?,
                verifier: params.get("code_verifier"),
            };
            grants.redeem(need(&params, "code")?, &by, now)
        }
        "refresh_token" => {
            let by = Renewal {
                provider: Provider::Entra,
                client_id,
                idle_life_ms: ms(server.settings.refresh_token_idle_life),
                // Entra does not take a refresh token back for having been used.
                leeway_ms: None,
            };
            grants.renew(need(&params, "refresh_token")?, &by, now)
        }
        JWT_BEARER => return on_behalf(server, &params, client_id),
        other => return Err(Refusal::grant_type(other)),
    };
    let grant = grant.map_err(Refusal::of)?;
    issued(server, &grant, fault, now).ok_or_else(Refusal::randomness)
}

fn issued(
    server: &Server,
    grant: &Grant,
    fault: Option<&Fault>,
    now: i64,
) -> Option<Response<Body>> {
    let grants = &server.world.identity.grants;
    let offer = grants.offer_of(grant.id)?;
    let life = server.settings.access_token_life.as_secs();
    // Of what a token is good for, `offline_access` is no part.
    let scopes: Vec<_> =
        grant.scopes.iter().map(String::as_str).filter(|scope| *scope != OFFLINE).collect();
    let mut body = json!({
        "token_type": "Bearer", "scope": scopes.join(" "), "expires_in": life,
        "ext_expires_in": life, "access_token": jwt::access_token(server, &offer, grant.id, now)?,
    });
    let keeps = fault == Some(&Fault::KeepsRefreshToken);
    let refresh_token = if keeps { None } else { grants.issue_refresh(grant.id, now) };
    if let Some(refresh_token) = refresh_token {
        put(&mut body, "refresh_token", refresh_token);
    }
    if scopes.contains(&"openid") {
        put(&mut body, "id_token", jwt::id_token(server, &offer, fault, now)?);
    }
    Some(json(StatusCode::OK, &body))
}

/// The id of the client whose secret is in the body.
fn client<'a>(server: &'a Server, params: &Params) -> Result<&'a str, Refusal> {
    let id = need(params, "client_id")?;
    let settings = &server.settings;
    let client = settings.client(id).ok_or_else(|| Refusal::client(id, &settings.tenant_id))?;
    let secret = params.get("client_secret").ok_or_else(Refusal::no_secret)?;
    if secret != client.secret {
        return Err(Refusal::wrong_secret(id));
    }
    Ok(&client.id)
}
