//! What a sprint did: what was done and what was not, what came in after the start, what was taken
//! out, and where its closing sent the rest.
//!
//! Jira's REST API has no such report. It is told from the issues that are in the sprint and from
//! the histories of those and of others that may have been in it. A report of at most 500 issues,
//! and as many that may have left, takes 4 to 8 calls to Jira, and 45 at most.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{Timestamp, tz::TimeZone};
use serde_json::json;
use tool_kit::{Code, Reply, Row, ToolError, clean};

use crate::jira::{
    names::{self, SprintName},
    request::agile::{self, scopes},
    tools::{
        args::arguments,
        context::Context,
        registry::{Tool, tool},
    },
    views::{SprintView, on_clock},
    wire::{Issue, Sprint, ValuePage},
};

use super::{
    boards::no_sprints,
    brief::{Brief, Briefs, Progress, number, put_page},
    issues::sprint_id,
    reach, sprint_left,
    sprint_past::{Past, Pasts, done_statuses, when},
    standing::sprint_fields,
};

pub(super) const GET_SPRINT_REPORT: Tool = tool!(
    /// What a sprint did: done, not done, added, removed, carried over.
    "jira_get_sprint_report", "Sprint report", Agile, Read, get_sprint_report(GetSprintReport),
    r#"{"sprint_id": 7}"#
)
.also(&[scopes::SPRINTS, scopes::BOARD, scopes::BOARDS]);

arguments! {
    GetSprintReport {
        /// Id, name, or active; last with board_id
        sprint_id: String,
        board_id: Option<String>,
        max_results: Option<u32>,
        start_at: Option<u32>,
    }
}

/// Issues that are read of those in the sprint, and of those that may have left it.
const ISSUES_MAX: u32 = 500;

/// Pages of a board's sprints that are looked through.
const PAGES_MAX: u32 = 10;

/// Closing a sprint moves its issues at about that time, a moment before or behind.
const CLOSING_S: i64 = 300;

/// A sprint as far as its report needs it.
struct Meant {
    view: SprintView,
    state: String,
    start: Option<Timestamp>,
    completed: Option<Timestamp>,
    board_id: Option<u64>,
}

impl Meant {
    fn of(sprint: &Sprint<'_>, zone: &TimeZone) -> Self {
        let moment = |text: Option<&str>| text.and_then(when);
        Self {
            view: SprintView::from(sprint).on_clock(Some(zone)),
            state: sprint.state.to_string(),
            start: moment(sprint.start_date.as_deref()),
            completed: moment(sprint.complete_date.as_deref()),
            board_id: sprint.origin_board_id,
        }
    }
}

/// What a sprint did with one issue.
#[derive(Default)]
struct Fate {
    added: Option<Timestamp>,
    removed: Option<Timestamp>,
    is_done: bool,
    /// Where an issue that was not done went when the sprint was closed.
    went_to: Option<String>,
}

