//! The plain argument types: text, flags, whole numbers and lists of text.

use json_borrow::{has_at_most, mend_surrogates};
use serde_json::{Map, Value};

use super::argument::{Argument, Shape, unwrap_kind};

impl Argument for String {
    const SHAPE: Shape = Shape::Text;

    fn read(value: Value) -> Result<Self, String> {
        match value {
            Value::String(text) => Ok(text),
            Value::Number(number) => Ok(number.to_string()),
            Value::Bool(flag) => Ok(flag.to_string()),
            Value::Object(object) => named(&object)
                .ok_or_else(|| format!("must be text, not an object without {}", NAMES.join(", "))),
            other => Err(format!("must be text, not {}", json_type(&other))),
        }
    }
}

impl Argument for bool {
    const SHAPE: Shape = Shape::Flag;

    fn read(value: Value) -> Result<Self, String> {
        match &value {
            Value::Bool(flag) => return Ok(*flag),
            Value::String(text) => match text.trim().to_ascii_lowercase().as_str() {
                "true" | "yes" | "1" => return Ok(true),
                "false" | "no" | "0" => return Ok(false),
                _ => {}
            },
            Value::Number(number) if number.as_u64() == Some(1) => return Ok(true),
            Value::Number(number) if number.as_u64() == Some(0) => return Ok(false),
            _ => {}
        }
        Err(format!("must be true or false, not {}", json_type(&value)))
    }
}

impl Argument for u32 {
    const SHAPE: Shape = Shape::Integer;

    fn read(value: Value) -> Result<Self, String> {
        let fault = || "must be a whole number, 0 or more".to_owned();
        let number = match &value {
            Value::Number(number) => number.to_string(),
            Value::String(text) => text.trim().to_owned(),
            Value::Object(object) => numbered(object).ok_or_else(fault)?,
            _ => return Err(fault()),
        };
        // A model may write 5.0 for 5; any other fraction is a mistake worth an answer.
        let whole = number.strip_suffix(".0").unwrap_or(&number);
        whole.parse().map_err(|_| fault())
    }
}

impl Argument for Vec<String> {
    const SHAPE: Shape = Shape::List;

    fn read(value: Value) -> Result<Self, String> {
        let items = match value {
            Value::Array(items) => items,
            Value::String(text) => return from_text(&text),
            Value::Number(_) | Value::Object(_) => vec![value],
            other => return Err(format!("must be a list of texts, not {}", json_type(&other))),
        };
        if items.len() > ITEMS_MAX {
            return too_many();
        }
        let mut texts = Vec::with_capacity(items.len());
        for item in items {
            match unwrap_kind(item) {
                // Nothing among something is no list that anybody meant.
                Value::String(text) if text.trim().is_empty() => {
                    return Err("must hold texts only, not an empty one".to_owned());
                }
                Value::String(text) => texts.push(text.trim().to_owned()),
                Value::Number(number) => texts.push(number.to_string()),
                Value::Object(object) => texts.push(named(&object).ok_or_else(|| {
                    format!("must hold texts only, not an object without {}", NAMES.join(", "))
                })?),
                other => return Err(format!("must hold texts only, not {}", json_type(&other))),
            }
        }
        bounded(texts)
    }
}

/// Names, keys and labels are shorter, and no question is about more of them.
const ITEM_CHARS_MAX: usize = 300;
const ITEMS_MAX: usize = 1_000;

fn bounded(texts: Vec<String>) -> Result<Vec<String>, String> {
    if texts.len() > ITEMS_MAX || texts.iter().any(|text| text.chars().count() > ITEM_CHARS_MAX) {
        return too_many();
    }
    Ok(texts)
}

fn too_many<T>() -> Result<T, String> {
    Err(format!("must hold at most {ITEMS_MAX} texts of at most {ITEM_CHARS_MAX} characters"))
}

/// A list written as text: JSON or Python when it starts and ends like a list, else separated by
/// commas.
fn from_text(text: &str) -> Result<Vec<String>, String> {
    let trimmed = text.trim();
    if let Some(inner) = trimmed.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        // A list that is taken has one value for each of its items, or an object of few members.
        if !has_at_most(trimmed, 16 * ITEMS_MAX) {
            return too_many();
        }
        if let Ok(Value::Array(items)) =
            serde_json::from_str(mend_surrogates(trimmed).as_deref().unwrap_or(trimmed))
        {
            return Vec::<String>::read(Value::Array(items));
        }
        let items = python_items(inner)
            .ok_or("starts like a list but cannot be read as one; send a JSON list of texts")?;
        return bounded(items);
    }
    // A few commas more than items may stand in it.
    if text.bytes().filter(|byte| *byte == b',').count() > 4 * ITEMS_MAX {
        return too_many();
    }
    let texts: Vec<String> =
        text.split(',').map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned).collect();
    if texts.is_empty() {
        return Err("must hold texts, not commas only".to_owned());
    }
    bounded(texts)
}

/// What stands between the brackets of a list as Python prints it, or of one whose quotes were
/// forgotten; none when a quote is not closed or something stands beside it.
fn python_items(inner: &str) -> Option<Vec<String>> {
    let (mut items, mut rest) = (Vec::new(), inner.trim_start());
    while let Some(first) = rest.chars().next() {
        let item = if matches!(first, '\'' | '"') {
            let (item, after) = quoted(rest.get(1..)?, first)?;
            rest = after.trim_start();
            if !rest.is_empty() && !rest.starts_with(',') {
                return None;
            }
            item
        } else {
            let end = rest.find(',').unwrap_or(rest.len());
            let item = rest.get(..end)?.trim().to_owned();
            rest = rest.get(end..)?;
            item
        };
        if item != "None" && !item.is_empty() {
            items.push(item);
        }
        rest = rest.strip_prefix(',').unwrap_or(rest).trim_start();
    }
    Some(items)
}

/// A text up to its closing quote, and what follows.
fn quoted(text: &str, quote: char) -> Option<(String, &str)> {
    let (mut item, mut chars) = (String::new(), text.char_indices());
    while let Some((at, c)) = chars.next() {
        match c {
            c if c == quote => return Some((item.trim().to_owned(), text.get(at + 1..)?)),
            '\\' => match chars.next()?.1 {
                'n' => item.push('\n'),
                't' => item.push('\t'),
                plain => item.push(plain),
            },
            c => item.push(c),
        }
    }
    None
}

/// The members by which Jira's REST API names a thing, the one that says most first.
const NAMES: [&str; 6] = ["key", "accountId", "name", "value", "id", "displayName"];

/// The text that an object of Jira's means where a plain text is asked: `{"name":"High"}` for High.
/// A choice below a choice is more than one text.
fn named(object: &Map<String, Value>) -> Option<String> {
    if object.contains_key("child") {
        return None;
    }
    NAMES.iter().find_map(|name| match object.get(*name)? {
        Value::String(text) if !text.trim().is_empty() => Some(text.trim().to_owned()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    })
}

/// The same where a number is asked.
fn numbered(object: &Map<String, Value>) -> Option<String> {
    ["id", "value"].into_iter().find_map(|name| match object.get(name)? {
        Value::String(text) => Some(text.trim().to_owned()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    })
}

/// What a JSON value is, in words an agent can act on.
pub fn json_type(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "this text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}
