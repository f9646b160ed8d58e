//! What a site offers: a project with its statuses, components and versions, fields, saved
//! searches.

use std::collections::{BTreeSet, HashMap};

use serde_json::json;
use tool_kit::Row;

use crate::jira::client::wire;

use super::{create_field::kind, field::short_text, person::somebody};

/// Names are clipped to this many characters.
const NAME_CHARS: usize = 200;

/// More statuses than any reply shows.
const STATUSES_MAX: usize = 2_000;

/// Descriptions of parts are clipped to this many characters.
const ABOUT_CHARS: usize = 120;

/// A project, its description clipped to `text_chars` characters.
pub fn project_row(project: &wire::ProjectDetail<'_>, text_chars: usize) -> Row {
    let mut row = Row::new();
    row.put_non_empty("key", project.key.as_ref());
    row.put_non_empty("name", short_text(&project.name, NAME_CHARS));
    row.put_non_empty("type", project.project_type_key.as_ref());
    flag(&mut row, "team_managed", project.simplified);
    flag(&mut row, "archived", project.archived);
    row.put_non_empty("lead", somebody(&project.lead));
    row.put_non_empty(
        "description",
        project.description.as_deref().map(|text| short_text(text, text_chars)),
    );
    let types = project.issue_types.iter().map(|kind| {
        let name = short_text(&kind.name, NAME_CHARS);
        if kind.subtask {
            json!({ "name": name, "subtask": true })
        } else {
            json!({ "name": name })
        }
    });
    row.put_non_empty("issue_types", types.collect::<Vec<_>>());
    row
}

/// The statuses of a project, each once; those that only some issue types have say which.
///
/// Of very many the first ones, and how many there are.
pub fn status_rows(types: &[wire::TypeStatuses<'_>]) -> (Vec<Row>, usize) {
    // Which types have each status, looked up once for all: a site may have thousands of both.
    let mut having: HashMap<&str, Vec<&str>> = HashMap::new();
    for kind in types {
        for status in &kind.statuses {
            let names = having.entry(status.name.as_str()).or_default();
            if names.last() != Some(&kind.name.as_str()) {
                names.push(kind.name.as_str());
            }
        }
    }
    let mut seen = BTreeSet::new();
    let all = types.iter().flat_map(|kind| &kind.statuses);
    let statuses: Vec<_> = all.filter(|status| seen.insert(status.name.to_lowercase())).collect();
    let rows = statuses
        .iter()
        .take(STATUSES_MAX)
        .map(|status| {
            let with = having.get(status.name.as_str()).map(Vec::as_slice).unwrap_or_default();
            let with: Vec<String> = with.iter().map(|name| short_text(name, NAME_CHARS)).collect();
            let mut row = Row::new();
            row.put_non_empty("name", short_text(&status.name, NAME_CHARS));
            let category = status.status_category.as_ref().map(|category| &category.name);
            row.put_non_empty("category", category.map(|name| short_text(name, NAME_CHARS)));
            if with.len() < types.len() {
                row.put_non_empty("issue_types", with);
            }
            row
        })
        .collect();
    (rows, statuses.len())
}

/// A component.
pub fn component_row(component: &wire::Component<'_>) -> Row {
    let mut row = Row::new();
    row.put_non_empty("name", short_text(&component.name, NAME_CHARS));
    row.put_non_empty("lead", somebody(&component.lead));
    row.put_non_empty(
        "description",
        component.description.as_deref().map(|text| short_text(text, ABOUT_CHARS)),
    );
    row
}

/// A version.
pub fn version_row(version: &wire::Version<'_>) -> Row {
    let mut row = Row::new();
    row.put_non_empty("id", version.id.as_ref());
    row.put_non_empty("name", short_text(&version.name, NAME_CHARS));
    row.push("released", version.released);
    flag(&mut row, "archived", version.archived);
    flag(&mut row, "overdue", version.overdue);
    row.put_non_empty("start", version.start_date.as_deref());
    row.put_non_empty("release", version.release_date.as_deref());
    row
}

/// A field. `is_unique` tells whether its display name means it alone, so that a query may use the
/// name.
pub fn field_row(field: &wire::FieldDetail<'_>, is_unique: bool) -> Row {
    let mut row = Row::new();
    row.put_non_empty("id", field.id.as_ref());
    row.put_non_empty("name", short_text(&field.name, NAME_CHARS));
    row.put_non_empty("type", field.schema().as_ref().map(kind));
    row.put_non_empty("jql", clause(field, is_unique));
    row.put_non_empty("project_id", field.project_id());
    row
}

/// The name under which a query may speak of the field: its own name where that is clear, else its
/// number.
fn clause(field: &wire::FieldDetail<'_>, is_unique: bool) -> Option<String> {
    let clauses = field.clause_names();
    let by_number = clauses.iter().find(|clause| clause.starts_with("cf["));
    if let Some(number) = by_number {
        let has_name = clauses.contains(&field.name);
        return Some(if is_unique && has_name { quoted(&field.name) } else { number.to_string() });
    }
    let same = clauses.iter().find(|clause| clause.eq_ignore_ascii_case(&field.id));
    same.or(clauses.first()).map(|clause| quoted(clause))
}

/// As it must stand in a query: in quotes unless it is one plain word.
fn quoted(name: &str) -> String {
    if !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return name.to_owned();
    }
    format!("\"{}\"", name.replace('\\', "\\\\").replace('"', "\\\""))
}

