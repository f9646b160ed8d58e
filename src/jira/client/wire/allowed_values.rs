//! The values that a field may take: kept as they came until somebody looks for one, for most
//! fields are never looked at.

use std::{
    fmt,
    ops::Deref,
    sync::{Arc, OnceLock},
};

use json_borrow::OwnedRaw;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// Values of JSON in one list; an option has four of them. Where there are more, Jira judges what
/// is given.
const VALUES_MAX: usize = 60_000;

/// A list of values, read when it is looked at.
#[derive(Clone, Default)]
pub struct AllowedValues(Option<Arc<RawValues>>);

struct RawValues {
    json: OwnedRaw,
    read: OnceLock<Vec<Value>>,
}

impl RawValues {
    fn read(&self) -> Vec<Value> {
        let is_known = json_borrow::has_at_most(self.json.get(), VALUES_MAX);
        let values = is_known.then(|| json_borrow::from_str(self.json.get()).ok()).flatten();
        values.unwrap_or_default()
    }
}

impl AllowedValues {
    /// These values, for a form that describes them otherwise.
    pub fn of(values: &[Value]) -> Self {
        let json = serde_json::to_string(values).unwrap_or_default();
        json_borrow::from_str(&json).unwrap_or_default()
    }

    /// The values, not kept for another look.
    pub fn once(&self) -> Vec<Value> {
        self.0.as_ref().map(|kept| kept.read()).unwrap_or_default()
    }
}

impl Deref for AllowedValues {
    type Target = [Value];

    fn deref(&self) -> &[Value] {
        self.0
            .as_ref()
            .map(|kept| kept.read.get_or_init(|| kept.read()).as_slice())
            .unwrap_or_default()
    }
}

impl fmt::Debug for AllowedValues {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.iter().fmt(f)
    }
}

impl<'de> Deserialize<'de> for AllowedValues {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let json = OwnedRaw::deserialize(deserializer)?;
        Ok(Self(
            (json.get().len() > "null".len())
                .then(|| Arc::new(RawValues { json, read: OnceLock::new() })),
        ))
    }
}
