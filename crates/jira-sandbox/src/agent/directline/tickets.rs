//! What opens a conversation: the bodies with tokens in them.

use axum::http::{HeaderMap, header};
use serde_json::{Map, Value as Json, json};

use crate::{
    agent::{
        ids,
        refusal::Refusal,
        server::Server,
        settings::AgentSettings,
        tokens::{Access, Purpose},
    },
    json::{put, strings},
};

/// In milliseconds; all lifetimes are far below the limit.
fn ms(life: std::time::Duration) -> i64 {
    i64::try_from(life.as_millis()).unwrap_or(i64::MAX)
}

/// `{conversationId, token, expires_in}`, as tokens are handed out.
pub(super) fn token(server: &Server, access: &Access) -> Json {
    let AgentSettings { token_life, .. } = *server.settings;
    let tokens = &server.state().tokens;
    let token = tokens.issue(Purpose::Calls, access.clone(), server.now(), ms(token_life));
    json!({
        "conversationId": access.conversation, "token": token, "expires_in": token_life.as_secs(),
    })
}

/// The same with the address of a socket, which shows what comes from the watermark on.
pub(super) fn stream(server: &Server, access: &Access, watermark: Option<&str>) -> Json {
    let settings = &server.settings;
    let life = ms(settings.stream_url_life);
    let ticket = server.state().tokens.issue(Purpose::Stream, access.clone(), server.now(), life);
    let base = settings.directline_url().replacen("http", "ws", 1);
    let (id, watermark) = (&access.conversation, watermark.unwrap_or("-"));
    let mut body = token(server, access);
    let url = format!("{base}/conversations/{id}/stream?watermark={watermark}&t={ticket}");
    put(&mut body, "streamUrl", url);
    put(&mut body, "referenceGrammarId", ids::guid());
    body
}

/// The id of the user in `TokenParameters`; clients may name a user without one.
///
/// # Errors
/// 400 unless it begins with `dl_`.
pub(super) fn user(parameters: &Map<String, Json>) -> Result<Option<String>, Refusal> {
    let id = match parameters.get("user") {
        None | Some(Json::Null) => None,
        Some(Json::Object(user)) => user.get("id").filter(|id| !id.is_null()),
        Some(_) => return Err(Refusal::bad("user is not an object")),
    };
    match id.map(|id| id.as_str().filter(|id| id.starts_with("dl_"))) {
        None => Ok(None),
        Some(Some(id)) => Ok(Some(id.to_owned())),
        Some(None) => Err(Refusal::bad("user.id must begin with dl_")),
    }
}

/// The origins in `TokenParameters`.
pub(super) fn origins(parameters: &Map<String, Json>) -> Vec<String> {
    let origins = strings(parameters.get("trustedOrigins")).unwrap_or_default();
    origins.into_iter().map(str::to_owned).collect()
}

/// The page that a browser sends a call from, if the token names it.
///
/// # Errors
/// 400 for any other page, and for none.
pub(super) fn trusted_origin(access: &Access, headers: &HeaderMap) -> Result<(), Refusal> {
    let origin = headers.get(header::ORIGIN).and_then(|origin| origin.to_str().ok());
    if origin.is_some_and(|origin| access.origins.iter().any(|known| known == origin)) {
        return Ok(());
    }
    Err(Refusal::bad("The origin is none of the token's trustedOrigins"))
}
