//! An Adaptive Card as lines of text, with what it asks for and how it is answered.
//!
//! Source: adaptivecards.io, schema 1.6. Elements that are not known are read for their texts and
//! for what stands inside them.

use serde::Serialize;
use serde_json::{Map, Value};

use super::{
    bound::{LIST_MAX, Room, text_of, web_url},
    choice::Choice,
};
use crate::agent::client::activity::objects;

/// Something that a card asks for. The answer is a member of this name in the message's value.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Input {
    /// The name of the member.
    pub id: String,
    /// What kind of input it is, such as `Text`, `ChoiceSet`, `Toggle`, `Number`, `Date`, `Time`.
    #[serde(rename = "type")]
    pub kind: String,
    /// What is asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// Whether it has to be answered.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub is_required: bool,
    /// What it holds already.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// What may be answered: the value to send, and what it means.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub choices: Vec<InputChoice>,
}

/// One of the answers to an [`Input`].
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct InputChoice {
    /// What the user sees.
    pub title: String,
    /// What is sent.
    pub value: String,
}

/// What a card holds.
#[derive(Debug, Default)]
pub(super) struct Card {
    pub(super) lines: Vec<String>,
    pub(super) inputs: Vec<Input>,
    pub(super) choices: Vec<Choice>,
}

pub(super) fn read(content: &Map<String, Value>, room: &mut Room) -> Card {
    let mut card = Card::default();
    element(content, 0, room, &mut card);
    if card.lines.is_empty() {
        // What a card without room or support for it says instead.
        for name in ["fallbackText", "speak"] {
            if card.lines.is_empty() {
                card.lines.extend(text_of(content, name).map(|text| room.take(text)));
            }
        }
    }
    card
}

/// Members that hold elements, in reading order.
const CHILDREN: [&str; 8] =
    ["body", "items", "columns", "rows", "cells", "images", "card", "inlines"];
const ACTIONS: [&str; 3] = ["actions", "selectAction", "inlineAction"];

fn element(object: &Map<String, Value>, depth: usize, room: &mut Room, card: &mut Card) {
    if object.get("isVisible") == Some(&Value::Bool(false)) || !room.element(depth) {
        return;
    }
    let kind = text_of(object, "type").unwrap_or_default();
    match kind {
        "RichTextBlock" => {
            card.lines.extend(rich_text(object, room));
            return;
        }
        "FactSet" => facts(object, room, card),
        "Image" | "Media" => {
            card.lines.extend(text_of(object, "altText").map(|text| room.take(text)));
        }
        _ if kind.starts_with("Input.") => {
            card.inputs.extend(input(object, kind, room));
        }
        "AdaptiveCard" => {}
        _ => card.lines.extend(text_of(object, "text").map(|text| room.take(text))),
    }
    for name in CHILDREN {
        match object.get(name) {
            Some(Value::Object(child)) => element(child, depth + 1, room, card),
            children => {
                for child in objects(children) {
                    element(child, depth + 1, room, card);
                }
            }
        }
    }
    for name in ACTIONS {
        match object.get(name) {
            Some(Value::Object(one)) => action(one, depth + 1, room, card),
            many => {
                for one in objects(many).take(LIST_MAX) {
                    action(one, depth + 1, room, card);
                }
            }
        }
    }
}

fn rich_text(object: &Map<String, Value>, room: &mut Room) -> Option<String> {
    let runs = object.get("inlines")?.as_array()?.iter().take(LIST_MAX);
    let texts: String = runs
        .filter_map(|run| match run {
            Value::String(text) => Some(text.as_str()),
            run => run.get("text")?.as_str(),
        })
        .collect();
    (!texts.trim().is_empty()).then(|| room.take(&texts))
}

fn facts(object: &Map<String, Value>, room: &mut Room, card: &mut Card) {
    for fact in objects(object.get("facts")).take(LIST_MAX) {
        let title = text_of(fact, "title").unwrap_or_default();
        let value = text_of(fact, "value").unwrap_or_default();
        card.lines.push(room.take(&format!("{title}: {value}")));
    }
}

fn input(object: &Map<String, Value>, kind: &str, room: &mut Room) -> Option<Input> {
    let id = room.take(text_of(object, "id")?);
    let label =
        ["label", "title", "placeholder"].into_iter().find_map(|name| text_of(object, name));
    let choices = objects(object.get("choices")).take(LIST_MAX);
    let choices = choices.filter_map(|choice| {
        let value = text_of(choice, "value")?;
        let title = room.take(text_of(choice, "title").unwrap_or(value));
        Some(InputChoice { title, value: room.take(value) })
    });
    let choices = choices.collect();
    let value = object.get("value").and_then(|value| match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    });
    Some(Input {
        id,
        kind: room.take(kind.trim_start_matches("Input.")),
        label: label.map(|label| room.take(label)),
        is_required: object.get("isRequired") == Some(&Value::Bool(true)),
        value: value.map(|value| room.take(&value)),
        choices,
    })
}

/// `Action.Submit` and `Action.Execute` are answered by a message whose value is their data
/// together with the inputs; `Action.ShowCard` shows a card inside this one.
fn action(object: &Map<String, Value>, depth: usize, room: &mut Room, card: &mut Card) {
    if !room.element(depth) {
        return;
    }
    let kind = text_of(object, "type").unwrap_or_default();
    if let Some(shown) = object.get("card").and_then(Value::as_object) {
        card.lines.extend(text_of(object, "title").map(|title| room.take(title)));
        element(shown, depth + 1, room, card);
        return;
    }
    let title = text_of(object, "title").unwrap_or(match kind {
        "Action.OpenUrl" => "Open",
        _ => "Submit",
    });
    let url = text_of(object, "url").and_then(web_url);
    let (message, value) = match (kind, object.get("data")) {
        ("Action.Submit" | "Action.Execute", Some(Value::String(text))) => {
            (Some(room.take(text)), None)
        }
        ("Action.Submit" | "Action.Execute", data) => {
            let data = data.filter(|data| data.is_object());
            let none = Value::Object(Map::new());
            (None, room.take_value(data.unwrap_or(&none)))
        }
        ("Action.OpenUrl", _) if url.is_some() => (None, None),
        _ => return,
    };
    card.choices.push(Choice {
        title: room.take(title),
        kind: room.take(kind),
        message,
        value,
        url: url.map(|url| room.take(url)),
    });
}
