//! The end of the sign-in of this machine, at Atlassian and here.

use std::{fs, io, time::Duration};

use tokio::time::timeout;

use super::{
    super::{
        clock::Clock,
        grant::GrantOf,
        session::{SessionError, SessionId},
    },
    account::{Engine, SignedIn},
    error::LocalError,
    place::Place,
    settings::LocalSettings,
};

/// How long Atlassian is waited for. What it says changes nothing here.
const PATIENCE: Duration = Duration::from_secs(20);

/// What a sign-out found and did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SignedOut {
    /// Nobody was signed in.
    Nobody,
    /// The grant is ended at Atlassian, and nothing is left here.
    Everywhere,
    /// Nothing is left here; the grant had ended before.
    HadEnded,
    /// Nothing is left here; Atlassian did not confirm that it ended the grant.
    HereOnly {
        /// Why not.
        reason: String,
    },
}

/// Signs out, also where what is kept cannot be read: then it is deleted unread.
pub async fn logout(
    settings: &LocalSettings,
    clock: Clock,
    user_agent: &str,
) -> Result<SignedOut, LocalError> {
    let place = match Place::existing(settings, clock).await {
        Ok(Some(place)) => place,
        Ok(None) => return Ok(SignedOut::Nobody),
        Err(error) => return unread(settings, error),
    };
    // A sign-out goes to the host that the grant is for.
    let account = match place.account().await {
        Ok(Some(account)) => account,
        Ok(None) => return Ok(SignedOut::Nobody),
        Err(error) => return unread(settings, error),
    };
    let engine = Engine::new(&place, account.app(settings)?, user_agent)?;
    let signed_in = SignedIn { account, engine };
    let ended = end(&signed_in.engine, signed_in.account.session).await;
    signed_in.engine.tasks.finished().await;
    let signed_out = match ended {
        Ok(signed_out) => signed_out,
        Err(SessionError::Ended) => SignedOut::HadEnded,
        Err(SessionError::Unreadable) => return unread(settings, LocalError::Unreadable),
        Err(SessionError::Store(error)) => return Err(error.into()),
    };
    place.forget().await?;
    Ok(signed_out)
}

/// Ends a session, and its grant at Atlassian.
pub(super) async fn end(engine: &Engine, id: SessionId) -> Result<SignedOut, SessionError> {
    let Some(session) = engine.sessions.end(id).await? else { return Ok(SignedOut::HadEnded) };
    let (Some(grant), Some(provider)) =
        (session.grant(GrantOf::Jira).cloned(), engine.providers.of(GrantOf::Jira).cloned())
    else {
        return Ok(SignedOut::HadEnded);
    };
    let revoking = engine.tasks.start(async move { provider.revoke(&grant).await });
    Ok(match timeout(PATIENCE, revoking).await {
        Ok(Ok(Ok(()))) => SignedOut::Everywhere,
        Ok(Ok(Err(error))) => SignedOut::HereOnly { reason: error.to_string() },
        _ => SignedOut::HereOnly { reason: "it gave no answer in time".to_owned() },
    })
}

/// Deletes what cannot be opened; trouble of the disk or of the folder's owner is told instead.
fn unread(settings: &LocalSettings, error: LocalError) -> Result<SignedOut, LocalError> {
    if !matches!(error, LocalError::Unreadable | LocalError::Key(_)) {
        return Err(error);
    }
    // The folder is ours alone: it is below the one that the setting names, and nothing else is
    // put there.
    match fs::remove_dir_all(&settings.folder) {
        Err(gone) if gone.kind() == io::ErrorKind::NotFound => {}
        Err(_) => return Err(LocalError::Unavailable),
        Ok(()) => {}
    }
    Ok(SignedOut::HereOnly { reason: "what was kept could not be read".to_owned() })
}