async fn get_sprint_report(context: &Context, args: GetSprintReport) -> Result<Reply, ToolError> {
    let found = sprint(context, &args).await;
    let id = reach::naming_scopes(context, &[scopes::SPRINTS, scopes::BOARDS], found).await?;
    reach::check_sprint(context, id).await?;
    let fields = sprint_fields(context).await;
    let briefs = Briefs::new(context, &fields).await?;
    let zone = Box::pin(context.zone_to_show()).await;
    let (mut issues, mut projects, mut meant) = (Vec::new(), BTreeSet::new(), None);
    let is_whole = briefs
        .read(None, &format!("sprint = {id} ORDER BY Rank ASC"), ISSUES_MAX, |issue| {
            meant = meant.take().or_else(|| of_issue(issue, &fields, id, &zone));
            projects.extend(issue.key.rsplit_once('-').map(|(project, _)| project.to_owned()));
            issues.push(briefs.of(issue));
        })
        .await?;
    let meant = match meant {
        Some(meant) => meant,
        None => Meant::of(&context.ask(agile::sprint(id)).await?.read()?, &zone),
    };
    let mut reply = Row::new();
    reply.put_non_empty("sprint", json!(meant.view));
    let Some(start) = meant.start.filter(|_| meant.state != "future") else {
        return not_started(context, reply, &issues, &args);
    };
    let end = meant.completed.unwrap_or(Timestamp::MAX);
    let in_it = issues.len();
    let projects = sprint_left::projects(context, projects, meant.board_id).await;
    let left_whole = match sprint_left::query(id, &projects, start) {
        Some(query) => {
            briefs.read(None, &query, ISSUES_MAX, |issue| issues.push(briefs.of(issue))).await?
        }
        None => false,
    };
    let ids: Vec<&str> = issues.iter().map(|issue| issue.id.as_str()).collect();
    let pasts = Pasts::read(context, &ids, &fields).await?;
    let is_late = |issue: &Brief| pasts.of(&issue.id).status_at(end).is_some();
    let done =
        if issues.iter().any(is_late) { done_statuses(context).await? } else { BTreeSet::new() };
    let judge = Judge {
        sprint: id.to_string(),
        start,
        end,
        is_closed: meant.completed.is_some(),
        done: &done,
    };
    let told: Vec<(&Brief, Fate)> = issues
        .iter()
        .enumerate()
        .filter_map(|(at, issue)| {
            Some((issue, judge.fate(issue, pasts.of(&issue.id), at < in_it)?))
        })
        .collect();
    put_counts(&mut reply, &told, meant.completed.is_some());
    reply.put_non_empty("removed_from", json!(projects));
    // What was not read may hold more of each.
    if !is_whole {
        reply.put_non_empty("issues_cut_at", in_it);
    }
    if !left_whole {
        reply.put_non_empty("removed_complete", false);
    }
    if !pasts.is_whole {
        reply.put_non_empty("history_complete", false);
    }
    let rows = rows(told, meant.completed.is_some(), &zone).into_iter();
    put_page(
        context,
        &mut reply,
        "issues",
        rows,
        args.start_at.unwrap_or_default(),
        args.max_results,
    );
    Reply::json(&reply)
}

/// The id of the sprint that is meant.
async fn sprint(context: &Context, args: &GetSprintReport) -> Result<u64, ToolError> {
    let given = args.sprint_id.trim();
    if let Ok(id) = given.parse::<u64>() {
        return Ok(id);
    }
    let is_last = matches!(given.to_lowercase().as_str(), "last" | "previous" | "closed");
    let Some(board) = &args.board_id else {
        if is_last {
            return Err(ToolError::invalid_argument("The last sprint of which board?").hint(
                "Pass board_id: a board's id or name, or the key of a project with one board.",
            ));
        }
        return sprint_id(context, given).await;
    };
    let board = reach::board(context, board).await?;
    let mut all: Vec<(SprintName, Option<Timestamp>)> = Vec::new();
    for _ in 0..PAGES_MAX {
        let at = u32::try_from(all.len()).unwrap_or(u32::MAX);
        let request = agile::sprints(board.id, "active,future,closed", at, 50);
        let answer = context.jira.call(request).await.map_err(|error| no_sprints(error, &board))?;
        let page: ValuePage<Sprint<'_>> = answer.read()?;
        let one = |sprint: &Sprint<'_>| {
            (SprintName::from(sprint), sprint.complete_date.as_deref().and_then(when))
        };
        all.extend(page.values.iter().map(one));
        if page.is_last(at) {
            break;
        }
    }
    if is_last {
        let last = all.iter().filter_map(|(sprint, end)| Some((*end.as_ref()?, sprint.id))).max();
        return last.map(|(_, id)| id).ok_or_else(|| {
            ToolError::new(Code::NotFound, "No sprint of the board was completed yet.")
                .hint("Pass active for the one that runs.")
        });
    }
    let names: Vec<SprintName> = all.into_iter().map(|(sprint, _)| sprint).collect();
    Ok(names::pick_sprint(&names, given)?.id)
}

/// The sprint as one of its issues has it.
fn of_issue(issue: &Issue<'_>, fields: &[String], id: u64, zone: &TimeZone) -> Option<Meant> {
    let mut held =
        fields.iter().filter_map(|field| issue.fields.read::<Vec<Sprint<'_>>>(field)).flatten();
    held.find(|sprint| sprint.id == id).map(|sprint| Meant::of(&sprint, zone))
}

fn not_started(
    context: &Context,
    mut reply: Row,
    issues: &[Brief],
    args: &GetSprintReport,
) -> Result<Reply, ToolError> {
    let mut planned = Progress::default();
    for issue in issues {
        planned.add(issue.points, issue.is_done);
    }
    reply.put_non_empty("started", false);
    reply.put_non_empty("planned", json!(planned.row()));
    let rows = issues.iter().map(|issue| issue.row.clone());
    put_page(
        context,
        &mut reply,
        "issues",
        rows,
        args.start_at.unwrap_or_default(),
        args.max_results,
    );
    Reply::json(&reply)
}

/// Tells what a sprint did with an issue.
struct Judge<'d> {
    sprint: String,
    start: Timestamp,
    end: Timestamp,
    is_closed: bool,
    done: &'d BTreeSet<String>,
}

