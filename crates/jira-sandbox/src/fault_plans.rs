//! How often each call was made, and what a test wants to go wrong there: the same for all services
//! of the sandbox.

use std::{
    collections::{BTreeMap, VecDeque},
    io,
    sync::{Mutex, MutexGuard, PoisonError},
};

use axum::{
    body::{Body, Bytes, to_bytes},
    http::{Response, header},
};
use futures_util::stream;
use tokio::sync::watch;

struct Plan<Fault> {
    next: VecDeque<Fault>,
    always: Option<Fault>,
    calls: u64,
}

impl<Fault> Default for Plan<Fault> {
    fn default() -> Self {
        Self { next: VecDeque::new(), always: None, calls: 0 }
    }
}

/// The plans of all calls.
pub(crate) struct FaultPlans<At, Fault> {
    plans: Mutex<BTreeMap<At, Plan<Fault>>>,
    /// How often they were healed.
    healed: watch::Sender<u64>,
}

impl<At, Fault> Default for FaultPlans<At, Fault> {
    fn default() -> Self {
        Self { plans: Mutex::default(), healed: watch::Sender::default() }
    }
}

impl<At: Copy + Ord, Fault: Clone> FaultPlans<At, Fault> {
    fn plans(&self) -> MutexGuard<'_, BTreeMap<At, Plan<Fault>>> {
        self.plans.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The next call of this kind fails so; several wait for their turn.
    pub(crate) fn add(&self, at: At, fault: Fault) {
        self.plans().entry(at).or_default().next.push_back(fault);
    }

    /// Every call of this kind fails so that has no fault of its own.
    pub(crate) fn add_always(&self, at: At, fault: Fault) {
        self.plans().entry(at).or_default().always = Some(fault);
    }

    /// Nothing fails any more, and what is held goes on.
    pub(crate) fn heal(&self) {
        for plan in self.plans().values_mut() {
            plan.next.clear();
            plan.always = None;
        }
        self.healed.send_modify(|count| *count += 1);
    }

    /// How often each call was made.
    pub(crate) fn calls(&self) -> BTreeMap<At, u64> {
        self.plans().iter().map(|(at, plan)| (*at, plan.calls)).collect()
    }

    /// Counts a call, and says what goes wrong with it.
    pub(crate) fn next(&self, at: At) -> Option<Fault> {
        let mut plans = self.plans();
        let plan = plans.entry(at).or_default();
        plan.calls += 1;
        plan.next.pop_front().or_else(|| plan.always.clone())
    }

    /// Sees the healing that follows.
    pub(crate) fn watch(&self) -> watch::Receiver<u64> {
        self.healed.subscribe()
    }
}

/// The first half of the body, and then an error, on which the server drops the connection.
pub(crate) async fn cut(response: Response<Body>) -> Response<Body> {
    let (mut parts, body) = response.into_parts();
    let whole = to_bytes(body, usize::MAX).await.unwrap_or_default();
    let half = whole.slice(..whole.len() / 2);
    parts.headers.remove(header::CONTENT_LENGTH);
    let broken = io::Error::from(io::ErrorKind::ConnectionReset);
    let frames = [Ok::<Bytes, io::Error>(half), Err(broken)];
    Response::from_parts(parts, Body::from_stream(stream::iter(frames)))
}
