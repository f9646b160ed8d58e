//! The authorization endpoint: a person is asked whether this program may act for them.
//!
//! They are asked each time and before they go to the provider. A remembered consent, or one that
//! is given after it, lets an attacker's program use what the person agreed to for another one
//! (GHSA-6x8h-498w-gv8c, CVE-2026-27124). Sources: RFC 6749 section 4.1.1, RFC 7636, RFC 8707.

use std::sync::Arc;

use axum::{
    body::Body,
    extract::{RawQuery, State},
    response::{IntoResponse, Response},
};
use http::HeaderMap;
use keyring::Purpose as SealedFor;

use super::{
    begin,
    client::{Client, ClientFault},
    client_answer::see_other,
    client_id,
    cookies::Browser,
    oauth_error::{ErrorCode, Refusal},
    pages::Consent,
    params::Params,
    pending::{Purpose, Request},
    pkce,
    redirect_uri::RedirectUri,
    scope,
    sealed_form::SealedForm,
    server::SignIn,
    telemetry::Outcome,
    trouble::Trouble,
};

const CONSENT: SealedFor = SealedFor::new("consent");

/// How long a person may look at the page.
const ASKED_MS: u64 = 10 * 60 * 1000;

/// A client's `state` travels through us; no client needs more.
const STATE_BYTES_MAX: usize = 4_096;

/// Why a request is not put to the person.
enum Fault {
    /// Nobody can be trusted with an answer, so the person gets it.
    Page(Trouble),
    /// The client gets it.
    Client { redirect_uri: String, state: Option<String>, refusal: Refusal },
}

/// `GET /authorize`
pub(super) async fn ask(
    State(signin): State<SignIn>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let params = Params::parse(query.unwrap_or_default().as_bytes());
    let (request, client, redirect_uri) = match read(&signin, &params).await {
        Ok(read) => read,
        Err(fault) => return refused(&signin, fault),
    };
    // Nobody should read and press for nothing.
    if !signin.is_store_reachable().await {
        signin.telemetry().refused(Outcome::StoreUnavailable);
        let answer = signin.answer_to(redirect_uri.as_str(), request.state.as_deref());
        return answer.refusal(&Refusal::unavailable());
    }
    // One value for all tabs of a browser, so that one does not make another's page worthless.
    let known = Browser::of(&headers);
    let Ok(browser) = known.map_or_else(Browser::random, Ok) else {
        return Trouble::Internal.into_response();
    };
    let scopes = request.scopes.clone();
    let until_ms = signin.now_ms().saturating_add(ASKED_MS);
    let form = SealedForm { asked: request, browser, until_ms };
    let Some(sealed) = form.sealed(&signin, CONSENT) else {
        return Trouble::Internal.into_response();
    };
    let mut response = Consent {
        client_name: client.name.as_ref(),
        document_host: client.document_host.as_deref(),
        redirect_uri: &redirect_uri,
        site: signin.settings().site.as_deref(),
        scopes: &scopes,
        action: &signin.address("/authorize"),
        request: &sealed,
    }
    .response();
    if known.is_none() {
        browser.set_cookie(response.headers_mut());
    }
    response
}

/// `POST /authorize`: what the person pressed.
pub(super) async fn decide(
    State(signin): State<SignIn>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let pressed = SealedForm::<Request>::pressed(&signin, CONSENT, &headers, body).await;
    let (SealedForm { asked: request, browser, until_ms }, form) = match pressed {
        Ok(pressed) => pressed,
        Err(trouble) => return trouble.into_response(),
    };
    if until_ms <= signin.now_ms() {
        return Trouble::TooLate.into_response();
    }
    let (redirect_uri, state) = (request.redirect_uri.clone(), request.state.clone());
    let answer = signin.answer_to(&redirect_uri, state.as_deref());
    match form.get("decision") {
        Some("allow") => {
            let scopes = request.scopes.clone();
            let front = signin.providers().front();
            let purpose = Purpose::Program(Box::new(request));
            match begin::at_provider(&signin, front, browser, scopes, purpose).await {
                Ok(url) => see_other(url.as_str()),
                Err(error) => {
                    signin.telemetry().refused(Outcome::StoreUnavailable);
                    tracing::warn!(%error, "a sign-in could not begin");
                    answer.refusal(&Refusal::unavailable())
                }
            }
        }
        Some("deny") => {
            signin.telemetry().refused(Outcome::Denied);
            let description = "The person did not agree.";
            answer.refusal(&Refusal::new(ErrorCode::AccessDenied, description))
        }
        _ => Trouble::Malformed.into_response(),
    }
}

fn refused(signin: &SignIn, fault: Fault) -> Response {
    match fault {
        Fault::Page(trouble) => trouble.into_response(),
        Fault::Client { redirect_uri, state, refusal } => {
            signin.telemetry().refused_request(refusal.code.name());
            signin.answer_to(&redirect_uri, state.as_deref()).refusal(&refusal)
        }
    }
}

