//! The `fields` object of an issue: whatever was asked for, undecoded until somebody reads it.

use std::fmt;

use json_borrow::{Lenient, List, Raw, Text};
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};

/// Places for as many fields as most requests ask for.
const ROOM: usize = 20;

/// An issue's fields by id, without the null ones: a real site answers hundreds of those.
#[derive(Debug, Default)]
pub struct Fields<'a> {
    held: Vec<(Text<'a>, Raw<'a>)>,
    /// Of very many, their places in the order of their ids; of a few, nothing.
    by_id: Vec<usize>,
}

/// Up to this many are looked through as they stand.
const UNSORTED_MAX: usize = 64;

impl<'a> Fields<'a> {
    /// A field's JSON, if the issue has a value in it.
    pub fn raw(&self, id: &str) -> Option<Raw<'a>> {
        if self.by_id.is_empty() {
            return self.held.iter().find(|(name, _)| name == id).map(|(_, value)| *value);
        }
        let name = |at: &usize| self.held.get(*at).map_or("", |(name, _)| name.as_str());
        let place = self.by_id.partition_point(|at| name(at) < id);
        self.by_id
            .get(place)
            .and_then(|at| self.held.get(*at))
            .filter(|(name, _)| name == id)
            .map(|(_, value)| *value)
    }

    fn of(held: Vec<(Text<'a>, Raw<'a>)>) -> Self {
        let mut by_id = Vec::new();
        if held.len() > UNSORTED_MAX {
            by_id.extend(0..held.len());
            // Of a field that was sent twice the first one counts, as among a few.
            by_id.sort_by(|one, other| {
                let name = |at: &usize| held.get(*at).map(|(name, _)| name.as_str());
                name(one).cmp(&name(other))
            });
        }
        Self { held, by_id }
    }

    /// A field decoded as what the caller expects; none when it is absent or something else.
    pub fn read<T: Deserialize<'a>>(&self, id: &str) -> Option<T> {
        self.raw(id)?.read().ok()
    }

    /// The same, where something else must not pass for nothing.
    pub fn lenient<T: Deserialize<'a>>(&self, id: &str) -> Lenient<T> {
        self.raw(id).and_then(|raw| raw.read().ok()).unwrap_or_default()
    }

    /// The items of a field that is a list.
    pub fn list<T: Deserialize<'a>>(&self, id: &str) -> List<T> {
        self.raw(id).and_then(|raw| raw.read().ok()).unwrap_or_default()
    }

    /// All fields with their ids, in Jira's order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, Raw<'a>)> {
        self.held.iter().map(|(name, value)| (name.as_ref(), *value))
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Fields<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct NonNull;

        impl<'de> Visitor<'de> for NonNull {
            type Value = Fields<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("the fields of an issue")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut fields = Vec::new();
                while let Some(name) = map.next_key::<Text<'de>>()? {
                    let value: Raw<'de> = map.next_value()?;
                    if !value.is_null() {
                        if fields.is_empty() {
                            fields.reserve(ROOM);
                        }
                        fields.push((name, value));
                    }
                }
                Ok(Fields::of(fields))
            }

            fn visit_unit<E>(self) -> Result<Self::Value, E> {
                Ok(Fields::default())
            }
        }

        deserializer.deserialize_any(NonNull)
    }
}
