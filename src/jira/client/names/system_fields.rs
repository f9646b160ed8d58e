//! Jira's own fields: what they take on every site, and what is no field to write.

use crate::jira::client::wire::{FieldMeta, FieldSchema};

use super::field_name::FieldName;

/// What a system field takes, wherever it stands: Jira's own types never change.
pub fn system_meta(given: &str) -> Option<FieldMeta> {
    let field = FieldName::known(given)?;
    let (kind, items) = match field.id.as_str() {
        "summary" | "description" | "environment" => ("string", ""),
        "assignee" | "reporter" => ("user", ""),
        "priority" => ("priority", ""),
        "resolution" => ("resolution", ""),
        "security" => ("securitylevel", ""),
        "duedate" => ("date", ""),
        "parent" => ("issuelink", ""),
        "timetracking" => ("timetracking", ""),
        "labels" => ("array", "string"),
        "components" => ("array", "component"),
        "fixVersions" | "versions" => ("array", "version"),
        _ => return None,
    };
    let schema = FieldSchema {
        kind: kind.to_owned(),
        items: items.to_owned(),
        system: field.id.clone(),
        custom: String::new(),
    };
    Some(FieldMeta::off_screen(&field.id, &field.label, schema))
}

/// What is no value of a field to Jira, though it reads like one: ids, and how it is done.
const ELSEWHERE: &[(&[&str], &str)] = &[
    (&["status", "statusCategory"], "use jira_transition_issue"),
    (&["comment"], "use jira_add_comment"),
    (&["attachment"], "use jira_add_attachment"),
    (&["worklog", "timespent"], "use jira_add_worklog"),
    (&["issuelinks"], "use jira_link_issues"),
    (&["subtasks"], "create the subtask with this issue as its parent"),
    (&["watches"], "use jira_watch_issue"),
    (&["project"], "use jira_move_issue"),
    (
        &["votes", "key", "url", "created", "updated", "creator", "resolutiondate"],
        "Jira sets it by itself",
    ),
];

/// How something is done that reads like a field and is none to Jira.
pub(super) fn set_elsewhere(field_id: &str) -> Option<&'static str> {
    ELSEWHERE.iter().find(|(ids, _)| ids.contains(&field_id)).map(|(_, how)| *how)
}
