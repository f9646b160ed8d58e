//! A service desk, what can be asked for there, and its queues.

use json_borrow::{or_default, required};
use serde::Deserialize;

/// `GET /servicedesk`, one entry.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ServiceDesk {
    /// Its id.
    #[serde(deserialize_with = "required")]
    pub id: String,
    /// The key of its project.
    #[serde(default, deserialize_with = "or_default")]
    pub project_key: String,
    /// The name of its project, which is its own.
    #[serde(default, deserialize_with = "or_default")]
    pub project_name: String,
}

/// What customers may ask for.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RequestType {
    /// Its id.
    #[serde(deserialize_with = "required")]
    pub id: String,
    /// Its name, not unique.
    #[serde(default, deserialize_with = "or_default")]
    pub name: String,
    /// When to choose it.
    #[serde(default, deserialize_with = "or_default")]
    pub description: String,
}

/// A list that agents work through.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Queue {
    /// Its id.
    #[serde(deserialize_with = "required")]
    pub id: String,
    /// Its name, not unique.
    #[serde(default, deserialize_with = "or_default")]
    pub name: String,
    /// What is in it.
    #[serde(default, deserialize_with = "or_default")]
    pub jql: String,
    /// The ids of the fields that it shows.
    #[serde(default, deserialize_with = "or_default")]
    pub fields: Vec<String>,
    /// How many issues it holds, when that was asked.
    #[serde(default, deserialize_with = "or_default")]
    pub issue_count: Option<u64>,
}
