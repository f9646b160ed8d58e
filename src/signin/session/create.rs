//! A session is written down for the first time.

use std::sync::Arc;

use session_store::{Expected, StoreError};

use super::{
    id::SessionId,
    record::Session,
    sessions::{SessionError, Sessions},
};

impl Sessions {
    /// Keeps a new session.
    pub(in super::super) async fn create(&self, session: Session) -> Result<SessionId, StoreError> {
        let id = SessionId::random().map_err(|_| StoreError::Unavailable)?;
        if self.write(id, Expected::Absent, &Arc::new(session)).await?.is_none() {
            return Err(StoreError::Unavailable);
        }
        Ok(id)
    }

    /// Keeps a new session under an id that follows from its person; whether there was none. One
    /// that is over, or does not open, gives way: nobody is let in by it, and its person could have
    /// no other.
    pub(in super::super) async fn create_shared(
        &self,
        id: SessionId,
        session: Session,
    ) -> Result<bool, SessionError> {
        let session = Arc::new(session);
        if self.write(id, Expected::Absent, &session).await?.is_some() {
            return Ok(true);
        }
        match self.read(id).await {
            Ok(_) => return Ok(false),
            Err(error @ SessionError::Store(_)) => return Err(error),
            Err(SessionError::Unreadable) => {
                tracing::error!("a person's shared session cannot be read; it begins anew");
            }
            // The store may keep it for longer than the settings of today let it live.
            Err(SessionError::Ended) => {}
        }
        self.store().remove(&id.key(), None, self.now_ms()).await?;
        Ok(self.write(id, Expected::Absent, &session).await?.is_some())
    }
}
