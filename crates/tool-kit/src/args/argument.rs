//! One argument: how the schema shows it, and how its value is read.

use serde_json::Value;

/// The JSON Schema type of an argument. Agents' platforms accept these four and nothing richer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// `string`
    Text,
    /// `integer`
    Integer,
    /// `boolean`
    Flag,
    /// `array` of `string`
    List,
}

/// One row of a tool's input schema.
#[derive(Debug, Clone, Copy)]
pub struct ArgSpec {
    /// The property's name.
    pub name: &'static str,
    /// What an agent reads about it.
    pub about: &'static str,
    /// Its JSON Schema type.
    pub shape: Shape,
    /// Whether the tool refuses to run without it.
    pub required: bool,
}

/// A value that can be read from what an agent sends.
pub trait Argument: Sized {
    /// How the schema shows it.
    const SHAPE: Shape;
    /// Whether it must be given.
    const REQUIRED: bool = true;

    /// Reads a value that is neither null nor an empty string. The error completes "`name` …".
    fn read(value: Value) -> Result<Self, String>;

    /// The value to use when none was given, if there is one.
    fn absent() -> Option<Self> {
        None
    }

    /// The value to use when an empty text was given: as if nothing was.
    fn empty() -> Option<Self> {
        Self::absent()
    }
}

impl<T: Argument> Argument for Option<T> {
    const SHAPE: Shape = T::SHAPE;
    const REQUIRED: bool = false;

    fn read(value: Value) -> Result<Self, String> {
        T::read(value).map(Some)
    }

    fn absent() -> Option<Self> {
        Some(None)
    }
}

/// An argument of a change, which tells one that is left out (or null) from an empty text.
/// Platforms send empty texts for what nobody filled in, so that changes nothing either; whoever
/// meant to clear a field by it is told.
#[derive(Debug, Clone, PartialEq)]
pub enum Said<T> {
    /// It was left out, or null.
    Nothing,
    /// It was an empty text.
    Empty,
    /// It was given.
    Value(T),
}

impl<T> Said<T> {
    /// What was given.
    pub fn value(&self) -> Option<&T> {
        match self {
            Self::Value(value) => Some(value),
            Self::Nothing | Self::Empty => None,
        }
    }

    /// Whether it was there, and empty.
    pub fn is_empty(&self) -> bool {
        matches!(self, Self::Empty)
    }
}

impl<T: Argument> Argument for Said<T> {
    const SHAPE: Shape = T::SHAPE;
    const REQUIRED: bool = false;

    fn read(value: Value) -> Result<Self, String> {
        T::read(value).map(Self::Value)
    }

    fn absent() -> Option<Self> {
        Some(Self::Nothing)
    }

    fn empty() -> Option<Self> {
        Some(Self::Empty)
    }
}

/// What stands in a list of arguments and is read from its text.
pub trait ListItem: Sized {
    /// Reads one item. The error completes "`name` …".
    fn read_item(text: &str) -> Result<Self, String>;
}

impl<T: ListItem> Argument for Vec<T> {
    const SHAPE: Shape = Shape::List;

    fn read(value: Value) -> Result<Self, String> {
        Vec::<String>::read(value)?.iter().map(|text| T::read_item(text)).collect()
    }
}

/// Power Platform wraps some values as `{"$kind":…,"value":…}`; the value is what was meant.
pub(super) fn unwrap_kind(value: Value) -> Value {
    match value {
        Value::Object(mut object)
            if object.contains_key("$kind") && object.contains_key("value") =>
        {
            object.remove("value").unwrap_or(Value::Null)
        }
        other => other,
    }
}

pub(super) fn is_absent(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.trim().is_empty(),
        _ => false,
    }
}
