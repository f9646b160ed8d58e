//! `conversation-endpoints`: where the conversations of a published agent are.

use axum::{
    body::Body,
    extract::{Path, State},
    http::{HeaderMap, Response, StatusCode},
};
use serde_json::json;

use crate::agent::{
    faults::AgentCall,
    refusal::{Refusal, json_response},
    server::Server,
};

use super::caller::caller;

/// Four addresses; three of them with `{conversationId}` to be replaced.
pub(crate) async fn discovery(
    State(server): State<Server>,
    Path(schema): Path<String>,
    headers: HeaderMap,
) -> Response<Body> {
    let work = async {
        caller(&server, &headers)?;
        let settings = &server.settings;
        if schema != settings.schema {
            return Err(Refusal::no_agent());
        }
        let base = format!("{}/copilotstudio/agents/{schema}/conversations", settings.base_url);
        let at =
            |name: &str| format!("{base}/{{conversationId}}/{name}?api-version=2022-03-01-preview");
        let body = json!({
            "createConversation": format!("{base}?api-version=2022-03-01-preview"),
            "executeTurn": at("execute"),
            "continueTurn": at("continue"),
            "subscribe": at("subscribe"),
        });
        Ok(json_response(StatusCode::OK, &body))
    };
    server.answer(AgentCall::Discovery, work).await
}
