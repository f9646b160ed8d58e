//! Values that may be unreadable without costing what stands around them.

use std::{collections::BTreeMap, fmt, marker::PhantomData, ops::Deref};

use serde::de::{Deserialize, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::UNREADABLE;

/// The name under which [`Lenient`] asks this module's reader for several attempts at one value.
pub(super) const ATTEMPTS: &str = "jira-mcp-bridge::json::Lenient";

/// A value, nothing, or something that cannot be read as such a value: three different things.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lenient<T> {
    value: Option<T>,
    is_unreadable: bool,
}

impl<T> Lenient<T> {
    /// A value that cannot be read.
    pub fn unreadable() -> Self {
        Self { value: None, is_unreadable: true }
    }

    /// Whether there is a value that cannot be read.
    pub fn is_unreadable(&self) -> bool {
        self.is_unreadable
    }

    /// The value, if there is one that can be read.
    pub fn into_option(self) -> Option<T> {
        self.value
    }
}

impl<T> Default for Lenient<T> {
    fn default() -> Self {
        Self { value: None, is_unreadable: false }
    }
}

impl<T> Deref for Lenient<T> {
    type Target = Option<T>;

    fn deref(&self) -> &Option<T> {
        &self.value
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Lenient<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Attempted<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for Attempted<T> {
            type Value = Lenient<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("any JSON")
            }

            /// This module's reader gives the same value as often as it is asked for.
            fn visit_seq<A: SeqAccess<'de>>(
                self,
                mut attempts: A,
            ) -> Result<Self::Value, A::Error> {
                if let Ok(value) = attempts.next_element::<Option<T>>() {
                    return Ok(Lenient { value: value.flatten(), is_unreadable: false });
                }
                attempts.next_element::<IgnoredAny>()?;
                Ok(Lenient { value: None, is_unreadable: true })
            }

            /// Every other reader hands itself over, and can read a value only once.
            fn visit_newtype_struct<D: Deserializer<'de>>(
                self,
                other: D,
            ) -> Result<Self::Value, D::Error> {
                Ok(Lenient { value: Option::deserialize(other)?, is_unreadable: false })
            }
        }

        deserializer.deserialize_newtype_struct(ATTEMPTS, Attempted(PhantomData))
    }
}

/// Members of an object, and items of a [`List`] that does not say otherwise: many more than any
/// page holds that is asked for. Each may take a hundred times its bytes.
const ITEMS_MAX: usize = 4_096;

/// A list in which an item that cannot be read costs itself only. Of more than `MAX` items the rest
/// is not read, and counts as what cannot be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct List<T, const MAX: usize = ITEMS_MAX> {
    items: Vec<T>,
    unreadable: usize,
    received: usize,
}

impl<T, const MAX: usize> List<T, MAX> {
    /// An empty list.
    pub fn new() -> Self {
        Self { items: Vec::new(), unreadable: 0, received: 0 }
    }

    /// How many items could not be read.
    pub fn unreadable(&self) -> usize {
        self.unreadable
    }

    /// How many items there were, those that hold nothing or cannot be read included: what paging
    /// counts.
    pub fn received(&self) -> usize {
        self.received
    }

    /// The items that could be read.
    pub fn into_vec(self) -> Vec<T> {
        self.items
    }
}

impl<T, const MAX: usize> Default for List<T, MAX> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T, const MAX: usize> Deref for List<T, MAX> {
    type Target = Vec<T>;

    fn deref(&self) -> &Vec<T> {
        &self.items
    }
}

impl<'l, T, const MAX: usize> IntoIterator for &'l List<T, MAX> {
    type Item = &'l T;
    type IntoIter = std::slice::Iter<'l, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.items.iter()
    }
}

impl<T, const MAX: usize> IntoIterator for List<T, MAX> {
    type Item = T;
    type IntoIter = std::vec::IntoIter<T>;

    fn into_iter(self) -> Self::IntoIter {
        self.items.into_iter()
    }
}

impl<'de, T: Deserialize<'de>, const MAX: usize> Deserialize<'de> for List<T, MAX> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let read = Lenient::<Items<T, MAX>>::deserialize(deserializer)?;
        let lost = usize::from(read.is_unreadable);
        Ok(read
            .value
            .map_or(Self { items: Vec::new(), unreadable: lost, received: lost }, |items| items.0))
    }
}

struct Items<T, const MAX: usize>(List<T, MAX>);

impl<'de, T: Deserialize<'de>, const MAX: usize> Deserialize<'de> for Items<T, MAX> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Each<T, const MAX: usize>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>, const MAX: usize> Visitor<'de> for Each<T, MAX> {
            type Value = Items<T, MAX>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
                let mut list = List::new();
                while let Some(item) = seq.next_element::<Lenient<T>>()? {
                    list.received += 1;
                    list.unreadable += usize::from(item.is_unreadable);
                    list.items.extend(item.value);
                    if list.received == MAX {
                        break;
                    }
                }
                while seq.next_element::<IgnoredAny>()?.is_some() {
                    list.received += 1;
                    list.unreadable += 1;
                }
                Ok(Items(list))
            }
        }

        deserializer.deserialize_seq(Each::<T, MAX>(PhantomData))
    }
}

/// A number or a flag beside the point of an answer: its default when it is null or cannot be read.
pub fn or_default<'de, D: Deserializer<'de>, T: Deserialize<'de> + Default>(
    deserializer: D,
) -> Result<T, D::Error> {
    Ok(Lenient::deserialize(deserializer)?.value.unwrap_or_default())
}

/// An object's members by name, without those that cannot be read or are more than [`ITEMS_MAX`]:
/// for what is said beside the point.
pub fn readable<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<BTreeMap<String, T>, D::Error> {
    Ok(Lenient::<Members<T>>::deserialize(deserializer)?
        .value
        .map(|members| members.0)
        .unwrap_or_default())
}

struct Members<T>(BTreeMap<String, T>);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Members<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Each<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for Each<T> {
            type Value = Members<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = BTreeMap::new();
                while members.len() < ITEMS_MAX {
                    let Some((name, member)) = map.next_entry::<String, Lenient<T>>()? else {
                        break;
                    };
                    if let Some(member) = member.value {
                        members.insert(name, member);
                    }
                }
                while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
                Ok(Members(members))
            }
        }

        deserializer.deserialize_map(Each(PhantomData))
    }
}

/// A text without which nothing else is of use, such as an id: an empty or unreadable one is an
/// error.
pub fn required<'de, D: Deserializer<'de>, T: Deserialize<'de> + AsRef<str>>(
    deserializer: D,
) -> Result<T, D::Error> {
    let text = T::deserialize(deserializer)?;
    match text.as_ref() {
        "" | UNREADABLE => Err(D::Error::custom("nothing where an id belongs")),
        _ => Ok(text),
    }
}
