//! A session is written down for the first time.

use std::sync::Arc;

use session_store::{Expected, StoreError};

use super::{id::SessionId, record::Session, sessions::Sessions};

impl Sessions {
    /// Keeps a new session.
    pub(in super::super) async fn create(&self, session: Session) -> Result<SessionId, StoreError> {
        let id = SessionId::random().map_err(|_| StoreError::Unavailable)?;
        if self.write(id, Expected::Absent, &Arc::new(session)).await?.is_none() {
            return Err(StoreError::Unavailable);
        }
        Ok(id)
    }
}
