//! The agent's own endpoints, which need no secret: its tokens, and the region it is in.
//!
//! Source: `ui/custom-ui/directline-js` of <https://github.com/microsoft/CopilotStudioSamples>.

use std::sync::atomic::Ordering;

use axum::{
    body::Body,
    extract::{Path, State},
    http::{Response, StatusCode, Uri},
};
use serde_json::json;

use crate::agent::{
    conversation::AgentProtocol,
    faults::AgentCall,
    ids,
    refusal::{Refusal, json_response},
    server::{Server, parameter},
    tokens::Access,
};

use super::tickets;

/// A token for anybody, unless the agent's access is secured. What its users say of themselves is
/// replaced by a GUID.
pub(crate) async fn agent_token(
    State(server): State<Server>,
    Path(schema): Path<String>,
    uri: Uri,
) -> Response<Body> {
    let work = async {
        check_version(&uri)?;
        if schema != server.settings.schema {
            return Err(Refusal::no_agent());
        }
        if server.state().secured.load(Ordering::Relaxed) {
            return Err(Refusal::forbidden("The agent requires secured access"));
        }
        let (user, now) = (Some(ids::guid()), server.now());
        let conversation = server.state().conversations.add(AgentProtocol::DirectLine, user, now);
        let body = tickets::token(&server, &Access { conversation, origins: Vec::new() });
        Ok(json_response(StatusCode::OK, &body))
    };
    server.answer(AgentCall::AgentToken, work).await
}

/// Where Direct Line is for the agents of this environment.
pub(crate) async fn region(State(server): State<Server>, uri: Uri) -> Response<Body> {
    let work = async {
        check_version(&uri)?;
        let directline = format!("{}/", server.settings.base_url);
        let body = json!({ "channelUrlsById": { "directline": directline } });
        Ok(json_response(StatusCode::OK, &body))
    };
    server.answer(AgentCall::Region, work).await
}

fn check_version(uri: &Uri) -> Result<(), Refusal> {
    match parameter(uri, "api-version") {
        Some(version) if !version.is_empty() => Ok(()),
        _ => Err(Refusal::missing("api-version")),
    }
}
