//! How many issues there are for each value of a field: of all that a query finds, never of one
//! page.

use std::collections::BTreeSet;

use futures_util::future::try_join_all;
use serde_json::{Value, json};
use tool_kit::{Reply, Row, ToolError, clean};

use crate::jira::{
    names, request,
    tools::{args::Jql, context::Context, scope::confined, search::query},
    wire::{ApproximateCount, Issue, SearchPage},
};

/// Issues that are read one by one; where there are more, Jira's own counts are taken. Each costs a
/// point of its quota.
const READ_MAX: u32 = 2_000;

/// What Jira answers at once when fields are asked for.
const PAGE: u32 = 100;

/// Values of which Jira is asked for its own count.
const VALUES_MAX: usize = 30;

/// Jira's counts asked for at a time.
const AT_ONCE: usize = 5;

/// What an issue without a value counts under.
const NONE: &str = "(none)";

/// The counts, in the order of their first issue.
#[derive(Debug, Default)]
pub(in crate::jira::tools) struct Counts {
    /// Issues with a value that is nothing to count by, such as a text with marks.
    uncounted: u64,
    seen: BTreeSet<String>,
    groups: Vec<Group>,
}

/// One value of the field.
#[derive(Debug, Clone)]
struct Group {
    /// What tells two values apart: people may share a name.
    id: String,
    name: String,
    count: u64,
}

impl Counts {
    /// Counts an issue, once however often it is seen.
    pub(in crate::jira::tools) fn note(&mut self, issue: &Issue<'_>, field_id: &str) {
        if !self.seen.insert(issue.key.clone().into_owned()) {
            return;
        }
        let values = values(issue, field_id);
        let is_nothing = values.iter().all(|(id, _)| id == NONE);
        let held = issue
            .fields
            .raw(field_id)
            .is_some_and(|raw| !matches!(raw.get(), "[]" | "{}" | "\"\""));
        self.uncounted += u64::from(is_nothing && held);
        for (id, name) in values {
            match self.groups.iter_mut().find(|group| group.id == id) {
                Some(group) => group.count += 1,
                None => self.groups.push(Group { id, name, count: 1 }),
            }
        }
    }

    /// Counts one more of a name.
    pub(in crate::jira::tools) fn add(&mut self, name: &str) {
        match self.groups.iter_mut().find(|group| group.id == name) {
            Some(group) => group.count += 1,
            None => {
                self.groups.push(Group { id: name.to_owned(), name: name.to_owned(), count: 1 });
            }
        }
    }

    /// How many issues were counted.
    pub(in crate::jira::tools) fn total(&self) -> u64 {
        self.seen.len() as u64
    }

    /// The counts by name; people of one name are told apart by their ids.
    pub(in crate::jira::tools) fn row(&self) -> Row {
        let mut row = Row::new();
        for group in &self.groups {
            let is_shared = self.groups.iter().filter(|other| other.name == group.name).count() > 1;
            let name = if is_shared {
                format!("{} ({})", group.name, group.id)
            } else {
                group.name.clone()
            };
            row.push(name, group.count);
        }
        row
    }

    fn largest_first(&mut self) {
        self.groups.sort_by_key(|group| std::cmp::Reverse(group.count));
    }
}

