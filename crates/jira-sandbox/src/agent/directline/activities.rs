//! `/conversations/{id}/activities`: reading what was said, and saying something.

use axum::{
    body::{Body, Bytes},
    extract::{Path, State},
    http::{HeaderMap, Response, StatusCode, Uri},
};
use serde_json::json;

use crate::agent::{
    faults::AgentCall,
    refusal::{Refusal, json_response},
    server::{Server, object},
};

use super::{conversations::watermark, credential::check, receive::receive};

/// What is sent to the agent in one piece.
const ACTIVITY_BYTES_MAX: usize = 262_144;

/// A page from the watermark on, without what is passing. Clients go on until a page is empty.
pub(crate) async fn read(
    State(server): State<Server>,
    Path(id): Path<String>,
    uri: Uri,
    headers: HeaderMap,
) -> Response<Body> {
    let work = async {
        check(&server, &headers, &id)?;
        let from = watermark(&uri)?.unwrap_or(0);
        let most = server.settings.activities_per_page;
        let body = server.with(&id, |conversation, now| {
            let (activities, next) = conversation.lasting(from, most, now);
            json!({ "activities": activities, "watermark": next.to_string() })
        })?;
        Ok(json_response(StatusCode::OK, &body))
    };
    server.answer(AgentCall::Read, work).await
}

/// One activity for the agent. Answered when the agent has it.
pub(crate) async fn post(
    State(server): State<Server>,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response<Body> {
    let work = async {
        check(&server, &headers, &id)?;
        if body.len() > ACTIVITY_BYTES_MAX {
            return Err(Refusal::too_big(body.len()));
        }
        receive(&server, &id, object(&body)?).await
    };
    server.answer(AgentCall::Post, work).await
}
