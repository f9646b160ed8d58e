//! How many bytes of bodies the process holds: answers while they are read and used, requests while
//! they are out.
//!
//! An answer takes its room bit by bit from a pool for all. Many that are not yet whole could fill
//! it and wait for each other, and a few very large ones could keep all others out; so there is one
//! lane beside it, which is for one answer at a time and holds any: whoever finds no room in the
//! pool, or needs more of it than one answer may have, waits for that. A caller's tool may hold one
//! answer while it asks for another, though, so no wait is without end.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use limit::{Share, Shares, SharesSettings};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::timeout,
};

use super::request::CallerId;

/// What each answer may have in any case; nearly all are smaller.
pub const ANSWER_BYTES_FREE: usize = 8 << 10;
/// What a larger one takes of the pool at a time.
const STEP_BYTES: usize = 32 << 10;
/// What one answer may have of the pool.
const POOLED_BYTES_MAX: usize = 1 << 20;
/// The pool.
pub const ANSWERS_BYTES_MAX: usize = 8 << 20;
/// The lane, which holds the largest answer there may be.
pub const LARGE_ANSWERS_BYTES_MAX: usize = 8 << 20;
/// Callers who wait for the lane wait for their own turn first, so that many answers of one are one
/// before others. This many turns there are; callers that share one are few.
const TURNS: usize = 64;
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
    pool: Arc<Semaphore>,
    /// What single callers, and those that are not accepted, may have of the pool.
    pooled: Shares<CallerId>,
    lane: Arc<Semaphore>,
    turns: Arc<[Arc<Semaphore>]>,
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
        let pooled = SharesSettings {
            total: ANSWERS_BYTES_MAX,
            per_key: ANSWERS_BYTES_MAX / 2,
            untrusted: ANSWERS_BYTES_MAX / 2,
        };
        let one = || Arc::new(Semaphore::new(1));
        Self {
            pool: Arc::new(Semaphore::new(ANSWERS_BYTES_MAX)),
            pooled: Shares::new(pooled),
            lane: one(),
            turns: std::iter::repeat_with(one).take(TURNS).collect(),
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
        self.requests
            .take(caller, is_accepted, bytes.saturating_sub(REQUEST_BYTES_FREE))
            .ok_or(Full)
    }

    /// For an answer to this caller, of at most so many bytes.
    pub(super) fn of_answer(
        &self,
        caller: CallerId,
        is_accepted: bool,
        bytes_max: usize,
    ) -> AnswerRoom {
        AnswerRoom {
            all: self.clone(),
            caller,
            is_accepted,
            bytes_max,
            bytes: ANSWER_BYTES_FREE.min(bytes_max),
            pooled: None,
            lane: None,
        }
    }

    /// The lane, once it is this caller's turn.
    async fn lane(&self, caller: CallerId) -> Result<Lane, Full> {
        let turn = self.turns.get(caller.place_of(TURNS)).map(Arc::clone).ok_or(Full)?;
        let turn = turn.acquire_owned().await.map_err(|_| Full)?;
        let lane = Arc::clone(&self.lane).acquire_owned().await.map_err(|_| Full)?;
        Ok(Lane { _turn: turn, _lane: lane })
    }
}

/// The lane and the turn; both end with the answer.
#[derive(Debug)]
struct Lane {
    _turn: OwnedSemaphorePermit,
    _lane: OwnedSemaphorePermit,
}

/// What an answer has of the pool.
#[derive(Debug)]
struct Pooled {
    share: Share<CallerId>,
    permit: OwnedSemaphorePermit,
}

/// The room of one answer.
#[derive(Debug)]
pub(super) struct AnswerRoom {
    all: Room,
    caller: CallerId,
    is_accepted: bool,
    bytes_max: usize,
    bytes: usize,
    pooled: Option<Pooled>,
    lane: Option<Lane>,
}

impl AnswerRoom {
    /// Whether there is room for so many bytes.
    pub(super) fn holds(&self, bytes: usize) -> bool {
        bytes <= self.bytes
    }

    /// Waits for room if the answer has grown beyond what it has.
    pub(super) async fn grow_to(&mut self, bytes: usize) -> Result<(), Full> {
        while !self.holds(bytes) {
            timeout(WAIT, self.grow()).await.map_err(|_| Full)??;
        }
        Ok(())
    }

    async fn grow(&mut self) -> Result<(), Full> {
        let step = STEP_BYTES.min(self.bytes_max.saturating_sub(self.bytes));
        let all = self.all.clone();
        let lane = all.lane(self.caller);
        if !self.may_pool(step) {
            self.take_lane(lane.await?);
            return Ok(());
        }
        let count = u32::try_from(step).map_err(|_| Full)?;
        let step_of_pool = Arc::clone(&all.pool).acquire_many_owned(count);
        tokio::select! {
            biased;
            permit = step_of_pool => {
                let permit = permit.map_err(|_| Full)?;
                if let Some(pooled) = &mut self.pooled {
                    pooled.permit.merge(permit);
                } else if let Some(share) = all.pooled.take(self.caller, self.is_accepted, step) {
                    self.pooled = Some(Pooled { share, permit });
                } else {
                    // Another answer of this caller was faster.
                    return Ok(());
                }
                self.bytes += step;
            }
            lane = lane => self.take_lane(lane?),
        }
        Ok(())
    }

    /// Whether so much more of the pool is this answer's and this caller's to have.
    fn may_pool(&mut self, step: usize) -> bool {
        if self.bytes + step > POOLED_BYTES_MAX {
            return false;
        }
        match &mut self.pooled {
            Some(pooled) => pooled.share.grow(step),
            None => self.all.pooled.take(self.caller, self.is_accepted, step).is_some(),
        }
    }

    fn take_lane(&mut self, lane: Lane) {
        self.lane = Some(lane);
        self.bytes = self.bytes_max;
    }

    /// The whole answer, which keeps its room until nobody has it any more.
    pub(super) fn keep(self, answer: Bytes) -> Bytes {
        if self.pooled.is_none() && self.lane.is_none() {
            return answer;
        }
        Bytes::from_owner(Kept { answer, _pooled: self.pooled, _lane: self.lane })
    }
}

struct Kept {
    answer: Bytes,
    _pooled: Option<Pooled>,
    _lane: Option<Lane>,
}

impl AsRef<[u8]> for Kept {
    fn as_ref(&self) -> &[u8] {
        &self.answer
    }
}

#[cfg(test)]
mod tests;