/// The answer of a search with `group_by`.
pub(in crate::jira::tools) async fn count(
    context: &Context,
    given: &Jql,
    jql: &str,
    name: &str,
) -> Result<Reply, ToolError> {
    let fields = names::readable_fields(&context.jira, &[name.to_owned()]).await?;
    let Some(field) = fields.first().filter(|field| !field.is_local()) else {
        return Err(ToolError::invalid_argument(format!(
            "`group_by` cannot be '{}'.",
            clean(name)
        ))
        .hint(
            "Use status, type, priority, assignee, reporter, project, labels, or another field.",
        ));
    };
    let mut counts = Counts::default();
    let is_whole = read(context, Some(given), jql, &[&field.id], READ_MAX, |issue| {
        counts.note(issue, &field.id);
    })
    .await?;
    if counts.uncounted > 0 {
        return Err(ToolError::invalid_argument(format!("`group_by` cannot be '{}': its values are nothing to count by.", clean(name)))
            .hint("Use status, type, priority, assignee, reporter, project, labels, or another field with names or options."));
    }
    let mut reply = Row::new();
    let total = if is_whole {
        counts.total()
    } else {
        recount(context, jql, &field.id, &mut counts).await?;
        approximate(context, given, jql).await?
    };
    counts.largest_first();
    let listed = counts.groups.len();
    let room = context
        .budget
        .reserve(&json!({ "count": total, "exact": true, "values_omitted": u32::MAX }));
    while !counts.groups.is_empty() && !room.holds(&json!({ "counts": counts.row() })) {
        counts.groups.truncate(counts.groups.len() / 2);
    }
    reply.put_non_empty("count", total);
    reply.push("counts", json!(counts.row()));
    reply.put_non_empty("exact", is_whole);
    if counts.groups.len() < listed {
        reply.put_non_empty("values_omitted", listed - counts.groups.len());
    }
    Reply::json(&reply)
}

