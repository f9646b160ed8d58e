//! Sprints, by name. They are looked up through the agile API or, where the token lacks its scopes,
//! through the issues that are in them.

use futures_util::future::try_join_all;
use serde_json::Value;

use crate::jira::client::{
    allowed::AllowedProject,
    error::JiraError,
    request::{self, agile},
    session::Session,
    wire::{SearchPage, Sprint, ValuePage},
};

use super::{
    boards::{BoardName, PAGE, PAGES_MAX, boards},
    compare::same_letters,
    error::NameError,
    fields::readable_fields,
    scalar::scalar,
};

/// Boards whose sprints are read to find one by name; beyond, issues are asked instead.
const BOARDS_SEARCHED_MAX: usize = 20;

/// Boards that are asked at a time.
const AT_ONCE: usize = 4;

/// Queries that look for further sprints of the same name.
const QUERIES_MAX: usize = 5;

/// How many candidates an error lists.
const LISTED_MAX: usize = 10;

/// A sprint, as far as telling it apart needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SprintName {
    /// Its id.
    pub id: u64,
    /// Its name.
    pub name: String,
    /// `future`, `active` or `closed`.
    pub state: String,
    /// The board it was made on.
    pub board_id: Option<u64>,
}

/// Which boards may be looked at.
pub type BoardFilter<'a> = &'a (dyn Fn(&BoardName) -> bool + Sync);

impl From<&Sprint<'_>> for SprintName {
    fn from(sprint: &Sprint<'_>) -> Self {
        Self {
            id: sprint.id,
            name: sprint.name.clone().into_owned(),
            state: sprint.state.clone().into_owned(),
            board_id: sprint.origin_board_id,
        }
    }
}

/// The active or future sprint that is meant: by name, or as the only `active` or `future` one.
/// Looked for on the boards of these projects, on all boards when there are none.
pub async fn sprint_named(
    session: &Session,
    given: &str,
    projects: &[AllowedProject],
    keep: BoardFilter<'_>,
    field_id: Option<&str>,
) -> Result<SprintName, NameError> {
    let through_boards = match open_sprints(session, projects, keep).await {
        Err(JiraError::InsufficientScope { .. }) => None,
        other => other?,
    };
    match through_boards {
        Some(found) => pick_sprint(&found, given),
        None => pick_sprint(&sprints_found(session, given, projects, field_id).await?, given),
    }
}

/// None when there are too many boards to ask each.
async fn open_sprints(
    session: &Session,
    projects: &[AllowedProject],
    keep: BoardFilter<'_>,
) -> Result<Option<Vec<SprintName>>, JiraError> {
    let mut all = Vec::new();
    if projects.is_empty() {
        all = boards(session, None, None).await?;
    }
    for project in projects {
        match boards(session, Some(project), None).await {
            // A project that boards know nothing of.
            Err(JiraError::Invalid { .. }) => {}
            found => all.extend(found?),
        }
    }
    all.sort_by_key(|board| board.id);
    all.dedup_by_key(|board| board.id);
    all.retain(|board| board.kind != "kanban" && keep(board));
    if all.len() > BOARDS_SEARCHED_MAX {
        return Ok(None);
    }
    sprints_on(session, &all, "active,future").await.map(Some)
}

/// The sprints of these boards in these states (separated by commas), each once.
async fn sprints_on(
    session: &Session,
    boards: &[BoardName],
    states: &str,
) -> Result<Vec<SprintName>, JiraError> {
    let mut found: Vec<SprintName> = Vec::new();
    for some in boards.chunks(AT_ONCE) {
        let answers =
            try_join_all(some.iter().map(|board| of_board(session, board.id, states))).await?;
        found.extend(answers.into_iter().flatten());
    }
    found.sort_by_key(|sprint| sprint.id);
    found.dedup_by_key(|sprint| sprint.id);
    Ok(found)
}

async fn of_board(
    session: &Session,
    board: u64,
    states: &str,
) -> Result<Vec<SprintName>, JiraError> {
    let mut found = Vec::new();
    let mut start_at = 0;
    for _ in 0..PAGES_MAX {
        let answer = match session.call(agile::sprints(board, states, start_at, PAGE)).await {
            // A board without sprints says so with a 400.
            Err(JiraError::Invalid { .. }) => break,
            other => other?,
        };
        let page: ValuePage<Sprint<'_>> = answer.read()?;
        found.extend(page.values.iter().map(SprintName::from));
        if page.is_last(start_at) {
            break;
        }
        start_at = u32::try_from(found.len()).unwrap_or(u32::MAX);
    }
    Ok(found)
}

