//! Any field value of Jira, reduced to what a person would read.

use std::borrow::Cow;

use serde_json::Value;

use crate::{
    adf,
    jira::wire,
    json::{self, Raw},
};

use super::{
    date,
    text::{clean, clip},
};

/// Objects without a name we know are shown down to this depth.
const DEPTH_MAX: usize = 3;

/// Nothing that a person reads nests deeper than this in lists and cascades; a hostile value could nest without end.
const NESTING_MAX: usize = 8;

/// A field's value in its smallest useful form: names for things and people, Markdown for rich text, short dates;
/// none when there is nothing to show. Texts are clipped to `text_chars` characters.
pub fn compact(raw: Raw<'_>, text_chars: usize) -> Option<Value> {
    nested(raw, text_chars, 0)
}

fn nested(raw: Raw<'_>, text_chars: usize, nesting: usize) -> Option<Value> {
    if nesting > NESTING_MAX {
        return None;
    }
    let json = raw.get();
    let shown = match json.as_bytes().first()? {
        b'"' => Value::from(short_text(&json::from_str::<wire::Text<'_>>(json).ok()?, text_chars)),
        b'{' => object(json, text_chars, 0, nesting)?,
        b'[' => {
            let items: Vec<Raw<'_>> = json::from_str(json).ok()?;
            Value::Array(items.iter().filter_map(|item| nested(*item, text_chars, nesting + 1)).collect())
        }
        _ => number(json)?,
    };
    (!is_empty(&shown)).then_some(shown)
}

/// Jira writes whole story points as `5.0`; a person would not.
fn number(json: &str) -> Option<Value> {
    let whole = json.strip_suffix(".0").unwrap_or(json);
    serde_json::from_str(whole).ok()
}

/// The name of a person as agents see it; people who have left are marked.
pub fn person(user: &wire::User<'_>) -> String {
    let name = clean(&user.display_name);
    if user.active { name.into_owned() } else { format!("{name} (inactive)") }
}

/// Rich text as Markdown, cleaned and clipped.
pub(super) fn markdown(node: &adf::Node, text_chars: usize) -> String {
    let text = adf::to_markdown(node);
    let shown = match clean(&text) {
        Cow::Borrowed(_) => None,
        Cow::Owned(cleaned) => Some(cleaned),
    };
    let text = shown.unwrap_or(text);
    if let Cow::Owned(clipped) = clip(&text, text_chars) { clipped } else { text }
}

/// Plain text, cleaned and clipped; a timestamp becomes short.
pub(super) fn short_text(text: &str, text_chars: usize) -> String {
    if date::is_timestamp(text) {
        return date::short(text).into_owned();
    }
    clip(&clean(text), text_chars).into_owned()
}

/// How Jira begins rich text. Whatever else is rich text is found out by reading it as a thing first.
const DOCUMENT_STARTS: [&str; 2] = [r#"{"type":"doc""#, r#"{"version":1,"type":"doc""#];

fn object(json: &str, text_chars: usize, depth: usize, nesting: usize) -> Option<Value> {
    if DOCUMENT_STARTS.iter().any(|start| json.starts_with(start))
        && let Ok(document) = json::from_str::<adf::Node>(json)
        && document.kind == "doc"
    {
        return Some(Value::from(markdown(&document, text_chars)));
    }
    let thing: wire::Thing<'_> = json::from_str(json).unwrap_or_default();
    if thing.kind.as_ref().and_then(wire::Loose::text) == Some("doc") {
        return Some(Value::from(markdown(&json::from_str(json).ok()?, text_chars)));
    }
    let option = thing.value.as_ref().and_then(wire::Loose::text);
    if let (Some(parent), Some(child)) = (option, thing.child) {
        let child: Value = nested(child, text_chars, nesting + 1)?;
        return Some(Value::from(format!("{parent} > {}", child.as_str().unwrap_or_default())));
    }
    // An issue's key says more than its name, a project's name less than its key.
    let name = [
        thing.display_name.as_deref(),
        thing.key.as_deref(),
        thing.name.as_deref(),
        option,
        thing.title.as_deref(),
    ];
    if let Some(name) = name.into_iter().flatten().next() {
        return Some(Value::from(short_text(name, text_chars)));
    }
    remainder(json, text_chars, depth, nesting)
}

/// An object of a kind we do not know, without what only machines read.
fn remainder(json: &str, text_chars: usize, depth: usize, nesting: usize) -> Option<Value> {
    if depth >= DEPTH_MAX {
        return None;
    }
    let fields: std::collections::BTreeMap<String, Raw<'_>> = json::from_str(json).ok()?;
    let shown = fields
        .into_iter()
        .filter(|(name, value)| !value.is_null() && !is_for_machines(name))
        .filter_map(|(name, value)| {
            let json = value.get();
            let value = if json.starts_with('{') {
                object(json, text_chars, depth + 1, nesting + 1)
            } else {
                nested(value, text_chars, nesting + 1)
            };
            Some((name, value?))
        })
        .collect();
    Some(Value::Object(shown))
}

fn is_for_machines(name: &str) -> bool {
    matches!(
        name,
        "self"
            | "avatarUrls"
            | "avatarId"
            | "iconUrl"
            | "emailAddress"
            | "accountId"
            | "_links"
            | "hasEpicLinkFieldDependency"
    )
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(fields) => fields.is_empty(),
        Value::Bool(_) | Value::Number(_) => false,
    }
}
