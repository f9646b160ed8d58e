//! One sprint: read it, plan it, start it, complete it, delete it.
//!
//! Source: the operations on `/rest/agile/1.0/sprint` in Atlassian's `OpenAPI` document of Jira
//! Software.

use serde_json::{Map, Value as Json};

use crate::{
    answer::{Answer, ErrorCollection, Fault, Reply},
    clock,
    http::{
        call::Call,
        route::{Route, read, write},
    },
    model::{
        Access, Site, Sprint,
        scope::{DELETE_SPRINT, READ_SPRINT, WRITE_SPRINT},
    },
    render::{self, SiteView},
};

pub(crate) const ROUTES: &[Route] = &[
    write("POST", "/rest/agile/1.0/sprint", create).needs(&[WRITE_SPRINT]),
    read("/rest/agile/1.0/sprint/{sprint}", get).needs(&[READ_SPRINT]),
    write("POST", "/rest/agile/1.0/sprint/{sprint}", update).needs(&[WRITE_SPRINT]),
    write("DELETE", "/rest/agile/1.0/sprint/{sprint}", delete).needs(&[DELETE_SPRINT]),
];

const NOT_A_MANAGER: &str = "You do not have permission to manage sprints on this board.";

/// The sprint a path names, if the caller may see its board.
pub(crate) fn sprint<'a>(call: &Call, site: &'a Site) -> Result<&'a Sprint, Fault> {
    let given = call.param("sprint");
    let found = site.sprints.iter().find(|sprint| sprint.id.to_string() == given);
    found.filter(|sprint| may(call, site, sprint.board, Access::Viewer)).ok_or_else(|| {
        Fault::message(404, "Sprint does not exist or you do not have permission to view it.")
    })
}

fn may(call: &Call, site: &Site, board: u64, access: Access) -> bool {
    let board = site.boards.iter().find(|known| known.id == board);
    let project = board.and_then(|board| site.project(board.project));
    project.is_some_and(|project| project.may(call.who, access))
}

fn get(call: &Call, site: &SiteView) -> Answer {
    Ok(Reply::json(200, render::sprint(site, sprint(call, site)?)))
}

fn create(call: &Call, site: &mut Site) -> Answer {
    let body = known(call, &["name", "originBoardId", "startDate", "endDate", "goal"])?;
    let given = body.get("originBoardId").and_then(Json::as_u64);
    let Some(id) = given else {
        return Err(Fault::field(400, "originBoardId", "The board id is required."));
    };
    if !may(call, site, id, Access::Viewer) {
        return Err(Fault::message(
            404,
            "Board does not exist or you do not have permission to see it.",
        ));
    }
    if !may(call, site, id, Access::Member) {
        return Err(Fault::message(403, NOT_A_MANAGER));
    }
    if site.boards.iter().any(|board| board.id == id && board.kind == "kanban") {
        return Err(Fault::message(400, "The board does not support sprints"));
    }
    let mut fresh = Sprint {
        id: site.next_id(),
        board: id,
        name: String::new(),
        state: "future".into(),
        goal: String::new(),
        created: call.now,
        start: None,
        end: None,
        complete: None,
    };
    fill(&mut fresh, &body)?;
    if fresh.name.is_empty() {
        return Err(Fault::field(400, "name", "The sprint name is required."));
    }
    let shown = render::sprint(site, &fresh);
    site.sprints.push(fresh);
    Ok(Reply::json(201, shown))
}

/// A partial update: what the body does not name stays.
fn update(call: &Call, site: &mut Site) -> Answer {
    let mut changed = sprint(call, site)?.clone();
    if !may(call, site, changed.board, Access::Member) {
        return Err(Fault::message(403, NOT_A_MANAGER));
    }
    let all = [
        "name",
        "goal",
        "startDate",
        "endDate",
        "state",
        "completeDate",
        "createdDate",
        "id",
        "self",
    ];
    let body = known(call, &[&all[..], &["originBoardId"]].concat())?;
    let was_closed = changed.state == "closed";
    let (start, end) = (changed.start, changed.end);
    fill(&mut changed, &body)?;
    // Only the name and the goal of a closed sprint can change; the rest is ignored.
    if was_closed {
        (changed.start, changed.end) = (start, end);
    }
    match (changed.state.as_str(), body.get("state").and_then(Json::as_str)) {
        (_, None) => {}
        (now, Some(asked)) if now == asked => {}
        ("future", Some("active")) if changed.start.is_none() || changed.end.is_none() => {
            return Err(Fault::message(
                400,
                "A sprint needs a start date and an end date to be started.",
            ));
        }
        ("future", Some("active")) => changed.state = "active".into(),
        ("active", Some("closed")) => {
            changed.state = "closed".into();
            changed.complete = Some(call.now);
        }
        (now, Some(asked)) => {
            return Err(Fault::message(400, format!("A sprint cannot go from {now} to {asked}.")));
        }
    }
    let shown = render::sprint(site, &changed);
    if let Some(stored) = site.sprints.iter_mut().find(|stored| stored.id == changed.id) {
        *stored = changed;
    }
    Ok(Reply::json(200, shown))
}

fn delete(call: &Call, site: &mut Site) -> Answer {
    let (id, board) = sprint(call, site).map(|sprint| (sprint.id, sprint.board))?;
    if !may(call, site, board, Access::Member) {
        return Err(Fault::message(403, NOT_A_MANAGER));
    }
    site.sprints.retain(|sprint| sprint.id != id);
    Ok(Reply::empty(204))
}

/// The document allows no additional properties.
fn known(call: &Call, names: &[&str]) -> Result<Map<String, Json>, Fault> {
    let body = call.object()?;
    if body.keys().all(|name| names.contains(&name.as_str())) {
        Ok(body)
    } else {
        Err(Fault::bad_payload())
    }
}

fn fill(sprint: &mut Sprint, body: &Map<String, Json>) -> Result<(), Fault> {
    let mut errors = ErrorCollection::default();
    let text = |name: &str| body.get(name).and_then(Json::as_str).map(str::trim);
    match text("name") {
        Some("") => errors.add_field_error("name", "The sprint name is required."),
        Some(name) => name.clone_into(&mut sprint.name),
        None => {}
    }
    if let Some(goal) = text("goal") {
        goal.clone_into(&mut sprint.goal);
    }
    for (name, slot) in [("startDate", &mut sprint.start), ("endDate", &mut sprint.end)] {
        match text(name).map(clock::parse_time) {
            None => {}
            Some(Some(ms)) => *slot = Some(ms),
            Some(None) => errors.add_field_error(name, "The date is not valid."),
        }
    }
    if sprint.start.zip(sprint.end).is_some_and(|(start, end)| end <= start) {
        errors.add_field_error("endDate", "The end date must be after the start date.");
    }
    errors.finish()
}
