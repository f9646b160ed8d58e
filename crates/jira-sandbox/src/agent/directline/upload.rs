//! `/conversations/{id}/upload`: a message with files.

use axum::{
    body::{Body, Bytes},
    extract::{Path, State},
    http::{HeaderMap, Response, Uri, header},
};
use serde_json::{Map, Value as Json, json};

use crate::agent::{
    faults::AgentCall,
    refusal::Refusal,
    server::{Server, object, parameter},
};

use super::{attachments, credential::check, receive::receive};

/// One file as it is, or a form with files and, if there is one, the activity to attach them to.
pub(crate) async fn upload(
    State(server): State<Server>,
    Path(id): Path<String>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response<Body> {
    let work = async {
        check(&server, &headers, &id)?;
        let user = parameter(&uri, "userId").filter(|user| !user.is_empty());
        let user = user.ok_or_else(|| Refusal::missing("userId"))?;
        let activity = with_files(&server, &user, &headers, &body)?;
        receive(&server, &id, activity).await
    };
    server.answer(AgentCall::Upload, work).await
}

fn with_files(
    server: &Server,
    user: &str,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<Map<String, Json>, Refusal> {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let (kind, disposition) = (text(header::CONTENT_TYPE), text(header::CONTENT_DISPOSITION));
    let parts = attachments::parts(kind, disposition, body)
        .ok_or_else(|| Refusal::bad("The body is no file, and no form with files"))?;
    let mut activity = Map::new();
    let mut files = Vec::new();
    for part in parts {
        if part.kind == "application/vnd.microsoft.activity" {
            activity = object(part.content)?;
        } else {
            files.push(part.attachment(&server.settings.base_url));
        }
    }
    activity.entry("type").or_insert_with(|| json!("message"));
    activity.insert("from".to_owned(), json!({ "id": user }));
    if let Some(Json::Array(own)) = activity.get_mut("attachments") {
        own.extend(files);
    } else {
        activity.insert("attachments".to_owned(), Json::Array(files));
    }
    Ok(activity)
}
