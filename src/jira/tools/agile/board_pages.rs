//! Pages of a sprint or a backlog through the agile API, whose tokens are offsets.

use serde_json::json;
use tool_kit::{Code, Reply, Row, ToolError};

use crate::jira::{
    Request,
    names::FieldName,
    request::agile::{self, Window},
    tools::{
        args::Jql,
        context::Context,
        scope::confined,
        search::{grouped, jql_search, query},
    },
    views::search_row,
    wire::BoardIssuePage,
};

use super::standing::Standing;

/// Issues of a sprint that are counted one by one.
pub(super) const COUNTED_MAX: u32 = 500;

/// Tokens of the agile API's pages; all others are Jira's own, of a search.
const OFFSET: &str = "offset-";

/// Issues that are counted at a time.
const COUNTED_PAGE: u32 = 100;

/// The page that is asked for.
pub(super) struct PageRequest<'a> {
    /// What the issues must hold to, in JQL.
    pub(super) filter: Option<String>,
    /// The part of it that the caller wrote.
    pub(super) given: Option<&'a Jql>,
    pub(super) fields: &'a [FieldName],
    /// How many issues; 0 for none.
    pub(super) rows: Option<u32>,
    pub(super) token: Option<&'a str>,
}

/// What the agile API lists the issues of.
#[derive(Clone, Copy)]
pub(super) enum IssueSource {
    Sprint(u64),
    Backlog(u64),
}

impl IssueSource {
    fn request(self, window: Window<'_>) -> Request {
        match self {
            Self::Sprint(id) => agile::sprint_issues(id, window),
            Self::Backlog(board) => agile::backlog_issues(board, window),
        }
    }
}

/// Whether a token is one of these pages.
pub(super) fn is_offset(token: &str) -> bool {
    token.starts_with(OFFSET)
}

/// Where a page begins, by its token.
pub fn offset(token: &str) -> Result<u32, ToolError> {
    let offset = token.strip_prefix(OFFSET).and_then(|offset| offset.parse().ok());
    offset.ok_or_else(|| {
        ToolError::invalid_argument("`next_page_token` is none of this tool's.")
            .hint("Pass the token of the last reply unchanged, or none for the first page.")
    })
}

/// A page, with how all of it stands when it is the first.
pub(super) async fn page(
    context: &Context,
    asked: &PageRequest<'_>,
    source: IssueSource,
    standing: &Standing,
) -> Result<Reply, ToolError> {
    let start_at = asked.token.map_or(Ok(0), offset)?;
    let jql = match (context.projects.condition(), &asked.filter) {
        (Some(allowed), filter) => {
            Some(confined(&allowed, filter.as_deref().unwrap_or_default(), "")?)
        }
        (None, filter) => filter.clone(),
    };
    let mut reply = Row::new();
    if asked.rows == Some(0) {
        let total = count(context, asked, source, jql.as_deref(), standing, 0).await?;
        finish(context, &mut reply, source, jql.as_deref(), standing, total).await?;
        return Reply::json(&reply);
    }
    let ids: Vec<String> = asked
        .fields
        .iter()
        .filter(|field| !field.is_local())
        .map(|field| field.id.clone())
        .collect();
    let max_results = context.page_size(asked.rows);
    let window = Window { jql: jql.as_deref(), fields: &ids, start_at, max_results };
    let answer = ask(context, asked, source.request(window)).await?;
    let page: BoardIssuePage<'_> = answer.read()?;
    let reading = context.reading(context.limits.text_chars).await?;
    let shown =
        (0_u32..).zip(&page.issues).filter(|(_, issue)| context.projects.holds_issue(&issue.key));
    let (offsets, rows): (Vec<u32>, Vec<Row>) =
        shown.map(|(offset, issue)| (offset, search_row(issue, asked.fields, &reading))).unzip();
    let received = u32::try_from(page.issues.received()).unwrap_or(u32::MAX);
    let mut standings = Row::new();
    if start_at == 0 {
        let visible = page.issues.iter().filter(|issue| context.projects.holds_issue(&issue.key));
        visible.for_each(|issue| drop(standing.see(issue)));
        let mut total = page.total;
        if received < total {
            total = count(context, asked, source, jql.as_deref(), standing, received).await?;
        }
        finish(context, &mut standings, source, jql.as_deref(), standing, total).await?;
    } else {
        standings.put_non_empty("total", page.total);
    }
    let browse = jql_search::browse(&reading, asked.fields);
    let frame = json!({
        "issues": [], "browse": browse, "standings": standings, "is_last": true,
        "next_page_token": format!("{OFFSET}{}", u32::MAX),
    });
    let fitted = context.budget.fit_rows(&frame, rows);
    if fitted.kept.is_empty() && fitted.dropped > 0 {
        return Err(ToolError::new(Code::PayloadTooLarge, "The issues do not fit into one reply.")
            .hint("Ask for fewer fields, or for a smaller max_results."));
    }
    let next = start_at.saturating_add(offsets.get(fitted.kept.len()).copied().unwrap_or(received));
    let more = received > 0 && next < page.total;
    reply.push("issues", json!(fitted.kept));
    reply.put_non_empty("browse", browse);
    reply.append(standings);
    reply.put_non_empty("is_last", !more);
    reply.put_non_empty("next_page_token", more.then(|| format!("{OFFSET}{next}")));
    Reply::json(&reply)
}

