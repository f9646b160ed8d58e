//! Boards, sprints and their issues, as the agile API answers them.

use json_borrow::{Lenient, List, Text, or_default};
use serde::Deserialize;

use super::issue::Issue;

/// A page of boards or sprints.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ValuePage<T> {
    /// The page.
    #[serde(default = "List::new")]
    pub values: List<T>,
    /// Whether this is the end; not every answer says so.
    #[serde(default, deserialize_with = "or_default")]
    is_last: Option<bool>,
    /// How many there are in all, where Jira counts.
    #[serde(default, deserialize_with = "or_default")]
    pub total: Option<u32>,
}

impl<T> ValuePage<T> {
    /// Whether nothing comes behind this page, which began at `start_at`.
    pub fn is_last(&self, start_at: u32) -> bool {
        let next =
            start_at.saturating_add(u32::try_from(self.values.received()).unwrap_or(u32::MAX));
        let counted = self.total.is_none_or(|total| next >= total);
        self.values.received() == 0 || self.is_last.unwrap_or(counted)
    }
}

/// A board.
#[derive(Debug, Deserialize)]
pub struct Board<'a> {
    /// Its id.
    pub id: u64,
    /// Its name, not unique.
    #[serde(borrow, default)]
    pub name: Text<'a>,
    /// `scrum`, `kanban` or `simple`.
    #[serde(borrow, default, rename = "type")]
    pub kind: Text<'a>,
    /// Where it stands.
    #[serde(borrow, default)]
    location: Lenient<Location<'a>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Location<'a> {
    #[serde(borrow, default)]
    project_key: Option<Text<'a>>,
}

impl Board<'_> {
    /// The key of the project it stands in; none for a person's own board.
    pub fn project(&self) -> Option<&str> {
        self.location.as_ref()?.project_key.as_deref()
    }
}

/// A sprint, on its own or in an issue's sprint field. Times are RFC 3339.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Sprint<'a> {
    /// Its id.
    pub id: u64,
    /// Its name, not unique.
    #[serde(borrow, default)]
    pub name: Text<'a>,
    /// `future`, `active` or `closed`.
    #[serde(borrow, default)]
    pub state: Text<'a>,
    /// The planned or real start.
    #[serde(borrow, default)]
    pub start_date: Option<Text<'a>>,
    /// The planned end.
    #[serde(borrow, default)]
    pub end_date: Option<Text<'a>>,
    /// When it was completed.
    #[serde(borrow, default)]
    pub complete_date: Option<Text<'a>>,
    /// What the team wants to reach.
    #[serde(borrow, default)]
    pub goal: Option<Text<'a>>,
    /// The board it was made on.
    #[serde(default, alias = "boardId", deserialize_with = "or_default")]
    pub origin_board_id: Option<u64>,
}

/// The issues of a sprint or a backlog.
#[derive(Debug, Deserialize)]
pub struct BoardIssuePage<'a> {
    /// The page.
    #[serde(borrow, default)]
    pub issues: List<Issue<'a>>,
    /// How many there are in all.
    #[serde(default, deserialize_with = "or_default")]
    pub total: u32,
}

/// The 207 of a rank operation that some issues did not take part in.
#[derive(Debug, Deserialize)]
pub struct RankReport {
    /// One for each issue.
    #[serde(default)]
    pub entries: List<RankEntry>,
}

/// What became of one issue.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RankEntry {
    /// Its key.
    #[serde(default)]
    pub issue_key: String,
    /// An HTTP status.
    #[serde(default, deserialize_with = "or_default")]
    pub status: u16,
    /// Why it was not ranked.
    #[serde(default)]
    pub errors: Vec<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_is_found_with_or_without_a_count() {
        for (json, start_at, expected) in [
            (r#"{"values":[1],"isLast":false}"#, 0, false),
            (r#"{"values":[1],"isLast":true,"total":9}"#, 0, true),
            (r#"{"values":[1],"total":2}"#, 0, false),
            (r#"{"values":[1],"total":2}"#, 1, true),
            (r#"{"values":[1]}"#, 0, true),
            (r#"{"values":[],"isLast":false}"#, 0, true),
        ] {
            let page: ValuePage<u8> = serde_json::from_str(json).unwrap();
            assert_eq!(page.is_last(start_at), expected, "{json}");
        }
    }

    #[test]
    fn boards_may_lack_a_project_and_sprints_have_two_shapes() {
        let board: Board<'_> = serde_json::from_str(r#"{"id":4,"name":"Mine"}"#).unwrap();
        assert_eq!((board.project(), board.kind.as_ref()), (None, ""));
        for json in [r#"{"id":7,"originBoardId":1}"#, r#"{"id":7,"boardId":1,"goal":null}"#] {
            let sprint: Sprint<'_> = serde_json::from_str(json).unwrap();
            assert_eq!((sprint.id, sprint.origin_board_id), (7, Some(1)));
        }
    }
}
