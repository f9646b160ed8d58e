//! Is the process alive, and does it want traffic? Neither depends on Jira, or Jira's outage would
//! restart us.

use std::sync::Arc;

use axum::{Json, extract::State, response::IntoResponse};
use serde_json::{Value, json};

use super::{edge::Edge, readiness::Phase, reject::Reject};

/// `GET /healthz`
pub(super) async fn alive(State(edge): State<Arc<Edge>>) -> Json<Value> {
    Json(json!({ "status": "ok", "version": edge.settings.version }))
}

/// `GET /readyz`
pub(super) async fn ready(State(edge): State<Arc<Edge>>) -> Result<impl IntoResponse, Reject> {
    match edge.readiness.phase() {
        Phase::Ready => Ok(Json(json!({ "status": "ready", "server": edge.settings.server_name }))),
        Phase::Starting => Err(Reject::Starting),
        Phase::Draining => Err(Reject::Draining),
    }
}
