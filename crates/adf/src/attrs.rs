//! Attributes of nodes and marks.

use std::borrow::Cow;

use serde_json::{Map, Value};

/// What is read of one node at most: no type of the schema has half as many.
pub(super) const ATTRS_MAX: usize = 64;

/// Attributes by name, in their order. Most nodes have none and pay nothing for them; a list of a
/// few is a tenth of the size of a map.
#[derive(Debug, Clone, Default, PartialEq)]
#[expect(clippy::box_collection, reason = "a list would make every node without attributes larger")]
pub struct Attrs(Option<Box<Vec<Attr>>>);

type Attr = (Cow<'static, str>, Value);

impl Attrs {
    /// The value of an attribute.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.0.as_ref()?.iter().find(|(known, _)| known == name).map(|(_, value)| value)
    }

    /// The value of an attribute, to be changed.
    pub fn get_mut(&mut self, name: &str) -> Option<&mut Value> {
        self.0.as_mut()?.iter_mut().find(|(known, _)| known == name).map(|(_, value)| value)
    }

    /// Sets an attribute.
    pub fn insert(&mut self, name: impl Into<Cow<'static, str>>, value: Value) {
        let name = name.into();
        if let Some(known) = self.get_mut(&name) {
            *known = value;
            return;
        }
        self.0.get_or_insert_with(|| Box::new(Vec::with_capacity(1))).push((name, value));
    }

    /// Takes an attribute out.
    pub fn remove(&mut self, name: &str) {
        if let Some(attrs) = &mut self.0 {
            attrs.retain(|(known, _)| known != name);
        }
        if self.count() == 0 {
            self.clear();
        }
    }

    /// How many there are.
    pub(super) fn count(&self) -> usize {
        self.0.as_ref().map_or(0, |attrs| attrs.len())
    }

    /// Removes all.
    pub fn clear(&mut self) {
        self.0 = None;
    }

    /// Those that say something.
    pub fn non_null(&self) -> impl Iterator<Item = (&str, &Value)> {
        let all = self.0.iter().flat_map(|attrs| attrs.iter());
        all.map(|(name, value)| (name.as_ref(), value)).filter(|(_, value)| !value.is_null())
    }
}

/// Without those that are null.
impl From<Map<String, Value>> for Attrs {
    fn from(attrs: Map<String, Value>) -> Self {
        let said = attrs.into_iter().filter(|(_, value)| !value.is_null());
        let said: Vec<_> = said.map(|(name, value)| (Cow::Owned(name), value)).collect();
        Self((!said.is_empty()).then(|| Box::new(said)))
    }
}
