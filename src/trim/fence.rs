//! What names issues and projects that may not be shown, taken out of a value before it is reduced to what people read.

use std::borrow::Cow;

use serde_json::Value;

use crate::json::{self, Raw, UNREADABLE};

use super::issue::Visible;

/// What is shown in place of a key or an issue of another project.
pub(super) const HIDDEN: &str = "[hidden]";

/// The value without them, as JSON; none where there is nothing to hide. Texts that merely mention an issue stay; in a
/// custom field, one that consists of nothing but keys is no text.
pub(super) fn fenced(field_id: &str, raw: Raw<'_>, visible: &dyn Visible) -> Option<String> {
    if visible.shows_all() {
        return None;
    }
    let Ok(mut value) = json::from_str::<Value>(raw.get()) else {
        // What cannot be looked through is not shown.
        return Some(Value::from(UNREADABLE).to_string());
    };
    let is_custom = field_id.starts_with("customfield_");
    hide(&mut value, is_custom, visible).then(|| value.to_string())
}

/// Hides what has to be hidden, and says whether there was any.
fn hide(value: &mut Value, texts_too: bool, visible: &dyn Visible) -> bool {
    match value {
        Value::String(text) if texts_too => match keys_hidden(text, visible) {
            Cow::Owned(hidden) => {
                *text = hidden;
                true
            }
            Cow::Borrowed(_) => false,
        },
        Value::Array(items) => items.iter_mut().fold(false, |any, item| hide(item, texts_too, visible) | any),
        Value::Object(members) => {
            if members.get("type").is_some_and(|kind| kind == "doc") {
                return false;
            }
            if is_outside(members, visible) {
                *value = Value::from(HIDDEN);
                return true;
            }
            members.values_mut().fold(false, |any, member| hide(member, texts_too, visible) | any)
        }
        _ => false,
    }
}

/// Whether an object is an issue or a project that may not be shown, or an issue that does not say which.
fn is_outside(members: &serde_json::Map<String, Value>, visible: &dyn Visible) -> bool {
    let text = |name: &str| members.get(name).and_then(Value::as_str);
    let key = ["key", "issueKey"].into_iter().find_map(text);
    let is_project =
        ["projectTypeKey", "simplified", "projectCategory"].iter().any(|name| members.contains_key(*name))
            || text("self").is_some_and(|address| address.contains("/project/"));
    match key {
        Some(key) if is_key(key) => !visible.shows(key),
        Some(key) if is_project => !visible.shows_project(key),
        _ => members.get("fields").is_some_and(Value::is_object),
    }
}

/// A text of nothing but keys, without those that may not be shown; any other text as it is.
fn keys_hidden<'t>(text: &'t str, visible: &dyn Visible) -> Cow<'t, str> {
    let is_between = |c: char| c.is_whitespace() || matches!(c, ',' | ';' | '|' | '/');
    let mut words = text.split(is_between).filter(|word| !word.is_empty()).peekable();
    if words.peek().is_none() || !words.all(|word| is_key(word) || is_address(word)) {
        return Cow::Borrowed(text);
    }
    without(text, is_between, visible)
}

/// The text with the keys hidden that may not be shown, where words end at signs of this kind.
pub(super) fn without<'t>(
    text: &'t str,
    is_between: impl Fn(char) -> bool + Copy,
    visible: &dyn Visible,
) -> Cow<'t, str> {
    let mut is_changed = false;
    let pieces = text.split_inclusive(is_between).map(|piece| {
        let word = piece.trim_end_matches(is_between);
        if is_key(word) && !visible.shows(word) {
            is_changed = true;
            piece.replace(word, HIDDEN)
        } else {
            piece.to_owned()
        }
    });
    let shown: String = pieces.collect();
    if is_changed { Cow::Owned(shown) } else { Cow::Borrowed(text) }
}

/// Parts of an issue's address, between whose slashes its key stands.
fn is_address(word: &str) -> bool {
    matches!(word, "https:" | "http:" | "browse") || word.ends_with(".atlassian.net")
}

/// Whether a word has the form of an issue's key.
pub(super) fn is_key(word: &str) -> bool {
    word.rsplit_once('-').is_some_and(|(project, number)| {
        project.starts_with(|c: char| c.is_ascii_alphabetic())
            && project.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
            && !number.is_empty()
            && number.bytes().all(|byte| byte.is_ascii_digit())
    })
}
