//! Work logged on an issue.

use serde_json::Value as Json;

use super::comments;
use crate::{
    answer::{Answer, ErrorCollection, Fault, Reply},
    clock,
    fields::{parse_duration, pretty_duration, touch},
    http::{
        call::Call,
        paging::Window,
        route::{Route, read, write},
    },
    model::{Access, ChangeItem, Issue, Site, Value, Worklog},
    render::{self, SiteView},
};

pub(crate) const ROUTES: &[Route] = &[
    read("/rest/api/3/issue/{issue}/worklog", list),
    write("POST", "/rest/api/3/issue/{issue}/worklog", create),
    read("/rest/api/3/issue/{issue}/worklog/{id}", get),
    write("DELETE", "/rest/api/3/issue/{issue}/worklog/{id}", delete),
];

fn list(call: &Call, site: &SiteView) -> Answer {
    let issue = call.issue(site)?;
    let window = Window::of(call, 5_000, 5_000)?;
    let bound = |name: &str| call.query(name).and_then(|text| text.parse::<i64>().ok());
    let (after, before) = (bound("startedAfter"), bound("startedBefore"));
    let logs: Vec<_> = issue
        .worklogs
        .iter()
        .filter(|log| {
            after.is_none_or(|ms| log.started >= ms) && before.is_none_or(|ms| log.started < ms)
        })
        .collect();
    let shown = window.slice(&logs).iter().map(|log| render::worklog(site, issue, log)).collect();
    Ok(Reply::json(200, window.page_named("worklogs", logs.len(), shown)))
}

fn find<'a>(call: &Call, issue: &'a Issue) -> Result<&'a Worklog, Fault> {
    let id = call.param("id");
    let found = issue.worklogs.iter().find(|log| log.id.to_string() == id);
    found.ok_or_else(|| Fault::message(404, format!("Cannot find worklog with id: '{id}'.")))
}

fn get(call: &Call, site: &SiteView) -> Answer {
    let issue = call.issue(site)?;
    Ok(Reply::json(200, render::worklog(site, issue, find(call, issue)?)))
}

fn delete(call: &Call, site: &mut Site) -> Answer {
    let issue = call.issue(site)?;
    let (id, log) = (issue.id, find(call, issue)?);
    if !call.may_change(site, issue, log.author) {
        return Err(Fault::message(400, "You do not have the permission to delete this worklog."));
    }
    let gone = log.id;
    touch(site, id, call.who, call.now, Vec::new());
    if let Some(issue) = site.issues.get_mut(&id) {
        issue.worklogs.retain(|log| log.id != gone);
    }
    Ok(Reply::empty(204))
}

fn create(call: &Call, site: &mut Site) -> Answer {
    let issue = call.issue(site)?;
    if !call.may(site, issue, Access::Member) {
        let text = "You do not have the permission to associate a worklog to this issue.";
        return Err(Fault::message(400, text));
    }
    let id = issue.id;
    let (log, estimate) = read_body(call, issue)?;
    let before = (issue.seconds_spent(), issue.estimates());
    let worklog = Worklog { id: site.next_id(), ..log };
    let after = (before.0 + worklog.seconds, (before.1.0, estimate));
    touch(site, id, call.who, call.now, history(before, after, worklog.id));
    if let Some(issue) = site.issues.get_mut(&id) {
        if after.1 != before.1 {
            issue.values.insert("timetracking".into(), Value::Estimates(after.1.0, after.1.1));
        }
        issue.worklogs.push(worklog);
    }
    let issue = site.issues.get(&id).ok_or_else(Fault::no_issue)?;
    let made = issue.worklogs.last().ok_or_else(Fault::no_issue)?;
    Ok(Reply::json(201, render::worklog(&SiteView::new(site, call.who), issue, made)))
}

/// The worklog without its id, and the remaining estimate as it will be.
fn read_body(call: &Call, issue: &Issue) -> Result<(Worklog, Option<u64>), Fault> {
    let body = call.object()?;
    let mut errors = ErrorCollection::default();
    let text = |name: &str| body.get(name).and_then(Json::as_str);
    let seconds = match (text("timeSpent"), body.get("timeSpentSeconds").and_then(Json::as_u64)) {
        (Some(_), Some(_)) | (None, None) => None,
        (Some(text), None) => parse_duration(text),
        (None, seconds) => seconds,
    };
    if seconds.is_none_or(|seconds| seconds < 60) {
        errors.add_field_error("timeLogged", "Invalid time duration entered.");
    }
    // The documented form only: a colon in the offset is refused.
    let started = match text("started") {
        None => Some(call.now),
        Some(text) => clock::strict_time(text),
    };
    if started.is_none() {
        errors.add_message("Unrecognized date format. Expected \"yyyy-MM-dd'T'HH:mm:ss.SSSZ\".");
    }
    let comment = body.get("comment").filter(|comment| !comment.is_null());
    if let Some(comment) = comment {
        comments::check_body(Some(comment))?;
    }
    let remaining = issue.estimates().1;
    let given = |name: &str| call.query(name).and_then(parse_duration);
    let spent = seconds.unwrap_or(0);
    let estimate = match call.query("adjustEstimate").unwrap_or("auto") {
        "auto" => Some(remaining.map(|left| left.saturating_sub(spent))),
        "leave" => Some(remaining),
        "new" => given("newEstimate").map(Some),
        "manual" => given("reduceBy").map(|less| remaining.map(|left| left.saturating_sub(less))),
        _ => None,
    };
    if estimate.is_none() {
        errors.add_field_error("newEstimate", "You must supply a valid new estimate.");
    }
    errors.finish()?;
    let log = Worklog {
        id: 0,
        author: call.who,
        comment: comment.cloned(),
        started: started.unwrap_or(call.now),
        created: call.now,
        updated: call.now,
        seconds: spent,
    };
    Ok((log, estimate.flatten()))
}

type Times = (u64, (Option<u64>, Option<u64>));

fn history(before: Times, after: Times, worklog: u64) -> Vec<ChangeItem> {
    let side =
        |seconds: Option<u64>| (seconds.map(|s| s.to_string()), seconds.map(pretty_duration));
    let item = |field: &str, from, to| ChangeItem {
        field: field.into(),
        field_id: field.into(),
        custom: false,
        from,
        to,
    };
    let some = |seconds: u64| Some(seconds).filter(|seconds| *seconds > 0);
    let mut items = vec![item("timespent", side(some(before.0)), side(some(after.0)))];
    if before.1.1 != after.1.1 {
        items.push(item("timeestimate", side(before.1.1), side(after.1.1)));
    }
    let id = Some(worklog.to_string());
    items.push(item("WorklogId", (None, None), (id.clone(), id)));
    items
}
