//! The accept loop: takes connections, serves each, and ends them all in a drain.
//!
//! `axum::serve` sets no timer, so a client that never finishes its headers would be held for ever.
//! HTTP/1.1 only: gateways speak it, and HTTP/2 in clear would only add surface.

use std::{convert::Infallible, future::Future, pin::pin, sync::Arc, time::Duration};

use axum::{Router, body::Body, response::Response};
use http::{HeaderValue, Request, header};
use hyper::{body::Incoming, server::conn::http1};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::GracefulShutdown,
    service::TowerToHyperService,
};
use metrics::Signals;
use tokio::{
    net::{TcpListener, TcpStream},
    task::JoinSet,
    time::{sleep, timeout},
};
use tower::{ServiceExt, service_fn};
use tracing::{debug, warn};

use crate::http::readiness::Readiness;

use super::{
    header_room::HeaderRoom,
    idle_timeout::{IdleTimeout, Timeouts},
    read_ahead::ReadAhead,
    request_counter::{CountRequests, RequestCounter},
    slots::{NoSlot, RESERVE_HEADER_TIMEOUT, Slot, Slots},
    write_stall::WriteStall,
};

/// hyper panics below this buffer size.
const HEADERS_BYTES_MIN: usize = 8192;
/// After a failed accept (no file handles left, say) trying again at once would only burn the
/// processor.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Limits of connections, and the pace of the drain.
#[derive(Clone, Debug)]
pub struct ConnectionSettings {
    /// Connections open at the same time, a slot for each. A few more are taken so that probes are
    /// always answered; other requests on them wait a moment for a slot, for which a connection is
    /// ended that has been silent for longest. All else waits in the kernel's backlog, where it
    /// costs us nothing. With less than an eighth of the slots free each
    /// connection ends with its next answer.
    pub connections_max: usize,
    /// Bytes of one request's header; more is answered with 431. At least 8192.
    pub headers_bytes_max: usize,
    /// Header lines of one request; more is answered with 431.
    pub headers_max: usize,
    /// How long a header may take to arrive, from its first byte, or from the beginning of a new
    /// connection.
    pub header_read_timeout: Duration,
    /// How long a connection is kept after an answer without another request. With fewer than half
    /// of the slots free it is no longer than a header may take.
    pub idle_timeout: Duration,
    /// How long a client may refuse to take any byte of its answer.
    pub write_stall_timeout: Duration,
    /// How long connections are still accepted after the signal, until the load balancer has seen
    /// `/readyz` turn.
    pub drain_pause: Duration,
    /// How long running calls may take after that.
    pub drain_grace: Duration,
}

impl Default for ConnectionSettings {
    fn default() -> Self {
        Self {
            connections_max: 8192,
            headers_bytes_max: 64 * 1024,
            headers_max: 100,
            header_read_timeout: Duration::from_secs(10),
            // Longer than common gateways keep theirs: who closes first meets no request.
            idle_timeout: Duration::from_mins(2),
            write_stall_timeout: Duration::from_secs(30),
            drain_pause: Duration::from_secs(1),
            drain_grace: Duration::from_secs(30),
        }
    }
}

/// How serving ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Drain {
    /// Every running call was answered.
    Finished,
    /// The grace time ran out and this many connections were cut.
    Cut {
        /// Connections still open.
        connections: usize,
    },
}

/// Serves until `shutdown` is ready, then drains: `/readyz` turns, new connections are accepted for
/// the pause and refused after it, running calls get the grace time. Readiness for the start is the
/// caller's to declare.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    settings: &ConnectionSettings,
    readiness: &Readiness,
    signals: &Signals,
    shutdown: impl Future<Output = ()>,
) -> Drain {
    let graceful = GracefulShutdown::new();
    let connections_max = i64::try_from(settings.connections_max).unwrap_or(i64::MAX);
    signals.metrics().connections_max.set(connections_max);
    let mut connections = Connections {
        http: http(settings),
        slots: Slots::new(settings.connections_max),
        header_room: HeaderRoom::default(),
        timeouts: Timeouts { header: settings.header_read_timeout, idle: settings.idle_timeout },
        write_stall: settings.write_stall_timeout,
        open: JoinSet::new(),
        signals: signals.clone(),
    };
    tokio::select! {
        never = connections.accept(&listener, &router, &graceful) => match never {},
        () = shutdown => readiness.drain(),
    }
    tokio::select! {
        never = connections.accept(&listener, &router, &graceful) => match never {},
        () = sleep(settings.drain_pause) => drop(listener),
    }
    let finished = timeout(settings.drain_grace, graceful.shutdown()).await;
    while connections.open.try_join_next().is_some() {}
    match finished {
        Ok(()) => Drain::Finished,
        // Dropping the set aborts what is left in it.
        Err(_) => Drain::Cut { connections: connections.open.len() },
    }
}

