//! The issues of a sprint or a backlog, with how many are in which status.

use serde_json::{Map, Value, json};

use crate::{
    jira::{
        names::{self, FieldName},
        request::agile::{self, Window, scopes},
        wire::BoardIssuePage,
    },
    tools::{
        Code, Context, Reply, Tool, ToolError,
        args::{Argument, Jql, ProjectKey, arguments},
        registry::tool,
        scope::confined,
        search,
    },
    trim::{Row, search_row},
};

use super::reach;

pub(super) const GET_SPRINT_ISSUES: Tool = tool!(
    /// Issues of a sprint or backlog in rank order, with counts by status.
    "jira_get_sprint_issues", "Sprint issues", Agile, Read, get_sprint_issues(GetSprintIssues)
)
.also(&[scopes::SPRINTS, scopes::SPRINT_ISSUES, scopes::BOARD, scopes::BOARDS]);

arguments! {
    GetSprintIssues {
        /// Id, name, or active, future
        sprint_id: Option<String>,
        /// Board id or name
        backlog_of_board: Option<String>,
        /// Further filter
        jql: Option<Jql>,
        fields: Option<Vec<String>>,
        max_results: Option<u32>,
        next_page_token: Option<String>,
    }
}

/// Tokens of the agile API's pages; all others are Jira's own, of a search.
const OFFSET: &str = "offset-";

/// Kept free in a search for the counts by status.
const COUNTS_BYTES: usize = 500;

/// What the agile API calls a backlog, in JQL.
const BACKLOG: &str = "statusCategory != Done AND (sprint is EMPTY OR (sprint not in openSprints() AND sprint not in \
                       futureSprints()))";

/// Where the agile API finds issues.
#[derive(Clone, Copy)]
enum Place {
    Sprint(u64),
    Backlog(u64),
}

async fn get_sprint_issues(context: &Context, args: GetSprintIssues) -> Result<Reply, ToolError> {
    let fields = fields(context, args.fields.as_deref()).await?;
    match (&args.sprint_id, &args.backlog_of_board) {
        (Some(sprint), None) => of_sprint(context, &args, &fields, sprint).await,
        (None, Some(board)) => {
            let found = of_backlog(context, &args, &fields, board).await;
            reach::naming_scopes(context, &[scopes::BOARD, scopes::BOARDS], found).await
        }
        _ => Err(ToolError::invalid_argument("Pass either `sprint_id` or `backlog_of_board`.")
            .hint("sprint_id takes an id, a name, or active for every active sprint.")),
    }
}

async fn of_sprint(
    context: &Context,
    args: &GetSprintIssues,
    fields: &[FieldName],
    given: &str,
) -> Result<Reply, ToolError> {
    let function = match given.trim().to_ascii_lowercase().as_str() {
        "active" | "current" | "open" => Some("openSprints()"),
        "future" => Some("futureSprints()"),
        "closed" => Some("closedSprints()"),
        _ => None,
    };
    if let Some(function) = function {
        return by_query(context, args, fields, &format!("sprint in {function}")).await;
    }
    let id = match given.trim().parse::<u64>() {
        Ok(id) => id,
        Err(_) => sprint_id(context, given).await?,
    };
    // The agile API answers rich text as wiki markup, a search as documents that become Markdown.
    let is_rich = fields.iter().any(|field| matches!(field.id.as_str(), "description" | "environment"));
    if is_rich || is_searching(args) || !reach::granted(context, scopes::SPRINT_ISSUES).await? {
        return by_query(context, args, fields, &format!("sprint = {id}")).await;
    }
    if !context.projects.is_open() {
        reach::sprint(context, &id.to_string(), &[]).await?;
    }
    match page(context, args, fields, Place::Sprint(id)).await {
        Err(error) if error.code() == Code::InsufficientScope => {
            by_query(context, args, fields, &format!("sprint = {id}")).await
        }
        other => other,
    }
}

/// Sprints that hold issues are found by searching, also closed ones; empty ones through their boards.
async fn sprint_id(context: &Context, given: &str) -> Result<u64, ToolError> {
    let allowed: Vec<&str> = context.projects.keys().collect();
    let found = names::sprints_found(&context.jira, given, &allowed, None).await?;
    if found.is_empty() {
        return reach::sprint_named(context, given, &[]).await;
    }
    Ok(names::pick_sprint(&found, given)?.id)
}

/// Without the right to read boards, the key of a project stands for its backlog.
async fn of_backlog(
    context: &Context,
    args: &GetSprintIssues,
    fields: &[FieldName],
    given: &str,
) -> Result<Reply, ToolError> {
    let project =
        ProjectKey::parse(given).filter(|key| !key.as_str().bytes().all(|byte| byte.is_ascii_digit()));
    let by_boards = async {
        let board = reach::board(context, given).await?;
        page(context, args, fields, Place::Backlog(board.id)).await
    };
    let error = match (is_searching(args), &project) {
        (true, Some(_)) => None,
        _ => match by_boards.await {
            Err(error) if error.code() == Code::InsufficientScope => Some(error),
            other => return other,
        },
    };
    match (project, error) {
        (Some(project), _) => {
            context.projects.check_project(&project)?;
            by_query(context, args, fields, &format!("project = \"{project}\" AND {BACKLOG}")).await
        }
        (None, Some(error)) => Err(error),
        (None, None) => Err(ToolError::invalid_argument("The next_page_token belongs to another call.")),
    }
}

