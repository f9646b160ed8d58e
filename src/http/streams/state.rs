//! What all event streams share: the places of their users, and the ids of their sessions.

use std::sync::Arc;

use auth::PrincipalKey;
use limit::{Share, Shares, SharesSettings};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::http::{gateway::Gateway, reject::Reject};

use super::{session_id::SessionIds, settings::StreamSettings};

/// An id outlives the stream it came with: a client that lost one comes back with it.
const LIVES_OF_AN_ID: u32 = 2;

/// One stream among its user's and among all, until it is dropped.
#[derive(Debug)]
pub(in crate::http) struct Place {
    _of_user: Share<PrincipalKey>,
    _of_all: OwnedSemaphorePermit,
}

/// Shared by all streams of a process.
pub(in crate::http) struct Streams {
    of_users: Shares<PrincipalKey>,
    all: Arc<Semaphore>,
    pub(in crate::http) ids: SessionIds,
}

impl Streams {
    pub(in crate::http) fn new(settings: &StreamSettings, gateway: Option<&Gateway>) -> Self {
        let of_users =
            SharesSettings { total: usize::MAX, per_key: settings.per_user, untrusted: usize::MAX };
        let good_for = settings.open_max * LIVES_OF_AN_ID;
        Self {
            of_users: Shares::new(of_users),
            all: Arc::new(Semaphore::new(settings.all.min(Semaphore::MAX_PERMITS))),
            ids: SessionIds::new(settings.keys.as_ref(), gateway, good_for),
        }
    }

    /// A place for one more stream of this user, of whichever kind.
    pub(in crate::http) fn place(&self, user: PrincipalKey) -> Result<Place, Reject> {
        let of_user = self.of_users.take(user, true, 1).ok_or(Reject::TooManyStreams)?;
        let of_all = Arc::clone(&self.all).try_acquire_owned();
        let of_all = of_all.map_err(|_| Reject::StreamsFull)?;
        Ok(Place { _of_user: of_user, _of_all: of_all })
    }
}
