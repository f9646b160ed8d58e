//! The issues of a sprint or a backlog, and how it stands.

use serde_json::Value;
use tool_kit::{Code, Reply, Row, ToolError};

use crate::jira::{
    Response,
    names::{self, FieldName, SprintName},
    request::agile::{self, scopes},
    tools::{
        args::{Argument, Jql, ProjectKey, arguments},
        context::Context,
        registry::{Tool, tool},
        scope::confined,
        search::{grouped, jql_search},
    },
    wire::{Issue, Sprint, ValuePage},
};

use super::{
    board_pages::{COUNTED_MAX, IssueSource, PageRequest, is_offset, page},
    boards::no_sprints,
    reach,
    standing::{self, Meant, Standing},
};

pub(super) const GET_SPRINT_ISSUES: Tool = tool!(
    /// How a sprint or backlog stands: dates, goal, counts of all by status; and its issues in rank
    /// order.
    "jira_get_sprint_issues", "Sprint issues", Agile, Read, get_sprint_issues(GetSprintIssues),
    r#"{"sprint_id": 1}"#
)
.also(&[scopes::SPRINTS, scopes::SPRINT_ISSUES, scopes::BOARD, scopes::BOARDS]);

arguments! {
    GetSprintIssues {
        /// Id, name, or active, future
        sprint_id: Option<String>,
        project_key: Option<ProjectKey>,
        /// Its sprints only
        board_id: Option<String>,
        backlog_of_board: Option<String>,
        jql: Option<Jql>,
        fields: Option<Vec<String>>,
        /// 0: no issues
        max_results: Option<u32>,
        next_page_token: Option<String>,
    }
}

/// Kept free in a search for how the sprints stand, where a third of the reply is not less.
const STANDING_BYTES: usize = 2_000;

/// What the agile API calls a backlog, in JQL.
const BACKLOG: &str = "statusCategory != Done AND (sprint is EMPTY OR (sprint not in openSprints() AND sprint not in \
                       futureSprints()))";

async fn get_sprint_issues(context: &Context, args: GetSprintIssues) -> Result<Reply, ToolError> {
    if let Some(project) = &args.project_key {
        context.projects.check_project(project)?;
    }
    let fields = fields(context, args.fields.as_deref()).await?;
    let asked = PageRequest {
        filter: filter(&args)?,
        given: args.jql.as_ref(),
        fields: &fields,
        rows: args.max_results,
        token: args.next_page_token.as_deref(),
    };
    let is_confined = args.project_key.is_some() || args.board_id.is_some();
    match (args.sprint_id.as_deref(), &args.backlog_of_board) {
        (None, Some(board)) => {
            let found = Box::pin(of_backlog(context, &asked, board)).await;
            reach::naming_scopes(context, &[scopes::BOARD, scopes::BOARDS], found).await
        }
        (Some(sprint), None) => of_sprint(context, &asked, sprint, args.board_id.as_deref()).await,
        (None, None) if is_confined => of_sprint(context, &asked, "active", args.board_id.as_deref()).await,
        _ => Err(ToolError::invalid_argument("Pass either `sprint_id` or `backlog_of_board`.").hint(
            "sprint_id takes an id, a name, or active, which project_key or board_id confine to one project or board.",
        )),
    }
}

/// What the issues must hold to beside being in the sprint.
fn filter(args: &GetSprintIssues) -> Result<Option<String>, ToolError> {
    let jql = args.jql.as_ref().map(Jql::as_str);
    let Some(project) = &args.project_key else { return Ok(jql.map(str::to_owned)) };
    confined(&format!("project = \"{project}\""), jql.unwrap_or_default(), "").map(Some)
}

