//! Boards, sprints and saved searches of the main site.

use crate::{
    clock::DAY_MS,
    model::{Board, Filter, Sprint},
    seed::{
        ids::{ACME, MOB, OPS},
        people::{ANNA, BEN, DANA},
    },
};

pub(crate) fn boards() -> Vec<Board> {
    [
        (1, "ACME board", "scrum", ACME),
        (2, "MOB board", "simple", MOB),
        (3, "OPS Kanban", "kanban", OPS),
    ]
    .into_iter()
    .map(|(id, name, kind, project)| Board { id, name: name.into(), kind, project })
    .collect()
}

pub(crate) const CLOSED_SPRINTS: &[u64] = &[1, 2, 3, 4, 5, 6];
pub(crate) const ACTIVE_SPRINT: u64 = 7;
pub(crate) const FUTURE_SPRINTS: &[u64] = &[8, 9];
pub(crate) const MOB_SPRINT: u64 = 20;

/// Two-week sprints of the first board: six closed, one half through, two ahead; and one of the app
/// team.
pub(crate) fn sprints(now: i64) -> Vec<Sprint> {
    let goals = [
        "Faster search",
        "Guest checkout",
        "Fewer abandoned baskets",
        "Invoices by mail",
        "Stable deploys",
    ];
    let web = (1_u64..=9).zip(goals.iter().cycle()).zip(0_i64..).map(|((id, goal), place)| {
        let start = now + (place - 6) * 14 * DAY_MS - 7 * DAY_MS;
        let state = match place {
            0..=5 => "closed",
            6 => "active",
            _ => "future",
        };
        sprint(id, 1, &format!("ACME Sprint {id}"), state, goal, start)
    });
    let app = sprint(MOB_SPRINT, 2, "App Sprint 4", "active", "Offline baskets", now - 5 * DAY_MS);
    web.chain([app]).collect()
}

fn sprint(id: u64, board: u64, name: &str, state: &str, goal: &str, start: i64) -> Sprint {
    let planned = state != "future";
    Sprint {
        id,
        board,
        name: name.into(),
        state: state.into(),
        goal: goal.into(),
        created: start - 3 * DAY_MS,
        start: planned.then_some(start),
        end: planned.then_some(start + 14 * DAY_MS),
        complete: (state == "closed").then_some(start + 14 * DAY_MS),
    }
}

pub(crate) fn filters() -> Vec<Filter> {
    [
        (
            10_050,
            "My open issues",
            "assignee = currentUser() AND statusCategory != Done ORDER BY updated DESC",
            ANNA,
        ),
        (
            10_051,
            "Webshop bugs",
            "project = ACME AND issuetype = Bug AND statusCategory != Done",
            BEN,
        ),
        (
            10_052,
            "Incidents this week",
            "project = OPS AND issuetype = Incident AND created >= -7d",
            DANA,
        ),
    ]
    .into_iter()
    .map(|(id, name, jql, owner)| Filter {
        id,
        name: name.into(),
        jql: jql.into(),
        description: format!("{name}, kept by the team"),
        owner,
        favourite_of: [owner, ANNA].into(),
    })
    .collect()
}
