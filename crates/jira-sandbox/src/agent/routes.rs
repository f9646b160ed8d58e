//! The paths of the agent service.

use std::sync::Arc;

use axum::{
    Router,
    extract::DefaultBodyLimit,
    routing::{get, post},
};

use crate::world::World;

use super::{d2e, directline, refusal::Refusal, server::Server, settings::AgentSettings};

/// What is uploaded may be larger than a message; the rest bounds a test that goes wrong.
const BODY_BYTES_MAX: usize = 8 * 1024 * 1024;

/// Answers all paths of the agent, and 404 to others.
pub(crate) fn router(world: Arc<World>, settings: AgentSettings) -> Router {
    let server = Server { world, settings: Arc::new(settings) };
    directline_paths()
        .merge(d2e_paths())
        .fallback(async || Refusal::no_path().into_response())
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
        .with_state(server)
}

fn directline_paths() -> Router<Server> {
    let at = |path: &str| format!("/v3/directline{path}");
    let agent = "/powervirtualagents/botsbyschema/{schema}/directline/token";
    Router::new()
        .route(&at("/tokens/generate"), post(directline::generate))
        .route(&at("/tokens/refresh"), post(directline::refresh))
        .route(&at("/session/getsessionid"), get(directline::session))
        .route(&at("/conversations"), post(directline::open))
        .route(&at("/conversations/{id}"), get(directline::reconnect))
        .route(&at("/conversations/{id}/activities"), get(directline::read).post(directline::post))
        .route(&at("/conversations/{id}/upload"), post(directline::upload))
        .route(&at("/conversations/{id}/stream"), get(directline::stream))
        .route(agent, get(directline::agent_token))
        .route("/powervirtualagents/regionalchannelsettings", get(directline::region))
}

fn d2e_paths() -> Router<Server> {
    let classic = |path: &str| {
        format!("/copilotstudio/{{kind}}/authenticated/bots/{{schema}}/conversations{path}")
    };
    let agent = |path: &str| format!("/copilotstudio/agents/{{schema}}{path}");
    Router::new()
        .route(&classic(""), post(d2e::start_classic))
        .route(&classic("/{id}"), post(d2e::turn_classic))
        .route(&classic("/{id}/subscribe"), get(d2e::subscribe_classic))
        .route(&agent("/conversation-endpoints"), get(d2e::discovery))
        .route(&agent("/conversations"), post(d2e::start))
        .route(&agent("/conversations/{id}/execute"), post(d2e::turn))
        .route(&agent("/conversations/{id}/continue"), post(d2e::turn))
        .route(&agent("/conversations/{id}/subscribe"), get(d2e::subscribe))
}