/// Whether the page token is one of a search.
fn is_searching(args: &GetSprintIssues) -> bool {
    args.next_page_token.as_deref().is_some_and(|token| !token.starts_with(OFFSET))
}

/// The fields to show; the status is always among them, for the counts.
async fn fields(context: &Context, asked: Option<&[String]>) -> Result<Vec<FieldName>, ToolError> {
    let mut fields = match asked {
        Some(names) if !names.is_empty() => names::readable_fields(&context.jira, names).await?,
        _ => search::DEFAULT_FIELDS.clone(),
    };
    if !fields.iter().any(|field| field.id == "status") {
        fields.extend(FieldName::known("status"));
    }
    Ok(fields)
}

/// Where a page begins, by its token.
pub(crate) fn offset(token: &str) -> Result<u32, ToolError> {
    let offset = token.strip_prefix(OFFSET).and_then(|offset| offset.parse().ok());
    offset.ok_or_else(|| {
        ToolError::invalid_argument("`next_page_token` is none of this tool's.")
            .hint("Pass the token of the last reply unchanged, or none for the first page.")
    })
}

async fn page(
    context: &Context,
    args: &GetSprintIssues,
    fields: &[FieldName],
    place: Place,
) -> Result<Reply, ToolError> {
    let start_at = args.next_page_token.as_deref().map_or(Ok(0), offset)?;
    let jql = match (context.projects.condition(), &args.jql) {
        (Some(allowed), jql) => Some(confined(&allowed, jql.as_ref().map_or("", Jql::as_str), "")?),
        (None, jql) => jql.as_ref().map(|jql| jql.as_str().to_owned()),
    };
    let ids: Vec<String> =
        fields.iter().filter(|field| !field.is_local()).map(|field| field.id.clone()).collect();
    let max_results = context.page_size(args.max_results);
    let window = Window { jql: jql.as_deref(), fields: &ids, start_at, max_results };
    let request = match place {
        Place::Sprint(id) => agile::sprint_issues(id, window),
        Place::Backlog(board) => agile::backlog_issues(board, window),
    };
    let answer = match &args.jql {
        Some(given) => search::ask(context, given, request).await?,
        None => context.ask(request).await?,
    };
    let page: BoardIssuePage<'_> = answer.read()?;
    let reading = context.reading(context.limits.text_chars).await?;
    let shown = (0_u32..).zip(&page.issues).filter(|(_, issue)| context.projects.holds_issue(&issue.key));
    let (places, rows): (Vec<u32>, Vec<Row>) =
        shown.map(|(place, issue)| (place, search_row(issue, fields, &reading))).unzip();
    let frame = json!({
        "issues": [], "by_status": by_status(&rows), "total": page.total, "is_last": false,
        "next_page_token": format!("{OFFSET}{}", u32::MAX),
    });
    let fitted = context.budget.fit_rows(&frame, rows);
    if fitted.kept.is_empty() && fitted.dropped > 0 {
        return Err(ToolError::new(Code::PayloadTooLarge, "The issues do not fit into one reply.")
            .hint("Ask for fewer fields, or for a smaller max_results."));
    }
    let received = u32::try_from(page.issues.len()).unwrap_or(u32::MAX);
    let next = start_at.saturating_add(places.get(fitted.kept.len()).copied().unwrap_or(received));
    let more = received > 0 && next < page.total;
    let mut reply = Row::new();
    reply.set("issues", json!(fitted.kept));
    reply.put("by_status", by_status(&fitted.kept));
    reply.put("total", page.total);
    reply.set("is_last", !more);
    reply.put("next_page_token", more.then(|| format!("{OFFSET}{next}")));
    Reply::json(&reply)
}

/// The same by a search, which any token may do.
async fn by_query(
    context: &Context,
    args: &GetSprintIssues,
    fields: &[FieldName],
    condition: &str,
) -> Result<Reply, ToolError> {
    let query = confined(condition, args.jql.as_ref().map_or("", Jql::as_str), "ORDER BY Rank ASC")?;
    let jql = Jql::read(Value::from(query)).map_err(ToolError::invalid_argument)?;
    let query = search::Query {
        jql: context.projects.restrict(&jql)?,
        given: args.jql.as_ref().unwrap_or(&jql),
        fields,
        page_size: context.page_size(args.max_results),
    };
    let budget = context.budget.minus(&" ".repeat(COUNTS_BYTES));
    let page = search::page(context, budget, &query, args.next_page_token.as_deref()).await?;
    let counts = by_status(&page.rows);
    let mut reply = page.into_reply();
    if context.budget.minus(&reply).holds(&json!({ "by_status": counts })) {
        reply.put("by_status", counts);
    }
    Reply::json(&reply)
}

/// How many of these issues are in which status, in the order of their first.
fn by_status(rows: &[Row]) -> Value {
    let mut counts: Map<String, Value> = Map::new();
    for status in rows.iter().filter_map(|row| row.get("status")?.as_str()) {
        let count = counts.get(status).and_then(Value::as_u64).unwrap_or(0);
        counts.insert(status.to_owned(), Value::from(count + 1));
    }
    Value::Object(counts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statuses_are_counted() {
        let row = |status: &str| {
            let mut row = Row::new();
            row.put("status", status);
            row
        };
        let counts = by_status(&[row("Done"), row("To Do"), row("Done"), row("")]);
        assert_eq!(counts, json!({"Done": 2, "To Do": 1}));
    }
}
