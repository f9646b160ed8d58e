//! `/tokens/generate`, `/tokens/refresh` and `/session/getsessionid`.

use axum::{
    body::{Body, Bytes},
    extract::State,
    http::{HeaderMap, Response, StatusCode},
};
use serde_json::json;

use crate::agent::{
    conversation::AgentProtocol,
    faults::AgentCall,
    ids,
    refusal::{Refusal, json_response},
    server::{Server, optional_object},
    tokens::Access,
};

use super::{
    credential::{Credential, credential},
    tickets,
};

/// A token for a conversation that is not opened yet. Only a secret gets one.
pub(crate) async fn generate(
    State(server): State<Server>,
    headers: HeaderMap,
    body: Bytes,
) -> Response<Body> {
    let work = async {
        if let Credential::Token(_) = credential(&server, &headers)? {
            return Err(Refusal::forbidden("A token cannot make tokens; use the secret"));
        }
        let parameters = optional_object(&body)?;
        let (user, origins) = (tickets::user(&parameters)?, tickets::origins(&parameters));
        let now = server.now();
        let conversation = server.state().conversations.add(AgentProtocol::DirectLine, user, now);
        let body = tickets::token(&server, &Access { conversation, origins });
        Ok(json_response(StatusCode::OK, &body))
    };
    server.answer(AgentCall::Generate, work).await
}

/// A new token for the conversation of a token that has not expired.
pub(crate) async fn refresh(State(server): State<Server>, headers: HeaderMap) -> Response<Body> {
    let work = async {
        let Credential::Token(access) = credential(&server, &headers)? else {
            return Err(Refusal::forbidden("A secret cannot be refreshed; send a token"));
        };
        server.with(&access.conversation, |_, _| ())?;
        Ok(json_response(StatusCode::OK, &tickets::token(&server, &access)))
    };
    server.answer(AgentCall::Refresh, work).await
}

/// The session of the browser, for web pages that the token trusts.
pub(crate) async fn session(State(server): State<Server>, headers: HeaderMap) -> Response<Body> {
    let work = async {
        let Credential::Token(access) = credential(&server, &headers)? else {
            return Err(Refusal::bad("A session needs a token with trustedOrigins"));
        };
        tickets::trusted_origin(&access, &headers)?;
        Ok(json_response(StatusCode::OK, &json!({ "sessionId": ids::guid() })))
    };
    server.answer(AgentCall::Session, work).await
}
