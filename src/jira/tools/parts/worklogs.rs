//! Time spent on an issue: reading what was logged, and logging more.

use jiff::{Timestamp, tz::TimeZone};
use moment::{DayTime, Direction, jira_datetime, parse_jira};
use serde_json::{Map, Value, json};
use tool_kit::{Reply, Row, ToolError};

use crate::jira::{
    AllowedIssue,
    names::{self, PersonScope},
    request::{self, Body},
    tools::{
        args::{IssueKey, WorkTime, arguments},
        context::Context,
        project_guard,
        registry::{Tool, tool},
        writing::{text, uncertain_write},
    },
    views::{WorklogView, on_clock, short_on_clock},
    wire::{Issue, Worklog, WorklogPage},
};

pub(in crate::jira::tools) const TOOLS: &[Tool] = &[
    tool!(
        /// Read the work logged on an issue, oldest first.
        "jira_list_worklogs", "List worklogs", Collab, Read, list_worklogs(ListWorklogs),
        r#"{"issue_key": "ACME-1"}"#
    ),
    tool!(
        /// Log time spent on an issue.
        "jira_add_worklog", "Log work", Collab, Write, add_worklog(AddWorklog),
        r#"{"issue_key": "ACME-1", "time_spent": "1h"}"#
    ),
];

arguments! {
    ListWorklogs {
        issue_key: IssueKey,
        max_results: Option<u32>,
        start_at: Option<u32>,
    }
}

arguments! {
    AddWorklog {
        issue_key: IssueKey,
        /// e.g. 2h 30m
        time_spent: WorkTime,
        /// e.g. yesterday 14:00; default now
        started: Option<String>,
        comment: Option<String>,
        remaining_estimate: Option<WorkTime>,
        dry_run: Option<bool>,
    }
}

async fn list_worklogs(context: &Context, args: ListWorklogs) -> Result<Reply, ToolError> {
    let key = &project_guard::allowed(context, &args.issue_key).await?;
    let (start_at, size) = (args.start_at.unwrap_or(0), context.page_size(args.max_results));
    let answer = context.ask(request::worklogs(key, start_at, size)).await?;
    let page: WorklogPage<'_> = answer.read()?;
    // A page that holds all is added up; else the issue knows the sum.
    let whole =
        (start_at == 0 && page.worklogs.len() >= page.total as usize).then(|| sum(&page)).flatten();
    let mut times = Row::new();
    if let Some(seconds) = whole {
        times.put_non_empty("total_time", hours(seconds));
    } else {
        let answer = context.ask(request::issue(key, &["timetracking", "timespent"], &[])).await?;
        put_times(&mut times, &answer.read()?);
    }
    // Jira may answer more than was asked for.
    let views: Vec<WorklogView> = page
        .worklogs
        .iter()
        .take(size as usize)
        .map(|worklog| WorklogView::of(worklog, context.text_chars(size)))
        .collect();
    let mut reply = Row::new();
    reply.put_non_empty("key", key);
    let frame = json!({ "key": key, "worklogs": [], "total": page.total, "next_start_at": u32::MAX, "times": times });
    let received = page.worklogs.received().min(size as usize);
    let fitted = context.budget.fit_clipped(&frame, views, WorklogView::clip);
    reply.push("worklogs", json!(fitted.kept));
    reply.put_non_empty("total", page.total);
    for name in ["total_time", "remaining_estimate"] {
        reply.put_non_empty(name, times.get(name).cloned().unwrap_or_default());
    }
    let passed = if fitted.dropped > 0 { fitted.kept.len() } else { received };
    let next = start_at.saturating_add(u32::try_from(passed).unwrap_or(u32::MAX));
    reply.put_unreadable(page.worklogs.unreadable());
    if fitted.dropped > 0 || (received > 0 && next < page.total) {
        reply.put_non_empty("next_start_at", next);
    }
    Reply::json(&reply)
}

/// The sum over all worklogs, and what is still estimated, as Jira counts them.
fn put_times(reply: &mut Row, issue: &Issue<'_>) {
    let tracking: Map<String, Value> = issue.fields.read("timetracking").unwrap_or_default();
    let time = |name: &str| tracking.get(name).and_then(Value::as_str);
    match (time("timeSpent"), issue.fields.read::<u64>("timespent")) {
        (Some(spent), _) => reply.put_non_empty("total_time", spent),
        (None, seconds) => reply.put_non_empty("total_time", hours(seconds.unwrap_or_default())),
    }
    reply.put_non_empty("remaining_estimate", time("remainingEstimate"));
}

/// The time of all worklogs of a page that tell it in seconds.
fn sum(page: &WorklogPage<'_>) -> Option<u64> {
    let tells =
        |worklog: &Worklog<'_>| worklog.time_spent_seconds > 0 || worklog.time_spent.is_empty();
    let all = page.worklogs.iter();
    page.worklogs.iter().all(tells).then(|| all.map(|worklog| worklog.time_spent_seconds).sum())
}

