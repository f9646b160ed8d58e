//! Which boards and sprints a request may reach: found by id or name, confined to the allowed
//! projects.

use tool_kit::{Code, ToolError};

use crate::jira::{
    AllowedProject, JiraError, Response,
    names::{self, BoardName, NameError, SprintName},
    request::{self, agile},
    tools::{args::ProjectKey, context::Context, scope::confined},
    wire::{Board, SearchPage, Sprint},
};

/// The board that is meant: an id, a name, or the key of a project that has only one.
pub(super) async fn board(context: &Context, given: &str) -> Result<BoardName, ToolError> {
    let given = given.trim();
    if let Ok(id) = given.parse::<u64>() {
        return board_by_id(context, id).await;
    }
    let key = ProjectKey::parse(given);
    // What is written like a key is more often one than a board's name, and its project tells the
    // board with one call.
    let written = key.as_ref().filter(|key| key.as_str() == given && context.projects.holds(given));
    if let Some(key) = written
        && let Ok(only) = only_board(context, key, NameError::unknown("board", given)).await
    {
        return Ok(only);
    }
    let mut named = names::boards(&context.jira, None, Some(given)).await?;
    named.retain(|board| holds(context, board));
    match (names::pick_board(&named, given), key) {
        (Err(unknown @ NameError::Unknown { .. }), Some(key)) => {
            only_board(context, &key, unknown).await
        }
        (picked, _) => Ok(picked?),
    }
}

async fn board_by_id(context: &Context, id: u64) -> Result<BoardName, ToolError> {
    if context.projects.is_open() {
        return Ok(BoardName { id, name: String::new(), kind: String::new(), project: None });
    }
    let answer = context.ask(agile::board(id)).await?;
    let board = BoardName::from(&answer.read::<Board<'_>>()?);
    if holds(context, &board) { Ok(board) } else { Err(hidden(context)) }
}

async fn only_board(
    context: &Context,
    project: &ProjectKey,
    unknown: NameError,
) -> Result<BoardName, ToolError> {
    let allowed = context.projects.check_project(project)?;
    let mut boards = match names::boards(&context.jira, Some(&allowed), None).await {
        Err(JiraError::Invalid { .. }) => Vec::new(),
        other => other?,
    };
    boards.retain(|board| holds(context, board));
    match boards.as_slice() {
        [] => Err(unknown.into()),
        [only] => Ok(only.clone()),
        several => Err(NameError::Ambiguous {
            given: project.as_str().to_owned(),
            candidates: several
                .iter()
                .map(|board| format!("{} (id {}, {})", board.name, board.id, board.kind))
                .collect(),
        }
        .into()),
    }
}

/// Whether a board may be shown: it stands in an allowed project.
pub(super) fn holds(context: &Context, board: &BoardName) -> bool {
    context.projects.is_open()
        || board.project.as_deref().is_some_and(|key| context.projects.holds(key))
}

fn hidden(context: &Context) -> ToolError {
    context.projects.refuses("The board is not in a project that is allowed here.")
}

/// The sprint that is meant, by id or name, read from Jira. A name is looked for in these projects,
/// else in all.
pub(super) async fn sprint(
    context: &Context,
    given: &str,
    projects: &[AllowedProject],
) -> Result<Response, ToolError> {
    let id = match given.trim().parse::<u64>() {
        Ok(id) => id,
        Err(_) => sprint_named(context, given, projects).await?,
    };
    let answer = context.ask(agile::sprint(id)).await?;
    let sprint: Sprint<'_> = answer.read()?;
    check_board(context, sprint.origin_board_id).await?;
    Ok(answer)
}

/// The sprint that is meant, as far as moving issues into it needs: one that was found by its name
/// is not read again.
pub(super) async fn target(
    context: &Context,
    given: &str,
    projects: &[AllowedProject],
) -> Result<SprintName, ToolError> {
    if given.trim().parse::<u64>().is_err() {
        let found = named(context, given, projects).await?;
        check_board(context, found.board_id).await?;
        return Ok(found);
    }
    let answer = sprint(context, given, projects).await?;
    Ok(SprintName::from(&answer.read::<Sprint<'_>>()?))
}

/// The id of the active or future sprint of that name.
pub(super) async fn sprint_named(
    context: &Context,
    given: &str,
    projects: &[AllowedProject],
) -> Result<u64, ToolError> {
    Ok(named(context, given, projects).await?.id)
}

async fn named(
    context: &Context,
    given: &str,
    projects: &[AllowedProject],
) -> Result<SprintName, ToolError> {
    let allowed = context.projects.all();
    let projects = if projects.is_empty() { allowed.as_slice() } else { projects };
    let keep = |board: &BoardName| holds(context, board);
    Ok(names::sprint_named(&context.jira, given, projects, &keep, None).await?)
}

async fn check_board(context: &Context, board: Option<u64>) -> Result<(), ToolError> {
    if context.projects.is_open() {
        return Ok(());
    }
    match board {
        Some(id) => board_by_id(context, id).await.map(drop),
        None => Err(hidden(context)),
    }
}

/// Refuses a sprint on a board of a project that is not allowed.
pub(in crate::jira::tools) async fn check_sprint(
    context: &Context,
    id: u64,
) -> Result<(), ToolError> {
    if context.projects.is_open() {
        return Ok(());
    }
    match sprint(context, &id.to_string(), &[]).await {
        Err(error) if error.code() == Code::InsufficientScope => check_by_issues(context, id).await,
        other => other.map(drop),
    }
}

/// Without the right to read sprints, one that holds an issue of an allowed project counts as
/// allowed.
async fn check_by_issues(context: &Context, id: u64) -> Result<(), ToolError> {
    let allowed = context.projects.condition().unwrap_or_default();
    let jql = confined(&allowed, &format!("sprint = {id}"), "")?;
    let answer = match context.jira.call(request::search(&jql, &["key".to_owned()], 1, None)).await
    {
        Err(JiraError::Invalid { .. }) => return Err(hidden(context)),
        other => other?,
    };
    let page: SearchPage<'_> = answer.read()?;
    if page.issues.is_empty() { Err(hidden(context)) } else { Ok(()) }
}

/// Whether the token has all of these scopes, as far as Atlassian tells.
pub(super) async fn granted(context: &Context, scopes: &str) -> Result<bool, ToolError> {
    let site = context.jira.site().await?;
    let Some(granted) = &site.scopes else { return Ok(true) };
    Ok(scopes.split(' ').all(|scope| granted.iter().any(|granted| granted == scope)))
}

/// An error of a missing scope names at once all that the tool would miss, and what works without
/// them.
pub(super) async fn naming_scopes<T>(
    context: &Context,
    needed: &[&str],
    result: Result<T, ToolError>,
) -> Result<T, ToolError> {
    let error = match result {
        Err(error) if error.code() == Code::InsufficientScope => error,
        other => return other,
    };
    let Some(granted) = &context.jira.site().await?.scopes else { return Err(error) };
    let mut missing: Vec<&str> = needed.iter().flat_map(|scopes| scopes.split(' ')).collect();
    missing.retain(|scope| !granted.iter().any(|granted| granted == scope));
    missing.sort_unstable();
    missing.dedup();
    if missing.is_empty() {
        return Err(error);
    }
    Err(ToolError::from(JiraError::InsufficientScope { needed: missing.join(" ") }).hint(
        "Signing in again does not help: an administrator must add the scope to the Jira connection. Without it, \
         jira_get_sprint_issues with sprint_id active, jira_search (sprint in openSprints()) and the field Sprint of \
         jira_update_issue still work.",
    ))
}
