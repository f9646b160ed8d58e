//! What names issues and projects that may not be shown, taken out of a value before it is reduced
//! to what people read.

use std::borrow::Cow;

use json_borrow::{Raw, UNREADABLE};
use serde_json::{Map, Value};
use tool_kit::clean;

use super::visible::Visible;

/// What is shown in place of a key or an issue of another project.
pub(super) const HIDDEN: &str = "[hidden]";

/// The value without them, as JSON; none where there is nothing to hide. Texts that merely mention
/// an issue stay; in a custom field, one that consists of nothing but keys is no text.
pub(super) fn fenced(field_id: &str, raw: Raw<'_>, visible: &dyn Visible) -> Option<String> {
    if visible.shows_all() {
        return None;
    }
    let Ok(mut value) = json_borrow::from_str::<Value>(raw.get()) else {
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
        Value::Array(items) => {
            items.iter_mut().fold(false, |any, item| hide(item, texts_too, visible) | any)
        }
        Value::Object(members) => {
            if members.get("type").is_some_and(|kind| kind == "doc") {
                return false;
            }
            if is_outside(members, texts_too, visible) {
                *value = Value::from(HIDDEN);
                return true;
            }
            members.values_mut().fold(false, |any, member| hide(member, texts_too, visible) | any)
        }
        _ => false,
    }
}

/// Whether an object is an issue or a project that may not be shown, or an issue that does not say
/// which.
fn is_outside(members: &Map<String, Value>, texts_too: bool, visible: &dyn Visible) -> bool {
    let text = |name: &str| members.get(name).and_then(Value::as_str);
    let has = |names: &[&str]| names.iter().any(|name| members.contains_key(*name));
    // A key anywhere in it says which issue it is about, and that its other texts are that issue's.
    let keys: Vec<&str> = members
        .iter()
        .flat_map(|(name, value)| [Some(name.as_str()), value.as_str()])
        .flatten()
        .filter(|text| is_key(text))
        .collect();
    if !keys.is_empty() {
        return keys.iter().any(|key| !visible.shows(key));
    }
    let is_project = has(&["projectTypeKey", "simplified", "projectCategory"])
        || text("self").is_some_and(|address| address.contains("/project/"));
    let key = text("key").filter(|key| is_project || (texts_too && is_project_key(key)));
    if let Some(key) = key {
        return !visible.shows_project(key);
    }
    let is_issue = has(&["fields", "renderedFields", "issueId", "summary"])
        || text("self").is_some_and(|address| address.contains("/issue/"));
    is_project || is_issue
}

/// Whether a text has the form of a project's key.
fn is_project_key(text: &str) -> bool {
    text.len() > 1
        && text.starts_with(|c: char| c.is_ascii_uppercase())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_')
}

/// A text of nothing but keys, without those that may not be shown; any other text as it is.
pub(super) fn keys_hidden<'t>(text: &'t str, visible: &dyn Visible) -> Cow<'t, str> {
    let plain = plain(text);
    if let Ok(mut inner @ (Value::Object(_) | Value::Array(_))) =
        json_borrow::from_str::<Value>(plain.trim())
    {
        // JSON that is kept as a text is looked through like any other.
        return if hide(&mut inner, true, visible) {
            Cow::Owned(inner.to_string())
        } else {
            Cow::Borrowed(text)
        };
    }
    match references(&plain) {
        Some(keys) if keys.iter().any(|key| !visible.shows(key)) => {
            Cow::Owned(without(&plain, |c| !is_of_word(c), visible).into_owned())
        }
        _ => Cow::Borrowed(text),
    }
}

/// A text as it is compared: cleaned, and with one kind of hyphen.
fn plain(text: &str) -> String {
    let hyphen = |c: char| if matches!(c, '\u{2010}'..='\u{2015}' | '\u{2212}') { '-' } else { c };
    clean(text).chars().map(hyphen).collect()
}

fn is_of_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '-' | '_')
}

/// The keys of a text that consists of nothing else: keys with signs between them, parts of
/// addresses, words for what a key is. None for a text that says more, which may mention what it
/// likes.
pub fn references(text: &str) -> Option<Vec<String>> {
    let text = plain(text);
    let words = text.split(|c: char| !is_of_word(c)).filter(|word| !word.is_empty());
    let (mut keys, mut others, is_address) =
        (Vec::new(), 0, text.contains("://") || text.trim_start().starts_with("ari:"));
    for word in words {
        if is_key(word) {
            keys.push(word.to_ascii_uppercase());
        } else if !(is_address || NAMES_OF_KEYS.iter().any(|name| word.eq_ignore_ascii_case(name)))
        {
            others += 1;
        }
    }
    (others == 0 && !keys.is_empty()).then_some(keys)
}

/// Words that say of a text that it is a key.
const NAMES_OF_KEYS: [&str; 10] =
    ["key", "keys", "issue", "issues", "issueKey", "issue_key", "data", "value", "id", "browse"];

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

/// A sentence of Jira's without the keys that may not be shown.
pub fn sentence<'t>(text: &'t str, visible: &dyn Visible) -> Cow<'t, str> {
    if visible.shows_all() {
        Cow::Borrowed(text)
    } else {
        without(text, |c| !is_of_word(c), visible)
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_of_nothing_but_keys_is_told_from_one_that_mentions_some() {
        for text in [
            "ZZ-9",
            " zz-9\n",
            "ZZ-9/AB-1",
            "AB-1, ZZ-9",
            "(ZZ-9)",
            "ZZ-9.",
            "key=ZZ-9",
            "AB-1+ZZ-9",
            "\"ZZ-9\"",
            "[\"ZZ-9\"]",
            "ZZ-\u{200B}9",
            "ZZ\u{2011}9",
            "AB-1:ZZ-9",
            "https://jira.example.com/browse/ZZ-9?focusedId=1",
            "https://x.atlassian.net/projects/ZZ/boards/1?selectedIssue=ZZ-9",
        ] {
            let found = references(text).unwrap_or_default();
            assert!(found.iter().any(|key| key == "ZZ-9"), "{text:?}: {found:?}");
        }
        for text in ["as in ZZ-9", "ZZ-9 is done", "", "no key", "UTF-8 text", "10009"] {
            assert_eq!(references(text), None, "{text:?}");
        }
    }
}
