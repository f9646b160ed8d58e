//! Attributes of nodes and marks.

use serde_json::{Map, Value};

/// Attributes by name, in their order. Most nodes have none and pay nothing for them.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Attrs(Option<Box<Map<String, Value>>>);

impl Attrs {
    /// The value of an attribute.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.0.as_ref()?.get(name)
    }

    /// The value of an attribute, to be changed.
    pub fn get_mut(&mut self, name: &str) -> Option<&mut Value> {
        self.0.as_mut()?.get_mut(name)
    }

    /// Sets an attribute.
    pub fn insert(&mut self, name: String, value: Value) {
        self.0.get_or_insert_default().insert(name, value);
    }

    /// Removes all.
    pub fn clear(&mut self) {
        self.0 = None;
    }

    /// Those that say something.
    pub fn non_null(&self) -> impl Iterator<Item = (&String, &Value)> {
        self.0.iter().flat_map(|attrs| attrs.iter()).filter(|(_, value)| !value.is_null())
    }
}

/// Without those that are null.
impl From<Map<String, Value>> for Attrs {
    fn from(mut attrs: Map<String, Value>) -> Self {
        attrs.retain(|_, value| !value.is_null());
        Self((!attrs.is_empty()).then(|| Box::new(attrs)))
    }
}
