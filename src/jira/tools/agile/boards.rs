//! Finding boards, and the sprints of one.

use serde_json::json;
use tool_kit::{Reply, Row, ToolError};

use crate::jira::{
    AllowedProject, JiraError,
    names::BoardName,
    request::agile::{self, scopes},
    tools::{
        args::{ProjectKey, arguments, keywords},
        context::Context,
        registry::{Tool, tool},
    },
    views::{BoardView, SprintView},
    wire::{Board, Sprint, ValuePage},
};

use super::reach;

pub(super) const LIST_BOARDS: Tool = tool!(
    /// List agile boards, by project or name.
    "jira_list_boards", "List boards", Agile, Read, list_boards(ListBoards),
    "{}"
)
.needs(&["read:board-scope:jira-software", "read:project:jira"]);

pub(super) const GET_SPRINTS: Tool = tool!(
    /// List a board's sprints.
    "jira_get_sprints", "List sprints", Agile, Read, get_sprints(GetSprints),
    r#"{"board_id": 1}"#
)
.needs(&["read:sprint:jira-software"])
.also(&[scopes::BOARDS]);

arguments! {
    ListBoards {
        project_key: Option<ProjectKey>,
        name: Option<String>,
        max_results: Option<u32>,
        start_at: Option<u32>,
    }
}

keywords! {
    /// Where a sprint is in its life.
    State { Active = "active", Future = "future", Closed = "closed", All = "all" }
}

arguments! {
    GetSprints {
        board_id: String,
        /// Default active, future; or closed, all
        state: Option<Vec<State>>,
        max_results: Option<u32>,
        start_at: Option<u32>,
    }
}

/// Pages that hold only boards of other projects are passed over within one call.
const HIDDEN_PAGES_MAX: usize = 10;

async fn list_boards(context: &Context, args: ListBoards) -> Result<Reply, ToolError> {
    let listed = boards(context, &args).await;
    reach::naming_scopes(context, &[scopes::BOARDS], listed).await
}

async fn boards(context: &Context, args: &ListBoards) -> Result<Reply, ToolError> {
    let project =
        args.project_key.as_ref().map(|key| context.projects.check_project(key)).transpose()?;
    let size = context.page_size(args.max_results);
    let mut start_at = args.start_at.unwrap_or(0);
    let mut hidden_pages = 0;
    loop {
        let request = agile::boards(project.as_ref(), args.name.as_deref(), start_at, size);
        let answer = context
            .jira
            .call(request)
            .await
            .map_err(|error| no_project(error, project.as_ref().map(AllowedProject::as_str)))?;
        let page: ValuePage<Board<'_>> = answer.read()?;
        let shown = (0_u32..)
            .zip(&page.values)
            .filter(|(_, board)| reach::holds(context, &BoardName::from(*board)));
        let (offsets, views): (Vec<u32>, Vec<BoardView>) =
            shown.map(|(offset, board)| (offset, BoardView::from(board))).unzip();
        let is_last = page.is_last(start_at);
        let received = u32::try_from(page.values.received()).unwrap_or(u32::MAX);
        if views.is_empty() && !is_last && hidden_pages < HIDDEN_PAGES_MAX {
            hidden_pages += 1;
            start_at = start_at.saturating_add(received);
            continue;
        }
        // A count of boards that are not shown would tell of them.
        let total = page.total.filter(|_| context.projects.is_open());
        let frame = json!({ "boards": [], "total": total, "next_start_at": u32::MAX });
        let fitted = context.budget.fit(&frame, views);
        let mut reply = Row::new();
        reply.push("boards", json!(fitted.kept));
        reply.put_non_empty("total", total);
        reply.put_unreadable(page.values.unreadable());
        let passed = offsets.get(fitted.kept.len()).copied().unwrap_or(received);
        if !is_last || fitted.dropped > 0 {
            reply.put_non_empty("next_start_at", start_at.saturating_add(passed));
        }
        return Reply::json(&reply);
    }
}

/// An unknown project is a fault of a query parameter to the agile API.
fn no_project(error: JiraError, project: Option<&str>) -> ToolError {
    match (&error, project) {
        (JiraError::Invalid { .. }, Some(key)) => ToolError::from(error).hint(format!(
            "Check the key {key}; jira_get_projects lists the projects the user can see."
        )),
        _ => error.into(),
    }
}

async fn get_sprints(context: &Context, args: GetSprints) -> Result<Reply, ToolError> {
    let listed = sprints(context, &args).await;
    reach::naming_scopes(context, &[scopes::SPRINTS, scopes::BOARDS], listed).await
}

async fn sprints(context: &Context, args: &GetSprints) -> Result<Reply, ToolError> {
    let board = reach::board(context, &args.board_id).await?;
    let size = context.page_size(args.max_results);
    let start_at = args.start_at.unwrap_or(0);
    let request = agile::sprints(board.id, &states(args.state.as_deref()), start_at, size);
    let answer = context.jira.call(request).await.map_err(|error| no_sprints(error, &board))?;
    let page: ValuePage<Sprint<'_>> = answer.read()?;
    let zone = Some(Box::pin(context.zone_to_show()).await);
    let views = page.values.iter().map(|sprint| SprintView::from(sprint).on_clock(zone.as_ref()));
    let views: Vec<SprintView> = views.collect();
    let frame = json!({ "board_id": board.id, "sprints": [], "total": page.total, "next_start_at": u32::MAX });
    let fitted = context.budget.fit(&frame, views);
    let mut reply = Row::new();
    reply.put_non_empty("board_id", board.id);
    reply.push("sprints", json!(fitted.kept));
    reply.put_non_empty("total", page.total);
    reply.put_unreadable(page.values.unreadable());
    if fitted.dropped > 0 || !page.is_last(start_at) {
        let passed = if fitted.dropped > 0 { fitted.kept.len() } else { page.values.received() };
        let passed = u32::try_from(passed).unwrap_or(u32::MAX);
        reply.put_non_empty("next_start_at", start_at.saturating_add(passed));
    }
    Reply::json(&reply)
}

/// Closed sprints are many and come first, so they are shown only when asked for.
fn states(asked: Option<&[State]>) -> String {
    let asked =
        asked.filter(|states| !states.is_empty()).unwrap_or(&[State::Active, State::Future]);
    let all = [(State::Active, "active"), (State::Future, "future"), (State::Closed, "closed")];
    let wanted =
        all.into_iter().filter(|(state, _)| asked.contains(state) || asked.contains(&State::All));
    wanted.map(|(_, word)| word).collect::<Vec<_>>().join(",")
}

/// Jira's way to say that a Kanban board has no sprints is a 400.
pub(super) fn no_sprints(error: JiraError, board: &BoardName) -> ToolError {
    if !matches!(error, JiraError::Invalid { .. }) {
        return error.into();
    }
    let name =
        if board.name.is_empty() { board.id.to_string() } else { format!("'{}'", board.name) };
    ToolError::invalid_argument(format!("Board {name} has no sprints: it is a Kanban board."))
        .status(400)
        .hint("Read its issues with jira_get_sprint_issues and backlog_of_board, or with jira_search.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn closed_sprints_are_shown_on_demand() {
        assert_eq!(states(None), "active,future");
        assert_eq!(states(Some(&[])), "active,future");
        assert_eq!(states(Some(&[State::Closed])), "closed");
        assert_eq!(states(Some(&[State::Future, State::All])), "active,future,closed");
    }
}
