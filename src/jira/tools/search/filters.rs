//! Saved searches.

use serde_json::json;
use tool_kit::{Reply, Row, ToolError};

use crate::jira::{
    request,
    tools::{
        args::arguments,
        context::Context,
        registry::{Tool, tool},
    },
    views::filter_row,
    wire::{Filter, FilterPage, List},
};

pub(in crate::jira::tools) const TOOLS: &[Tool] = &[tool!(
    /// Find saved filters and their JQL.
    "jira_get_filters", "Get filters", Context, Read, get_filters(GetFilters),
    "{}"
)];

arguments! {
    GetFilters {
        query: Option<String>,
        favourites: Option<bool>,
        max_results: Option<u32>,
        start_at: Option<u32>,
    }
}

async fn get_filters(context: &Context, args: GetFilters) -> Result<Reply, ToolError> {
    let start_at = args.start_at.unwrap_or(0);
    let size = context.page_size(args.max_results);
    let rows = |filters: &[&Filter<'_>]| -> Vec<Row> {
        let names_projects = context.projects.is_open();
        let row =
            |filter: &&Filter<'_>| filter_row(filter, context.limits.text_chars, names_projects);
        filters.iter().map(row).collect()
    };
    if args.favourites.unwrap_or(false) {
        let answer = context.ask(request::favourite_filters()).await?;
        let all: List<Filter<'_>> = answer.read()?;
        let part = args.query.unwrap_or_default().trim().to_lowercase();
        let named: Vec<&Filter<'_>> =
            all.iter().filter(|filter| filter.name.to_lowercase().contains(&part)).collect();
        let total = u32::try_from(named.len()).unwrap_or(u32::MAX);
        let page: Vec<&Filter<'_>> =
            named.into_iter().skip(start_at as usize).take(size as usize).collect();
        return reply(context, rows(&page), start_at, total, all.unreadable());
    }
    let answer = context.ask(request::filters(args.query.as_deref(), start_at, size)).await?;
    let page: FilterPage<'_> = answer.read()?;
    let unreadable = page.values.unreadable();
    reply(context, rows(&page.values.iter().collect::<Vec<_>>()), start_at, page.total, unreadable)
}

/// The rows that fit; the next page begins with the first that did not.
fn reply(
    context: &Context,
    rows: Vec<Row>,
    start_at: u32,
    total: u32,
    unreadable: usize,
) -> Result<Reply, ToolError> {
    let frame = json!({ "filters": [], "total": total, "next_start_at": u32::MAX });
    let fitted = context.budget.fit_rows(&frame, rows);
    let passed =
        if fitted.dropped > 0 { fitted.kept.len() } else { fitted.kept.len() + unreadable };
    let next = start_at.saturating_add(u32::try_from(passed).unwrap_or(u32::MAX));
    let mut reply = Row::new();
    reply.push("filters", json!(fitted.kept));
    reply.put_non_empty("total", total);
    reply.put_unreadable(unreadable);
    if next < total && passed > 0 {
        reply.put_non_empty("next_start_at", next);
    }
    Reply::json(&reply)
}
