//! `/conversations`: opening one, and coming back to it.

use axum::{
    body::{Body, Bytes},
    extract::{Path, State},
    http::{HeaderMap, Response, StatusCode, Uri},
};

use crate::agent::{
    conversation::AgentProtocol,
    faults::AgentCall,
    refusal::{Refusal, json_response},
    server::{Server, optional_object, parameter},
    tokens::Access,
};

use super::{
    credential::{Credential, check, credential},
    tickets,
};

/// 201 with a new conversation; 200 when the token's conversation was opened before.
pub(crate) async fn open(
    State(server): State<Server>,
    headers: HeaderMap,
    body: Bytes,
) -> Response<Body> {
    let work = async {
        let credential = credential(&server, &headers)?;
        let parameters = optional_object(&body)?;
        let user = tickets::user(&parameters)?;
        let access = match credential {
            Credential::Token(access) => access,
            Credential::Secret => {
                let now = server.now();
                let conversation =
                    server.state().conversations.add(AgentProtocol::DirectLine, user, now);
                Access { conversation, origins: tickets::origins(&parameters) }
            }
        };
        // One that is opened again is shown from now on, like one that is reconnected.
        let (known, watermark) = server.with(&access.conversation, |conversation, _| {
            let known = std::mem::replace(&mut conversation.opened, true);
            (known, known.then(|| conversation.len().to_string()))
        })?;
        let status = if known { StatusCode::OK } else { StatusCode::CREATED };
        let body = tickets::stream(&server, &access, watermark.as_deref());
        Ok(json_response(status, &body))
    };
    server.answer(AgentCall::Open, work).await
}

/// A new token and a new address for a socket.
pub(crate) async fn reconnect(
    State(server): State<Server>,
    Path(id): Path<String>,
    uri: Uri,
    headers: HeaderMap,
) -> Response<Body> {
    let work = async {
        check(&server, &headers, &id)?;
        let known = server.with(&id, |conversation, _| conversation.len())?;
        let watermark = watermark(&uri)?.unwrap_or(known).to_string();
        let access = Access { conversation: id.clone(), origins: Vec::new() };
        let body = tickets::stream(&server, &access, Some(&watermark));
        Ok(json_response(StatusCode::OK, &body))
    };
    server.answer(AgentCall::Reconnect, work).await
}

/// How many entries of the log the client knows; `None` if it does not say. Clients are to send it
/// as they got it.
///
/// # Errors
/// 400 for one that was never handed out.
pub(super) fn watermark(uri: &Uri) -> Result<Option<usize>, Refusal> {
    match parameter(uri, "watermark").as_deref() {
        None | Some("") => Ok(None),
        Some("-") => Ok(Some(0)),
        Some(text) => match text.parse() {
            Ok(known) => Ok(Some(known)),
            Err(_) => Err(Refusal::bad("The watermark is none of this service")),
        },
    }
}
