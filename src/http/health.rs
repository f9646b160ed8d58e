//! Is the process alive, and does it want traffic? Neither depends on Jira, or Jira's outage would
//! restart us.

use std::sync::{
    Arc,
    atomic::{AtomicU8, Ordering},
};

use axum::{Json, extract::State, response::IntoResponse};
use serde_json::{Value, json};

use super::{Edge, reject::Reject};

const STARTING: u8 = 0;
const READY: u8 = 1;
const DRAINING: u8 = 2;

/// Shared switch from starting over ready to draining; it never goes back.
#[derive(Clone, Debug, Default)]
pub struct Readiness(Arc<AtomicU8>);

impl Readiness {
    /// Declares the start finished; does nothing once draining.
    pub fn ready(&self) {
        // A failed exchange means the drain has begun, and that stands.
        let _ = self.0.compare_exchange(STARTING, READY, Ordering::AcqRel, Ordering::Acquire);
    }

    /// Asks for no further traffic.
    pub fn drain(&self) {
        self.0.store(DRAINING, Ordering::Release);
    }

    /// Whether traffic is wanted.
    pub fn is_ready(&self) -> bool {
        self.0.load(Ordering::Acquire) == READY
    }
}

/// `GET /healthz`
pub(super) async fn alive(State(edge): State<Arc<Edge>>) -> Json<Value> {
    Json(json!({ "status": "ok", "version": edge.settings.version }))
}

/// `GET /readyz`
pub(super) async fn ready(State(edge): State<Arc<Edge>>) -> Result<impl IntoResponse, Reject> {
    let name = &edge.settings.server_name;
    match edge.readiness.0.load(Ordering::Acquire) {
        READY => Ok(Json(json!({ "status": "ready", "server": name }))),
        STARTING => Err(Reject::Starting),
        _ => Err(Reject::Draining),
    }
}
