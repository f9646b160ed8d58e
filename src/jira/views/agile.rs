//! Boards and sprints as agents see them.

use jiff::tz::TimeZone;
use serde::Serialize;

use crate::jira::client::wire;

use super::{
    date,
    field::{id, short_text},
};

const NAME_CHARS: usize = 200;
const GOAL_CHARS: usize = 400;

/// A board.
#[derive(Debug, Serialize)]
pub struct BoardView {
    id: u64,
    name: String,
    #[serde(rename = "type", skip_serializing_if = "String::is_empty")]
    kind: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    project: Option<String>,
}

impl From<&wire::Board<'_>> for BoardView {
    fn from(board: &wire::Board<'_>) -> Self {
        Self {
            id: board.id,
            name: short_text(&board.name, NAME_CHARS),
            kind: short_text(&board.kind, NAME_CHARS),
            project: board.project().map(id),
        }
    }
}

/// A sprint.
#[derive(Debug, Serialize)]
pub struct SprintView {
    id: u64,
    name: String,
    state: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    start: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    end: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    completed: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    goal: Option<String>,
}

impl SprintView {
    /// The same with its times on this clock, where it is known: the agile API gives them in UTC.
    #[must_use]
    pub fn on_clock(mut self, zone: Option<&TimeZone>) -> Self {
        for time in [&mut self.start, &mut self.end, &mut self.completed].into_iter().flatten() {
            *time = date::short_on_clock(time, zone).into_owned();
        }
        self
    }
}

impl From<&wire::Sprint<'_>> for SprintView {
    fn from(sprint: &wire::Sprint<'_>) -> Self {
        let short = |date: &Option<wire::Text<'_>>| {
            date.as_deref().filter(|date| !date.is_empty()).map(|date| short_text(date, NAME_CHARS))
        };
        Self {
            id: sprint.id,
            name: short_text(&sprint.name, NAME_CHARS),
            state: short_text(&sprint.state, NAME_CHARS),
            start: short(&sprint.start_date),
            end: short(&sprint.end_date),
            completed: short(&sprint.complete_date),
            goal: sprint
                .goal
                .as_deref()
                .filter(|goal| !goal.trim().is_empty())
                .map(|goal| short_text(goal, GOAL_CHARS)),
        }
    }
}
