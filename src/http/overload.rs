//! How many requests may be inside at once and how much they may hold, and what the last deadline
//! says when it strikes.
//!
//! Of the places and of the room for bodies no caller holds more than a part, made-up or not, from
//! the moment in which the bearer is read. Callers whose token no upstream has taken yet share what
//! one person may hold who makes up many.

use std::sync::{Arc, OnceLock};

use auth::{Caller, CallerKey};
use axum::{
    BoxError,
    body::Body,
    extract::{Request, State},
    middleware::Next,
    response::Response,
};
use futures_util::StreamExt;
use http::header;
use limit::{Share, Shares, SharesSettings};
use quick_cache::sync::Cache;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tower::timeout::error::Elapsed;

use super::{Edge, reject::Reject};

/// Callers that are known to an upstream, about 50 bytes each. Only an upstream's own word adds
/// one.
const KNOWN_MAX: usize = 16 * 1024;
/// One caller may always have as many requests as this, if there are places.
const CALLER_MIN: usize = 8;
/// Bytes of all bodies together, beyond what each may have in any case, from their first byte to
/// their request's end.
pub const BODIES_BYTES_MAX: usize = 8 << 20;
/// What each body may have in any case; nearly all are smaller.
pub const BODY_BYTES_FREE: usize = 4 << 10;

/// What there is for all requests inside `/mcp`.
pub(super) struct Places {
    all: Arc<Semaphore>,
    /// The places of each caller.
    callers: Shares<CallerKey>,
    /// Those of requests whose bodies are still to come.
    arriving: Shares<CallerKey>,
    bodies: Shares<CallerKey>,
    known: Cache<CallerKey, ()>,
}

impl Places {
    pub(super) fn new(requests_max: usize) -> Self {
        // tokio's own maximum is no number of requests that anybody has.
        let all = requests_max.min(Semaphore::MAX_PERMITS);
        let third = (all / 3).max(all.min(CALLER_MIN));
        let half = (all / 2).max(all.min(CALLER_MIN));
        let shares =
            |total, per_key, untrusted| Shares::new(SharesSettings { total, per_key, untrusted });
        Self {
            all: Arc::new(Semaphore::new(all)),
            callers: shares(all, third, all),
            arriving: shares(all, all, half),
            bodies: shares(BODIES_BYTES_MAX, BODIES_BYTES_MAX / 2, BODIES_BYTES_MAX / 2),
            known: Cache::new(KNOWN_MAX),
        }
    }

    /// Remembers what an upstream said about the caller's token during the request.
    pub(super) fn learn(&self, caller: &Caller) {
        if caller.was_refused() {
            self.known.remove(&caller.key());
        } else if caller.was_accepted() && self.known.get(&caller.key()).is_none() {
            self.known.insert(caller.key(), ());
        }
    }
}

/// What one request holds until it is answered and whatever it began is over.
#[derive(Clone)]
pub(super) struct Hold(Arc<Held>);

struct Held {
    _place: OwnedSemaphorePermit,
    caller: OnceLock<Share<CallerKey>>,
    body: OnceLock<Share<CallerKey>>,
}

impl Hold {
    /// Counts the request among its caller's.
    pub(super) fn count(&self, places: &Places, caller: CallerKey) -> Result<(), Reject> {
        let share = places.callers.take(caller, false, 1).ok_or(Reject::Overloaded)?;
        // Once only: a request has one caller.
        let _ = self.0.caller.set(share);
        Ok(())
    }

    /// Keeps the room for the body as long as the request goes on.
    pub(super) fn keep(&self, room: Room) {
        let _ = self.0.body.set(room.bytes);
    }
}

/// The room that a body takes as it comes.
pub(super) struct Room {
    bytes: Share<CallerKey>,
    free: usize,
}

impl Room {
    pub(super) fn new(places: &Places, caller: CallerKey) -> Result<Self, Reject> {
        let is_known = places.known.get(&caller).is_some();
        let bytes = places.bodies.take(caller, is_known, 0).ok_or(Reject::Overloaded)?;
        Ok(Self { bytes, free: BODY_BYTES_FREE })
    }

    /// Room for so many bytes more, if there is any.
    pub(super) fn grow(&mut self, more: usize) -> Result<(), Reject> {
        let free = more.min(self.free);
        self.free -= free;
        if self.bytes.grow(more - free) { Ok(()) } else { Err(Reject::Overloaded) }
    }
}

/// Counts a request whose body has not come with its head, until it has.
pub(super) fn arriving(places: &Places, caller: CallerKey) -> Result<Share<CallerKey>, Reject> {
    let is_known = places.known.get(&caller).is_some();
    places.arriving.take(caller, is_known, 1).ok_or(Reject::Overloaded)
}

/// Gives a request one of the places, or refuses it at once: what waits in a queue has lost its
/// deadline anyway.
///
/// An event stream keeps its place until its end, for its call goes on behind it.
pub(super) async fn place(
    State(edge): State<Arc<Edge>>,
    mut request: Request,
    next: Next,
) -> Result<Response, Reject> {
    let place = Arc::clone(&edge.places.all).try_acquire_owned().map_err(|_| Reject::Overloaded)?;
    let hold =
        Hold(Arc::new(Held { _place: place, caller: OnceLock::new(), body: OnceLock::new() }));
    request.extensions_mut().insert(hold.clone());
    let response = next.run(request).await;
    let kind = response.headers().get(header::CONTENT_TYPE);
    if kind.is_none_or(|kind| !kind.as_bytes().starts_with(b"text/event-stream")) {
        return Ok(response);
    }
    Ok(response.map(|body| {
        Body::from_stream(body.into_data_stream().map(move |frame| {
            let _held = &hold;
            frame
        }))
    }))
}

/// The deadline is the last resort: a JSON-RPC reply would need the id of a body that may not have
/// been read, so the answer is HTTP 504; a tool's own, earlier deadline answers in MCP's words.
pub(super) async fn answer(error: BoxError) -> Reject {
    if error.is::<Elapsed>() { Reject::Deadline } else { Reject::Internal }
}
