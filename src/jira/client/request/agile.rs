//! Boards, sprints and ranks: the agile API, which knows no classic scopes.
//!
//! Source: `security` and the request bodies of each operation in the OpenAPI document of Jira
//! Software.

use http::Method;
use serde_json::{Value, json};

use crate::jira::client::allowed::{AllowedIssue, AllowedProject};

use super::builder::{Base, Request, Safety};

/// What each kind of call needs, separated by spaces.
pub mod scopes {
    /// `GET /board`
    pub const BOARDS: &str = "read:board-scope:jira-software read:project:jira";
    /// `GET /board/{id}` and its backlog.
    pub const BOARD: &str = "read:board-scope:jira-software read:issue-details:jira";
    /// `GET /board/{id}/sprint` and `GET /sprint/{id}`
    pub const SPRINTS: &str = "read:sprint:jira-software";
    /// `GET /sprint/{id}/issue`
    pub const SPRINT_ISSUES: &str =
        "read:sprint:jira-software read:issue-details:jira read:jql:jira";
    /// Creating and changing sprints, and moving issues into them.
    pub const WRITE_SPRINT: &str = "write:sprint:jira-software";
    /// `POST /backlog/issue`
    pub const WRITE_BACKLOG: &str = "write:board-scope:jira-software";
    /// `PUT /issue/rank`
    pub const RANK: &str = "write:issue:jira-software";
}

/// Issues that one request may move. Source: the description of each of the three operations.
pub const MOVED_MAX: usize = 50;

/// `GET /board`, by name; those that show issues of a project when one is named.
pub fn boards(
    project: Option<&AllowedProject>,
    name: Option<&str>,
    start_at: u32,
    max_results: u32,
) -> Request {
    read(["board"], scopes::BOARDS)
        .query("startAt", start_at)
        .query("maxResults", max_results)
        .query_if("projectKeyOrId", project.map(AllowedProject::as_str))
        .query_if("name", name)
}

/// `GET /board/{id}`
pub fn board(id: u64) -> Request {
    read(["board"], scopes::BOARD).segment(id.to_string())
}

/// `GET /board/{id}/sprint` in these states, separated by commas. Kanban boards answer 400.
pub fn sprints(board: u64, states: &str, start_at: u32, max_results: u32) -> Request {
    read(["board"], scopes::SPRINTS)
        .segment(board.to_string())
        .segment("sprint")
        .query("startAt", start_at)
        .query("maxResults", max_results)
        .query("state", states)
}

/// `GET /sprint/{id}`
pub fn sprint(id: u64) -> Request {
    read(["sprint"], scopes::SPRINTS).segment(id.to_string())
}

/// Which of the issues that belong together are wanted.
#[derive(Debug, Clone, Copy)]
pub struct Window<'a> {
    /// A filter, and an order that replaces the rank.
    pub jql: Option<&'a str>,
    /// Field ids.
    pub fields: &'a [String],
    /// The first one's place.
    pub start_at: u32,
    /// How many at most.
    pub max_results: u32,
}

/// `GET /sprint/{id}/issue`
pub fn sprint_issues(id: u64, window: Window<'_>) -> Request {
    window.of(read(["sprint"], scopes::SPRINT_ISSUES).segment(id.to_string()).segment("issue"))
}

/// `GET /board/{id}/backlog`: what is not done and in no active or future sprint.
pub fn backlog_issues(board: u64, window: Window<'_>) -> Request {
    window.of(read(["board"], scopes::BOARD).segment(board.to_string()).segment("backlog"))
}

/// `POST /sprint/{id}/issue`: at most [`MOVED_MAX`] issues, in this order in front of `before` when
/// it is given.
pub fn move_to_sprint(id: u64, keys: &[&AllowedIssue], before: Option<&AllowedIssue>) -> Request {
    let request = write(Method::POST, Safety::IdempotentWrite, ["sprint"], scopes::WRITE_SPRINT);
    request.segment(id.to_string()).segment("issue").json(&moved(keys, before))
}

/// `POST /backlog/issue`: out of every active and future sprint.
pub fn move_to_backlog(keys: &[&AllowedIssue]) -> Request {
    let request =
        write(Method::POST, Safety::IdempotentWrite, ["backlog", "issue"], scopes::WRITE_BACKLOG);
    request.json(&moved(keys, None))
}

/// `PUT /issue/rank`: in this order in front of `before`. Answers 207 when only some could be
/// ranked.
pub fn rank(keys: &[&AllowedIssue], before: &AllowedIssue) -> Request {
    let request = write(Method::PUT, Safety::IdempotentWrite, ["issue", "rank"], scopes::RANK);
    request.json(&moved(keys, Some(before)))
}

/// `POST /sprint`
pub fn create_sprint(body: &Value) -> Request {
    write(Method::POST, Safety::Write, ["sprint"], scopes::WRITE_SPRINT).json(body)
}

