//! One grant of a session is written down, whatever else of it changes at the same time.

use super::{
    super::grant::{Grant, GrantOf},
    id::SessionId,
    record::Session,
    sessions::{Loaded, SessionError, Sessions},
};

impl Sessions {
    /// Writes one grant of a session down. `of` is the session as the grant was renewed for it:
    /// where an id follows from a person, another one may have begun in its place, and has a grant
    /// of its own.
    pub(in super::super) async fn set_grant(
        &self,
        id: SessionId,
        of: &Session,
        which: GrantOf,
        grant: &Grant,
    ) -> Result<Loaded, SessionError> {
        let written = self.change(id, |session| {
            if session.created_at_ms != of.created_at_ms {
                return (None, Err(SessionError::Ended));
            }
            let mut session = session.clone();
            session.set_grant(which, grant.clone());
            (Some(session), Ok(()))
        });
        let (loaded, is_same) = written.await?;
        is_same.map(|()| loaded)
    }
}
