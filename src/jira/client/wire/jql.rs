//! What Jira says about queries.

use json_borrow::{List, Raw, Text, required};
use serde::Deserialize;

/// `POST /jql/parse`.
#[derive(Debug, Deserialize)]
pub struct ParsedQueries {
    /// In the order in which they were sent.
    #[serde(default)]
    pub queries: List<ParsedQuery>,
}

/// One judged query.
#[derive(Debug, Default, Deserialize)]
pub struct ParsedQuery {
    /// Why it cannot run; absent when it can.
    #[serde(default)]
    pub errors: Vec<String>,
}

/// `GET /jql/autocompletedata`. Most of it is never looked at, so lists stay undecoded.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct JqlReference<'a> {
    /// The fields.
    #[serde(borrow, default)]
    pub visible_field_names: List<JqlField<'a>>,
    /// The functions.
    #[serde(borrow, default)]
    pub visible_function_names: List<JqlFunction<'a>>,
}

/// A field as JQL knows it.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct JqlField<'a> {
    /// As it stands in a query, in quotes where it must.
    #[serde(borrow, deserialize_with = "required")]
    pub value: Text<'a>,
    /// `cf[10016]` of a custom field.
    #[serde(borrow, default)]
    pub cfid: Option<Text<'a>>,
    /// "true" when Jira can complete its values.
    #[serde(borrow, default)]
    pub auto: Option<Text<'a>>,
    /// A list of texts.
    #[serde(borrow, default)]
    pub operators: Option<Raw<'a>>,
    /// A list of Java class names.
    #[serde(borrow, default)]
    pub types: Option<Raw<'a>>,
}

/// A function as JQL knows it.
#[derive(Debug, Deserialize)]
pub struct JqlFunction<'a> {
    /// As it stands in a query: `membersOf("")`.
    #[serde(borrow, deserialize_with = "required")]
    pub value: Text<'a>,
    /// A list of Java class names.
    #[serde(borrow, default)]
    pub types: Option<Raw<'a>>,
}

/// `GET /jql/autocompletedata/suggestions`.
#[derive(Debug, Deserialize)]
pub struct JqlSuggestions<'a> {
    /// The first few.
    #[serde(borrow, default)]
    pub results: List<JqlSuggestion<'a>>,
}

/// A value that may stand in a query.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct JqlSuggestion<'a> {
    /// As it stands in a query; an account id for a person.
    #[serde(borrow, default)]
    pub value: Text<'a>,
    /// For people: HTML, the matching part in bold.
    #[serde(borrow, default)]
    pub display_name: Text<'a>,
}

/// The texts of a list that was left undecoded.
pub fn texts(list: Option<Raw<'_>>) -> Vec<Text<'_>> {
    list.and_then(|list| list.read().ok()).unwrap_or_default()
}
