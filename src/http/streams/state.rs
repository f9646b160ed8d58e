//! What all event streams share: the places of their users, and the ids of their sessions.

use auth::PrincipalKey;
use limit::{Share, Shares, SharesSettings};

use crate::http::{gateway::Gateway, reject::Reject};

use super::{session_id::SessionIds, settings::StreamSettings};

/// An id outlives the stream it came with: a client that lost one comes back with it.
const LIVES_OF_AN_ID: u32 = 2;

/// One stream among its user's, until it is dropped.
pub(in crate::http) type Place = Share<PrincipalKey>;

/// Shared by all streams of a process.
pub(in crate::http) struct Streams {
    places: Shares<PrincipalKey>,
    pub(in crate::http) ids: SessionIds,
}

impl Streams {
    pub(in crate::http) fn new(settings: &StreamSettings, gateway: Option<&Gateway>) -> Self {
        // All together are bounded by the connections.
        let places =
            SharesSettings { total: usize::MAX, per_key: settings.per_user, untrusted: usize::MAX };
        let good_for = settings.open_max * LIVES_OF_AN_ID;
        Self {
            places: Shares::new(places),
            ids: SessionIds::new(settings.keys.as_ref(), gateway, good_for),
        }
    }

    /// A place for one more stream of this user, of whichever kind.
    pub(in crate::http) fn place(&self, user: PrincipalKey) -> Result<Place, Reject> {
        self.places.take(user, true, 1).ok_or(Reject::TooManyStreams)
    }
}
