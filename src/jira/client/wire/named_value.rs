//! Any object in a field, by the names under which Jira says what it is.

use json_borrow::{Raw, Text};
use serde::Deserialize;

use super::lenient_text::LenientText;

/// Any object in a field, by the names under which Jira says what it is.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct NamedValue<'a> {
    /// `doc` for rich text.
    #[serde(borrow, rename = "type")]
    pub kind: Option<LenientText<'a>>,
    /// People.
    #[serde(borrow)]
    pub display_name: Option<Text<'a>>,
    /// Issues, projects.
    #[serde(borrow)]
    pub key: Option<Text<'a>>,
    /// Statuses, priorities, versions, components, sprints, types.
    #[serde(borrow)]
    pub name: Option<Text<'a>>,
    /// The same in the site's own language, where the profile has another one.
    #[serde(borrow)]
    pub untranslated_name: Option<Text<'a>>,
    /// Options of select lists.
    #[serde(borrow)]
    pub value: Option<LenientText<'a>>,
    /// The second level of a cascading select list.
    #[serde(borrow)]
    pub child: Option<Raw<'a>>,
    /// Teams.
    #[serde(borrow)]
    pub title: Option<Text<'a>>,
}