async fn of_sprint(
    context: &Context,
    asked: &PageRequest<'_>,
    given: &str,
    board: Option<&str>,
) -> Result<Reply, ToolError> {
    let state = match given.trim().to_ascii_lowercase().as_str() {
        "active" | "current" | "open" => Some(("active", "openSprints()")),
        "future" => Some(("future", "futureSprints()")),
        "closed" => Some(("closed", "closedSprints()")),
        _ => None,
    };
    if let Ok(id) = given.trim().parse::<u64>() {
        return of_sprint_id(context, asked, id).await;
    }
    if let Some(board) = board {
        let states = state.map_or("active,future", |(state, _)| state);
        let found = on_board(context, board, given, states).await;
        let ids = reach::naming_scopes(context, &[scopes::SPRINTS, scopes::BOARDS], found).await?;
        if let [only] = ids.as_slice() {
            return of_sprint_id(context, asked, *only).await;
        }
        let listed: Vec<String> = ids.iter().map(u64::to_string).collect();
        let condition = format!("sprint in ({})", listed.join(", "));
        return by_query(context, asked, &condition, Some(Meant::Ids(ids))).await;
    }
    let named = Some(Meant::Named(given.to_owned()));
    if let Some((_, function)) = state {
        return by_query(context, asked, &format!("sprint in {function}"), named).await;
    }
    // The issues tell their sprint; only one that shows none is looked for by other ways.
    let by_name =
        by_query(context, asked, &format!("sprint = {}", names::quoted(given)), named).await;
    match by_name {
        Err(error) if matches!(error.code(), Code::InvalidArgument | Code::NotFound) => {
            let id = sprint_id(context, given).await?;
            of_sprint_id(context, asked, id).await
        }
        other => other,
    }
}

async fn of_sprint_id(
    context: &Context,
    asked: &PageRequest<'_>,
    id: u64,
) -> Result<Reply, ToolError> {
    let condition = format!("sprint = {id}");
    // The agile API answers rich text as wiki markup, a search as documents that become Markdown.
    let is_rich =
        asked.fields.iter().any(|field| matches!(field.id.as_str(), "description" | "environment"));
    if is_rich || is_searching(asked) || !reach::granted(context, scopes::SPRINT_ISSUES).await? {
        return by_query(context, asked, &condition, Some(Meant::Ids(vec![id]))).await;
    }
    let sprint = if context.projects.is_open() {
        context.jira.call(agile::sprint(id)).await.ok()
    } else {
        Some(reach::sprint(context, &id.to_string(), &[]).await?)
    };
    let standing = Standing::new(None, Vec::new(), Box::pin(context.zone_to_show()).await);
    if let Some(Ok(sprint)) = sprint.as_ref().map(Response::read::<Sprint<'_>>) {
        standing.know(&sprint);
    }
    match page(context, asked, IssueSource::Sprint(id), &standing).await {
        Err(error) if error.code() == Code::InsufficientScope => {
            by_query(context, asked, &condition, Some(Meant::Ids(vec![id]))).await
        }
        other => other,
    }
}

/// The sprints of a board that are in one of these states, and of this name if it is one.
async fn on_board(
    context: &Context,
    board: &str,
    given: &str,
    states: &str,
) -> Result<Vec<u64>, ToolError> {
    let board = reach::board(context, board).await?;
    let request = agile::sprints(board.id, states, 0, context.limits.results_max);
    let answer = context.jira.call(request).await.map_err(|error| no_sprints(error, &board))?;
    let page: ValuePage<Sprint<'_>> = answer.read()?;
    let found: Vec<SprintName> = page.values.iter().map(SprintName::from).collect();
    if states.contains(',') {
        return Ok(vec![names::pick_sprint(&found, given)?.id]);
    }
    if found.is_empty() {
        return Err(ToolError::new(Code::NotFound, format!("The board has no {states} sprint."))
            .hint("jira_get_sprints with state all lists its sprints."));
    }
    Ok(found.iter().map(|sprint| sprint.id).collect())
}

/// Sprints that hold issues are found by searching, also closed ones; empty ones through their
/// boards.
pub(super) async fn sprint_id(context: &Context, given: &str) -> Result<u64, ToolError> {
    let found = names::sprints_found(&context.jira, given, &context.projects.all(), None).await?;
    if found.is_empty() {
        return reach::sprint_named(context, given, &[]).await;
    }
    let picked = names::pick_sprint(&found, given)?;
    if picked.state != "future" {
        return Ok(picked.id);
    }
    // One that has not begun may hold nothing yet, so another board's of the same name would not
    // have been found.
    match reach::sprint_named(context, given, &[]).await {
        Err(error) if error.code() == Code::AmbiguousName => Err(error),
        _ => Ok(picked.id),
    }
}

