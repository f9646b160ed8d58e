//! The agile API's boards and sprints, which want granular scopes.

use serde_json::{Value as Json, json};

use crate::{
    answer::{Answer, Fault, Reply},
    http::{
        call::Call,
        paging::Window,
        route::{Route, read},
    },
    model::{
        Access, Board, Site,
        scope::{READ_BOARD, READ_DETAILS, READ_PROJECT, READ_SPRINT},
    },
    render::{self, SiteView},
};

pub(crate) const ROUTES: &[Route] = &[
    read("/rest/agile/1.0/board", list).needs(&[READ_BOARD, READ_PROJECT]),
    read("/rest/agile/1.0/board/{board}", get).needs(&[READ_BOARD, READ_DETAILS]),
    read("/rest/agile/1.0/board/{board}/sprint", sprints).needs(&[READ_SPRINT]),
];

fn visible<'a>(call: &Call, site: &'a Site) -> impl Iterator<Item = &'a Board> {
    let who = call.who;
    site.boards.iter().filter(move |board| {
        site.project(board.project).is_some_and(|project| project.may(who, Access::Viewer))
    })
}

fn list(call: &Call, site: &SiteView) -> Answer {
    let window = Window::of(call, 50, 50)?;
    let needle = call.query("name").unwrap_or_default().to_lowercase();
    let kinds = call.list("type");
    let project = match call.query("projectKeyOrId") {
        None => None,
        Some(given) => {
            let found = site.visible_project(call.who, given);
            Some(
                found
                    .ok_or_else(|| {
                        Fault::message(
                            400,
                            format!("No project could be found with key or id '{given}'"),
                        )
                    })?
                    .id,
            )
        }
    };
    let found: Vec<_> = visible(call, site)
        .filter(|board| project.is_none_or(|id| id == board.project))
        .filter(|board| kinds.is_empty() || kinds.contains(&board.kind))
        .filter(|board| board.name.to_lowercase().contains(&needle))
        .collect();
    let shown: Vec<Json> =
        window.slice(&found).iter().map(|board| render::board(site, board)).collect();
    Ok(Reply::json(
        200,
        json!({
            "maxResults": window.size, "startAt": window.start, "total": found.len(),
            "isLast": window.is_last(found.len()), "values": shown,
        }),
    ))
}

/// The board a path names, if the caller may see it.
pub(crate) fn board<'a>(call: &Call, site: &'a Site) -> Result<&'a Board, Fault> {
    let given = call.param("board");
    let found = visible(call, site).find(|board| board.id.to_string() == given);
    found.ok_or_else(|| {
        Fault::message(404, "Board does not exist or you do not have permission to see it.")
    })
}

fn get(call: &Call, site: &SiteView) -> Answer {
    Ok(Reply::json(200, render::board(site, board(call, site)?)))
}

/// Kanban boards have none: a 400, not an empty page.
fn sprints(call: &Call, site: &SiteView) -> Answer {
    let board = board(call, site)?;
    if board.kind == "kanban" {
        return Err(Fault::message(400, "The board does not support sprints"));
    }
    let window = Window::of(call, 50, 50)?;
    let states = call.list("state");
    if let Some(odd) =
        states.iter().find(|state| !matches!(**state, "active" | "closed" | "future"))
    {
        return Err(Fault::message(400, format!("The sprint state '{odd}' is not valid.")));
    }
    let mut found: Vec<_> = site
        .sprints
        .iter()
        .filter(|sprint| {
            sprint.board == board.id
                && (states.is_empty() || states.contains(&sprint.state.as_str()))
        })
        .collect();
    // By state first; the order within a state is the one of the site.
    found.sort_by_key(|sprint| {
        ["closed", "active", "future"].iter().position(|state| *state == sprint.state)
    });
    let shown: Vec<Json> =
        window.slice(&found).iter().map(|sprint| render::sprint(site, sprint)).collect();
    Ok(Reply::json(
        200,
        json!({
            "maxResults": window.size, "startAt": window.start, "total": found.len(),
            "isLast": window.is_last(found.len()), "values": shown,
        }),
    ))
}
