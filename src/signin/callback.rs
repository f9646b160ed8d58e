//! The browser comes back from the provider.
//!
//! Only the browser that agreed can finish: whoever lures another one here gets nothing
//! (CVE-2026-27124).

use axum::{
    extract::{RawQuery, State},
    response::{IntoResponse, Response},
};
use http::{HeaderMap, Method};

use super::{
    client_answer::{ClientAnswer, see_other},
    connect_link::ConnectLink,
    connected,
    cookies::{self, Browser},
    grant::{Grant, GrantOf},
    oauth_error::{ErrorCode, Refusal},
    params::Params,
    pending::{Pending, Purpose, Request, TakeError},
    person::Person,
    provider::{ProviderError, Returned},
    provider_text::{aadsts_in, number, plain},
    server::SignIn,
    session::{Code, Program, Session},
    telemetry::Outcome,
    tokens::Token,
    trouble::Trouble,
};

/// How long a program may take to redeem its code. RFC 6749 section 4.1.2 allows ten minutes.
const CODE_MS: u64 = 5 * 60 * 1000;

/// `GET /auth/callback`
pub(super) async fn callback(
    State(signin): State<SignIn>,
    method: Method,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    // Whoever only looks whether there is an answer, such as a filter of links, must not use it up.
    if method != Method::GET {
        return Trouble::WrongMethod.into_response();
    }
    let params = Params::parse(query.unwrap_or_default().as_bytes());
    if params.repeats_any() {
        return Trouble::Malformed.into_response();
    }
    let Some(state) = params.get("state") else { return Trouble::Malformed.into_response() };
    let pending = match signin.pending().take(state, Browser::of(&headers)).await {
        Ok(pending) => pending,
        Err(TakeError::Unknown) => return Trouble::TooLate.into_response(),
        Err(TakeError::OtherBrowser) => return Trouble::OtherBrowser.into_response(),
        Err(TakeError::Unavailable) => return Trouble::Unavailable.into_response(),
    };
    let text = |name| params.get(name).map(str::to_owned);
    let answer =
        Answer { code: text("code"), error: text("error"), description: text("error_description") };
    // In a task of its own: a person who closes the page must not leave half a sign-in behind.
    let finishing = signin.clone();
    let task = signin.tasks().start(async move { finish(&finishing, pending, answer).await });
    task.await.unwrap_or_else(|_| Trouble::Internal.into_response())
}

/// What the provider says by way of the browser.
struct Answer {
    code: Option<String>,
    error: Option<String>,
    description: Option<String>,
}

async fn finish(
    signin: &SignIn,
    pending: Pending,
    Answer { code, error, description }: Answer,
) -> Response {
    let outcome = match (code, error) {
        (_, Some(error)) => Err(denied(&error, description.as_deref())),
        (Some(code), None) => redeem(signin, &pending, &code).await,
        (None, None) => Err(Failure::Provider { aadsts: None }),
    };
    match (pending.purpose, outcome) {
        (Purpose::Program(request), Ok((person, grant))) => {
            for_program(signin, *request, pending.at, person, grant).await
        }
        (Purpose::Program(request), Err(failure)) => {
            signin.telemetry().refused(failure.outcome());
            answer(signin, &request).refusal(&failure.refusal())
        }
        (Purpose::Pages { connect }, Ok((person, _))) => {
            signed_in(signin, &person, connect.as_deref())
        }
        (Purpose::Connect { session, person }, Ok((_, grant))) => {
            connected::in_session(signin, session, &person, grant).await
        }
        (Purpose::ConnectShared { person, asked_at_ms }, Ok((_, grant))) => {
            connected::in_shared(signin, &person, asked_at_ms, grant).await
        }
        (_, Err(failure)) => {
            signin.telemetry().refused(failure.outcome());
            failure.trouble().into_response()
        }
    }
}

/// Why a sign-in ends at the provider.
#[derive(Clone, Copy)]
pub(super) enum Failure {
    Denied,
    NoSite,
    /// With the number of Entra ID's error, if it gave one: whoever mends it looks for that.
    Provider {
        aadsts: Option<u32>,
    },
    Misconfigured,
    Unavailable,
}

/// What the provider's `error` means. Source: RFC 6749 section 4.1.2.1.
pub(super) fn denied(error: &str, description: Option<&str>) -> Failure {
    let aadsts = description.and_then(aadsts_in);
    tracing::info!(error = %plain(error), aadsts, "the provider sent a browser back without a code");
    match error {
        "access_denied" | "interaction_required" | "consent_required" | "login_required" => {
            Failure::Denied
        }
        "temporarily_unavailable" | "server_error" => Failure::Unavailable,
        _ => Failure::Provider { aadsts },
    }
}

