//! How many bytes the unfinished headers of all connections may hold together.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Bytes of all unfinished headers together, beyond what each connection may have in any case. They
/// are counted until the connection ends, for its buffer stays as large as its largest header.
pub const HEADERS_BYTES_MAX: usize = 4 << 20;
/// What each connection may have in any case; nearly all headers are smaller.
const HEADER_BYTES_FREE: usize = 8 << 10;
/// No header is larger, so what goes on longer is something else: a refused body that is read and
/// dropped.
const HEADER_BYTES_MAX: usize = 64 << 10;

/// The room for the headers of all connections.
#[derive(Clone, Debug)]
pub(super) struct HeaderRoom(Arc<Semaphore>);

impl Default for HeaderRoom {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(HEADERS_BYTES_MAX)))
    }
}

impl HeaderRoom {
    /// The part of one connection, which holds nothing yet.
    pub(super) fn for_connection(&self) -> ConnectionHeader {
        ConnectionHeader { room: self.clone(), bytes: 0, held: None }
    }
}

/// The header of one connection's next request, as far as it has come.
#[derive(Debug)]
pub(super) struct ConnectionHeader {
    room: HeaderRoom,
    bytes: usize,
    held: Option<OwnedSemaphorePermit>,
}

impl ConnectionHeader {
    /// A new header begins; the room that an earlier one took stays taken.
    pub(super) fn begin(&mut self) {
        self.bytes = 0;
    }

    /// Takes room for what the header has grown by; false when there is none.
    pub(super) fn grow(&mut self, more: usize) -> bool {
        self.bytes += more;
        let wanted = self.bytes.min(HEADER_BYTES_MAX).saturating_sub(HEADER_BYTES_FREE);
        let held = self.held.as_ref().map_or(0, OwnedSemaphorePermit::num_permits);
        let Ok(missing) = u32::try_from(wanted.saturating_sub(held)) else { return false };
        if missing == 0 {
            return true;
        }
        let Ok(permit) = Arc::clone(&self.room.0).try_acquire_many_owned(missing) else {
            return false;
        };
        match &mut self.held {
            Some(held) => held.merge(permit),
            None => self.held = Some(permit),
        }
        true
    }
}
