//! Further field values by display name or id, as one JSON object in a text.

use std::{collections::BTreeSet, fmt};

use json_borrow::{has_at_most, mend_surrogates};
use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use tool_kit::args::{Argument, Shape, shown};

/// Values for any field: `{"Story Points": 5, "Team": "Blue"}`. Agents' platforms cannot send open
/// objects, so the argument is JSON text; a real object is read as well.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct FieldValues(pub Map<String, Value>);

impl Argument for FieldValues {
    const SHAPE: Shape = Shape::Text;

    fn read(value: Value) -> Result<Self, String> {
        check_once(&value)?;
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

fn check_once(value: &Value) -> Result<(), String> {
    let twice = value.as_str().filter(|text| has_at_most(text, VALUES_MAX)).and_then(given_twice);
    twice.map_or(Ok(()), |name| Err(format!("gives '{}' twice", shown(&name))))
}

/// The first name that an object in this JSON text gives twice: JSON keeps the last, and nobody can
/// know which was meant.
pub(in crate::jira::tools) fn given_twice(text: &str) -> Option<String> {
    struct Twice(Option<String>);

    struct Seen;

    impl<'de> Deserialize<'de> for Twice {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            deserializer.deserialize_any(Seen)
        }
    }

    impl<'de> Visitor<'de> for Seen {
        type Value = Twice;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("any JSON")
        }

        fn visit_bool<E>(self, _: bool) -> Result<Twice, E> {
            Ok(Twice(None))
        }

        fn visit_i64<E>(self, _: i64) -> Result<Twice, E> {
            Ok(Twice(None))
        }

        fn visit_u64<E>(self, _: u64) -> Result<Twice, E> {
            Ok(Twice(None))
        }

        fn visit_f64<E>(self, _: f64) -> Result<Twice, E> {
            Ok(Twice(None))
        }

        fn visit_str<E>(self, _: &str) -> Result<Twice, E> {
            Ok(Twice(None))
        }

        fn visit_unit<E>(self) -> Result<Twice, E> {
            Ok(Twice(None))
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Twice, A::Error> {
            let mut twice = None;
            while let Some(Twice(inner)) = items.next_element()? {
                twice = twice.or(inner);
            }
            Ok(Twice(twice))
        }

        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Twice, A::Error> {
            let (mut seen, mut twice) = (BTreeSet::new(), None);
            while let Some((name, Twice(inner))) = map.next_entry::<String, Twice>()? {
                twice = twice.or(inner);
                if !seen.insert(name.clone()) {
                    twice = twice.or(Some(name));
                }
            }
            Ok(Twice(twice))
        }
    }

    let mended = mend_surrogates(text);
    serde_json::from_str::<Twice>(mended.as_deref().unwrap_or(text)).ok()?.0
}

/// Several sets of arguments of another tool, as one JSON list in a text; a real list is read as
/// well.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct FieldObjects(pub Vec<Map<String, Value>>);

impl Argument for FieldObjects {
    const SHAPE: Shape = Shape::Text;

    fn read(value: Value) -> Result<Self, String> {
        check_once(&value)?;
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