fn http(settings: &ConnectionSettings) -> http1::Builder {
    let mut http = http1::Builder::new();
    let headers_bytes_max = settings.headers_bytes_max.max(HEADERS_BYTES_MIN);
    http.timer(TokioTimer::new())
        .header_read_timeout(None)
        .max_buf_size(headers_bytes_max)
        .max_header_size(headers_bytes_max)
        .max_headers(settings.headers_max);
    http
}

struct Connections {
    http: http1::Builder,
    slots: Slots,
    header_room: HeaderRoom,
    timeouts: Timeouts,
    write_stall: Duration,
    open: JoinSet<()>,
    signals: Signals,
}

impl Connections {
    async fn accept(
        &mut self,
        listener: &TcpListener,
        router: &Router,
        graceful: &GracefulShutdown,
    ) -> Infallible {
        loop {
            let slots = self.slots.clone();
            let mut next = pin!(async { (slots.take().await, listener.accept().await) });
            let accepted = tokio::select! {
                accepted = &mut next => accepted,
                Some(_ended) = self.open.join_next() => continue,
            };
            match accepted {
                (slot, Ok((stream, _peer))) => {
                    self.start(stream, slot.promoted(), router.clone(), graceful);
                }
                (_, Err(error)) => {
                    warn!(%error, "cannot accept a connection");
                    sleep(ACCEPT_PAUSE).await;
                }
            }
        }
    }

    fn start(
        &mut self,
        stream: TcpStream,
        slot: Slot,
        router: Router,
        graceful: &GracefulShutdown,
    ) {
        // An answer is one write; waiting to fill a packet would only delay it.
        if let Err(error) = stream.set_nodelay(true) {
            debug!(%error, "cannot turn Nagle's algorithm off");
        }
        let counter = RequestCounter::default();
        let slot = Arc::new(slot);
        let mut timeouts = self.timeouts;
        if slot.is_beyond() {
            timeouts.header = timeouts.header.min(RESERVE_HEADER_TIMEOUT);
        }
        let stream = TokioIo::new(IdleTimeout::new(
            ReadAhead::new(WriteStall::new(stream, self.write_stall), counter.clone()),
            counter.clone(),
            timeouts,
            self.slots.free(),
            self.header_room.for_connection(),
            self.slots.open().add(counter.clone()),
        ));
        let (requests, held) = (counter.clone(), Arc::clone(&slot));
        let service = service_fn(move |mut request: Request<Incoming>| {
            let (router, slot, counter) = (router.clone(), Arc::clone(&held), requests.clone());
            async move {
                if !slot.admits(request.uri().path()).await {
                    request.extensions_mut().insert(NoSlot);
                }
                let mut response: Response<Body> = router.oneshot(request).await?;
                if slot.is_last_answer() {
                    let close = HeaderValue::from_static("close");
                    response.headers_mut().insert(header::CONNECTION, close);
                }
                Ok::<_, Infallible>(response.map(|body| counter.until_end_of(body)))
            }
        });
        let service = CountRequests { service: TowerToHyperService::new(service), counter };
        let connection = self.http.serve_connection(stream, service);
        let connection = graceful.watch(connection);
        let signals = self.signals.clone();
        self.open.spawn(async move {
            let _slot = slot;
            signals.metrics().connections.inc();
            let _open = signals.metrics().connections_open.hold();
            if let Err(error) = connection.await {
                debug!(%error, "connection ended early");
            }
        });
    }
}
