//! *Connect Jira*: a person who signed in at Entra ID lets one session use their Jira as well.
//!
//! Whoever passes a link of their own session to somebody else must not get that person's Jira, so
//! the browser has to be signed in here as the person of the session; the question is asked by a
//! page of ours before Atlassian asks its own, and only the browser that answered can finish.
//!
//! Each program's session has a grant of its own. Atlassian's refresh tokens are taken once, so two
//! records cannot hold one; a grant that all sessions of a person shared would outlive the program
//! that it was given to, and would have the rights that another one asked for. Programs that bring
//! tokens of Entra ID cannot be told apart by anything of ours, so they share one (`shared.rs`).

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
    connect_link::{ConnectLink, Target},
    cookies::Browser,
    display_name::DisplayName,
    grant::GrantOf,
    pages::{self, ConnectJira, ForWhom, Reach},
    params::Params,
    pending::Purpose,
    people,
    person::Person,
    sealed_form::SealedForm,
    server::SignIn,
    session::{Program, SessionError, SessionId},
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

/// What is to be connected.
struct Wish {
    person: Person,
    /// None where it is for all programs that bring tokens of Entra ID.
    program: Option<Program>,
    scopes: Vec<String>,
}

impl Target {
    const fn reach(self) -> Reach {
        match self {
            Self::Program(_) => Reach::OneProgram,
            Self::Shared(_) => Reach::AllOfEntra,
        }
    }
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
    match wish(&signin, &headers, link).await {
        Ok(wish) => page(&signin, &headers, link, &wish),
        Err(Stop::Page(trouble)) => trouble.into_response(),
        Err(Stop::Connected) => pages::connected(link.target.reach()),
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
    let pressed = SealedForm::<Target>::pressed(&signin, ASKED, &headers, body).await;
    let (SealedForm { asked: target, browser, until_ms }, form) = match pressed {
        Ok(pressed) => pressed,
        Err(trouble) => return trouble.into_response(),
    };
    let Wish { person, scopes, .. } =
        match wish(&signin, &headers, ConnectLink { target, until_ms }).await {
            Ok(wish) => wish,
            Err(Stop::Page(trouble)) => return trouble.into_response(),
            Err(Stop::Connected) => return pages::connected(target.reach()),
            Err(Stop::SignInFirst) => return Trouble::LinkOver.into_response(),
        };
    match form.get("decision") {
        Some("allow") => {
            let asked_at_ms = signin.now_ms();
            let purpose = match target {
                Target::Program(session) => Purpose::Connect { session, person },
                Target::Shared(_) => Purpose::ConnectShared { person, asked_at_ms },
            };
            match begin::at_provider(&signin, GrantOf::Jira, browser, scopes, purpose).await {
                Ok(url) => see_other(url.as_str()),
                Err(_) => Trouble::Unavailable.into_response(),
            }
        }
        Some("deny") => {
            Telemetry::not_connected(signin.principal(&person), "denied");
            pages::not_connected()
        }
        _ => Trouble::Malformed.into_response(),
    }
}

/// Who wants Jira connected for what, if this browser's person is the one of the link.
async fn wish(signin: &SignIn, headers: &HeaderMap, link: ConnectLink) -> Result<Wish, Stop> {
    if link.until_ms <= signin.now_ms() {
        return Err(Trouble::LinkOver.into());
    }
    let found = people::person(signin, headers).await.map_err(|_| Trouble::Unavailable)?;
    let (person, _) = found.ok_or(Stop::SignInFirst)?;
    match link.target {
        Target::Program(id) => of_program(signin, id, person).await,
        Target::Shared(id) => of_all(signin, id, link.made_at_ms(), person).await,
    }
}

async fn of_program(signin: &SignIn, id: SessionId, person: Person) -> Result<Wish, Stop> {
    let loaded = signin.sessions().read(id).await.map_err(|error| match error {
        SessionError::Ended | SessionError::Unreadable => Trouble::LinkOver,
        SessionError::Store(_) => Trouble::Unavailable,
    })?;
    let session = &loaded.session;
    if !session.person.is(&person) {
        return Err(other_person(signin, &person));
    }
    if session.jira.is_some() {
        return Err(Stop::Connected);
    }
    Ok(Wish {
        person: session.person.clone(),
        program: Some(session.program.clone()),
        scopes: session.scopes.clone(),
    })
}

/// Of the programs that bring tokens of Entra ID. The link names a place, and only its person's
/// browser finds that place.
async fn of_all(
    signin: &SignIn,
    id: SessionId,
    made_at_ms: u64,
    person: Person,
) -> Result<Wish, Stop> {
    if !signin.shared_ids(&person).contains(&id) {
        return Err(other_person(signin, &person));
    }
    let people = signin.sessions().people();
    let known = people.known(&person).await.map_err(|_| Trouble::Unavailable)?;
    if made_at_ms <= known.signed_out_at_ms {
        return Err(Trouble::LinkOver.into());
    }
    if signin.has_shared_session(&person).await.map_err(|_| Trouble::Unavailable)? {
        return Err(Stop::Connected);
    }
    Ok(Wish { person, program: None, scopes: signin.settings().scopes.clone() })
}

fn other_person(signin: &SignIn, person: &Person) -> Stop {
    Telemetry::not_connected(signin.principal(person), "other_person");
    Trouble::OtherPerson.into()
}

fn page(signin: &SignIn, headers: &HeaderMap, link: ConnectLink, wish: &Wish) -> Response {
    let known = Browser::of(headers);
    let Ok(browser) = known.map_or_else(Browser::random, Ok) else {
        return Trouble::Internal.into_response();
    };
    let form = SealedForm { asked: link.target, browser, until_ms: link.until_ms };
    let Some(sealed) = form.sealed(signin, ASKED) else {
        return Trouble::Internal.into_response();
    };
    let name = wish.program.as_ref().and_then(|program| DisplayName::new(&program.name));
    let mut response = ConnectJira {
        person: DisplayName::new(&wish.person.name).as_ref(),
        whom: wish.program.as_ref().map_or(ForWhom::AllOfEntra, |program| ForWhom::Program {
            name: name.as_ref(),
            host: &program.host,
        }),
        site: signin.settings().site.as_deref(),
        scopes: &wish.scopes,
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
