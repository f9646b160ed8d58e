//! The calls of a conversation, at the addresses that discovery names and at the classic ones.

use axum::{
    body::{Body, Bytes},
    extract::{Path, State},
    http::{HeaderMap, Response},
};

use crate::agent::{faults::AgentCall, refusal::Refusal, server::Server};

use super::{caller::caller, turns};

pub(crate) async fn start(
    State(server): State<Server>,
    Path(schema): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response<Body> {
    let work = async {
        let user = caller(&server, &headers)?;
        check_agent(&server, &schema)?;
        turns::start(&server, user, &body)
    };
    server.answer(AgentCall::Start, work).await
}

pub(crate) async fn turn(
    State(server): State<Server>,
    Path((schema, id)): Path<(String, String)>,
    headers: HeaderMap,
    body: Bytes,
) -> Response<Body> {
    let work = async {
        let user = caller(&server, &headers)?;
        check_agent(&server, &schema)?;
        turns::turn(&server, &user, &id, &body).await
    };
    server.answer(AgentCall::Turn, work).await
}

pub(crate) async fn subscribe(
    State(server): State<Server>,
    Path((schema, id)): Path<(String, String)>,
    headers: HeaderMap,
) -> Response<Body> {
    let work = async {
        let user = caller(&server, &headers)?;
        check_agent(&server, &schema)?;
        turns::subscribe(&server, &user, &id, &headers)
    };
    server.answer(AgentCall::Subscribe, work).await
}

pub(crate) async fn start_classic(
    server: State<Server>,
    Path((kind, schema)): Path<(String, String)>,
    headers: HeaderMap,
    body: Bytes,
) -> Response<Body> {
    match check_kind(&kind) {
        Ok(()) => start(server, Path(schema), headers, body).await,
        Err(refusal) => refusal.into_response(),
    }
}

pub(crate) async fn turn_classic(
    server: State<Server>,
    Path((kind, schema, id)): Path<(String, String, String)>,
    headers: HeaderMap,
    body: Bytes,
) -> Response<Body> {
    match check_kind(&kind) {
        Ok(()) => turn(server, Path((schema, id)), headers, body).await,
        Err(refusal) => refusal.into_response(),
    }
}

pub(crate) async fn subscribe_classic(
    server: State<Server>,
    Path((kind, schema, id)): Path<(String, String, String)>,
    headers: HeaderMap,
) -> Response<Body> {
    match check_kind(&kind) {
        Ok(()) => subscribe(server, Path((schema, id)), headers).await,
        Err(refusal) => refusal.into_response(),
    }
}

fn check_agent(server: &Server, schema: &str) -> Result<(), Refusal> {
    if schema == server.settings.schema { Ok(()) } else { Err(Refusal::no_agent()) }
}

/// The two kinds of agents that have such an address.
fn check_kind(kind: &str) -> Result<(), Refusal> {
    if matches!(kind, "dataverse-backed" | "prebuilt") { Ok(()) } else { Err(Refusal::no_path()) }
}