/// What is asked, once client and redirect are known to be genuine.
async fn read(
    signin: &SignIn,
    params: &Params,
) -> Result<(Request, Arc<Client>, RedirectUri), Fault> {
    if params.repeats(&["client_id", "redirect_uri"]) {
        return Err(Fault::Page(Trouble::Malformed));
    }
    let client_id =
        params.get("client_id").ok_or(Fault::Page(Trouble::Client(ClientFault::Unknown)))?;
    let client = signin
        .clients()
        .client(client_id)
        .await
        .map_err(|fault| Fault::Page(Trouble::Client(fault)))?;
    let redirect_uri = redirect_of(signin, &client, params.get("redirect_uri"))?;
    let is_utf8 = params.is_utf8();
    // Another state than the client's own would be worse than none.
    let state = params.get("state").filter(|_| is_utf8).map(str::to_owned);
    match asked_of(signin, params) {
        Ok((challenge, scopes)) => {
            let request = Request {
                client: client_id::hash(client_id),
                client_name: name_of(&client),
                client_host: host_of(&client, &redirect_uri),
                redirect_uri: redirect_uri.as_str().to_owned(),
                has_named_redirect: params.get("redirect_uri").is_some(),
                state,
                challenge,
                scopes,
            };
            Ok((request, client, redirect_uri))
        }
        Err(refusal) => {
            let redirect_uri = redirect_uri.as_str().to_owned();
            Err(Fault::Client { redirect_uri, state, refusal })
        }
    }
}

/// What the status page will call the program.
fn name_of(client: &Client) -> String {
    client.name.as_ref().map(|name| name.as_str().to_owned()).unwrap_or_default()
}

/// Where the program lives: the host of its document, or where its answers go.
fn host_of(client: &Client, redirect_uri: &RedirectUri) -> String {
    let document_host = client.document_host.as_deref();
    document_host.unwrap_or_else(|| redirect_uri.host_shown()).to_owned()
}

/// The redirect URI as it was presented, if it is one of the client's. It may be left out by a
/// client that has one only.
fn redirect_of(
    signin: &SignIn,
    client: &Client,
    presented: Option<&str>,
) -> Result<RedirectUri, Fault> {
    let own = signin.issuer_url();
    let found = match (presented, client.redirect_uris.as_slice()) {
        (Some(presented), _) => client.redirect_uri(presented, own),
        (None, [only]) => only.matches(only.as_str(), own),
        (None, _) => None,
    };
    found.ok_or(Fault::Page(Trouble::UnknownRedirect))
}

/// PKCE's challenge and the scopes; all else has one value here.
fn asked_of(signin: &SignIn, params: &Params) -> Result<(String, Vec<String>), Refusal> {
    let invalid =
        |description: &'static str| Err(Refusal::new(ErrorCode::InvalidRequest, description));
    if !params.is_utf8() {
        return invalid("A parameter is not UTF-8.");
    }
    if params.repeats_any() {
        return invalid("A parameter comes twice.");
    }
    if params.get("state").is_some_and(|state| state.len() > STATE_BYTES_MAX) {
        return invalid("The state is longer than 4096 bytes.");
    }
    match params.get("response_type") {
        Some("code") => {}
        None => return invalid("response_type is missing; send code."),
        Some(_) => {
            let description = "Only response_type=code is served.";
            return Err(Refusal::new(ErrorCode::UnsupportedResponseType, description));
        }
    }
    if params.get("response_mode").is_some_and(|mode| mode != "query") {
        return invalid("Only response_mode=query is served.");
    }
    let challenge = match (params.get("code_challenge"), params.get("code_challenge_method")) {
        (Some(challenge), Some("S256")) if pkce::is_challenge(challenge) => challenge.to_owned(),
        (Some(_), Some("S256")) => {
            return invalid("code_challenge is not base64url of a SHA-256 hash.");
        }
        (Some(_), _) => return invalid("code_challenge_method must be S256."),
        (None, _) => return invalid("PKCE is required: send code_challenge with S256."),
    };
    if !params.all("resource").all(|resource| signin.is_resource(resource)) {
        let description = format!("The only resource here is {}.", signin.address("/mcp"));
        return Err(Refusal::new(ErrorCode::InvalidTarget, description));
    }
    Ok((challenge, scopes_of(signin, params.get("scope"))?))
}

/// Of the scopes that a client asks for, those that are served; all of them where it names none.
fn scopes_of(signin: &SignIn, asked: Option<&str>) -> Result<Vec<String>, Refusal> {
    let served = &signin.settings().scopes;
    let Some(asked) = asked else { return Ok(served.clone()) };
    let named: Vec<&str> = asked.split_ascii_whitespace().collect();
    let is_named = |scope: &&String| named.contains(&scope.as_str());
    let is_any = served.iter().any(|scope| is_named(&scope));
    if !is_any && !named.iter().all(|name| scope::is_about_another(name)) {
        let description = format!("None of the scopes is served here: {}", served.join(" "));
        return Err(Refusal::new(ErrorCode::InvalidScope, description));
    }
    if !is_any {
        return Ok(served.clone());
    }
    let granted = served.iter().filter(|scope| is_named(scope) || scope::says_who(scope));
    Ok(granted.cloned().collect())
}