/// Counts the issues from an offset on, and answers how many there are in all.
async fn count(
    context: &Context,
    asked: &PageRequest<'_>,
    source: IssueSource,
    jql: Option<&str>,
    standing: &Standing,
    from: u32,
) -> Result<u32, ToolError> {
    let fields = ["status".to_owned()];
    let (mut start_at, mut total) = (from, from);
    // Jira may answer fewer than it is asked for.
    for _ in 0..COUNTED_MAX / COUNTED_PAGE * 2 {
        let window = Window { jql, fields: &fields, start_at, max_results: COUNTED_PAGE };
        let answer = ask(context, asked, source.request(window)).await?;
        let page: BoardIssuePage<'_> = answer.read()?;
        let visible = page.issues.iter().filter(|issue| context.projects.holds_issue(&issue.key));
        visible.for_each(|issue| drop(standing.see(issue)));
        start_at =
            start_at.saturating_add(u32::try_from(page.issues.received()).unwrap_or(u32::MAX));
        total = page.total;
        if page.issues.is_empty() || start_at >= total || start_at >= COUNTED_MAX {
            break;
        }
    }
    Ok(total)
}

/// Adds how all of it stands. Of more issues than are counted one by one Jira's own counts are
/// taken, where a query says which they are.
async fn finish(
    context: &Context,
    reply: &mut Row,
    source: IssueSource,
    jql: Option<&str>,
    standing: &Standing,
    total: u32,
) -> Result<(), ToolError> {
    let mut counts = standing.take_counts();
    // Issues of other projects are not counted where they are not shown.
    let is_exact = counts.total() >= u64::from(total) || !context.projects.is_open();
    if !is_exact {
        match source {
            IssueSource::Sprint(id) => {
                let query = confined(&format!("sprint = {id}"), jql.unwrap_or_default(), "")?;
                grouped::recount(context, &query, "status", &mut counts).await?;
            }
            IssueSource::Backlog(_) => counts = grouped::Counts::default(),
        }
    }
    standing.set_counts(counts);
    standing.put(reply, context.budget.split(2), is_exact, u64::from(total));
    Ok(())
}

async fn ask(
    context: &Context,
    asked: &PageRequest<'_>,
    request: Request,
) -> Result<crate::jira::Response, ToolError> {
    match asked.given {
        Some(given) => query::ask(context, given, request).await,
        None => context.ask(request).await,
    }
}