/// The sprints of a name that hold issues, also closed ones: with no more than the right to search.
/// `field_id` is the sprint field, looked up when it is not known.
pub async fn sprints_found(
    session: &Session,
    given: &str,
    projects: &[AllowedProject],
    field_id: Option<&str>,
) -> Result<Vec<SprintName>, NameError> {
    let fields: Vec<String> = if let Some(id) = field_id {
        vec![id.to_owned()]
    } else {
        let named = readable_fields(session, &["Sprint".to_owned()]).await?;
        named.into_iter().map(|field| field.id).collect()
    };
    let mut found: Vec<SprintName> = Vec::new();
    for _ in 0..QUERIES_MAX {
        let jql = query(given, projects, &found);
        let answer = match session.call(request::search(&jql, &fields, PAGE, None)).await {
            // An unknown name is a fault of the query to Jira.
            Err(JiraError::Invalid { .. }) => break,
            other => other?,
        };
        let page: SearchPage<'_> = answer.read()?;
        let before = found.len();
        for issue in &page.issues {
            let values = fields.iter().filter_map(|id| issue.fields.read::<Vec<Sprint<'_>>>(id));
            for sprint in
                values.flatten().filter(|sprint| is_sprint_meant(&SprintName::from(sprint), given))
            {
                if !found.iter().any(|known| known.id == sprint.id) {
                    found.push(SprintName::from(&sprint));
                }
            }
        }
        if found.len() == before {
            break;
        }
    }
    Ok(found)
}

fn query(given: &str, projects: &[AllowedProject], found: &[SprintName]) -> String {
    let mut jql = match state(given) {
        Some("active") => "sprint in openSprints()".to_owned(),
        Some("closed") => "sprint in closedSprints()".to_owned(),
        Some(_) => "sprint in futureSprints()".to_owned(),
        None => format!("sprint = {}", quoted(given)),
    };
    if !projects.is_empty() {
        let keys: Vec<String> = projects.iter().map(|project| quoted(project.as_str())).collect();
        jql = format!("{jql} AND project in ({})", keys.join(", "));
    }
    if !found.is_empty() {
        let ids: Vec<String> = found.iter().map(|sprint| sprint.id.to_string()).collect();
        jql = format!("{jql} AND sprint not in ({})", ids.join(", "));
    }
    jql
}

/// The name or id of the one sprint that a value means; none for no sprint, as in `backlog`.
pub fn sprint_given(value: &Value) -> Option<String> {
    let given = match value {
        Value::Array(one) if one.len() == 1 => one.first().and_then(scalar),
        other => scalar(other),
    };
    given.filter(|given| !matches!(given.to_lowercase().as_str(), "" | "none" | "backlog"))
}

/// The one sprint that is meant, by name or by state.
pub fn pick_sprint(found: &[SprintName], given: &str) -> Result<SprintName, NameError> {
    let say = |sprint: &&SprintName| {
        let board = sprint.board_id.map(|id| format!(", board {id}")).unwrap_or_default();
        format!("{} (id {}, {}{board})", sprint.name, sprint.id, sprint.state)
    };
    let named: Vec<&SprintName> =
        found.iter().filter(|sprint| same_letters(&sprint.name, given)).collect();
    let fits = if named.is_empty() {
        found.iter().filter(|sprint| state(given) == Some(sprint.state.as_str())).collect()
    } else {
        named
    };
    match fits.as_slice() {
        [only] => Ok((*only).clone()),
        [] => Err(NameError::Unknown {
            what: "active or future sprint",
            given: given.trim().to_owned(),
            known: found.iter().take(LISTED_MAX).map(|sprint| say(&sprint)).collect(),
        }),
        several => Err(NameError::Ambiguous {
            given: given.trim().to_owned(),
            candidates: several.iter().take(LISTED_MAX).map(say).collect(),
        }),
    }
}

/// Whether a sprint has this name, or is in the state that it says.
pub fn is_sprint_meant(sprint: &SprintName, given: &str) -> bool {
    same_letters(&sprint.name, given) || state(given) == Some(sprint.state.as_str())
}

/// The state that a word stands for.
fn state(given: &str) -> Option<&'static str> {
    match given.trim().to_lowercase().as_str() {
        "active" | "current" | "open" => Some("active"),
        "future" | "next" => Some("future"),
        "closed" => Some("closed"),
        _ => None,
    }
}

/// A value as a JQL string.
pub fn quoted(text: &str) -> String {
    format!("\"{}\"", text.trim().replace('\\', "\\\\").replace('"', "\\\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sprint(id: u64, name: &str, state: &str) -> SprintName {
        SprintName { id, name: name.to_owned(), state: state.to_owned(), board_id: Some(1) }
    }

    fn check(given: &str, expected: Result<u64, &str>) {
        let found = [
            sprint(7, "Sprint 7", "active"),
            sprint(8, "Sprint 8", "future"),
            sprint(9, "sprint 8 ", "future"),
            sprint(10, "Next", "closed"),
        ];
        match (pick_sprint(&found, given), expected) {
            (Ok(sprint), Ok(id)) => assert_eq!(sprint.id, id, "{given}"),
            (Err(error), Err(part)) => {
                assert!(format!("{error:?}").contains(part), "{given}: {error:?}");
            }
            (picked, _) => panic!("{given}: {picked:?}"),
        }
    }

    #[test]
    fn names_go_before_states_and_several_are_listed() {
        check(" SPRINT 7", Ok(7));
        check("current", Ok(7));
        check("next", Ok(10));
        check("future", Err("Sprint 8 (id 8, future, board 1)"));
        check("Sprint 8", Err("Ambiguous"));
        check("Sprint 99", Err("Unknown"));
        check("", Err("Unknown"));
    }

    #[test]
    fn a_name_cannot_leave_its_quotes() {
        let ab = crate::jira::client::Projects::default().project("AB").unwrap();
        assert_eq!(query("a\" OR \\", &[], &[]), r#"sprint = "a\" OR \\""#);
        assert_eq!(
            query("active", &[ab], &[sprint(7, "x", "active")]),
            r#"sprint in openSprints() AND project in ("AB") AND sprint not in (7)"#
        );
    }
}
