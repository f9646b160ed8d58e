//! Which issues may have left a sprint. Jira cannot be asked who was in it, so those of some
//! projects are read that changed since its start.

use std::collections::BTreeSet;

use jiff::{Timestamp, ToSpan, civil::Date, tz::TimeZone};

use crate::jira::{
    names::{self, BoardName},
    request::agile,
    tools::context::Context,
    wire::Board,
};

/// The projects whose issues are looked at: those of the issues that are still in the sprint, or
/// where every issue was taken out, that of its board.
pub(super) async fn projects(
    context: &Context,
    mut still_in: BTreeSet<String>,
    board_id: Option<u64>,
) -> BTreeSet<String> {
    if still_in.is_empty()
        && let Some(id) = board_id
        && let Ok(answer) = context.ask(agile::board(id)).await
        && let Ok(board) = answer.read::<Board<'_>>()
    {
        still_in.extend(BoardName::from(&board).project);
    }
    still_in.retain(|key| context.projects.holds(key));
    still_in
}

/// The query for those that may have been taken out. The day before covers every time zone that JQL
/// may read it in.
pub(super) fn query(id: u64, projects: &BTreeSet<String>, start: Timestamp) -> Option<String> {
    let day: Date = start.to_zoned(TimeZone::UTC).date();
    let day = day.checked_sub(1.day()).unwrap_or(day);
    let projects: Vec<String> = projects.iter().map(|key| names::quoted(key)).collect();
    (!projects.is_empty()).then(|| {
        format!(
            "project in ({}) AND updated >= \"{day}\" AND (sprint is EMPTY OR sprint not in ({id})) ORDER BY updated DESC",
            projects.join(", ")
        )
    })
}
