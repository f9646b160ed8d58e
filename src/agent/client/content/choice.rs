//! What the user may answer with.

use serde::Serialize;
use serde_json::{Map, Value};

use super::bound::{Room, text_of, web_url};

/// Something to answer with.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Choice {
    /// What the user sees.
    pub title: String,
    /// The kind of action, such as `imBack`.
    #[serde(rename = "type")]
    pub kind: String,
    /// What to send as the message's text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// What to send as the message's value, where it is no text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<Value>,
    /// What to open instead.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

/// A `CardAction`. Source: Bot Framework, "Add buttons that allow users to perform actions".
pub(super) fn choice(action: &Map<String, Value>, room: &mut Room) -> Option<Choice> {
    let kind = text_of(action, "type").unwrap_or("imBack");
    let value = action.get("value");
    let said = value.and_then(Value::as_str);
    let title = text_of(action, "title").or(text_of(action, "text")).or(said)?;
    let is_link = matches!(
        kind,
        "openUrl" | "signin" | "playAudio" | "playVideo" | "showImage" | "downloadFile"
    );
    let title = room.take(title);
    let url = said.filter(|_| is_link).and_then(web_url).map(|url| room.take(url));
    let message = match kind {
        _ if is_link => None,
        // The text is what is sent; the value goes beside it.
        "messageBack" => text_of(action, "text").or(said).map(|text| room.take(text)),
        _ => said.or(text_of(action, "text")).map(|text| room.take(text)),
    };
    let value = value.filter(|value| value.is_object() && !is_link);
    let value = value.and_then(|value| room.take_value(value));
    (message.is_some() || value.is_some() || url.is_some()).then(|| Choice {
        title,
        kind: room.take(kind),
        message,
        value,
        url,
    })
}
