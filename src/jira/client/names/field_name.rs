//! The name of a field: the many spellings of Jira's own fields, and ids.

use std::borrow::Cow;

/// A field of an issue: the id that Jira takes and the label under which agents see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldName {
    /// Jira's id. `key` and `url` are no fields of Jira's and cost nothing.
    pub id: String,
    /// The name in replies.
    pub label: Cow<'static, str>,
}

/// Jira's word for every field.
const ALL: &str = "*all";

/// Spellings of system fields: what is asked for, Jira's id, our label.
const SYSTEM: &[(&[&str], &str, &str)] = &[
    (&["key", "issuekey", "issue_key"], "key", "key"),
    (&["url", "link"], "url", "url"),
    (&["type", "issuetype", "issue_type"], "issuetype", "type"),
    (&["status"], "status", "status"),
    (&["summary", "title"], "summary", "summary"),
    (&["assignee"], "assignee", "assignee"),
    (&["reporter"], "reporter", "reporter"),
    (&["creator"], "creator", "creator"),
    (&["priority"], "priority", "priority"),
    (&["labels"], "labels", "labels"),
    (&["parent", "epic"], "parent", "parent"),
    (&["project"], "project", "project"),
    (&["created"], "created", "created"),
    (&["updated"], "updated", "updated"),
    (&["due", "duedate", "due_date"], "duedate", "due"),
    (&["resolution"], "resolution", "resolution"),
    (&["resolved", "resolutiondate", "resolution_date"], "resolutiondate", "resolved"),
    (&["components", "component"], "components", "components"),
    (&["fixversions", "fix_versions", "fixversion"], "fixVersions", "fix_versions"),
    (
        &["versions", "affected_versions", "affectedversion", "affects_versions"],
        "versions",
        "affected_versions",
    ),
    (&["links", "issuelinks", "issue_links"], "issuelinks", "links"),
    (&["subtasks"], "subtasks", "subtasks"),
    (&["environment"], "environment", "environment"),
    (&["description"], "description", "description"),
    (&["security"], "security", "security"),
    (&["votes"], "votes", "votes"),
    (&["watches", "watchers"], "watches", "watches"),
    (&["timetracking", "time_tracking"], "timetracking", "time_tracking"),
    (&["timespent", "time_spent"], "timespent", "time_spent_s"),
    (&["timeestimate", "time_estimate"], "timeestimate", "time_estimate_s"),
    (&["statuscategory", "status_category"], "statusCategory", "status_category"),
    (&["attachment", "attachments"], "attachment", "attachments"),
    (&["comment", "comments"], "comment", "comments"),
    (&["worklog", "worklogs"], "worklog", "worklogs"),
];

/// No spelling of a system field is as long, nor is the id of a field.
const KNOWN_BYTES_MAX: usize = 100;

impl FieldName {
    /// A system field by any of its spellings, or a field id as it is.
    pub fn known(given: &str) -> Option<Self> {
        let given = given.trim();
        if given.len() > KNOWN_BYTES_MAX {
            return None;
        }
        let plain = given.to_lowercase().replace([' ', '-'], "_");
        // "fix version" is meant as much as "fix_versions" is.
        let bare = |name: &str| name.replace('_', "").trim_end_matches('s').to_owned();
        let alike = || {
            let wanted = bare(&plain);
            SYSTEM.iter().find(|(spellings, ..)| spellings.iter().any(|one| bare(one) == wanted))
        };
        let system = SYSTEM
            .iter()
            .find(|(spellings, ..)| spellings.contains(&plain.as_str()))
            .or_else(alike);
        if let Some((_, id, label)) = system {
            return Some(Self { id: (*id).to_owned(), label: Cow::Borrowed(label) });
        }
        is_custom_id(&plain).then(|| Self { id: plain.clone(), label: Cow::Owned(plain) })
    }

    /// Stands for every field that holds a value.
    pub fn all() -> Self {
        Self { id: ALL.to_owned(), label: Cow::Borrowed(ALL) }
    }

    /// Whether it stands for every field that holds a value.
    pub fn is_all(&self) -> bool {
        self.id == ALL
    }

    /// Whether somebody of the site made it.
    pub fn is_custom(&self) -> bool {
        is_custom_id(&self.id)
    }

    /// Whether it is answered from the key alone, without asking Jira for a field.
    pub fn is_local(&self) -> bool {
        matches!(self.id.as_str(), "key" | "url")
    }
}

fn is_custom_id(name: &str) -> bool {
    name.strip_prefix("customfield_").is_some_and(|digits| {
        !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
    })
}
