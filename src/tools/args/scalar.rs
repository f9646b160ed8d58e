//! The plain argument types: text, flags, whole numbers and lists of text.

use serde_json::Value;

use super::{Argument, Shape};

impl Argument for String {
    const SHAPE: Shape = Shape::Text;

    fn read(value: Value) -> Result<Self, String> {
        match value {
            Value::String(text) => Ok(text),
            Value::Number(number) => Ok(number.to_string()),
            Value::Bool(flag) => Ok(flag.to_string()),
            other => Err(format!("must be text, not {}", kind(&other))),
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
        Err(format!("must be true or false, not {}", kind(&value)))
    }
}

impl Argument for u32 {
    const SHAPE: Shape = Shape::Integer;

    fn read(value: Value) -> Result<Self, String> {
        let fault = || "must be a whole number, 0 or more".to_owned();
        let number = match &value {
            Value::Number(number) => number.to_string(),
            Value::String(text) => text.trim().to_owned(),
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
            Value::Number(_) => vec![value],
            other => return Err(format!("must be a list of texts, not {}", kind(&other))),
        };
        let mut texts = Vec::with_capacity(items.len());
        for item in items {
            match item {
                Value::Null => {}
                Value::String(text) if text.trim().is_empty() => {}
                Value::String(text) => texts.push(text.trim().to_owned()),
                Value::Number(number) => texts.push(number.to_string()),
                other => return Err(format!("must hold texts only, not {}", kind(&other))),
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
        return Err(format!("must hold at most {ITEMS_MAX} texts of at most {ITEM_CHARS_MAX} characters"));
    }
    Ok(texts)
}

/// A list written as text: JSON when it starts like JSON, else separated by commas.
fn from_text(text: &str) -> Result<Vec<String>, String> {
    if text.trim_start().starts_with('[')
        && let Ok(Value::Array(items)) = serde_json::from_str(text)
    {
        return Vec::<String>::read(Value::Array(items));
    }
    bounded(text.split(',').map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned).collect())
}

/// What a JSON value is, in words an agent can act on.
pub(super) fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "this text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}
