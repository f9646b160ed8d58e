//! Serves a part of the sandbox on its own port.

use std::time::Duration;

use metrics::Signals;
use tokio::net::TcpListener;

use crate::http::{self, ConnectionSettings, Drain, Readiness};

/// How long a client of the sandbox may leave a connection unused.
const KEPT: Duration = Duration::from_mins(10);

/// Serves the sandbox as the bridge is served, but with patience for connections that a client
/// keeps.
pub(super) async fn serve_sandbox(
    listener: TcpListener,
    router: axum::Router,
    stop: impl Future<Output = ()>,
) -> Drain {
    let settings = ConnectionSettings {
        header_read_timeout: KEPT,
        drain_pause: Duration::ZERO,
        ..ConnectionSettings::default()
    };
    // Nobody asks whether it is ready, and nobody counts.
    let (readiness, signals) = (Readiness::default(), Signals::default());
    http::serve(listener, router, &settings, &readiness, &signals, stop).await
}
