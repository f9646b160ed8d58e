//! The issues of a board, of its backlog and of a sprint, and the epics of a board.

use serde_json::{Value as Json, json};

use super::boards::board;
use crate::{
    answer::{Answer, Fault, Reply},
    http::{
        call::Call,
        paging::Window,
        route::{Route, read},
    },
    model::{
        Board, Issue, SPRINT_FIELD, Site,
        scope::{READ_BOARD, READ_DETAILS, READ_EPIC, READ_JQL, READ_SPRINT},
    },
    render::{self, SiteView},
    search,
};

pub(crate) const ROUTES: &[Route] = &[
    read("/rest/agile/1.0/board/{board}/backlog", backlog).needs(&[READ_BOARD, READ_DETAILS]),
    read("/rest/agile/1.0/board/{board}/issue", on_board).needs(&[READ_BOARD, READ_DETAILS]),
    read("/rest/agile/1.0/board/{board}/epic", epics).needs(&[READ_EPIC]),
    read("/rest/agile/1.0/sprint/{sprint}/issue", in_sprint).needs(&[
        READ_SPRINT,
        READ_DETAILS,
        READ_JQL,
    ]),
];

fn backlog(call: &Call, site: &SiteView) -> Answer {
    let board = board(call, site)?;
    page(call, site, |issue| {
        belongs(issue, board) && !is_planned(site, issue) && issue.resolved.is_none()
    })
}

fn on_board(call: &Call, site: &SiteView) -> Answer {
    let board = board(call, site)?;
    page(call, site, |issue| belongs(issue, board))
}

fn in_sprint(call: &Call, site: &SiteView) -> Answer {
    let id = super::sprints::sprint(call, site)?.id;
    page(call, site, |issue| issue.references(SPRINT_FIELD).contains(&id))
}

/// The sandbox's boards show what their project holds.
fn belongs(issue: &Issue, board: &Board) -> bool {
    issue.project == board.project
}

fn is_planned(site: &Site, issue: &Issue) -> bool {
    let sprints = issue.references(SPRINT_FIELD).iter().filter_map(|id| site.sprint(*id));
    sprints.into_iter().any(|sprint| sprint.state != "closed")
}

/// Ordered by rank, unless the query says otherwise.
fn page(call: &Call, site: &SiteView, holds: impl Fn(&Issue) -> bool) -> Answer {
    let window = Window::of(call, 50, 100)?;
    let jql = call.query("jql").unwrap_or_default();
    let ordered = jql.to_ascii_lowercase().contains("order by");
    let jql = if ordered { jql.to_owned() } else { format!("{jql} ORDER BY Rank ASC") };
    let found = search::find(site, call.who, call.now, &jql).map_err(|errors| {
        Fault(Reply::json(400, json!({ "errorMessages": errors, "errors": {} })))
    })?;
    let found: Vec<&Issue> = found.into_iter().filter(|issue| holds(issue)).collect();
    let fields = call.list("fields");
    let shown: Vec<Json> = window
        .slice(&found)
        .iter()
        .map(|issue| render::agile_issue(site, issue, &fields))
        .collect();
    let mut page = window.page_named("issues", found.len(), shown);
    crate::json::put(&mut page, "expand", "schema,names");
    Ok(Reply::json(200, page))
}

fn epics(call: &Call, site: &SiteView) -> Answer {
    let board = board(call, site)?;
    let window = Window::of(call, 50, 50)?;
    let done = call.query("done").map(|done| done == "true");
    let is_epic =
        |issue: &Issue| site.issue_type(issue.type_id).is_some_and(|kind| kind.level == 1);
    let found: Vec<&Issue> = site
        .issues
        .values()
        .filter(|issue| belongs(issue, board) && is_epic(issue))
        .filter(|issue| done.is_none_or(|done| done == issue.resolved.is_some()))
        .collect();
    let shown: Vec<Json> =
        window.slice(&found).iter().map(|issue| render::epic(site, issue)).collect();
    Ok(Reply::json(
        200,
        json!({
            "maxResults": window.size, "startAt": window.start, "total": found.len(),
            "isLast": window.is_last(found.len()), "values": shown,
        }),
    ))
}
