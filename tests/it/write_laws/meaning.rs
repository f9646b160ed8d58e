//! What a value says, judged without the product: words, elements, and whether it asks for nothing.

use serde_json::Value;

use super::stub::{PEOPLE, fields};

/// Whether somebody who gave this asked for nothing to be there.
pub(super) fn asks_for_nothing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => {
            let word = text.trim().to_ascii_lowercase();
            matches!(word.as_str(), "" | "none" | "null" | "unassigned" | "nobody")
                || serde_json::from_str::<Value>(text)
                    .is_ok_and(|value| !value.is_string() && asks_for_nothing(&value))
        }
        Value::Array(items) => {
            items.is_empty()
                || matches!(items.as_slice(), [Value::Object(map)] if map.get("set").is_some_and(asks_for_nothing))
        }
        Value::Object(map) => map.len() == 1 && map.get("set").is_some_and(asks_for_nothing),
        _ => false,
    }
}

/// The texts and numbers of a value, small letters, without the names of members.
pub(super) fn words(value: &Value, all: &mut Vec<String>) {
    match value {
        Value::String(text) => {
            all.push(text.to_lowercase());
            if text.trim_start().starts_with(['[', '{'])
                && let Ok(inner) = serde_json::from_str(text)
            {
                words(&inner, all);
            }
        }
        Value::Number(number) => all.push(number.to_string()),
        Value::Bool(flag) => all.push(flag.to_string()),
        Value::Array(items) => items.iter().for_each(|item| words(item, all)),
        Value::Object(map) => map.values().for_each(|item| words(item, all)),
        Value::Null => {}
    }
}

/// The words for which an id of the stub stands.
pub(super) fn names_of(id: &str) -> Vec<String> {
    let mut names = vec![id.to_lowercase()];
    for field in fields() {
        let allowed = field["allowedValues"].as_array().cloned().unwrap_or_default();
        let below = allowed
            .iter()
            .flat_map(|value| value["children"].as_array().cloned().unwrap_or_default());
        for value in allowed.iter().cloned().chain(below) {
            if value["id"] == id {
                names.extend(
                    ["name", "value"]
                        .iter()
                        .filter_map(|name| value[*name].as_str())
                        .map(str::to_lowercase),
                );
            }
        }
    }
    names.extend(
        PEOPLE.iter().filter(|(known, _)| *known == id).map(|(_, name)| name.to_lowercase()),
    );
    if id == PEOPLE[0].0 {
        names.extend(["me".to_owned(), "myself".to_owned()]);
    }
    names
}

/// Whether everything that is sent was said: every id stands for a name that was given, every text
/// was given.
pub(super) fn was_said(sent: &Value, given: &[String]) -> Result<(), String> {
    match sent {
        Value::String(text) => {
            let is_moment = text.len() >= 10
                && text.starts_with(|c: char| c.is_ascii_digit())
                && text.contains('-');
            let said = names_of(text).iter().any(|name| {
                let line = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
                given.iter().any(|given| line(given).contains(&line(name)) && !name.is_empty())
            });
            if said || is_moment { Ok(()) } else { Err(format!("'{text}' was not said")) }
        }
        Value::Number(number) => {
            let said = given.iter().any(|given| {
                given.trim() == number.to_string()
                    || given.trim().parse::<f64>().ok() == number.as_f64()
            });
            if said { Ok(()) } else { Err(format!("{number} was not said")) }
        }
        Value::Array(items) => items.iter().try_for_each(|item| was_said(item, given)),
        Value::Object(map) => map.values().try_for_each(|item| was_said(item, given)),
        Value::Bool(_) | Value::Null => Ok(()),
    }
}

pub(super) fn is_hollow(sent: &Value) -> bool {
    match sent {
        Value::Null => true,
        Value::Array(items) => items.is_empty() || items.iter().any(is_hollow),
        Value::Object(map) => map.is_empty() || map.values().any(is_hollow),
        _ => false,
    }
}

/// How many things a list means, where it is given as one.
pub(super) fn elements(value: &Value) -> Option<usize> {
    let items = value.as_array()?;
    let is_operation = |item: &Value| {
        item.as_object().is_some_and(|map| {
            map.keys().any(|name| ["add", "remove", "set", "edit"].contains(&name.as_str()))
        })
    };
    let distinct: std::collections::HashSet<String> = items.iter().map(Value::to_string).collect();
    (!items.iter().any(is_operation) && distinct.len() == items.len()).then_some(items.len())
}
