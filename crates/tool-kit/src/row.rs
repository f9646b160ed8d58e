//! One item of a reply: fields in the order in which a person would read them.

use std::borrow::Cow;

use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::Value;

use super::{
    json_text::write_members,
    text::{clean, clip},
};

/// A JSON object that keeps the order in which its fields were put in, and holds no nulls.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Row(Vec<(Cow<'static, str>, Value)>);

impl Row {
    /// An object without fields.
    pub fn new() -> Self {
        Self::default()
    }

    /// The same, with room for so many.
    pub fn with_capacity(fields: usize) -> Self {
        Self(Vec::with_capacity(fields))
    }

    /// Adds a field; null, empty text, empty lists and empty objects say nothing and are left out.
    pub fn put_non_empty(&mut self, name: impl Into<Cow<'static, str>>, value: impl Into<Value>) {
        let mut value = value.into();
        // Ids and keys too are what somebody sent.
        if let Value::String(text) = &mut value
            && let Cow::Owned(cleaned) = clean(text)
        {
            *text = cleaned;
        }
        let says_something = match &value {
            Value::Null => false,
            Value::String(text) => !text.is_empty(),
            Value::Array(items) => !items.is_empty(),
            Value::Object(fields) => !fields.is_empty(),
            Value::Bool(_) | Value::Number(_) => true,
        };
        let name = match name.into() {
            Cow::Owned(name) => Cow::Owned(clean(&name).into_owned()),
            ours @ Cow::Borrowed(_) => ours,
        };
        if says_something && self.get(&name).is_none() {
            self.0.push((name, value));
        }
    }

    /// Adds a field whatever its value, for those whose emptiness is the answer.
    pub fn push(&mut self, name: impl Into<Cow<'static, str>>, value: impl Into<Value>) {
        self.0.push((name.into(), value.into()));
    }

    /// Says how many items of the list that this is about could not be read, if any.
    pub fn put_unreadable(&mut self, count: usize) {
        if count > 0 {
            self.put_non_empty("unreadable", count);
        }
    }

    /// The same for one list of several.
    pub fn put_unreadable_of(&mut self, list: &str, count: usize) {
        if count > 0 {
            self.put_non_empty(format!("{list}_unreadable"), count);
        }
    }

    /// Gives a field another name.
    pub fn rename(&mut self, from: &str, to: impl Into<Cow<'static, str>>) {
        if let Some((name, _)) = self.0.iter_mut().find(|(name, _)| name == from) {
            *name = to.into();
        }
    }

    /// The value of a field.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.0.iter().find(|(field, _)| field == name).map(|(_, value)| value)
    }

    /// Clips every text below this row to `chars` characters.
    pub fn clip_texts(&mut self, chars: usize) {
        for (name, value) in &mut self.0 {
            // A clipped key or address would name something else.
            if !matches!(name.as_ref(), "key" | "url" | "id") {
                clip_value(value, chars);
            }
        }
    }

    /// Takes a field out.
    pub fn remove(&mut self, name: &str) {
        self.0.retain(|(field, _)| field != name);
    }

    /// Its fields, in their order.
    pub fn fields(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.0.iter().map(|(name, value)| (name.as_ref(), value))
    }

    /// Adds the fields of another behind its own.
    pub fn append(&mut self, mut other: Self) {
        self.0.append(&mut other.0);
    }

    /// Keeps only these fields.
    pub fn retain(&mut self, names: &[&str]) {
        self.0.retain(|(name, _)| names.contains(&name.as_ref()));
    }
}

impl Row {
    /// Writes it as JSON, just as its `Serialize` does.
    pub(super) fn write_json(&self, json: &mut Vec<u8>) {
        write_members(self.fields(), json);
    }
}

impl Serialize for Row {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, value) in &self.0 {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

fn clip_value(value: &mut Value, chars: usize) {
    match value {
        Value::String(text) => {
            if let Cow::Owned(clipped) = clip(text, chars) {
                *text = clipped;
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| clip_value(item, chars)),
        Value::Object(fields) => fields.values_mut().for_each(|field| clip_value(field, chars)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}