impl Failure {
    /// Why a code gave no grant.
    pub(super) fn of(error: &ProviderError) -> Self {
        match error {
            ProviderError::Refused { code, .. } if code == "no_jira_site" => Self::NoSite,
            ProviderError::Misconfigured { .. } => {
                tracing::error!(%error, "a sign-in failed");
                Self::Misconfigured
            }
            ProviderError::Unavailable { .. } => {
                tracing::warn!(%error, "a sign-in failed");
                Self::Unavailable
            }
            ProviderError::Refused { .. } | ProviderError::NotUnderstood { .. } => {
                tracing::warn!(%error, "a sign-in failed");
                Self::Provider { aadsts: error.aadsts() }
            }
        }
    }

    fn outcome(self) -> Outcome {
        match self {
            Self::Denied => Outcome::DeniedAtProvider,
            Self::NoSite => Outcome::NoJiraSite,
            Self::Provider { .. } => Outcome::ProviderRefused,
            Self::Misconfigured => Outcome::Misconfigured,
            Self::Unavailable => Outcome::ProviderUnavailable,
        }
    }

    fn refusal(self) -> Refusal {
        match self {
            Self::Denied => Refusal::new(
                ErrorCode::AccessDenied,
                "The person did not agree at the identity provider.",
            ),
            Self::NoSite => Refusal::new(
                ErrorCode::AccessDenied,
                "The account may use no Jira site; choose an account or a site that has Jira.",
            ),
            Self::Provider { aadsts } => Refusal::new(
                ErrorCode::ServerError,
                format!(
                    "The identity provider did not complete the sign-in{}; try again.",
                    number(aadsts)
                ),
            ),
            Self::Misconfigured => Refusal::new(
                ErrorCode::ServerError,
                "The identity provider does not accept this server; its operator must act.",
            ),
            Self::Unavailable => Refusal::unavailable(),
        }
    }

    /// What the person is told.
    pub(super) fn trouble(self) -> Trouble {
        match self {
            Self::Denied => Trouble::Denied,
            Self::NoSite => Trouble::NoSite,
            Self::Provider { aadsts } => Trouble::Provider { aadsts },
            Self::Misconfigured => Trouble::Provider { aadsts: None },
            Self::Unavailable => Trouble::Unavailable,
        }
    }
}

async fn redeem(
    signin: &SignIn,
    pending: &Pending,
    code: &str,
) -> Result<(Person, Grant), Failure> {
    let provider = signin.providers().of(pending.at).ok_or(Failure::Unavailable)?;
    let returned = Returned {
        code,
        redirect_uri: &signin.callback(),
        verifier: pending.verifier.expose(),
        nonce: &pending.nonce,
        scopes: &pending.scopes,
        now_ms: signin.now_ms(),
    };
    provider.redeem(&returned).await.map_err(|error| Failure::of(&error))
}

fn answer<'a>(signin: &'a SignIn, request: &'a Request) -> ClientAnswer<'a> {
    let Request { redirect_uri, state, .. } = request;
    signin.answer_to(redirect_uri, state.as_deref())
}

/// A session that waits for its program to redeem the code.
async fn for_program(
    signin: &SignIn,
    request: Request,
    at: GrantOf,
    person: Person,
    grant: Grant,
) -> Response {
    let now_ms = signin.now_ms();
    let (jira, entra) = match at {
        GrantOf::Jira => (Some(grant), None),
        GrantOf::Entra => (None, Some(grant)),
    };
    let session = Session {
        person: person.clone(),
        program: Program {
            client: request.client.clone(),
            name: request.client_name.clone(),
            host: request.client_host.clone(),
        },
        scopes: request.scopes.clone(),
        jira,
        entra,
        created_at_ms: now_ms,
        last_used_at_ms: now_ms,
        generation: 1,
        rotated_at_ms: now_ms,
        code: Code {
            redirect_uri: request.redirect_uri.clone(),
            has_named_redirect: request.has_named_redirect,
            challenge: request.challenge.clone(),
            expires_at_ms: now_ms.saturating_add(CODE_MS),
            is_redeemed: false,
        },
    };
    let answer = answer(signin, &request);
    let id = match signin.sessions().create(session.clone()).await {
        Ok(id) => id,
        Err(error) => {
            signin.telemetry().refused(Outcome::StoreUnavailable);
            tracing::error!(%error, "a sign-in could not be kept");
            signin.revoke(&session).await;
            return answer.refusal(&Refusal::unavailable());
        }
    };
    match signin.tokens().make(Token::Code { session: id }) {
        Ok(code) => {
            let mut response = answer.code(&code);
            let (keys, issuer) = (signin.keys(), signin.issuer());
            cookies::set_person(response.headers_mut(), keys, issuer, &person, now_ms);
            response
        }
        Err(_) => answer.refusal(&Refusal::unavailable()),
    }
}

/// Our own pages know the person now.
fn signed_in(signin: &SignIn, person: &Person, connect: Option<&str>) -> Response {
    let next = connect.map(|link| ConnectLink::address(signin, link));
    let mut response = see_other(&next.unwrap_or_else(|| signin.address("/auth/status")));
    let (keys, issuer) = (signin.keys(), signin.issuer());
    cookies::set_person(response.headers_mut(), keys, issuer, person, signin.now_ms());
    response
}
