//! The token endpoint: a code or a refresh token becomes an access token.
//!
//! Sources: RFC 6749 sections 4.1.3, 5 and 6; OAuth 2.1 (draft) section 4.3; RFC 9700 sections 2.1
//! and 4.14: a second use of a code or of an old refresh token means that somebody else has it.

use std::time::Duration;

use axum::{
    Json,
    body::Body,
    extract::State,
    response::{IntoResponse, Response},
};
use http::HeaderMap;
use serde_json::{Value, json};
use tokio::time::timeout;

use super::{
    client_auth, client_id, endpoint_form,
    grant::GrantOf,
    oauth_error::{ErrorCode, Refusal},
    params::Params,
    pkce, scope,
    server::SignIn,
    session::{RenewalError, Session, SessionError, SessionId},
    telemetry::End,
    tokens::Token,
};

/// How long a refresh waits for the provider; what it says later still counts.
const PROVIDER_PATIENCE: Duration = Duration::from_secs(8);

/// `POST /token`
pub(super) async fn token(
    State(signin): State<SignIn>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    // In a task of its own: a client that gives up must not cut a rotation in the middle.
    let task = signin.tasks().clone().start(async move { answer(&signin, &headers, body).await });
    let answer = task.await.unwrap_or_else(|_| Err(Refusal::unavailable()));
    answer.map(Json).into_response()
}

async fn answer(signin: &SignIn, headers: &HeaderMap, body: Body) -> Result<Value, Refusal> {
    let params = endpoint_form::read(headers, body).await?;
    signin.are_keys_right().await?;
    let client = client_auth::client_id(signin, headers, &params)?;
    if !params.all("resource").all(|resource| signin.is_resource(resource)) {
        let description = format!("The only resource here is {}.", signin.address("/mcp"));
        return Err(Refusal::new(ErrorCode::InvalidTarget, description));
    }
    let client = client_id::hash(&client);
    match params.get("grant_type") {
        Some("authorization_code") => redeem(signin, &client, &params).await,
        Some("refresh_token") => refresh(signin, &client, &params).await,
        Some(_) => Err(Refusal::new(
            ErrorCode::UnsupportedGrantType,
            "Only authorization_code and refresh_token are served.",
        )),
        None => Err(Refusal::new(ErrorCode::InvalidRequest, "grant_type is missing.")),
    }
}

fn invalid_grant(description: &'static str) -> Refusal {
    Refusal::new(ErrorCode::InvalidGrant, description)
}

/// What became of a code.
enum Redeemed {
    Now,
    Before,
    TooLate,
}

async fn redeem(signin: &SignIn, client: &str, params: &Params) -> Result<Value, Refusal> {
    let not_good = || invalid_grant("The code is not good: it was used, has ended or never was.");
    let code = params.get("code");
    let code = code.ok_or(Refusal::new(ErrorCode::InvalidRequest, "code is missing."))?;
    let Some(Token::Code { session: id }) = signin.tokens().read(code) else {
        return Err(not_good());
    };
    let session = match signin.sessions().read(id).await {
        Ok(loaded) => loaded.session,
        Err(SessionError::Store(error)) => return Err(error.into()),
        Err(_) => return Err(not_good()),
    };
    if session.code.is_redeemed {
        end(signin, id, End::CodeReused).await?;
        return Err(not_good());
    }
    if session.program.client != client {
        return Err(invalid_grant("The code was issued to another client."));
    }
    // Left out at the authorization endpoint, it may be left out here (RFC 6749 section 4.1.3).
    let named = params.get("redirect_uri");
    let is_same = |named: &str| named == session.code.redirect_uri;
    if !named.map_or(!session.code.has_named_redirect, is_same) {
        return Err(invalid_grant("redirect_uri is not the one that the code was sent to."));
    }
    let verifier = params.get("code_verifier");
    let verifier =
        verifier.ok_or(Refusal::new(ErrorCode::InvalidRequest, "code_verifier is missing."))?;
    if !pkce::fits(verifier, &session.code.challenge) {
        return Err(invalid_grant("code_verifier does not fit the code_challenge."));
    }
    // On the list before it is worth anything: a session that is on none could not be signed out.
    signin.sessions().people().add(&session.person, id).await?;
    // Asked once it is there: a sign-out that comes later finds it. And before the code is used up:
    // if the store does not say, the client may try again.
    let known = signin.sessions().people().known(&session.person).await?;
    if session.created_at_ms <= known.signed_out_at_ms {
        end(signin, id, End::SignedOut).await?;
        return Err(not_good());
    }
    let now_ms = signin.now_ms();
    let (loaded, redeemed) = signin
        .sessions()
        .change(id, |session| {
            if session.code.is_redeemed {
                return (None, Redeemed::Before);
            }
            if session.code.expires_at_ms <= now_ms {
                return (None, Redeemed::TooLate);
            }
            let mut session = session.clone();
            session.code.is_redeemed = true;
            session.last_used_at_ms = now_ms;
            (Some(session), Redeemed::Now)
        })
        .await?;
    match redeemed {
        Redeemed::Now => {}
        Redeemed::TooLate => return Err(not_good()),
        Redeemed::Before => {
            end(signin, id, End::CodeReused).await?;
            return Err(not_good());
        }
    }
    signin.telemetry().signed_in(signin.principal(&loaded.session.person));
    signin.end_surplus(&loaded.session.person).await;
    answer_with(signin, id, &loaded.session, loaded.session.generation)
}

