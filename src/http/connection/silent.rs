//! All open connections, so that the one that has been silent for longest can be ended when there
//! is no place for another.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    task::Context,
    time::Duration,
};

use futures_util::task::AtomicWaker;

use super::request_counter::RequestCounter;

/// The connections that are open.
#[derive(Clone, Debug, Default)]
pub(super) struct OpenConnections(Arc<Mutex<Listed>>);

#[derive(Debug, Default)]
struct Listed {
    next: u64,
    connections: HashMap<u64, Arc<State>>,
}

#[derive(Debug)]
struct State {
    counter: RequestCounter,
    /// Part of an answer waits for the client to read.
    is_writing: AtomicBool,
    is_unwanted: AtomicBool,
    reader: AtomicWaker,
}

impl OpenConnections {
    /// Lists a connection until the answer is dropped.
    pub(super) fn add(&self, counter: RequestCounter) -> OpenConnection {
        let state = Arc::new(State {
            counter,
            is_writing: AtomicBool::new(false),
            is_unwanted: AtomicBool::new(false),
            reader: AtomicWaker::new(),
        });
        let mut listed = self.lock();
        let number = listed.next;
        listed.next += 1;
        listed.connections.insert(number, Arc::clone(&state));
        OpenConnection { all: self.clone(), number, state }
    }

    /// Ends the connection that has been silent for longest, if any has been for so long. All are
    /// looked at: it is done only when every place is taken.
    pub(super) fn end_silent(&self, at_least: Duration) {
        let listed = self.lock();
        let wanted = listed.connections.values().filter(|state| {
            !state.is_unwanted.load(Ordering::Acquire) && !state.is_writing.load(Ordering::Acquire)
        });
        let silent = wanted.filter_map(|state| Some((state.counter.silence()?, state)));
        let longest = silent.max_by_key(|(silence, _)| *silence);
        if let Some((_, state)) = longest.filter(|(silence, _)| *silence >= at_least) {
            state.is_unwanted.store(true, Ordering::Release);
            state.reader.wake();
        }
    }

    fn lock(&self) -> MutexGuard<'_, Listed> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One connection's entry.
#[derive(Debug)]
pub(super) struct OpenConnection {
    all: OpenConnections,
    number: u64,
    state: Arc<State>,
}

impl OpenConnection {
    /// Whether it shall end now, since it is silent and others have no place. Asked while nothing
    /// comes; the task is woken when the answer changes.
    pub(super) fn is_unwanted(&self, cx: &Context<'_>) -> bool {
        self.state.reader.register(cx.waker());
        if !self.state.is_unwanted.load(Ordering::Acquire) {
            return false;
        }
        // A request that has come meanwhile is answered first.
        let is_silent = self.state.counter.silence().is_some();
        if !is_silent {
            self.state.is_unwanted.store(false, Ordering::Release);
        }
        is_silent
    }

    /// Notes whether part of an answer waits for the client to read.
    pub(super) fn set_writing(&self, is_writing: bool) {
        self.state.is_writing.store(is_writing, Ordering::Release);
    }
}

impl Drop for OpenConnection {
    fn drop(&mut self) {
        self.all.lock().connections.remove(&self.number);
    }
}
