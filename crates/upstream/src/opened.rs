//! Counts the connections that are begun: the HTTP client does not tell whether a request had one
//! of its own.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    task::{Context, Poll},
};

use tower::{Layer, Service};

/// The count, and the layer around the connector that keeps it.
#[derive(Clone, Debug, Default)]
pub(super) struct Opened(Arc<AtomicU64>);

impl Opened {
    pub(super) fn count(&self) -> u64 {
        self.0.load(Ordering::Acquire)
    }
}

impl<S> Layer<S> for Opened {
    type Service = Counted<S>;

    fn layer(&self, connector: S) -> Counted<S> {
        Counted { connector, opened: self.clone() }
    }
}

/// A connector whose calls are counted.
#[derive(Clone, Debug)]
pub(super) struct Counted<S> {
    connector: S,
    opened: Opened,
}

impl<S: Service<R>, R> Service<R> for Counted<S> {
    type Response = S::Response;
    type Error = S::Error;
    type Future = S::Future;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.connector.poll_ready(cx)
    }

    fn call(&mut self, target: R) -> S::Future {
        self.opened.0.fetch_add(1, Ordering::AcqRel);
        self.connector.call(target)
    }
}
