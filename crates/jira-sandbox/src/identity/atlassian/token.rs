//! `/oauth/token` and `/oauth/revoke`: codes and refresh tokens for access tokens, and their end.

use axum::{
    body::{Body, Bytes},
    extract::State,
    http::{HeaderMap, Response, StatusCode},
};
use serde_json::json;

use crate::identity::{
    faults::{Endpoint, Fault},
    grants::{Grant, Provider, Redemption, Refused, Renewal},
    params::Params,
    server::{Server, json},
    settings::ms,
};

/// An answer that is no success: status, `error`, `error_description`.
struct Refusal(StatusCode, &'static str, String);

impl Refusal {
    /// Source: Atlassian's documents give 403 with `invalid_grant` for refresh tokens; clients in
    /// the field also saw `unauthorized_client` for those that the server does not know.
    fn of_refresh(refused: Refused) -> Self {
        let (error, description) = match refused {
            Refused::Used | Refused::Expired => {
                ("invalid_grant", "Unknown or invalid refresh token.")
            }
            _ => ("unauthorized_client", "refresh_token is invalid"),
        };
        Self(StatusCode::FORBIDDEN, error, description.to_owned())
    }

    fn of_code(refused: Refused) -> Self {
        let description = match refused {
            Refused::Verifier => "Failed to verify code verifier",
            _ => "Invalid authorization code",
        };
        Self(StatusCode::FORBIDDEN, "invalid_grant", description.to_owned())
    }

    fn request(wrong: impl Into<String>) -> Self {
        Self(StatusCode::BAD_REQUEST, "invalid_request", wrong.into())
    }

    fn client() -> Self {
        Self(StatusCode::UNAUTHORIZED, "access_denied", "Unauthorized".to_owned())
    }

    fn randomness() -> Self {
        Self(StatusCode::INTERNAL_SERVER_ERROR, "server_error", "No randomness".to_owned())
    }

    fn into_response(self) -> Response<Body> {
        let Self(status, error, description) = self;
        json(status, &json!({ "error": error, "error_description": description }))
    }
}

/// `POST /oauth/token`, JSON or a form.
pub(crate) async fn token(
    State(server): State<Server>,
    headers: HeaderMap,
    body: Bytes,
) -> Response<Body> {
    let make = |fault: Option<&Fault>| {
        tokens(&server, &headers, &body, fault).unwrap_or_else(Refusal::into_response)
    };
    server.answer(Endpoint::Token, make).await
}

fn tokens(
    server: &Server,
    headers: &HeaderMap,
    body: &[u8],
    fault: Option<&Fault>,
) -> Result<Response<Body>, Refusal> {
    let keeps = matches!(fault, Some(Fault::KeepsRefreshToken));
    let params = Params::from_body(headers, body).map_err(Refusal::request)?;
    let grant_type = need(&params, "grant_type")?;
    let client_id = client(server, &params)?;
    let now = server.now();
    let grant = match grant_type {
        "authorization_code" => {
            let by = Redemption {
                provider: Provider::Atlassian,
                client_id,
                redirect_uri: need(&params, "redirect_uri")?,
                verifier: params.get("code_verifier"),
            };
            let code = need(&params, "code")?;
            server.world.identity.grants.redeem(code, &by, now).map_err(Refusal::of_code)?
        }
        "refresh_token" => {
            let by = Renewal {
                provider: Provider::Atlassian,
                client_id,
                idle_life_ms: ms(server.settings.refresh_token_idle_life),
                leeway_ms: (!keeps).then(|| ms(server.settings.refresh_leeway)),
            };
            let secret = need(&params, "refresh_token")?;
            server.world.identity.grants.renew(secret, &by, now).map_err(Refusal::of_refresh)?
        }
        other => {
            let description = format!("Unsupported grant type: {other}");
            return Err(Refusal(StatusCode::FORBIDDEN, "unsupported_grant_type", description));
        }
    };
    issued(server, &grant, keeps, now).ok_or_else(Refusal::randomness)
}

fn issued(server: &Server, grant: &Grant, keeps: bool, now: i64) -> Option<Response<Body>> {
    let life = server.settings.access_token_life;
    let grants = &server.world.identity.grants;
    let access_token = grants.issue_access(grant.id, now.saturating_add(ms(life)), now)?;
    let mut body = json!({
        "access_token": access_token, "expires_in": life.as_secs(), "token_type": "Bearer",
        "scope": grant.scopes.join(" "),
    });
    let refresh_token = if keeps { None } else { grants.issue_refresh(grant.id, now) };
    if let Some(refresh_token) = refresh_token {
        crate::json::put(&mut body, "refresh_token", refresh_token);
    }
    Some(json(StatusCode::OK, &body))
}

/// `POST /oauth/revoke` (RFC 7009): ends the grant of a token. A token that is not known is no
/// error, for it is as dead as the client wants it.
///
/// Source: the `revocation_endpoint` of Atlassian's metadata; its documents for 3LO name none.
pub(crate) async fn revoke(
    State(server): State<Server>,
    headers: HeaderMap,
    body: Bytes,
) -> Response<Body> {
    let make = |_: Option<&Fault>| {
        revoked(&server, &headers, &body).unwrap_or_else(Refusal::into_response)
    };
    server.answer(Endpoint::Revoke, make).await
}

fn revoked(server: &Server, headers: &HeaderMap, body: &[u8]) -> Result<Response<Body>, Refusal> {
    let params = Params::from_body(headers, body).map_err(Refusal::request)?;
    let client_id = client(server, &params)?;
    let grants = &server.world.identity.grants;
    if let Some(id) = grants.grant_of(need(&params, "token")?, client_id) {
        grants.revoke(id);
    }
    Ok(Response::new(Body::empty()))
}

fn need<'a>(params: &'a Params, name: &str) -> Result<&'a str, Refusal> {
    params.get(name).ok_or_else(|| Refusal::request(format!("Missing required parameter: {name}")))
}

/// The id of the client whose secret is in the body: Atlassian reads it nowhere else.
fn client<'a>(server: &'a Server, params: &Params) -> Result<&'a str, Refusal> {
    let client = params.get("client_id").and_then(|id| server.settings.client(id));
    let client = client.filter(|client| params.get("client_secret") == Some(&client.secret));
    client.map(|client| client.id.as_str()).ok_or_else(Refusal::client)
}
