//! The ways out of an issue's status.

use std::collections::BTreeMap;

use json_borrow::{List, Text, readable, required};
use serde::Deserialize;

use super::{meta::FieldMeta, named_value::NamedValue};

/// `GET /issue/{key}/transitions`.
#[derive(Debug, Deserialize)]
pub struct TransitionPage<'a> {
    /// What this user may do from here.
    #[serde(borrow, default)]
    pub transitions: List<Transition<'a>>,
}

/// One way out of the current status.
#[derive(Debug, Deserialize)]
pub struct Transition<'a> {
    /// What a transition request names.
    #[serde(borrow, deserialize_with = "required")]
    pub id: Text<'a>,
    /// Its name, which need not be unique.
    #[serde(borrow, default)]
    pub name: Text<'a>,
    /// The status it leads to.
    #[serde(borrow)]
    pub to: NamedValue<'a>,
    /// The fields of its screen by id; none where it has no screen.
    #[serde(default, deserialize_with = "readable")]
    pub fields: BTreeMap<String, FieldMeta>,
}