/// What became of a refresh token.
enum Used {
    /// It is the current one no more: this is.
    Rotated(u64),
    /// It was replaced a moment ago, most likely by an answer that was lost: the current one.
    Again(u64),
    /// It was replaced before, so somebody else has it, or had.
    Reused,
}

async fn refresh(signin: &SignIn, client: &str, params: &Params) -> Result<Value, Refusal> {
    let not_good = || invalid_grant("The refresh token is not good; sign in again.");
    let token = params.get("refresh_token");
    let token =
        token.ok_or(Refusal::new(ErrorCode::InvalidRequest, "refresh_token is missing."))?;
    let Some(Token::Refresh { session: id, generation }) = signin.tokens().read(token) else {
        return Err(not_good());
    };
    let session = match signin.sessions().read(id).await {
        Ok(loaded) => loaded.session,
        Err(SessionError::Store(error)) => return Err(error.into()),
        Err(_) => return Err(not_good()),
    };
    if session.program.client != client {
        return Err(invalid_grant("The refresh token was issued to another client."));
    }
    if let Some(scope) = params.get("scope") {
        let ours = |name: &str| {
            session.scopes.iter().any(|scope| scope == name) || scope::is_about_another(name)
        };
        if !scope.split_ascii_whitespace().all(ours) {
            let description = "A refresh grants no more scopes than the sign-in did.";
            return Err(Refusal::new(ErrorCode::InvalidScope, description));
        }
    }
    // Judged before the provider is asked: what is stolen must not renew anything.
    if is_reused(signin, &session, generation) {
        end(signin, id, End::RefreshReused).await?;
        return Err(not_good());
    }
    renew_grants(signin, id, &session).await?;
    let now_ms = signin.now_ms();
    let (loaded, used) = signin
        .sessions()
        .change(id, |session| {
            if generation == session.generation {
                let generation = generation.saturating_add(1);
                let mut session = session.clone();
                session.generation = generation;
                session.rotated_at_ms = now_ms;
                session.last_used_at_ms = now_ms.max(session.last_used_at_ms);
                return (Some(session), Used::Rotated(generation));
            }
            let is_reused = is_reused(signin, session, generation);
            (None, if is_reused { Used::Reused } else { Used::Again(session.generation) })
        })
        .await?;
    match used {
        Used::Rotated(generation) | Used::Again(generation) => {
            answer_with(signin, id, &loaded.session, generation)
        }
        Used::Reused => {
            end(signin, id, End::RefreshReused).await?;
            Err(not_good())
        }
    }
}

/// Whether a refresh token is neither the current one nor the one before it within the grace.
fn is_reused(signin: &SignIn, session: &Session, generation: u64) -> bool {
    let grace_ms = u64::try_from(signin.settings().refresh_reuse_grace.as_millis());
    let is_in_grace = generation.saturating_add(1) == session.generation
        && signin.now_ms().saturating_sub(session.rotated_at_ms) < grace_ms.unwrap_or(u64::MAX);
    generation != session.generation && !is_in_grace
}

/// A provider that has ended the sign-in ends it here as well; one that does not answer changes
/// nothing.
async fn renew_grants(signin: &SignIn, id: SessionId, session: &Session) -> Result<(), Refusal> {
    for which in [GrantOf::Entra, GrantOf::Jira] {
        if session.grant(which).is_none() {
            continue;
        }
        let renewing = signin.renewals().fresh(id, which, None);
        if let Ok(Err(RenewalError::Ended)) = timeout(PROVIDER_PATIENCE, renewing).await {
            return Err(invalid_grant(
                "The identity provider has ended the sign-in; sign in again.",
            ));
        }
    }
    Ok(())
}

async fn end(signin: &SignIn, id: SessionId, reason: End) -> Result<(), Refusal> {
    match signin.end(id, reason).await {
        Ok(_) | Err(SessionError::Ended | SessionError::Unreadable) => Ok(()),
        Err(SessionError::Store(error)) => Err(error.into()),
    }
}

/// RFC 6749 section 5.1.
fn answer_with(
    signin: &SignIn,
    id: SessionId,
    session: &Session,
    generation: u64,
) -> Result<Value, Refusal> {
    let now_ms = signin.now_ms();
    let ttl_ms = u64::try_from(signin.settings().access_token_ttl.as_millis()).unwrap_or(u64::MAX);
    // Never beyond the session's own end, if it is not used until then.
    let ends_at_ms = signin.sessions().ends_at_ms(session);
    let expires_at_ms = now_ms.saturating_add(ttl_ms).min(ends_at_ms);
    let make = |token| signin.tokens().make(token).map_err(|_| Refusal::unavailable());
    let access_token = make(Token::Access { session: id, expires_at_ms })?;
    let refresh_token = make(Token::Refresh { session: id, generation })?;
    Ok(json!({
        "access_token": access_token,
        "token_type": "Bearer",
        // Rounded up: a client must not find that its token is good for no second.
        "expires_in": expires_at_ms.saturating_sub(now_ms).div_ceil(1000),
        "refresh_token": refresh_token,
        "scope": session.scopes.join(" "),
    }))
}