impl Judge<'_> {
    /// None for an issue that was never in it while it ran.
    fn fate(&self, issue: &Brief, past: &Past, is_in: bool) -> Option<Fate> {
        let was_in = |at| {
            past.was_in(&self.sprint, at, is_in)
                && issue.created.is_none_or(|created| created <= at)
        };
        let (at_start, at_end) = (was_in(self.start), was_in(self.end));
        let removed = past.removed_between(&self.sprint, self.start, self.end).filter(|_| !at_end);
        if !at_end && removed.is_none() {
            return None;
        }
        let added = if at_start {
            None
        } else {
            past.added_after(&self.sprint, self.start).or(issue.created)
        };
        let is_done =
            past.status_at(self.end).map_or(issue.is_done, |status| self.done.contains(status));
        let is_carried = self.is_closed && at_end && !is_done;
        let since = Timestamp::from_second(self.end.as_second() - CLOSING_S).unwrap_or(self.end);
        let went_to = is_carried
            .then(|| clean(past.went_to(&self.sprint, since).unwrap_or("backlog")).into_owned());
        Some(Fate { added, removed, is_done, went_to })
    }
}

/// Whether an issue with this fate belongs to a group.
type Holds<'f> = &'f dyn Fn(&Fate) -> bool;

fn put_counts(reply: &mut Row, told: &[(&Brief, Fate)], is_closed: bool) {
    let mut counts = Row::new();
    let groups: [(&'static str, Holds<'_>); 5] = [
        ("at_start", &|fate| fate.added.is_none()),
        ("added", &|fate| fate.added.is_some()),
        ("removed", &|fate| fate.removed.is_some()),
        ("done", &|fate| fate.removed.is_none() && fate.is_done),
        ("not_done", &|fate| fate.removed.is_none() && !fate.is_done),
    ];
    let mut points = Row::new();
    for (name, holds) in groups {
        let members = || told.iter().filter(|(_, fate)| holds(fate)).map(|(issue, _)| issue);
        counts.push(name, members().count());
        let held: Vec<f64> = members().filter_map(|issue| issue.points).collect();
        if !held.is_empty() {
            points.push(name, number(held.iter().sum()));
        }
    }
    reply.put_non_empty("counts", json!(counts));
    reply.put_non_empty("points", json!(points));
    if is_closed {
        let mut went: BTreeMap<&str, u32> = BTreeMap::new();
        for place in told.iter().filter_map(|(_, fate)| fate.went_to.as_deref()) {
            *went.entry(place).or_default() += 1;
        }
        reply.push("carried_over_to", json!(went));
    }
}

/// One row an issue: what changed the sprint's scope first, added before removed, then what is done
/// and what is not. In a closed sprint the status is that of today, and called so.
fn rows(mut told: Vec<(&Brief, Fate)>, is_closed: bool, zone: &TimeZone) -> Vec<Row> {
    told.sort_by_key(|(_, fate)| (fate.added.is_none(), fate.removed.is_none(), !fate.is_done));
    let row = |(issue, fate): (&Brief, Fate)| {
        let mut row = issue.row.clone();
        if is_closed {
            row.rename("status", "status_now");
        }
        let what = match (&fate.removed, fate.is_done) {
            (Some(_), _) => "removed",
            (None, true) => "done",
            (None, false) => "not done",
        };
        row.put_non_empty("outcome", what);
        row.put_non_empty("points", issue.points.map(number));
        row.put_non_empty("added", fate.added.map(|at| on_clock(at, zone)));
        row.put_non_empty("removed", fate.removed.map(|at| on_clock(at, zone)));
        row.put_non_empty("went_to", fate.went_to);
        row
    };
    told.into_iter().map(row).collect()
}
