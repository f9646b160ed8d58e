//! Reads the `Authorization` header: a secret opens every conversation, a token one.

use axum::http::{HeaderMap, header};

use crate::agent::{
    conversation::AgentProtocol,
    refusal::Refusal,
    server::Server,
    tokens::{Access, Purpose},
};

pub(super) enum Credential {
    Secret,
    Token(Access),
}

/// # Errors
/// 401 without a `Bearer` header, 403 when what it has opens nothing.
pub(super) fn credential(server: &Server, headers: &HeaderMap) -> Result<Credential, Refusal> {
    let value = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let (scheme, text) =
        value.and_then(|value| value.split_once(' ')).ok_or_else(Refusal::no_credential)?;
    let text = text.trim();
    if !scheme.eq_ignore_ascii_case("bearer") || text.is_empty() {
        return Err(Refusal::no_credential());
    }
    let state = server.state();
    if state.secrets.is_valid(text) {
        return Ok(Credential::Secret);
    }
    let access = state.tokens.open(Purpose::Calls, text, server.now());
    access.map(Credential::Token).map_err(Refusal::shut)
}

/// # Errors
/// Those of [`credential`]; 403 for the token of another conversation, 404 for a conversation that
/// is unknown, was never opened, or goes another way.
pub(super) fn check(server: &Server, headers: &HeaderMap, id: &str) -> Result<(), Refusal> {
    match credential(server, headers)? {
        Credential::Token(access) if access.conversation != id => {
            return Err(Refusal::forbidden("The token is for another conversation"));
        }
        _ => {}
    }
    let is_open = server.with(id, |conversation, _| {
        conversation.opened && conversation.protocol == AgentProtocol::DirectLine
    })?;
    if is_open { Ok(()) } else { Err(Refusal::no_conversation()) }
}
