//! An issue as a report needs it: what to show of it, and what to count it by.

use jiff::Timestamp;
use moment::parse_jira;
use serde_json::{Value, json};
use tool_kit::{Row, ToolError};

use crate::jira::{
    names::{self, FieldName},
    tools::{
        args::Jql,
        context::Context,
        scope::confined,
        search::grouped::{self, Counts},
    },
    views::{RenderOptions, search_row},
    wire::{Issue, IssueType, Lenient, LinkedIssue, Status},
};

/// One issue.
#[derive(Debug)]
pub(super) struct Brief {
    pub(super) id: String,
    pub(super) key: String,
    pub(super) parent: Option<String>,
    /// Nothing is below it.
    pub(super) is_subtask: bool,
    pub(super) is_done: bool,
    pub(super) points: Option<f64>,
    pub(super) created: Option<Timestamp>,
    /// Its key, status, summary and assignee.
    pub(super) row: Row,
}

/// Reads issues in short.
pub(super) struct Briefs<'c> {
    context: &'c Context,
    options: RenderOptions<'c>,
    shown: Vec<FieldName>,
    /// The ids of the fields that hold points.
    points: Vec<String>,
    /// The ids of all fields that are asked for.
    pub(super) field_ids: Vec<String>,
}

impl<'c> Briefs<'c> {
    /// With these fields beside those that it needs itself.
    pub(super) async fn new(context: &'c Context, also: &[String]) -> Result<Self, ToolError> {
        let options = context.reading(context.limits.text_chars).await?;
        // Without the fields of a site a report has no points, and all else.
        let points = names::points_fields(&context.jira).await.unwrap_or_default();
        let shown: Vec<FieldName> = ["type", "status", "summary", "assignee"]
            .into_iter()
            .filter_map(FieldName::known)
            .collect();
        let mut field_ids: Vec<String> = shown.iter().map(|field| field.id.clone()).collect();
        field_ids.extend(["parent", "created"].map(str::to_owned));
        field_ids.extend(points.iter().chain(also).cloned());
        Ok(Self { context, options, shown, points, field_ids })
    }

    /// What a report says of an issue.
    pub(super) fn of(&self, issue: &Issue<'_>) -> Brief {
        let status: Lenient<Status<'_>> = issue.fields.lenient("status");
        let parent: Lenient<LinkedIssue<'_>> = issue.fields.lenient("parent");
        let kind: Option<IssueType> = issue.fields.read("issuetype");
        let category = status.as_ref().and_then(|status| status.status_category.as_ref());
        Brief {
            id: issue.id.clone().into_owned(),
            key: issue.key.clone().into_owned(),
            parent: parent.as_ref().map(|parent| parent.key.clone().into_owned()),
            is_subtask: kind.is_some_and(|kind| kind.subtask),
            is_done: category.is_some_and(|category| category.key == "done"),
            points: self.points.iter().find_map(|id| issue.fields.read::<f64>(id)),
            created: issue.fields.read::<String>("created").as_deref().and_then(parse_jira),
            row: search_row(issue, &self.shown, &self.options),
        }
    }

    /// Shows every issue of a query to `each`, below the allowed projects; false where there are
    /// more than `read_max`, which is at least 100.
    pub(super) async fn read(
        &self,
        given: Option<&Jql>,
        jql: &str,
        read_max: u32,
        each: impl FnMut(&Issue<'_>),
    ) -> Result<bool, ToolError> {
        let jql = match (self.context.projects.condition(), given) {
            (Some(allowed), _) => confined(&allowed, jql, "")?,
            (None, _) => jql.to_owned(),
        };
        let ids: Vec<&str> = self.field_ids.iter().map(String::as_str).collect();
        grouped::read(self.context, given, &jql, &ids, read_max, each).await
    }
}

/// How much of some issues is done.
#[derive(Debug, Default, Clone, Copy, PartialEq)]
pub(super) struct Progress {
    pub(super) total: u32,
    pub(super) done: u32,
    points: Option<f64>,
    points_done: f64,
}

impl Progress {
    pub(super) fn add(&mut self, points: Option<f64>, is_done: bool) {
        self.total += 1;
        self.done += u32::from(is_done);
        if let Some(points) = points {
            self.points = Some(self.points.unwrap_or_default() + points);
            self.points_done += if is_done { points } else { 0.0 };
        }
    }

    /// Counts, the share that is done, and points where there are any.
    pub(super) fn row(&self) -> Row {
        let mut row = Row::new();
        row.put_non_empty("total", self.total);
        row.put_non_empty("done", self.done);
        if let Some(percent) = (self.done * 100).checked_div(self.total) {
            row.put_non_empty("percent", percent);
        }
        row.put_non_empty("points", self.points.map(number));
        row.put_non_empty("points_done", self.points.map(|_| number(self.points_done)));
        row
    }
}

/// A whole number without a fraction.
pub(super) fn number(points: f64) -> Value {
    let rounded = (points * 100.0).round() / 100.0;
    let text = format!("{rounded}");
    text.parse::<i64>().map_or_else(|_| json!(rounded), Value::from)
}

/// How many issues there are in each status, the status that most are in first.
pub(super) fn by_status<'i>(issues: impl Iterator<Item = &'i Brief>) -> Row {
    let mut counts = Counts::default();
    for issue in issues {
        let status = issue.row.get("status").and_then(Value::as_str).unwrap_or_default();
        counts.add(status);
    }
    counts.row()
}

/// One page of a report's rows, which are the same each time, and where the next begins.
pub(super) fn put_page(
    context: &Context,
    reply: &mut Row,
    list: &'static str,
    rows: impl ExactSizeIterator<Item = Row>,
    start_at: u32,
    max_results: Option<u32>,
) {
    let total = rows.len();
    let (first, size) = (start_at as usize, context.page_size(max_results) as usize);
    let rows: Vec<Row> = rows.skip(first).take(size).collect();
    let mut frame = reply.clone();
    frame.push(list, json!([]));
    frame.push("next_start_at", u32::MAX);
    let kept = context.budget.fit_rows(&frame, rows).kept;
    let next = first.saturating_add(kept.len());
    reply.push(list, json!(kept));
    if next < total {
        reply.put_non_empty("next_start_at", next);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_are_said_only_where_there_are_any() {
        let mut progress = Progress::default();
        assert_eq!(json!(progress.row()), json!({ "total": 0, "done": 0 }));
        progress.add(None, true);
        progress.add(None, false);
        progress.add(None, false);
        assert_eq!(json!(progress.row()), json!({ "total": 3, "done": 1, "percent": 33 }));
        progress.add(Some(2.5), false);
        progress.add(Some(3.0), true);
        let row = json!(progress.row());
        assert_eq!((&row["points"], &row["points_done"]), (&json!(5.5), &json!(3)));
    }
}
