//! Further field values by display name or id, as one JSON object in a text.

use std::{collections::BTreeSet, fmt};

use json_borrow::{has_at_most, mend_surrogates};
use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::{Map, Value};

use tool_kit::args::{Argument, Shape, shown};

/// Values for any field: `{"Story Points": 5, "Team": "Blue"}`. Agents' platforms cannot send open
/// objects, so the argument is JSON text; a real object is read as well.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct FieldValues(pub Map<String, Value>);

impl Argument for FieldValues {
    const SHAPE: Shape = Shape::Text;

    fn read(value: Value) -> Result<Self, String> {
        if let Some(name) = value.as_str().and_then(given_twice) {
            return Err(format!("gives '{}' twice", shown(&name)));
        }
        let value = match value {
            Value::String(text) => from_text(&text).map_err(|fault| {
                unread("must be a JSON object like {\"Story Points\": 5}", &fault)
            })?,
            other => other,
        };
        match value {
            Value::Object(map) => Ok(Self(map)),
            other => Err(format!(
                "must be a JSON object like {{\"Story Points\": 5}}, not {}",
                tool_kit::args::json_type(&other)
            )),
        }
    }
}

/// A field's value in an argument of its own: read where the field is known, in every form that
/// `fields` takes.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct FieldText(pub Value);

/// The same for a field that holds a list.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct FieldList(pub Value);

impl Argument for FieldText {
    const SHAPE: Shape = Shape::Text;

    fn read(value: Value) -> Result<Self, String> {
        Ok(Self(value))
    }
}

impl Argument for FieldList {
    const SHAPE: Shape = Shape::List;

    fn read(value: Value) -> Result<Self, String> {
        // A list as Python prints it is no JSON.
        let is_list = value.as_str().is_some_and(|text| text.trim_start().starts_with('['));
        if is_list {
            Vec::<String>::read(value).map(|texts| Self(Value::from(texts)))
        } else {
            Ok(Self(value))
        }
    }
}

fn unread(expected: &str, fault: &serde_json::Error) -> String {
    if fault.is_data() {
        return format!("{expected} with at most {VALUES_MAX} values");
    }
    format!("{expected}; it is not valid JSON at character {}", fault.column())
}

/// Values of JSON in the text of one argument.
const VALUES_MAX: usize = 30_000;

const TOO_MANY: &str = "more than 30000 values";

/// Half an emoji within the text is no fault of the rest.
fn from_text(text: &str) -> serde_json::Result<Value> {
    if !has_at_most(text, VALUES_MAX) {
        return Err(serde::de::Error::custom(TOO_MANY));
    }
    serde_json::from_str(mend_surrogates(text).as_deref().unwrap_or(text))
}

/// The first name that an object gives twice: JSON keeps the last, and nobody can know which was
/// meant.
fn given_twice(text: &str) -> Option<String> {
    struct Names(Option<String>);

    impl<'de> Deserialize<'de> for Names {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            struct Seen;

            impl<'de> Visitor<'de> for Seen {
                type Value = Names;

                fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    f.write_str("an object")
                }

                fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Names, A::Error> {
                    let (mut seen, mut twice) = (BTreeSet::new(), None);
                    while let Some((name, _)) = map.next_entry::<String, IgnoredAny>()? {
                        if !seen.insert(name.clone()) {
                            twice.get_or_insert(name);
                        }
                    }
                    Ok(Names(twice))
                }
            }

            deserializer.deserialize_map(Seen)
        }
    }

    serde_json::from_str::<Names>(text).ok()?.0
}

/// Several sets of arguments of another tool, as one JSON list in a text; a real list is read as
/// well.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct FieldObjects(pub Vec<Map<String, Value>>);

impl Argument for FieldObjects {
    const SHAPE: Shape = Shape::Text;

    fn read(value: Value) -> Result<Self, String> {
        let value = match value {
            Value::String(text) => from_text(&text)
                .map_err(|fault| unread("must be a JSON list of objects", &fault))?,
            other => other,
        };
        let items = match value {
            Value::Array(items) => items,
            one @ Value::Object(_) => vec![one],
            other => {
                return Err(format!(
                    "must be a JSON list of objects, not {}",
                    tool_kit::args::json_type(&other)
                ));
            }
        };
        let objects = items.into_iter().map(|item| match item {
            Value::Object(map) => Ok(map),
            other => {
                Err(format!("must hold objects only, not {}", tool_kit::args::json_type(&other)))
            }
        });
        objects.collect::<Result<_, _>>().map(Self)
    }
}
