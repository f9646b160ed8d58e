//! `/authorize`: the page, and what follows the press of a button.

use axum::{
    body::{Body, Bytes},
    extract::State,
    http::{Response, StatusCode, Uri},
};

use crate::identity::{
    grants::{Offer, Provider},
    page::{self, NOBODY, Question},
    params::Params,
    server::{Server, redirect},
    settings::{IdentitySettings, ms},
};

/// The resource that all of Atlassian's product APIs stand behind.
const AUDIENCE: &str = "api.atlassian.com";

/// A request that has all that Atlassian wants.
struct Asked {
    client_id: String,
    redirect_uri: String,
    scopes: Vec<String>,
    state: String,
    challenge: Option<String>,
}

/// `GET`: shows who can sign in.
pub(crate) async fn ask(State(server): State<Server>, uri: Uri) -> Response<Body> {
    let params = Params::from_form(uri.query().unwrap_or_default().as_bytes());
    let asked = params.and_then(|params| Ok((read(&params, &server.settings)?, params)));
    match asked {
        Ok((asked, params)) => {
            let question = Question {
                action: uri.path(),
                like: "auth.atlassian.com",
                client_id: &asked.client_id,
                scopes: &asked.scopes,
                hidden: params.iter().filter(|(name, _)| *name != "user").collect(),
            };
            page::people(&question, &server.people())
        }
        Err(wrong) => page::error(StatusCode::BAD_REQUEST, &wrong),
    }
}

/// `POST` of the page's form: back to the client, with a code or a refusal.
pub(crate) async fn decide(State(server): State<Server>, body: Bytes) -> Response<Body> {
    decided(&server, &body).unwrap_or_else(|wrong| page::error(StatusCode::BAD_REQUEST, &wrong))
}

fn decided(server: &Server, body: &[u8]) -> Result<Response<Body>, String> {
    let params = Params::from_form(body)?;
    let asked = read(&params, &server.settings)?;
    let user = params.get("user").ok_or("No button was pressed")?;
    if user == NOBODY {
        let refusal = [
            ("error", "access_denied"),
            ("error_description", "User did not authorize the request"),
            ("state", &asked.state),
        ];
        return Ok(redirect(&asked.redirect_uri, &refusal));
    }
    let person = server.person(user).ok_or("Nobody of this name can sign in")?;
    let now = server.now();
    let offer = Offer {
        provider: Provider::Atlassian,
        client_id: asked.client_id,
        redirect_uri: asked.redirect_uri.clone(),
        scopes: asked.scopes,
        person,
        challenge: asked.challenge,
        nonce: None,
    };
    let expires_ms = now.saturating_add(ms(server.settings.code_life));
    let code = server.world.identity.grants.offer(offer, expires_ms, now).ok_or("No randomness")?;
    Ok(redirect(&asked.redirect_uri, &[("code", &code), ("state", &asked.state)]))
}

/// # Errors
/// The first thing wrong, for the page. Nothing is ever sent to the redirect URI: without a
/// client, a redirect and a state that fit, there is no telling whose it is.
fn read(params: &Params, settings: &IdentitySettings) -> Result<Asked, String> {
    let need = |name: &str| params.get(name).ok_or_else(|| format!("{name} is missing"));
    let must_be = |name: &str, right: &str| match need(name)? {
        value if value == right => Ok(()),
        _ => Err(format!("{name} must be {right}")),
    };
    let client_id = need("client_id")?;
    let client = settings.client(client_id).ok_or("client_id is unknown")?;
    let redirect_uri = need("redirect_uri")?;
    if !client.redirect_uris.iter().any(|known| known == redirect_uri) {
        return Err("redirect_uri is not registered for client".to_owned());
    }
    must_be("audience", AUDIENCE)?;
    must_be("response_type", "code")?;
    must_be("prompt", "consent")?;
    let scopes: Vec<String> = need("scope")?.split_whitespace().map(str::to_owned).collect();
    let state = need("state")?;
    let challenge = params.get("code_challenge");
    if challenge.is_some() || params.get("code_challenge_method").is_some() {
        must_be("code_challenge_method", "S256")?;
        need("code_challenge")?;
    }
    Ok(Asked {
        client_id: client_id.to_owned(),
        redirect_uri: redirect_uri.to_owned(),
        scopes,
        state: state.to_owned(),
        challenge: challenge.map(str::to_owned),
    })
}
