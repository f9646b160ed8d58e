//! Issues, their comments, transitions, links, history and worklogs.

use std::collections::BTreeMap;

use json_borrow::{Raw, Text, has_at_most, required};
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use super::fields::Fields;

/// One issue, with the fields that were asked for.
#[derive(Debug, Deserialize)]
pub struct Issue<'a> {
    /// The issue's number, which stays when the key changes.
    #[serde(borrow, default)]
    pub id: Text<'a>,
    /// The issue's key.
    #[serde(borrow, default)]
    pub key: Text<'a>,
    /// Its fields.
    #[serde(borrow, default)]
    pub fields: Fields<'a>,
    /// Display names by field id, with `expand=names`.
    #[serde(borrow, default)]
    pub names: Option<Raw<'a>>,
    /// The entity properties that were asked for, by key.
    #[serde(default, deserialize_with = "few")]
    pub properties: BTreeMap<String, Value>,
}

/// Values of JSON that properties may have: ours has three, and others are not asked for.
const PROPERTY_VALUES_MAX: usize = 1_000;

fn few<'de, D: Deserializer<'de>>(deserializer: D) -> Result<BTreeMap<String, Value>, D::Error> {
    let raw = Raw::deserialize(deserializer)?;
    let is_small = has_at_most(raw.get(), PROPERTY_VALUES_MAX);
    Ok(is_small.then(|| raw.read().ok()).flatten().unwrap_or_default())
}

/// `POST /issue`.
#[derive(Debug, Deserialize)]
pub struct CreatedIssue {
    /// The new issue's key.
    #[serde(deserialize_with = "required")]
    pub key: String,
}
