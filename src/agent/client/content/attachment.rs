//! One attachment: a card as text, or the name and address of a file.

use serde::Serialize;
use serde_json::{Map, Value};

use super::{
    adaptive,
    adaptive::Input,
    bound::{LIST_MAX, Room, text_of, web_url},
    choice::{Choice, choice},
    sign_in::{self, SignIn},
};
use crate::agent::client::activity::objects;

/// What came with a message.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Attachment {
    /// Its media type.
    pub content_type: String,
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Where it is, on the web.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// What a card says, as lines of text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// What a card asks for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub inputs: Vec<Input>,
}

/// What an attachment gives.
#[derive(Default)]
pub(super) struct Read {
    pub(super) attachment: Option<Attachment>,
    pub(super) choices: Vec<Choice>,
    pub(super) sign_in: Option<SignIn>,
}

pub(super) fn read(object: &Map<String, Value>, room: &mut Room) -> Read {
    let content_type = text_of(object, "contentType").unwrap_or("application/octet-stream");
    let empty = Map::new();
    let content = object.get("content").and_then(Value::as_object).unwrap_or(&empty);
    let mut attachment = Attachment {
        content_type: room.take(content_type),
        name: text_of(object, "name").map(|name| room.take(name)),
        url: text_of(object, "contentUrl").and_then(web_url).map(|url| room.take(url)),
        text: None,
        inputs: Vec::new(),
    };
    let mut read = Read::default();
    let kind = content_type.to_ascii_lowercase();
    match kind.strip_prefix("application/vnd.microsoft.card.") {
        Some("adaptive") => {
            let card = adaptive::read(content, room);
            attachment.text = lines(&card.lines);
            attachment.inputs = card.inputs;
            read.choices = card.choices;
        }
        Some("oauth" | "signin") => {
            let sign_in = sign_in::read(content, room);
            attachment.text.clone_from(&sign_in.text);
            read.sign_in = Some(sign_in);
        }
        Some(_) => {
            attachment.text = lines(&card_lines(content, room));
            let buttons = objects(content.get("buttons")).take(LIST_MAX);
            read.choices = buttons.filter_map(|button| choice(button, room)).collect();
        }
        None => {
            if let Some(Value::String(text)) = object.get("content")
                && kind.starts_with("text/")
            {
                attachment.text = Some(room.take(text));
            }
        }
    }
    read.attachment = Some(attachment);
    read
}

fn lines(lines: &[String]) -> Option<String> {
    (!lines.is_empty()).then(|| lines.join("\n"))
}

/// What a hero, thumbnail, receipt or media card says, in reading order.
fn card_lines(content: &Map<String, Value>, room: &mut Room) -> Vec<String> {
    let mut lines = Vec::new();
    for name in ["title", "subtitle", "text"] {
        lines.extend(text_of(content, name).map(|text| room.take(text)));
    }
    for fact in objects(content.get("facts")).take(LIST_MAX) {
        let parts = [text_of(fact, "key"), text_of(fact, "value")];
        let parts: Vec<_> = parts.into_iter().flatten().collect();
        lines.push(room.take(&parts.join(": ")));
    }
    for item in objects(content.get("items")).take(LIST_MAX) {
        let parts = ["title", "subtitle", "text", "price"].map(|name| text_of(item, name));
        let parts: Vec<_> = parts.into_iter().flatten().collect();
        lines.push(room.take(&parts.join(", ")));
    }
    for name in ["tax", "vat", "total"] {
        if let Some(text) = text_of(content, name) {
            lines.push(room.take(&format!("{name}: {text}")));
        }
    }
    lines.retain(|line| !line.is_empty());
    lines
}
