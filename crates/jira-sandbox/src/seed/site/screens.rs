//! Which fields stand on the create and edit screens, and which must be filled.

use crate::{
    model::ScreenField,
    seed::ids::{
        BUG, CHANGE, EPIC, INCIDENT, MOB_BUG, MOB_STORY, MOB_SUBTASK, MOB_TASK, STORY, SUBTASK,
        TASK,
    },
};

fn screen(rows: &[(&str, &[u64], bool)]) -> Vec<ScreenField> {
    let common = [("project", true), ("issuetype", true), ("summary", true), ("reporter", true)];
    let plain = ["description", "assignee", "priority", "labels", "duedate"];
    let entry = |field: &str, types: &[u64], required| ScreenField {
        field: field.into(),
        types: types.to_vec(),
        required,
    };
    let common = common.iter().map(|(field, required)| entry(field, &[], *required));
    let plain = plain.iter().map(|field| entry(field, &[], false));
    common
        .chain(plain)
        .chain(rows.iter().map(|(field, types, required)| entry(field, types, *required)))
        .collect()
}

pub(crate) fn acme() -> Vec<ScreenField> {
    let standard = &[STORY, TASK, BUG][..];
    screen(&[
        ("parent", &[STORY, TASK, BUG], false),
        ("parent", &[SUBTASK], true),
        ("components", &[], false),
        ("fixVersions", &[], false),
        ("versions", &[BUG], false),
        ("environment", &[BUG], false),
        ("timetracking", standard, false),
        ("customfield_10001", &[], false),
        ("customfield_10011", &[EPIC], false),
        ("customfield_10015", &[], false),
        ("customfield_10020", standard, false),
        ("customfield_10021", &[], false),
        ("customfield_10036", standard, false),
        ("customfield_10037", &[], false),
        ("customfield_10038", &[], false),
        ("customfield_10041", &[STORY, TASK], false),
        ("customfield_10042", &[BUG], false),
        ("customfield_10043", &[], false),
        ("customfield_10044", &[], false),
        ("customfield_10045", &[], false),
        ("customfield_10046", &[], false),
        ("customfield_10047", &[], false),
        ("customfield_10048", &[], false),
        ("customfield_10050", &[BUG], false),
        ("customfield_10052", &[], false),
    ])
}

pub(crate) fn mob() -> Vec<ScreenField> {
    screen(&[
        ("parent", &[MOB_STORY, MOB_TASK, MOB_BUG], false),
        ("parent", &[MOB_SUBTASK], true),
        ("fixVersions", &[], false),
        ("customfield_10015", &[], false),
        ("customfield_10016", &[], false),
        ("customfield_10020", &[], false),
        ("customfield_10021", &[], false),
        ("customfield_10101", &[MOB_BUG], true),
        ("customfield_10102", &[MOB_STORY], false),
        ("customfield_10103", &[], false),
        ("customfield_10104", &[], false),
    ])
}

pub(crate) fn ops() -> Vec<ScreenField> {
    screen(&[
        ("components", &[], false),
        ("customfield_10003", &[CHANGE], false),
        ("customfield_10004", &[INCIDENT], false),
        ("customfield_10005", &[CHANGE], true),
        ("customfield_10006", &[CHANGE], false),
        ("customfield_10007", &[CHANGE], false),
        ("customfield_10008", &[CHANGE], false),
        ("customfield_10009", &[CHANGE], false),
        ("customfield_10049", &[INCIDENT], false),
        ("customfield_10051", &[], false),
        ("customfield_10052", &[INCIDENT], false),
    ])
}
