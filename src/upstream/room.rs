//! How many bytes of bodies the process holds: answers while they are read and used, requests while they are out.
//!
//! An answer takes its room in two steps at most, each for all that it may come to need: a small one, then one for the
//! rest. Who holds the second waits for nothing more, so the first is never waited for in vain. A caller's tool may
//! hold one answer while it asks for another, though, so no wait is without end.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::timeout,
};

use super::request::CallerId;
use crate::limit::{Share, Shares, SharesSettings};

/// What each answer may have in any case; nearly all are smaller.
pub const ANSWER_BYTES_FREE: usize = 8 << 10;
/// The first step of a larger one.
const FIRST_BYTES: usize = 256 << 10;
/// The room for all first steps.
pub const ANSWERS_BYTES_MAX: usize = 8 << 20;
/// The room for the rest of those that are larger still.
pub const LARGE_ANSWERS_BYTES_MAX: usize = 8 << 20;
/// How long an answer waits for room, at most and for each step.
const WAIT: Duration = Duration::from_secs(10);

/// What each request body may have in any case.
pub const REQUEST_BYTES_FREE: usize = 8 << 10;
/// The room for all larger ones.
pub const REQUESTS_BYTES_MAX: usize = 12 << 20;
/// No caller has more of it, and no body is larger.
pub(super) const REQUEST_BYTES_MAX: usize = REQUESTS_BYTES_MAX / 2;

#[derive(Clone, Debug)]
pub(super) struct Room {
    first: Arc<Semaphore>,
    rest: Arc<Semaphore>,
    requests: Shares<CallerId>,
}

/// There is no room, and there was none for a while.
#[derive(Debug)]
pub(super) struct Full;

impl Room {
    pub(super) fn new() -> Self {
        let requests = SharesSettings {
            total: REQUESTS_BYTES_MAX,
            per_key: REQUEST_BYTES_MAX,
            untrusted: REQUEST_BYTES_MAX,
        };
        let of = |bytes| Arc::new(Semaphore::new(bytes));
        Self {
            first: of(ANSWERS_BYTES_MAX),
            rest: of(LARGE_ANSWERS_BYTES_MAX),
            requests: Shares::new(requests),
        }
    }

    /// Room for a request's body, at once or not at all: it is in memory already.
    pub(super) fn of_request(
        &self,
        caller: CallerId,
        is_accepted: bool,
        bytes: usize,
    ) -> Result<Share<CallerId>, Full> {
        self.requests.take(caller, is_accepted, bytes.saturating_sub(REQUEST_BYTES_FREE)).ok_or(Full)
    }

    /// For an answer of at most so many bytes.
    pub(super) fn of_answer(&self, bytes_max: usize) -> AnswerRoom {
        AnswerRoom {
            all: self.clone(),
            bytes_max,
            bytes: ANSWER_BYTES_FREE.min(bytes_max),
            first: None,
            rest: None,
        }
    }
}

/// The room of one answer.
#[derive(Debug)]
pub(super) struct AnswerRoom {
    all: Room,
    bytes_max: usize,
    bytes: usize,
    first: Option<OwnedSemaphorePermit>,
    rest: Option<OwnedSemaphorePermit>,
}

impl AnswerRoom {
    /// Whether there is room for so many bytes.
    pub(super) fn holds(&self, bytes: usize) -> bool {
        bytes <= self.bytes
    }

    /// Waits for room if the answer has grown beyond what it has.
    pub(super) async fn grow_to(&mut self, bytes: usize) -> Result<(), Full> {
        if !self.holds(bytes) && self.first.is_none() {
            let wanted = self.bytes_max.min(FIRST_BYTES);
            self.first = Some(permits(&self.all.first, wanted).await?);
            self.bytes = wanted;
        }
        if !self.holds(bytes) {
            let wanted = self.bytes_max.saturating_sub(FIRST_BYTES).min(LARGE_ANSWERS_BYTES_MAX);
            self.rest = Some(permits(&self.all.rest, wanted).await?);
            self.bytes = self.bytes_max;
        }
        Ok(())
    }

    /// The whole answer, which keeps the room that it needs until nobody has it any more.
    pub(super) fn keep(mut self, answer: Bytes) -> Bytes {
        if self.first.is_none() {
            return answer;
        }
        let first = shrunk(self.first.take(), answer.len());
        let rest = shrunk(self.rest.take(), answer.len().saturating_sub(FIRST_BYTES));
        Bytes::from_owner(Kept { answer, _room: [first, rest] })
    }
}

struct Kept {
    answer: Bytes,
    _room: [Option<OwnedSemaphorePermit>; 2],
}

impl AsRef<[u8]> for Kept {
    fn as_ref(&self) -> &[u8] {
        &self.answer
    }
}

async fn permits(semaphore: &Arc<Semaphore>, bytes: usize) -> Result<OwnedSemaphorePermit, Full> {
    let count = u32::try_from(bytes).map_err(|_| Full)?;
    let permits = timeout(WAIT, Arc::clone(semaphore).acquire_many_owned(count)).await;
    permits.map_err(|_| Full)?.map_err(|_| Full)
}

fn shrunk(mut permit: Option<OwnedSemaphorePermit>, bytes: usize) -> Option<OwnedSemaphorePermit> {
    if let Some(permit) = &mut permit {
        let unneeded = permit.num_permits().saturating_sub(bytes);
        drop(permit.split(unneeded));
    }
    permit
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt;

    const MIB: usize = 1 << 20;

    /// Reads `bytes` of an answer that may have 8 MiB; none while it waits for room.
    fn read(room: &Room, bytes: usize) -> Option<Bytes> {
        let mut answer = room.of_answer(8 * MIB);
        answer.grow_to(bytes).now_or_never()?.unwrap();
        Some(answer.keep(Bytes::from(vec![0; bytes])))
    }

    #[tokio::test]
    async fn large_answers_wait_for_each_other_and_small_ones_for_nobody() {
        let room = Room::new();
        let mut held: Vec<_> = std::iter::from_fn(|| read(&room, 7 * MIB)).take(100).collect();
        assert_eq!(held.len(), 1);
        assert!(read(&room, ANSWER_BYTES_FREE).is_some());
        assert!(read(&room, 200 << 10).is_some());
        let part = held.pop().unwrap().slice(1..2);
        assert!(read(&room, 7 * MIB).is_none(), "a part keeps the whole");
        drop(part);
        assert!(read(&room, 7 * MIB).is_some());
    }

    #[tokio::test]
    async fn all_answers_together_are_bounded() {
        let room = Room::new();
        let all: usize = std::iter::from_fn(|| read(&room, 200 << 10))
            .take(1000)
            .map(|held| {
                let bytes = held.len();
                std::mem::forget(held);
                bytes
            })
            .sum();
        assert!((ANSWERS_BYTES_MAX / 2..=ANSWERS_BYTES_MAX).contains(&all), "{all}");
    }

    #[test]
    fn a_caller_has_half_of_the_room_for_requests() {
        let room = Room::new();
        let [one, other] = [1, 2].map(|number| CallerId::from([number; 16]));
        let fill = |caller, is_accepted| {
            let take = || room.of_request(caller, is_accepted, MIB).ok();
            std::iter::from_fn(take).take(100).collect::<Vec<_>>()
        };
        let held = fill(one, true);
        assert_eq!(held.len(), 6);
        assert!(room.of_request(one, true, REQUEST_BYTES_FREE).is_ok());
        assert_eq!(fill(other, true).len(), 6);
        drop(held);
        assert_eq!(fill(other, false).len(), 6);
    }
}
