//! Memory for what agents say: one budget for all turns and readings of a process, so that agents
//! without end cost their own callers and nobody else.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// All that is held at once.
pub const HELD_BYTES_MAX: usize = 32 << 20;

/// What one turn or one reading may hold of it.
const SHARE_BYTES_MAX: usize = 8 << 20;

/// Permits stand for so many bytes each.
const UNIT: usize = 1 << 10;

/// Sockets at once: each may hold half of a message that nobody has counted yet. Who gets none
/// polls.
pub const SOCKETS_MAX: usize = 64;

/// The budget. A clone shares it.
#[derive(Clone, Debug)]
pub(crate) struct Room {
    bytes: Arc<Semaphore>,
    sockets: Arc<Semaphore>,
}

impl Default for Room {
    fn default() -> Self {
        Self {
            bytes: Arc::new(Semaphore::new(HELD_BYTES_MAX / UNIT)),
            sockets: Arc::new(Semaphore::new(SOCKETS_MAX)),
        }
    }
}

impl Room {
    /// A share with nothing in it.
    pub(crate) fn share(&self) -> Share {
        Share { room: self.clone(), permits: None, bytes: 0 }
    }

    /// The place of a socket, if one is free; held as long as the socket is.
    pub(crate) fn socket(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.sockets).try_acquire_owned().ok()
    }
}

/// What one turn or one reading holds; given back when it is dropped.
#[derive(Debug)]
pub(crate) struct Share {
    room: Room,
    permits: Option<OwnedSemaphorePermit>,
    bytes: usize,
}

impl Share {
    /// Makes room for so many bytes in all, for what grows in one place.
    pub(crate) fn hold(&mut self, bytes: usize) -> bool {
        self.take(bytes.saturating_sub(self.bytes))
    }

    /// Makes room for so many bytes more; says whether there was any. Nobody waits for it: what is
    /// held is given back within a call's time, and a call that waited would hold its own.
    pub(crate) fn take(&mut self, bytes: usize) -> bool {
        let bytes = self.bytes.saturating_add(bytes);
        if bytes > SHARE_BYTES_MAX {
            return false;
        }
        let held = self.permits.as_ref().map_or(0, OwnedSemaphorePermit::num_permits);
        let wanted = bytes.div_ceil(UNIT).saturating_sub(held);
        if wanted > 0 {
            let Ok(count) = u32::try_from(wanted) else { return false };
            let Ok(more) = Arc::clone(&self.room.bytes).try_acquire_many_owned(count) else {
                return false;
            };
            match &mut self.permits {
                Some(permits) => permits.merge(more),
                None => self.permits = Some(more),
            }
        }
        self.bytes = bytes;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_has_its_end_and_all_together_have_theirs() {
        let room = Room::default();
        let mut one = room.share();
        assert!(one.take(SHARE_BYTES_MAX) && !one.take(1));
        let full = HELD_BYTES_MAX / SHARE_BYTES_MAX;
        let mut others: Vec<_> = (1..full).map(|_| room.share()).collect();
        assert!(others.iter_mut().all(|share| share.take(SHARE_BYTES_MAX)));
        let mut last = room.share();
        assert!(!last.take(1));
        drop(one);
        assert!(last.take(1) && last.take(UNIT));
    }
}