/// A saved search, its query clipped to `text_chars` characters. A query may name projects that
/// must not be shown: then it is given by the filter's id, which searches the same.
pub fn filter_row(filter: &wire::Filter<'_>, text_chars: usize, names_projects: bool) -> Row {
    let mut row = Row::new();
    row.put_non_empty("id", filter.id.as_ref());
    row.put_non_empty("name", short_text(&filter.name, NAME_CHARS));
    row.put_non_empty("owner", somebody(&filter.owner));
    if names_projects {
        row.put_non_empty("jql", short_text(&filter.jql, text_chars));
    } else {
        row.put_non_empty("jql", format!("filter = {}", filter.id));
    }
    row
}

fn flag(row: &mut Row, name: &'static str, value: bool) {
    if value {
        row.put_non_empty(name, true);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[expect(
        clippy::needless_pass_by_value,
        reason = "a table of literals reads best without borrows"
    )]
    fn check_field(field: serde_json::Value, is_unique: bool, expected: serde_json::Value) {
        let text = field.to_string();
        let field: wire::FieldDetail<'_> = serde_json::from_str(&text).unwrap();
        assert_eq!(serde_json::to_value(field_row(&field, is_unique)).unwrap(), expected);
    }

    #[test]
    fn fields_are_named_as_a_query_may_name_them() {
        let points = json!({"id": "customfield_10016", "name": "Story Points", "schema": {"type": "number"},
            "clauseNames": ["cf[10016]", "Story Points"], "scope": {"type": "PROJECT", "project": {"id": "10001"}}});
        let shown = |jql: &str| json!({"id": "customfield_10016", "name": "Story Points", "type": "number", "jql": jql, "project_id": "10001"});
        check_field(points.clone(), true, shown("\"Story Points\""));
        check_field(points, false, shown("cf[10016]"));
        check_field(
            json!({"id": "issuekey", "name": "Key", "clauseNames": ["id", "issue", "issuekey", "key"]}),
            true,
            json!({"id": "issuekey", "name": "Key", "jql": "issuekey"}),
        );
        check_field(
            json!({"id": "thumbnail", "name": "Images", "clauseNames": []}),
            true,
            json!({"id": "thumbnail", "name": "Images"}),
        );
        check_field(
            json!({"id": "customfield_1", "name": "Say \"x\"", "clauseNames": ["cf[1]", "Say \"x\""]}),
            true,
            json!({"id": "customfield_1", "name": "Say \"x\"", "jql": "\"Say \\\"x\\\"\""}),
        );
    }

    #[test]
    fn statuses_come_once_and_name_their_types_only_where_they_differ() {
        let text = r#"[{"name":"Task","statuses":[{"name":"Open","statusCategory":{"name":"To Do"}},{"name":"Done"}]},
            {"name":"Bug","statuses":[{"name":"Open"},{"name":"Triage"},{"name":"Done"}]}]"#;
        let types: Vec<wire::TypeStatuses<'_>> = serde_json::from_str(text).unwrap();
        assert_eq!(
            serde_json::to_value(status_rows(&types).0).unwrap(),
            json!([
                {"name": "Open", "category": "To Do"}, {"name": "Done"}, {"name": "Triage", "issue_types": ["Bug"]},
            ])
        );
    }
}
