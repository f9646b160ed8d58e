//! Any field value of Jira, reduced to what a person would read.

use std::{borrow::Cow, cell::Cell, collections::BTreeMap};

use json_borrow::{FirstItems, FirstMembers, Raw, UNREADABLE};
use serde_json::{Map, Value};
use tool_kit::{clean, clip};

use crate::jira::client::wire;

use super::date;

/// Objects without a name we know are shown down to this depth.
const DEPTH_MAX: usize = 3;

/// Nothing that a person reads nests deeper than this in lists and cascades; a hostile value could
/// nest without end.
const NESTING_MAX: usize = 8;

/// Parts of one value that are shown, at all its levels together; what is left out is counted.
const PARTS_MAX: usize = 1_000;

/// What is shown in place of what lies below these depths.
const TOO_DEEP: &str = "[nested too deep]";

/// A field's value in its smallest useful form: names for things and people, Markdown for rich
/// text, short dates; none when there is nothing to show. Texts are clipped to `text_chars`
/// characters.
pub fn compact(raw: Raw<'_>, text_chars: usize) -> Option<Value> {
    nested(raw, &Limits { text_chars, parts: Cell::new(PARTS_MAX) }, 0)
}

/// How much of a value is shown.
struct Limits {
    /// Texts are clipped to so many characters.
    text_chars: usize,
    /// So many parts are left.
    parts: Cell<usize>,
}

impl Limits {
    fn take(&self) -> bool {
        let left = self.parts.get();
        self.parts.set(left.saturating_sub(1));
        left > 0
    }
}

fn nested(raw: Raw<'_>, limits: &Limits, nesting: usize) -> Option<Value> {
    if nesting > NESTING_MAX {
        return Some(Value::from(TOO_DEEP));
    }
    let json = raw.get();
    let shown = match json.as_bytes().first()? {
        b'"' => json_borrow::from_str::<wire::Text<'_>>(json)
            .map_or(Value::from(UNREADABLE), |text| {
                Value::from(short_text(&text, limits.text_chars))
            }),
        b'{' => object(json, limits, 0, nesting)?,
        b'[' => {
            json_borrow::from_str::<FirstItems<'_>>(json).map_or(Value::from(UNREADABLE), |items| {
                let mut omitted = items.omitted;
                let mut shown: Vec<Value> = Vec::new();
                for item in items.kept {
                    if limits.take() {
                        shown.extend(nested(item, limits, nesting + 1));
                    } else {
                        omitted += 1;
                    }
                }
                if omitted > 0 {
                    shown.push(Value::from(format!("… [+{omitted} items]")));
                }
                Value::Array(shown)
            })
        }
        _ => number(json),
    };
    (!is_empty(&shown)).then_some(shown)
}

/// Jira writes whole story points as `5.0`; a person would not. A number too large for one is shown
/// as it is written.
fn number(json: &str) -> Value {
    let whole = json.strip_suffix(".0").unwrap_or(json);
    let is_number = whole.bytes().all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(&byte));
    match serde_json::from_str(whole) {
        Ok(Value::Number(number)) if number.is_f64() && !whole.contains(['.', 'e', 'E']) => {
            Value::from(whole)
        }
        Ok(value) => value,
        Err(_) => Value::from(if is_number { whole } else { UNREADABLE }),
    }
}

/// A value where only a text has limits.
pub(super) fn in_words(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// Rich text that may be absent or unreadable.
pub(super) fn rich_text(text: wire::RichText<'_>, text_chars: usize) -> String {
    let node = text.read();
    if node.is_unreadable() {
        return UNREADABLE.to_owned();
    }
    node.as_ref().map(|node| markdown(node, text_chars)).unwrap_or_default()
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

/// An id or a key, cleaned; also one that looks like a timestamp stays what it is.
pub(super) fn id(text: &str) -> String {
    clean(text).into_owned()
}

/// Plain text, cleaned and clipped; a timestamp becomes short.
pub(super) fn short_text(text: &str, text_chars: usize) -> String {
    date::shortened(text).unwrap_or_else(|| clip(&clean(text), text_chars).into_owned())
}

/// How Jira begins rich text. Whatever else is rich text is found out by reading it as a thing
/// first.
const DOCUMENT_STARTS: [&str; 2] = [r#"{"type":"doc""#, r#"{"version":1,"type":"doc""#];

fn object(json: &str, limits: &Limits, depth: usize, nesting: usize) -> Option<Value> {
    let text_chars = limits.text_chars;
    if DOCUMENT_STARTS.iter().any(|start| json.starts_with(start))
        && let Ok(document) = json_borrow::from_str::<adf::Node>(json)
        && document.kind == "doc"
    {
        return Some(Value::from(markdown(&document, text_chars)));
    }
    let thing: wire::NamedValue<'_> = json_borrow::from_str(json).unwrap_or_default();
    if thing.kind.as_ref().and_then(wire::LenientText::text) == Some("doc") {
        let document = json_borrow::from_str(json).map(|document| markdown(&document, text_chars));
        return Some(document.map_or(Value::from(UNREADABLE), Value::from));
    }
    let option = thing.value.as_ref().and_then(wire::LenientText::text);
    if let (Some(parent), Some(child)) = (option, thing.child) {
        let child: Value = nested(child, limits, nesting + 1)?;
        return Some(Value::from(format!("{parent} > {}", in_words(&child))));
    }
    // An issue's key says more than its name, a project's name less than its key.
    let name = [
        thing.display_name.as_deref(),
        thing.key.as_deref(),
        thing.name.as_deref(),
        option,
        thing.title.as_deref(),
    ];
    if let Some(name) = name.into_iter().flatten().find(|name| *name != UNREADABLE) {
        return Some(Value::from(short_text(name, text_chars)));
    }
    remainder(json, limits, depth, nesting)
}

/// An object of a kind we do not know, without what only machines read.
fn remainder(json: &str, limits: &Limits, depth: usize, nesting: usize) -> Option<Value> {
    if depth >= DEPTH_MAX {
        return Some(Value::from(if json == "{}" { "" } else { TOO_DEEP }))
            .filter(|shown| !is_empty(shown));
    }
    let Ok(members) = json_borrow::from_str::<FirstMembers<'_>>(json) else {
        return Some(Value::from(UNREADABLE));
    };
    let fields: BTreeMap<wire::Text<'_>, Raw<'_>> = members.kept.into_iter().collect();
    let omitted = members.omitted;
    let is_doubled = |name: &str| {
        name.strip_suffix("Seconds").is_some_and(|in_words| fields.contains_key(in_words))
    };
    let mut shown: Map<String, Value> = fields
        .iter()
        .filter(|(name, value)| !value.is_null() && !is_for_machines(name) && !is_doubled(name))
        .filter(|_| limits.take())
        .filter_map(|(name, value)| {
            let json = value.get();
            let value = if json.starts_with('{') {
                object(json, limits, depth + 1, nesting + 1)
            } else {
                nested(*value, limits, nesting + 1)
            };
            Some((clean(name).into_owned(), value?))
        })
        .collect();
    if omitted > 0 {
        shown.insert("…".to_owned(), Value::from(format!("[+{omitted} members]")));
    }
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
