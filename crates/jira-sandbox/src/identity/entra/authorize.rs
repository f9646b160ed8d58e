//! `/{tenant}/oauth2/v2.0/authorize`: the page, and what follows the press of a button.

use axum::{
    body::{Body, Bytes},
    extract::{Path, State},
    http::{Response, Uri},
};

use super::{refusal::Refusal, tenant::check_tenant};
use crate::identity::{
    grants::{Offer, Provider},
    page::{self, NOBODY, Question},
    params::Params,
    server::{Server, redirect},
    settings::{IdentitySettings, ms},
};

/// A request that has all that Entra wants.
struct Asked {
    client_id: String,
    redirect_uri: String,
    scopes: Vec<String>,
    state: Option<String>,
    nonce: Option<String>,
    challenge: Option<String>,
}

/// `GET`: shows who can sign in.
pub(crate) async fn ask(
    State(server): State<Server>,
    Path(tenant): Path<String>,
    uri: Uri,
) -> Response<Body> {
    let query = uri.query().unwrap_or_default();
    let asked = check_tenant(&tenant, &server.settings)
        .and_then(|()| Params::from_form(query.as_bytes()).map_err(Refusal::request))
        .and_then(|params| Ok((read(&params, &server.settings)?, params)));
    match asked {
        Ok((asked, params)) => {
            let question = Question {
                action: uri.path(),
                like: "login.microsoftonline.com",
                client_id: &asked.client_id,
                scopes: &asked.scopes,
                hidden: params.iter().filter(|(name, _)| *name != "user").collect(),
            };
            page::people(&question, &server.people())
        }
        Err(refusal) => refusal.page(),
    }
}

/// `POST` of the page's form: back to the client, with a code or a refusal.
pub(crate) async fn decide(
    State(server): State<Server>,
    Path(tenant): Path<String>,
    body: Bytes,
) -> Response<Body> {
    decided(&server, &tenant, &body).unwrap_or_else(|refusal| refusal.page())
}

fn decided(server: &Server, tenant: &str, body: &[u8]) -> Result<Response<Body>, Refusal> {
    check_tenant(tenant, &server.settings)?;
    let params = Params::from_form(body).map_err(Refusal::request)?;
    let asked = read(&params, &server.settings)?;
    let user = params.get("user").ok_or_else(|| Refusal::missing("user"))?;
    let state = asked.state.as_deref().map(|state| ("state", state));
    if user == NOBODY {
        let refusal = Refusal::denied();
        let description = refusal.description();
        let mut answer = vec![("error", refusal.error), ("error_description", &description)];
        answer.extend(state);
        return Ok(redirect(&asked.redirect_uri, &answer));
    }
    let person = server.person(user).ok_or_else(|| Refusal::no_user(user))?;
    let now = server.now();
    let offer = Offer {
        provider: Provider::Entra,
        client_id: asked.client_id,
        redirect_uri: asked.redirect_uri.clone(),
        scopes: asked.scopes,
        person,
        challenge: asked.challenge,
        nonce: asked.nonce,
    };
    let expires_ms = now.saturating_add(ms(server.settings.code_life));
    let code = server.world.identity.grants.offer(offer, expires_ms, now);
    let code = code.ok_or_else(Refusal::randomness)?;
    // Entra sends its own parameter along; clients must not trip over it.
    let mut answer = vec![("code", code.as_str())];
    answer.extend(state);
    answer.push(("session_state", "5a9db0c1-0000-4000-8000-0000000005e5"));
    Ok(redirect(&asked.redirect_uri, &answer))
}

/// # Errors
/// The first thing wrong, for the page.
fn read(params: &Params, settings: &IdentitySettings) -> Result<Asked, Refusal> {
    let need = |name: &str| params.get(name).ok_or_else(|| Refusal::missing(name));
    let client_id = need("client_id")?;
    let client = settings
        .client(client_id)
        .ok_or_else(|| Refusal::client(client_id, &settings.tenant_id))?;
    let redirect_uri = need("redirect_uri")?;
    if !client.redirect_uris.iter().any(|known| known == redirect_uri) {
        return Err(Refusal::redirect(redirect_uri, client_id));
    }
    if params.get("resource").is_some() {
        return Err(Refusal::resource());
    }
    let response_type = need("response_type")?;
    if response_type != "code" {
        return Err(Refusal::response_type(response_type));
    }
    if params.get("response_mode").is_some_and(|mode| mode != "query") {
        return Err(Refusal::request("The sandbox knows no response_mode but 'query'."));
    }
    let scopes = need("scope")?.split_whitespace().map(str::to_owned).collect();
    let challenge = params.get("code_challenge");
    // Entra takes `plain`, too; nobody should send it.
    if challenge.is_some() && params.get("code_challenge_method") != Some("S256") {
        return Err(Refusal::request("The sandbox knows no code_challenge_method but 'S256'."));
    }
    let optional = |name: &str| params.get(name).map(str::to_owned);
    Ok(Asked {
        client_id: client_id.to_owned(),
        redirect_uri: redirect_uri.to_owned(),
        scopes,
        state: optional("state"),
        nonce: optional("nonce"),
        challenge: challenge.map(str::to_owned),
    })
}
