//! For people: sign in on our own pages, see which programs act for them, sign out of all.

use axum::{
    body::Body,
    extract::State,
    response::{IntoResponse, Response},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use http::HeaderMap;
use jiff::Timestamp;
use keyring::Purpose as HashedFor;
use session_store::StoreError;

use super::{
    begin,
    client_answer::see_other,
    cookies::{self, Browser},
    display_name::DisplayName,
    from_page,
    pages::{self, Program, SignedIn},
    pending::Purpose,
    person::Person,
    server::SignIn,
    session::{Known, SessionError},
    telemetry::End,
    trouble::Trouble,
};

const SIGN_OUT: HashedFor = HashedFor::new("sign out");

/// `GET /auth/login`
pub(super) async fn login(State(signin): State<SignIn>, headers: HeaderMap) -> Response {
    to_provider(&signin, &headers, None).await
}

/// Sends the browser to the provider, and back to the link to connect Jira that it came with, or
/// to the status page.
pub(super) async fn to_provider(
    signin: &SignIn,
    headers: &HeaderMap,
    connect: Option<String>,
) -> Response {
    let known = Browser::of(headers);
    let Ok(browser) = known.map_or_else(Browser::random, Ok) else {
        return Trouble::Internal.into_response();
    };
    let front = signin.providers().front();
    let scopes = signin.settings().scopes.clone();
    let purpose = Purpose::Pages { connect };
    let mut response = match begin::at_provider(signin, front, browser, scopes, purpose).await {
        Ok(url) => see_other(url.as_str()),
        Err(_) => return Trouble::Unavailable.into_response(),
    };
    if known.is_none() {
        browser.set_cookie(response.headers_mut());
    }
    response
}

/// Who is signed in on our pages, if that still holds.
pub(super) async fn person(
    signin: &SignIn,
    headers: &HeaderMap,
) -> Result<Option<(Person, u64)>, StoreError> {
    let found = cookies::person(headers, signin.keys(), signin.issuer(), signin.now_ms());
    let Some((person, since_ms)) = found else { return Ok(None) };
    let known = signin.sessions().people().known(&person).await?;
    Ok((since_ms > known.signed_out_at_ms).then_some((person, since_ms)))
}

/// `GET /auth/status`
pub(super) async fn status(State(signin): State<SignIn>, headers: HeaderMap) -> Response {
    let Ok(found) = person(&signin, &headers).await else {
        return Trouble::Unavailable.into_response();
    };
    let Some((person, since_ms)) = found else {
        return pages::not_signed_in(&signin.address("/auth/login"));
    };
    let Ok(known) = signin.sessions().people().known(&person).await else {
        return Trouble::Unavailable.into_response();
    };
    let mut programs = Vec::new();
    for id in known.sessions() {
        match signin.sessions().get(id).await {
            Ok(loaded) => programs.push(Program {
                name: DisplayName::new(&loaded.session.program.name),
                host: Some(loaded.session.program.host.clone()).filter(|host| !host.is_empty()),
                since: timestamp(loaded.session.created_at_ms),
                last_used: timestamp(loaded.session.last_used_at_ms),
            }),
            Err(SessionError::Ended | SessionError::Unreadable) => {}
            Err(SessionError::Store(_)) => return Trouble::Unavailable.into_response(),
        }
    }
    let csrf = signin.keys().mac(SIGN_OUT, &form_of(&person, since_ms));
    SignedIn {
        name: DisplayName::new(&person.name).as_ref(),
        programs: &programs,
        logout_action: &signin.address("/auth/logout"),
        csrf: &URL_SAFE_NO_PAD.encode(csrf),
    }
    .response()
}

fn timestamp(at_ms: u64) -> Timestamp {
    let at_ms = i64::try_from(at_ms).unwrap_or(i64::MAX);
    Timestamp::from_millisecond(at_ms).unwrap_or_default()
}

/// What a form of the status page is bound to: the person, and this sign-in of their browser.
fn form_of(person: &Person, since_ms: u64) -> Vec<u8> {
    [since_ms.to_be_bytes().as_slice(), &person.id()].concat()
}

/// `POST /auth/logout`: all sessions of the person end, here and at the providers.
pub(super) async fn logout(
    State(signin): State<SignIn>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    if !from_page::is_ours(&headers, signin.issuer_url()) {
        return Trouble::ForeignPage.into_response();
    }
    let Some(form) = from_page::form(body).await else {
        return Trouble::Malformed.into_response();
    };
    let (person, since_ms) = match person(&signin, &headers).await {
        Ok(Some(found)) => found,
        Ok(None) => return Trouble::TooLate.into_response(),
        Err(_) => return Trouble::Unavailable.into_response(),
    };
    let csrf = form.get("csrf").and_then(|text| URL_SAFE_NO_PAD.decode(text).ok());
    let is_ours = csrf
        .is_some_and(|csrf| signin.keys().has_made(SIGN_OUT, &form_of(&person, since_ms), &csrf));
    if !is_ours {
        return Trouble::ForeignPage.into_response();
    }
    let login = signin.address("/auth/login");
    // In a task of its own: half a sign-out would be worse than none.
    let task = signin.tasks().clone().start(async move { sign_out(&signin, &person).await });
    match task.await {
        Ok(Ok(())) => {
            let mut response = pages::signed_out(&login);
            cookies::forget_person(response.headers_mut());
            response
        }
        _ => Trouble::Unavailable.into_response(),
    }
}

async fn sign_out(signin: &SignIn, person: &Person) -> Result<(), SessionError> {
    // The list first: what cannot be read is not taken for empty.
    let known = signin.sessions().people().known(person).await?;
    end_all(signin, &known).await?;
    // And those that programs began meanwhile.
    let others = signin.sessions().people().sign_out(person).await?;
    end_all(signin, &others).await
}

async fn end_all(signin: &SignIn, known: &Known) -> Result<(), SessionError> {
    let ends = known.sessions().map(|id| signin.end(id, End::SignedOut));
    for outcome in futures_util::future::join_all(ends).await {
        match outcome {
            Ok(_) | Err(SessionError::Ended | SessionError::Unreadable) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}
