//! An issue with everything that hangs on it.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value as Json;

use super::{Value, Who};

/// Times are milliseconds since 1970.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::demo) struct Issue {
    pub(in crate::demo) id: u64,
    pub(in crate::demo) key: String,
    pub(in crate::demo) number: u64,
    pub(in crate::demo) project: u64,
    pub(in crate::demo) type_id: u64,
    pub(in crate::demo) status: u64,
    pub(in crate::demo) creator: Who,
    pub(in crate::demo) created: i64,
    pub(in crate::demo) updated: i64,
    pub(in crate::demo) category_changed: i64,
    pub(in crate::demo) resolved: Option<i64>,
    /// Every editable field that has a value, by field id; absent = null or empty.
    pub(in crate::demo) values: BTreeMap<String, Value>,
    pub(in crate::demo) comments: Vec<Comment>,
    pub(in crate::demo) worklogs: Vec<Worklog>,
    pub(in crate::demo) changes: Vec<Change>,
    pub(in crate::demo) attachments: Vec<Attachment>,
    pub(in crate::demo) remote_links: Vec<RemoteLink>,
    pub(in crate::demo) watchers: BTreeSet<Who>,
    pub(in crate::demo) voters: BTreeSet<Who>,
    pub(in crate::demo) properties: BTreeMap<String, Json>,
}

impl Issue {
    pub(in crate::demo) fn text(&self, field: &str) -> &str {
        match self.values.get(field) {
            Some(Value::Text(text)) => text,
            _ => "",
        }
    }

    pub(in crate::demo) fn summary(&self) -> &str {
        self.text("summary")
    }

    pub(in crate::demo) fn person(&self, field: &str) -> Option<Who> {
        match self.values.get(field) {
            Some(Value::Person(who)) => Some(*who),
            _ => None,
        }
    }

    /// The id behind a priority, resolution or parent.
    pub(in crate::demo) fn reference(&self, field: &str) -> Option<u64> {
        match self.values.get(field) {
            Some(Value::Ref(id)) => Some(*id),
            _ => None,
        }
    }

    pub(in crate::demo) fn references(&self, field: &str) -> &[u64] {
        match self.values.get(field) {
            Some(Value::Refs(ids)) => ids,
            _ => &[],
        }
    }

    pub(in crate::demo) fn labels(&self, field: &str) -> &[String] {
        match self.values.get(field) {
            Some(Value::Labels(labels)) => labels,
            _ => &[],
        }
    }

    pub(in crate::demo) fn rich(&self, field: &str) -> Option<&Json> {
        match self.values.get(field) {
            Some(Value::Rich(document)) => Some(document),
            _ => None,
        }
    }

    pub(in crate::demo) fn estimates(&self) -> (Option<u64>, Option<u64>) {
        match self.values.get("timetracking") {
            Some(Value::Estimates(original, remaining)) => (*original, *remaining),
            _ => (None, None),
        }
    }

    pub(in crate::demo) fn seconds_spent(&self) -> u64 {
        self.worklogs.iter().map(|log| log.seconds).sum()
    }
}

#[derive(Clone, Debug, PartialEq)]
pub(in crate::demo) struct Comment {
    pub(in crate::demo) id: u64,
    /// The comment that this one replies to; it lends its visibility.
    pub(in crate::demo) parent: Option<u64>,
    pub(in crate::demo) author: Who,
    pub(in crate::demo) editor: Who,
    pub(in crate::demo) body: Json,
    pub(in crate::demo) created: i64,
    pub(in crate::demo) updated: i64,
    pub(in crate::demo) visibility: Option<Visibility>,
    /// Only with `expand=properties`; `sd.public.comment` decides `jsdPublic`.
    pub(in crate::demo) properties: BTreeMap<String, Json>,
}

/// Who may read a comment or worklog.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::demo) struct Visibility {
    /// `role` or `group`.
    pub(in crate::demo) kind: String,
    pub(in crate::demo) value: String,
}

#[derive(Clone, Debug, PartialEq)]
pub(in crate::demo) struct Worklog {
    pub(in crate::demo) id: u64,
    pub(in crate::demo) author: Who,
    pub(in crate::demo) comment: Option<Json>,
    pub(in crate::demo) started: i64,
    pub(in crate::demo) created: i64,
    pub(in crate::demo) updated: i64,
    pub(in crate::demo) seconds: u64,
}

/// One history entry: all fields one person changed at one moment.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::demo) struct Change {
    pub(in crate::demo) id: u64,
    pub(in crate::demo) author: Who,
    pub(in crate::demo) created: i64,
    pub(in crate::demo) items: Vec<ChangeItem>,
}

/// `from`/`to` hold an id and a text each.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::demo) struct ChangeItem {
    pub(in crate::demo) field: String,
    pub(in crate::demo) field_id: String,
    pub(in crate::demo) custom: bool,
    pub(in crate::demo) from: (Option<String>, Option<String>),
    pub(in crate::demo) to: (Option<String>, Option<String>),
}

#[derive(Clone, Debug, PartialEq)]
pub(in crate::demo) struct Attachment {
    pub(in crate::demo) id: u64,
    pub(in crate::demo) author: Who,
    pub(in crate::demo) name: String,
    pub(in crate::demo) mime: String,
    pub(in crate::demo) created: i64,
    pub(in crate::demo) content: Vec<u8>,
}

#[derive(Clone, Debug, PartialEq)]
pub(in crate::demo) struct RemoteLink {
    pub(in crate::demo) id: u64,
    pub(in crate::demo) global_id: Option<String>,
    pub(in crate::demo) relationship: Option<String>,
    pub(in crate::demo) url: String,
    pub(in crate::demo) title: String,
    pub(in crate::demo) summary: Option<String>,
}