/// Without the right to read boards, the key of a project stands for its backlog.
async fn of_backlog(
    context: &Context,
    asked: &PageRequest<'_>,
    given: &str,
) -> Result<Reply, ToolError> {
    let project = ProjectKey::parse(given)
        .filter(|key| !key.as_str().bytes().all(|byte| byte.is_ascii_digit()));
    let by_boards = async {
        let board = reach::board(context, given).await?;
        page(context, asked, IssueSource::Backlog(board.id), &Standing::default()).await
    };
    let error = match (is_searching(asked), &project) {
        (true, Some(_)) => None,
        _ => match by_boards.await {
            Err(error) if error.code() == Code::InsufficientScope => Some(error),
            other => return other,
        },
    };
    match (project, error) {
        (Some(project), _) => {
            context.projects.check_project(&project)?;
            by_query(context, asked, &format!("project = \"{project}\" AND {BACKLOG}"), None).await
        }
        (None, Some(error)) => Err(error),
        (None, None) => {
            Err(ToolError::invalid_argument("The next_page_token belongs to another call."))
        }
    }
}

/// Whether the page token is one of a search.
fn is_searching(asked: &PageRequest<'_>) -> bool {
    asked.token.is_some_and(|token| !is_offset(token))
}

/// The fields to show; the status is always among them, for the counts.
async fn fields(context: &Context, asked: Option<&[String]>) -> Result<Vec<FieldName>, ToolError> {
    let mut fields = match asked {
        Some(names) if !names.is_empty() => names::readable_fields(&context.jira, names).await?,
        _ => jql_search::DEFAULT_FIELDS.clone(),
    };
    if !fields.iter().any(|field| field.id == "status") {
        fields.extend(FieldName::known("status"));
    }
    Ok(fields)
}

/// By a search, which any token may do. Its counts are of all that it finds, whatever the page
/// holds.
async fn by_query(
    context: &Context,
    asked: &PageRequest<'_>,
    condition: &str,
    meant: Option<Meant>,
) -> Result<Reply, ToolError> {
    let is_named = matches!(&meant, Some(Meant::Named(_))) && condition.starts_with("sprint = ");
    let query =
        confined(condition, asked.filter.as_deref().unwrap_or_default(), "ORDER BY Rank ASC")?;
    let jql = Jql::read(Value::from(query)).map_err(ToolError::invalid_argument)?;
    let given = asked.given.unwrap_or(&jql);
    let restricted = context.projects.restrict(&jql)?;
    let sprint_fields = match &meant {
        Some(_) => standing::sprint_fields(context).await,
        None => Vec::new(),
    };
    let zone = Box::pin(context.zone_to_show()).await;
    let standing = Standing::new(meant, sprint_fields, zone);
    let mut reply = Row::new();
    let mut is_whole = false;
    if asked.rows != Some(0) {
        let each =
            |issue: &Issue<'_>, row: &mut Row| row.put_non_empty("sprint", standing.see(issue));
        let query = jql_search::Query {
            jql: restricted.clone(),
            given,
            fields: asked.fields,
            also: standing.fields(),
            page_size: context.page_size(asked.rows),
            each: &each,
        };
        let reserved = STANDING_BYTES.min(context.budget.bytes() / 3);
        let budget = context.budget.reserve(&" ".repeat(reserved));
        let mut page = jql_search::page(context, budget, &query, asked.token).await?;
        is_whole = asked.token.is_none() && page.next.is_none() && page.left_out == 0;
        if standing.sprints().len() < 2 && is_whole {
            page.rows.iter_mut().for_each(|row| row.remove("sprint"));
        }
        reply = page.into_reply();
    }
    if asked.token.is_none() || asked.rows == Some(0) {
        let mut ids: Vec<&str> = standing.fields().iter().map(String::as_str).collect();
        ids.push("status");
        let is_exact = is_whole
            || grouped::read(context, Some(given), &restricted, &ids, COUNTED_MAX, |issue| {
                drop(standing.see(issue));
            })
            .await?;
        let sprints = standing.sprints();
        if is_named {
            let name = sprints.first().map(|one| one.name.as_str()).unwrap_or_default();
            names::pick_sprint(&sprints, name)?;
        }
        let mut counts = standing.take_counts();
        let mut total = counts.total();
        if !is_exact {
            grouped::recount(context, &restricted, "status", &mut counts).await?;
            total = grouped::approximate(context, given, &restricted).await?;
        }
        if total == 0 && asked.given.is_none() && condition.ends_with("Sprints()") {
            return Err(ToolError::new(Code::NotFound, "No issue is in such a sprint there.")
                .hint("There may be none in this state: jira_get_sprints lists the sprints of a board."));
        }
        standing.set_counts(counts);
        standing.put(&mut reply, context.budget, is_exact, total);
    }
    Reply::json(&reply)
}
