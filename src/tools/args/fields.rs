//! Further field values by display name or id, as one JSON object in a text.

use serde_json::{Map, Value};

use crate::json::mend_surrogates;

use super::{Argument, Shape, scalar::kind};

/// Values for any field: `{"Story Points": 5, "Team": "Blue"}`. Agents' platforms cannot send open objects, so
/// the argument is JSON text; a real object is read as well.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct FieldValues(pub Map<String, Value>);

impl Argument for FieldValues {
    const SHAPE: Shape = Shape::Text;

    fn read(value: Value) -> Result<Self, String> {
        let value = match value {
            Value::String(text) => from_text(&text).map_err(|fault| {
                format!(
                    "must be a JSON object like {{\"Story Points\": 5}}; it is not valid JSON at character {}",
                    fault.column()
                )
            })?,
            other => other,
        };
        match value {
            Value::Object(map) => Ok(Self(map)),
            other => Err(format!("must be a JSON object like {{\"Story Points\": 5}}, not {}", kind(&other))),
        }
    }
}

/// Half an emoji within the text is no fault of the rest.
fn from_text(text: &str) -> serde_json::Result<Value> {
    serde_json::from_str(mend_surrogates(text).as_deref().unwrap_or(text))
}

/// Several sets of arguments of another tool, as one JSON list in a text; a real list is read as well.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct FieldObjects(pub Vec<Map<String, Value>>);

impl Argument for FieldObjects {
    const SHAPE: Shape = Shape::Text;

    fn read(value: Value) -> Result<Self, String> {
        let value = match value {
            Value::String(text) => from_text(&text).map_err(|fault| {
                format!(
                    "must be a JSON list of objects; it is not valid JSON at character {}",
                    fault.column()
                )
            })?,
            other => other,
        };
        let items = match value {
            Value::Array(items) => items,
            one @ Value::Object(_) => vec![one],
            other => return Err(format!("must be a JSON list of objects, not {}", kind(&other))),
        };
        let objects = items.into_iter().map(|item| match item {
            Value::Object(map) => Ok(map),
            other => Err(format!("must hold objects only, not {}", kind(&other))),
        });
        objects.collect::<Result<_, _>>().map(Self)
    }
}