/// Shows every issue of a query that may be seen to `each`, with these fields. False when there are
/// too many to read them all.
///
/// A refusal becomes advice about the query that was `given`, if one was.
pub(in crate::jira::tools) async fn read(
    context: &Context,
    given: Option<&Jql>,
    jql: &str,
    field_ids: &[&str],
    read_max: u32,
    mut each: impl FnMut(&Issue<'_>),
) -> Result<bool, ToolError> {
    let ids: Vec<String> = field_ids.iter().map(|id| (*id).to_owned()).collect();
    let (mut token, mut read): (Option<String>, u32) = (None, 0);
    // Jira may answer fewer than it is asked for, even none, before the end.
    for _ in 0..read_max / PAGE * 2 {
        let request = request::search(jql, &ids, PAGE, token.as_deref());
        let answer = match given {
            Some(given) => query::ask(context, given, request).await?,
            None => context.ask(request).await?,
        };
        let page: SearchPage<'_> = answer.read()?;
        page.issues
            .iter()
            .filter(|issue| context.projects.holds_issue(&issue.key))
            .for_each(&mut each);
        read = read.saturating_add(u32::try_from(page.issues.len()).unwrap_or(u32::MAX));
        let next = page.next_page_token.as_deref().map(str::to_owned);
        if next.is_none() {
            return Ok(true);
        }
        // A token that comes back again would lead in a circle.
        if read >= read_max || next == token {
            return Ok(false);
        }
        token = next;
        context.progress.report(f64::from(read), None, || format!("{read} issues are counted."));
    }
    Ok(false)
}

/// Jira's own count, which may lag behind by seconds.
pub(in crate::jira::tools) async fn approximate(
    context: &Context,
    given: &Jql,
    jql: &str,
) -> Result<u64, ToolError> {
    let answer = query::ask(context, given, request::approximate_count(jql)).await?;
    Ok(answer.read::<ApproximateCount>()?.count)
}

/// Asks Jira for its own count of each value that was found.
pub(in crate::jira::tools) async fn recount(
    context: &Context,
    jql: &str,
    field_id: &str,
    counts: &mut Counts,
) -> Result<(), ToolError> {
    counts.largest_first();
    counts.groups.truncate(VALUES_MAX);
    for some in counts.groups.chunks_mut(AT_ONCE) {
        let asked = some.iter().map(async |group| {
            let query = confined(&condition(field_id, &group.id), jql, "")?;
            let answer = context.ask(request::approximate_count(&query)).await?;
            Ok::<_, ToolError>(answer.read::<ApproximateCount>()?.count)
        });
        let answers = try_join_all(asked).await.map_err(|error| {
            error.hint(format!("Narrow the query: up to {READ_MAX} issues are counted one by one."))
        })?;
        for (group, count) in some.iter_mut().zip(answers) {
            group.count = count;
        }
    }
    Ok(())
}

/// The query for one value.
fn condition(field_id: &str, value: &str) -> String {
    let field = match field_id {
        "components" => "component".to_owned(),
        "fixVersions" => "fixVersion".to_owned(),
        "versions" => "affectedVersion".to_owned(),
        id => id
            .strip_prefix("customfield_")
            .map_or_else(|| id.to_owned(), |number| format!("cf[{number}]")),
    };
    match value {
        NONE => format!("{field} is EMPTY"),
        value => format!("{field} = \"{}\"", value.replace('\\', "\\\\").replace('"', "\\\"")),
    }
}

/// The values of a field, each with what tells it apart and its name.
fn values(issue: &Issue<'_>, field_id: &str) -> Vec<(String, String)> {
    let value = issue.fields.read::<Value>(field_id).unwrap_or_default();
    let named: Vec<(String, String)> = match &value {
        Value::Array(items) => items.iter().filter_map(|item| named(item, field_id)).collect(),
        value => named(value, field_id).into_iter().collect(),
    };
    if named.is_empty() { vec![(NONE.to_owned(), NONE.to_owned())] } else { named }
}

/// Values of one name count as one: each team-managed project has a status To Do of its own. People
/// do not.
fn named(value: &Value, field_id: &str) -> Option<(String, String)> {
    let text = match value {
        Value::Object(fields) => {
            let names: &[&str] = match field_id {
                "project" => &["key"],
                _ => &["displayName", "name", "value", "key"],
            };
            let name = names.iter().find_map(|name| fields.get(*name)?.as_str())?;
            let id = fields.get("accountId").and_then(Value::as_str).unwrap_or(name);
            return Some((id.to_owned(), clean(name).into_owned()));
        }
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        Value::Bool(flag) => flag.to_string(),
        Value::Null | Value::Array(_) => return None,
    };
    let name = clean(&text).into_owned();
    Some((text, name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counted(field_id: &str, values: &[Value]) -> Value {
        let mut counts = Counts::default();
        for (at, value) in values.iter().enumerate() {
            let issue =
                json!({ "id": "1", "key": format!("P-{at}"), "fields": { field_id: value } })
                    .to_string();
            let issue: Issue<'_> = serde_json::from_str(&issue).unwrap();
            counts.note(&issue, field_id);
            counts.note(&issue, field_id);
        }
        json!(counts.row())
    }

    #[test]
    fn every_issue_counts_once_under_its_value() {
        let status = |id: &str, name: &str| json!({ "id": id, "name": name });
        let values = [status("1", "Done"), status("2", "To Do"), status("3", "Done"), json!(null)];
        assert_eq!(counted("status", &values), json!({ "Done": 2, "To Do": 1, "(none)": 1 }));
        let ben = |id: &str| json!({ "accountId": id, "displayName": "Ben" });
        assert_eq!(
            counted("assignee", &[ben("a"), ben("b"), ben("a")]),
            json!({ "Ben (a)": 2, "Ben (b)": 1 })
        );
        assert_eq!(
            counted("labels", &[json!(["x", "y"]), json!([]), json!(["x"])]),
            json!({ "x": 2, "y": 1, "(none)": 1 })
        );
        assert_eq!(counted("project", &[json!({ "key": "P", "name": "Plan" })]), json!({ "P": 1 }));
        assert_eq!(
            counted("customfield_1", &[json!(5.0), json!(true)]),
            json!({ "5.0": 1, "true": 1 })
        );
    }

    #[test]
    fn a_value_cannot_leave_its_quotes() {
        assert_eq!(condition("status", "a\" OR b = \"c\\"), r#"status = "a\" OR b = \"c\\""#);
        assert_eq!(condition("components", NONE), "component is EMPTY");
        assert_eq!(condition("customfield_10020", "S"), "cf[10020] = \"S\"");
    }
}
