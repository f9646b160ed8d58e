//! *Connect Jira*: a person who signed in at Entra ID lets one session use their Jira as well.
//!
//! Whoever passes a link of their own session to somebody else must not get that person's Jira, so
//! the browser has to be signed in here as the person of the session; the question is asked by a
//! page of ours before Atlassian asks its own, and only the browser that answered can finish.
//!
//! Each session has a grant of its own. Atlassian's refresh tokens are taken once, so two records
//! cannot hold one; a grant that all sessions of a person shared would outlive the program that it
//! was given to, and would have the rights that another one asked for.

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
    client_answer::see_other,
    connect_link::ConnectLink,
    cookies::Browser,
    display_name::DisplayName,
    grant::GrantOf,
    pages::{self, ConnectJira},
    params::Params,
    pending::Purpose,
    people,
    sealed_form::SealedForm,
    server::SignIn,
    session::{Session, SessionError, SessionId},
    telemetry::Telemetry,
    trouble::Trouble,
};

const ASKED: SealedFor = SealedFor::new("connect page");

/// Why a link leads no further.
enum Stop {
    /// Nobody is signed in in this browser.
    SignInFirst,
    Page(Trouble),
    /// It has led to its end before.
    Connected,
}

impl From<Trouble> for Stop {
    fn from(trouble: Trouble) -> Self {
        Self::Page(trouble)
    }
}

/// `GET /auth/connect?link=…`
pub(super) async fn ask(
    State(signin): State<SignIn>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let params = Params::parse(query.unwrap_or_default().as_bytes());
    let sealed = params.get("link").filter(|_| !params.repeats_any());
    let Some((sealed, link)) =
        sealed.and_then(|sealed| Some((sealed, ConnectLink::read(&signin, sealed)?)))
    else {
        return Trouble::BrokenLink.into_response();
    };
    match session(&signin, &headers, link.session, link.until_ms).await {
        Ok(session) => page(&signin, &headers, link, &session),
        Err(Stop::Page(trouble)) => trouble.into_response(),
        Err(Stop::Connected) => pages::connected(),
        // The link is checked again when the browser is back.
        Err(Stop::SignInFirst) => {
            people::to_provider(&signin, &headers, Some(sealed.to_owned())).await
        }
    }
}

/// `POST /auth/connect`: what the person pressed.
pub(super) async fn decide(
    State(signin): State<SignIn>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let pressed = SealedForm::<SessionId>::pressed(&signin, ASKED, &headers, body).await;
    let (SealedForm { asked: id, browser, until_ms }, form) = match pressed {
        Ok(pressed) => pressed,
        Err(trouble) => return trouble.into_response(),
    };
    let session = match session(&signin, &headers, id, until_ms).await {
        Ok(session) => session,
        Err(Stop::Page(trouble)) => return trouble.into_response(),
        Err(Stop::Connected) => return pages::connected(),
        Err(Stop::SignInFirst) => return Trouble::LinkOver.into_response(),
    };
    match form.get("decision") {
        Some("allow") => {
            let scopes = session.scopes.clone();
            let purpose = Purpose::Connect { session: id, person: session.person.clone() };
            match begin::at_provider(&signin, GrantOf::Jira, browser, scopes, purpose).await {
                Ok(url) => see_other(url.as_str()),
                Err(_) => Trouble::Unavailable.into_response(),
            }
        }
        Some("deny") => {
            Telemetry::not_connected(signin.principal(&session.person), "denied");
            pages::not_connected()
        }
        _ => Trouble::Malformed.into_response(),
    }
}

/// The session that wants its Jira, if this browser's person is its own.
async fn session(
    signin: &SignIn,
    headers: &HeaderMap,
    id: SessionId,
    until_ms: u64,
) -> Result<Arc<Session>, Stop> {
    if until_ms <= signin.now_ms() {
        return Err(Trouble::LinkOver.into());
    }
    let found = people::person(signin, headers).await.map_err(|_| Trouble::Unavailable)?;
    let (person, _) = found.ok_or(Stop::SignInFirst)?;
    let loaded = signin.sessions().read(id).await.map_err(|error| match error {
        SessionError::Ended | SessionError::Unreadable => Trouble::LinkOver,
        SessionError::Store(_) => Trouble::Unavailable,
    })?;
    if !loaded.session.person.is(&person) {
        Telemetry::not_connected(signin.principal(&person), "other_person");
        return Err(Trouble::OtherPerson.into());
    }
    if loaded.session.jira.is_some() {
        return Err(Stop::Connected);
    }
    Ok(loaded.session)
}

fn page(signin: &SignIn, headers: &HeaderMap, link: ConnectLink, session: &Session) -> Response {
    let known = Browser::of(headers);
    let Ok(browser) = known.map_or_else(Browser::random, Ok) else {
        return Trouble::Internal.into_response();
    };
    let form = SealedForm { asked: link.session, browser, until_ms: link.until_ms };
    let Some(sealed) = form.sealed(signin, ASKED) else {
        return Trouble::Internal.into_response();
    };
    let mut response = ConnectJira {
        person: DisplayName::new(&session.person.name).as_ref(),
        program: DisplayName::new(&session.program.name).as_ref(),
        host: &session.program.host,
        site: signin.settings().site.as_deref(),
        scopes: &session.scopes,
        action: &signin.address("/auth/connect"),
        request: &sealed,
    }
    .response();
    if known.is_none() {
        browser.set_cookie(response.headers_mut());
    }
    response
}

#[cfg(test)]
mod tests;
