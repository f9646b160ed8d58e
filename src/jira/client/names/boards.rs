//! Boards, by name.

use crate::jira::client::{
    allowed::AllowedProject,
    error::JiraError,
    request::agile,
    session::Session,
    wire::{Board, ValuePage},
};

use super::{compare::same_letters, error::NameError};

pub(super) const PAGE: u32 = 50;

/// Pages of boards, or of one board's sprints, that are read.
pub(super) const PAGES_MAX: usize = 4;

/// How many candidates an error lists.
const LISTED_MAX: usize = 10;

/// A board, as far as telling it apart needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BoardName {
    /// Its id.
    pub id: u64,
    /// Its name; empty where only the id is known.
    pub name: String,
    /// `scrum`, `kanban` or `simple`; empty where only the id is known.
    pub kind: String,
    /// The key of the project it stands in.
    pub project: Option<String>,
}

impl From<&Board<'_>> for BoardName {
    fn from(board: &Board<'_>) -> Self {
        Self {
            id: board.id,
            name: board.name.clone().into_owned(),
            kind: board.kind.clone().into_owned(),
            project: board.project().map(str::to_owned),
        }
    }
}

/// The boards that show issues of a project, or whose name holds a text; the first few hundred of
/// them.
pub async fn boards(
    session: &Session,
    project: Option<&AllowedProject>,
    name: Option<&str>,
) -> Result<Vec<BoardName>, JiraError> {
    let mut found = Vec::new();
    let mut start_at = 0;
    for _ in 0..PAGES_MAX {
        let answer = session.call(agile::boards(project, name, start_at, PAGE)).await?;
        let page: ValuePage<Board<'_>> = answer.read()?;
        found.extend(page.values.iter().map(BoardName::from));
        if page.is_last(start_at) {
            break;
        }
        start_at = u32::try_from(found.len()).unwrap_or(u32::MAX);
    }
    Ok(found)
}

/// The one board of that name, in any letter case.
pub fn pick_board(boards: &[BoardName], given: &str) -> Result<BoardName, NameError> {
    let say = |board: &&BoardName| format!("{} (id {}, {})", board.name, board.id, board.kind);
    let named: Vec<&BoardName> =
        boards.iter().filter(|board| same_letters(&board.name, given)).collect();
    match named.as_slice() {
        [only] => Ok((*only).clone()),
        [] => Err(NameError::Unknown {
            what: "board",
            given: given.to_owned(),
            known: boards.iter().take(LISTED_MAX).map(|board| say(&board)).collect(),
        }),
        several => Err(NameError::Ambiguous {
            given: given.to_owned(),
            candidates: several.iter().take(LISTED_MAX).map(say).collect(),
        }),
    }
}
