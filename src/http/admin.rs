//! The operators' own listener: metrics, probes and the console, on an address that no client of
//! the product reaches.

use axum::{
    Router,
    extract::State,
    response::{IntoResponse, Response},
    routing::{MethodRouter, get},
};
use http::{HeaderValue, StatusCode, header};
use metrics::Signals;
use tower_http::set_header::SetResponseHeaderLayer;

use super::{console, header_names::NO_SNIFF, readiness::Readiness};

/// Prometheus's text format. Source: prometheus.io, "Exposition formats".
const CONTENT_TYPE: HeaderValue =
    HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");

/// Routes of the admin listener. It has no secrets to tell and takes no input, so it asks nobody
/// who they are. Metrics and probes are answered under any `Host`: Prometheus and Kubernetes ask by
/// an address or by the name of a service. The console is for a browser, so it is not.
pub fn router(signals: Signals, readiness: Readiness) -> Router {
    let routes = [
        ("/metrics", get(metrics).with_state(signals.clone())),
        ("/healthz", get(async || "ok")),
        ("/readyz", get(ready).with_state(readiness.clone())),
    ];
    let both = |router: Router, (path, answer): (&str, MethodRouter)| {
        router.route(path, answer.clone()).route(&format!("{path}/"), answer)
    };
    let no_sniff = SetResponseHeaderLayer::overriding(header::X_CONTENT_TYPE_OPTIONS, NO_SNIFF);
    let routes = routes.into_iter().fold(Router::new(), both).layer(no_sniff);
    routes.merge(console::router(signals, readiness))
}

async fn metrics(State(signals): State<Signals>) -> Response {
    ([(header::CONTENT_TYPE, CONTENT_TYPE)], signals.metrics().to_text()).into_response()
}

async fn ready(State(readiness): State<Readiness>) -> (StatusCode, &'static str) {
    if readiness.is_ready() {
        (StatusCode::OK, "ready")
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, "not ready")
    }
}
