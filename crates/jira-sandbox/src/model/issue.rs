//! An issue with everything that hangs on it.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value as Json;

use super::{field::Value, person::Who};

/// Times are milliseconds since 1970.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Issue {
    pub(crate) id: u64,
    pub(crate) key: String,
    pub(crate) number: u64,
    pub(crate) project: u64,
    pub(crate) type_id: u64,
    pub(crate) status: u64,
    pub(crate) creator: Who,
    pub(crate) created: i64,
    pub(crate) updated: i64,
    pub(crate) category_changed: i64,
    pub(crate) resolved: Option<i64>,
    /// Every editable field that has a value, by field id; absent = null or empty.
    pub(crate) values: BTreeMap<String, Value>,
    pub(crate) comments: Vec<Comment>,
    pub(crate) worklogs: Vec<Worklog>,
    pub(crate) changes: Vec<Change>,
    pub(crate) attachments: Vec<Attachment>,
    pub(crate) remote_links: Vec<RemoteLink>,
    pub(crate) watchers: BTreeSet<Who>,
    pub(crate) voters: BTreeSet<Who>,
    pub(crate) properties: BTreeMap<String, Json>,
}

impl Issue {
    /// A plain text field; empty when it has no value.
    pub(crate) fn text(&self, field: &str) -> &str {
        match self.values.get(field) {
            Some(Value::Text(text)) => text,
            _ => "",
        }
    }

    pub(crate) fn summary(&self) -> &str {
        self.text("summary")
    }

    /// A field that holds one person.
    pub(crate) fn person(&self, field: &str) -> Option<Who> {
        match self.values.get(field) {
            Some(Value::Person(who)) => Some(*who),
            _ => None,
        }
    }

    /// The id behind a priority, resolution or parent.
    pub(crate) fn reference(&self, field: &str) -> Option<u64> {
        match self.values.get(field) {
            Some(Value::Ref(id)) => Some(*id),
            _ => None,
        }
    }

    /// The ids behind components, versions or sprints.
    pub(crate) fn references(&self, field: &str) -> &[u64] {
        match self.values.get(field) {
            Some(Value::Refs(ids)) => ids,
            _ => &[],
        }
    }

    /// The items of a labels or lines field.
    pub(crate) fn labels(&self, field: &str) -> &[String] {
        match self.values.get(field) {
            Some(Value::Labels(labels)) => labels,
            _ => &[],
        }
    }

    /// A rich text field, as ADF.
    pub(crate) fn rich(&self, field: &str) -> Option<&Json> {
        match self.values.get(field) {
            Some(Value::Rich(document)) => Some(document),
            _ => None,
        }
    }

    /// The original and the remaining estimate, in seconds.
    pub(crate) fn estimates(&self) -> (Option<u64>, Option<u64>) {
        match self.values.get("timetracking") {
            Some(Value::Estimates(original, remaining)) => (*original, *remaining),
            _ => (None, None),
        }
    }

    /// The time logged, in seconds.
    pub(crate) fn seconds_spent(&self) -> u64 {
        self.worklogs.iter().map(|log| log.seconds).sum()
    }
}

/// Times are milliseconds since 1970; `body` is ADF.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Comment {
    pub(crate) id: u64,
    /// The comment that this one replies to; it lends its visibility.
    pub(crate) parent: Option<u64>,
    pub(crate) author: Who,
    pub(crate) editor: Who,
    pub(crate) body: Json,
    pub(crate) created: i64,
    pub(crate) updated: i64,
    pub(crate) visibility: Option<Visibility>,
    /// Only with `expand=properties`; `sd.public.comment` decides `jsdPublic`.
    pub(crate) properties: BTreeMap<String, Json>,
}

/// Who may read a comment or worklog.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Visibility {
    /// `role` or `group`.
    pub(crate) kind: String,
    pub(crate) value: String,
}

/// Times are milliseconds since 1970; `comment` is ADF.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Worklog {
    pub(crate) id: u64,
    pub(crate) author: Who,
    pub(crate) comment: Option<Json>,
    pub(crate) started: i64,
    pub(crate) created: i64,
    pub(crate) updated: i64,
    pub(crate) seconds: u64,
}

/// One history entry: all fields one person changed at one moment.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Change {
    pub(crate) id: u64,
    pub(crate) author: Who,
    pub(crate) created: i64,
    pub(crate) items: Vec<ChangeItem>,
}

/// `from`/`to` hold an id and a text each.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ChangeItem {
    pub(crate) field: String,
    pub(crate) field_id: String,
    pub(crate) custom: bool,
    pub(crate) from: (Option<String>, Option<String>),
    pub(crate) to: (Option<String>, Option<String>),
}

/// A file; its bytes are kept in memory.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Attachment {
    pub(crate) id: u64,
    pub(crate) author: Who,
    pub(crate) name: String,
    pub(crate) mime: String,
    pub(crate) created: i64,
    pub(crate) content: Vec<u8>,
}

/// A link to a page elsewhere.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct RemoteLink {
    pub(crate) id: u64,
    pub(crate) global_id: Option<String>,
    pub(crate) relationship: Option<String>,
    pub(crate) url: String,
    pub(crate) title: String,
    pub(crate) summary: Option<String>,
}