/// `POST /sprint/{id}`, a partial update. A change of state happens once, so that it is not
/// repeated.
pub fn update_sprint(id: u64, body: &Value) -> Request {
    let safety = if body.get("state").is_some() { Safety::Write } else { Safety::IdempotentWrite };
    write(Method::POST, safety, ["sprint"], scopes::WRITE_SPRINT).segment(id.to_string()).json(body)
}

impl Window<'_> {
    fn of(self, request: Request) -> Request {
        request
            .query("startAt", self.start_at)
            .query("maxResults", self.max_results)
            .query("fields", self.fields.join(","))
            .query_if("jql", self.jql)
    }
}

fn moved(keys: &[&AllowedIssue], before: Option<&AllowedIssue>) -> Value {
    let keys: Vec<&str> = keys.iter().map(|key| key.as_str()).collect();
    match before {
        Some(before) => json!({ "issues": keys, "rankBeforeIssue": before.as_str() }),
        None => json!({ "issues": keys }),
    }
}

fn read<const N: usize>(path: [&'static str; N], scope: &'static str) -> Request {
    Request::read(path).at(Base::Agile).needing(scope)
}

fn write<const N: usize>(
    method: Method,
    safety: Safety,
    path: [&'static str; N],
    scope: &'static str,
) -> Request {
    Request::write(method, safety, path).at(Base::Agile).needing(scope)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::jira::client::allowed::Projects;

    fn check(request: &Request, line: &str, body: Option<&Value>, safety: Safety, scope: &str) {
        let query: Vec<String> =
            request.query_pairs().iter().map(|(name, value)| format!("{name}={value}")).collect();
        let path = request.path().collect::<Vec<_>>().join("/");
        assert_eq!(format!("{} {path}?{}", request.method(), query.join("&")), line);
        assert_eq!(
            request.body().map(|body| serde_json::from_slice::<Value>(body).unwrap()).as_ref(),
            body
        );
        assert_eq!(
            (request.base(), request.safety(), request.scope()),
            (Base::Agile, safety, scope)
        );
    }

    #[test]
    fn reads_name_their_endpoint_and_granular_scopes() {
        let fields = ["status".to_owned(), "summary".to_owned()];
        let window = Window { jql: Some("x = 1"), fields: &fields, start_at: 5, max_results: 10 };
        let line = "GET board?startAt=0&maxResults=50&projectKeyOrId=P&name=b";
        check(
            &boards(Some(&Projects::default().project("P").unwrap()), Some("b"), 0, 50),
            line,
            None,
            Safety::Read,
            scopes::BOARDS,
        );
        check(&board(3), "GET board/3?", None, Safety::Read, scopes::BOARD);
        let line = "GET board/3/sprint?startAt=0&maxResults=50&state=active,future";
        check(&sprints(3, "active,future", 0, 50), line, None, Safety::Read, scopes::SPRINTS);
        check(&sprint(7), "GET sprint/7?", None, Safety::Read, scopes::SPRINTS);
        let line = "GET sprint/7/issue?startAt=5&maxResults=10&fields=status,summary&jql=x = 1";
        check(&sprint_issues(7, window), line, None, Safety::Read, scopes::SPRINT_ISSUES);
        let line = "GET board/3/backlog?startAt=5&maxResults=10&fields=status,summary&jql=x = 1";
        check(&backlog_issues(3, window), line, None, Safety::Read, scopes::BOARD);
    }

    #[test]
    fn only_creates_and_changes_of_state_are_plain_writes() {
        let idempotent = Safety::IdempotentWrite;
        let body = json!({ "issues": ["P-1", "P-2"], "rankBeforeIssue": "P-9" });
        let all = ["P-1", "P-2", "P-9"].map(|key| Projects::default().told(key).unwrap());
        let (keys, before) = ([&all[0], &all[1]], &all[2]);
        let request = move_to_sprint(7, &keys, Some(before));
        check(&request, "POST sprint/7/issue?", Some(&body), idempotent, scopes::WRITE_SPRINT);
        check(&rank(&keys, before), "PUT issue/rank?", Some(&body), idempotent, scopes::RANK);
        let body = json!({ "issues": ["P-1", "P-2"] });
        check(
            &move_to_backlog(&keys),
            "POST backlog/issue?",
            Some(&body),
            idempotent,
            scopes::WRITE_BACKLOG,
        );
        let body = json!({ "name": "S" });
        let request = create_sprint(&body);
        check(&request, "POST sprint?", Some(&body), Safety::Write, scopes::WRITE_SPRINT);
        check(
            &update_sprint(7, &body),
            "POST sprint/7?",
            Some(&body),
            idempotent,
            scopes::WRITE_SPRINT,
        );
        let body = json!({ "state": "closed" });
        let request = update_sprint(7, &body);
        check(&request, "POST sprint/7?", Some(&body), Safety::Write, scopes::WRITE_SPRINT);
    }
}
