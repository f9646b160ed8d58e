//! One grant of a session is written down, whatever else of it changes at the same time.

use super::{
    super::grant::{Grant, GrantOf},
    id::SessionId,
    sessions::{Loaded, SessionError, Sessions},
};

impl Sessions {
    /// Writes one grant of a session down.
    pub(super) async fn set_grant(
        &self,
        id: SessionId,
        which: GrantOf,
        grant: &Grant,
    ) -> Result<Loaded, SessionError> {
        let written = self.change(id, |session| {
            let mut session = session.clone();
            session.set_grant(which, grant.clone());
            (Some(session), ())
        });
        written.await.map(|(loaded, ())| loaded)
    }
}
