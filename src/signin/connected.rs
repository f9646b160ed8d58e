//! Jira is connected: the grant that the provider gave is kept where it was asked for.

use axum::response::{IntoResponse, Response};

use super::{
    grant::{Grant, GrantOf},
    pages::{self, Reach},
    person::Person,
    server::SignIn,
    session::{Session, SessionError, SessionId},
    shared::Kept,
    telemetry::Telemetry,
    trouble::Trouble,
};

/// A session that began at Entra ID gets its Jira.
pub(super) async fn in_session(
    signin: &SignIn,
    id: SessionId,
    person: &Person,
    grant: Grant,
) -> Response {
    let changed = signin
        .sessions()
        .change(id, |session| {
            if !session.person.is(person) {
                return (None, Kept::Never);
            }
            if session.jira.is_some() {
                return (None, Kept::Before);
            }
            (Some(Session { jira: Some(grant.clone()), ..session.clone() }), Kept::Now)
        })
        .await
        .map(|(_, kept)| kept);
    answer(signin, person, grant, changed, Reach::OneProgram).await
}

/// All programs that bring tokens of Entra ID for a person get their Jira.
pub(super) async fn in_shared(
    signin: &SignIn,
    person: &Person,
    asked_at_ms: u64,
    grant: Grant,
) -> Response {
    let kept = signin.begin_shared(person, asked_at_ms, grant.clone()).await;
    answer(signin, person, grant, kept, Reach::AllOfEntra).await
}

/// What the person is told. A grant that was not kept ends at once.
async fn answer(
    signin: &SignIn,
    person: &Person,
    grant: Grant,
    kept: Result<Kept, SessionError>,
    reach: Reach,
) -> Response {
    if !matches!(kept, Ok(Kept::Now)) {
        signin.revoke_grant(GrantOf::Jira, grant).await;
    }
    match kept {
        Ok(Kept::Now) => {
            Telemetry::connected(signin.principal(person));
            pages::connected(reach)
        }
        Ok(Kept::Before) => pages::connected(reach),
        Ok(Kept::Never) | Err(SessionError::Ended | SessionError::Unreadable) => {
            Trouble::LinkOver.into_response()
        }
        Err(SessionError::Store(_)) => Trouble::Unavailable.into_response(),
    }
}
