//! The versions of a project.

use json_borrow::{Text, or_default, required};
use serde::Deserialize;

use super::lenient_text::LenientText;

/// `GET /project/{key}/version`, one entry.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Version<'a> {
    /// Its id.
    #[serde(borrow, default)]
    pub id: Text<'a>,
    /// Its name.
    #[serde(borrow, default)]
    pub name: Text<'a>,
    /// Whether it is out.
    #[serde(default, deserialize_with = "or_default")]
    pub released: bool,
    /// Whether it is put away.
    #[serde(default, deserialize_with = "or_default")]
    pub archived: bool,
    /// Whether its day has passed and it is not out.
    #[serde(default, deserialize_with = "or_default")]
    pub overdue: bool,
    /// A day.
    #[serde(borrow, default)]
    pub start_date: Option<Text<'a>>,
    /// A day.
    #[serde(borrow, default)]
    pub release_date: Option<Text<'a>>,
}

/// `GET /project/{key}`.
#[derive(Debug, Deserialize)]
pub struct ProjectHead<'a> {
    /// The number that a version names its project by.
    #[serde(borrow, deserialize_with = "required")]
    pub id: Text<'a>,
}

/// A version of a project.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct VersionDetail<'a> {
    /// Its id.
    #[serde(borrow, deserialize_with = "required")]
    pub id: Text<'a>,
    /// Its name, unique in the project.
    #[serde(borrow, default)]
    pub name: Text<'a>,
    /// What it is about.
    #[serde(borrow, default)]
    pub description: Option<Text<'a>>,
    /// Whether it is out.
    #[serde(default, deserialize_with = "or_default")]
    pub released: bool,
    /// Whether it is put away.
    #[serde(default, deserialize_with = "or_default")]
    pub archived: bool,
    /// A day; some answers hold milliseconds instead.
    #[serde(borrow, default)]
    pub start_date: Option<LenientText<'a>>,
    /// A day; some answers hold milliseconds instead.
    #[serde(borrow, default)]
    pub release_date: Option<LenientText<'a>>,
    /// The number of its project.
    #[serde(default)]
    pub project_id: Option<u64>,
}