/// Without days, whose length is the site's own.
fn hours(seconds: u64) -> String {
    match (seconds / 3_600, seconds % 3_600 / 60) {
        (0, minutes) => format!("{minutes}m"),
        (hours, 0) => format!("{hours}h"),
        (hours, minutes) => format!("{hours}h {minutes}m"),
    }
}

async fn add_worklog(context: &Context, args: AddWorklog) -> Result<Reply, ToolError> {
    if args.time_spent.is_zero() {
        return Err(ToolError::invalid_argument("`time_spent` must be more than nothing"));
    }
    let key = &project_guard::allowed(context, &args.issue_key).await?;
    let started = started(context, args.started.as_deref()).await?;
    // Made before a preview too, which shows what would be sent or why it would not be.
    let comment = match &args.comment {
        Some(comment) => Some(text::body(context, comment, PersonScope::AssignableTo(key)).await?),
        None => None,
    };
    if args.dry_run.unwrap_or(false) {
        let mut reply = Row::new();
        reply.put_non_empty("key", key);
        reply.put_non_empty("dry_run", true);
        reply.put_non_empty("time", args.time_spent.as_str());
        reply.put_non_empty("started", on_clock(started, &context.zone_to_show().await));
        reply.put_non_empty("comment", args.comment);
        reply.put_non_empty(
            "remaining_estimate",
            args.remaining_estimate.as_ref().map(WorkTime::as_str),
        );
        context.budget.shrink_to_fit(&mut reply);
        return Reply::json(&reply);
    }
    let mut body = comment.map(|comment| Body::with_text("comment", comment)).unwrap_or_default();
    body.values.insert("timeSpent".to_owned(), Value::from(args.time_spent.as_str()));
    body.values.insert("started".to_owned(), Value::from(written(started)));
    let estimate = args.remaining_estimate.as_ref().map(WorkTime::as_str);
    let request = request::add_worklog(key, &body, estimate);
    match context.jira.call(request).await {
        Ok(answer) => acknowledge(context, key, &answer.read()?),
        Err(error) if uncertain_write::is_lost(&error) => {
            let made = look_for(context, key, started, args.time_spent.as_str()).await;
            made.unwrap_or_else(|| {
                Err(ToolError::from(error).hint(
                    "The work may or may not have been logged. Look with jira_list_worklogs before trying again.",
                ))
            })
        }
        Err(error) => Err(error.into()),
    }
}

fn acknowledge(
    context: &Context,
    key: &AllowedIssue,
    made: &Worklog<'_>,
) -> Result<Reply, ToolError> {
    let mut reply = Row::new();
    reply.put_non_empty("key", key);
    reply.put_non_empty("worklog_id", made.id.as_ref());
    reply.put_non_empty("time", made.time_spent.as_ref());
    reply.put_non_empty(
        "started",
        short_on_clock(&made.started, context.jira.known_zone().as_ref()).as_ref(),
    );
    Reply::json(&reply)
}

/// The worklogs begun at that moment, if one of them is what the caller just sent.
async fn look_for(
    context: &Context,
    key: &AllowedIssue,
    started: Timestamp,
    time: &str,
) -> Option<Result<Reply, ToolError>> {
    let me = names::person(&context.jira, "me", PersonScope::Everyone).await.ok()?;
    let answer =
        context.jira.call(request::worklogs_started(key, started.as_millisecond())).await.ok()?;
    let page: WorklogPage<'_> = answer.read().ok()?;
    find(&page, &me.account_id, started, time).map(|made| acknowledge(context, key, made))
}

fn find<'p, 'a>(
    page: &'p WorklogPage<'a>,
    author: &str,
    started: Timestamp,
    time: &str,
) -> Option<&'p Worklog<'a>> {
    page.worklogs.iter().rev().find(|worklog| {
        worklog.author.as_ref().is_some_and(|user| user.account_id == author)
            && worklog.time_spent == time
            && parse_jira(&worklog.started)
                .is_some_and(|at| at.as_millisecond() == started.as_millisecond())
    })
}

/// When the work began; of a day without a time, noon.
async fn started(context: &Context, given: Option<&str>) -> Result<Timestamp, ToolError> {
    let Some(given) = given else { return Ok(Timestamp::now()) };
    context.instant("started", given, Direction::Past, DayTime::Noon).await
}

fn written(moment: Timestamp) -> String {
    jira_datetime(moment, &TimeZone::UTC)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_are_told_in_hours() {
        for (seconds, expected) in [(0, "0m"), (59, "0m"), (5_400, "1h 30m"), (360_000, "100h")] {
            assert_eq!(hours(seconds), expected);
        }
    }
}
