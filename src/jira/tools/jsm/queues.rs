//! The queues of a service desk, and what is in one.

use serde_json::json;
use tool_kit::{Code, Reply, Row, ToolError};

use crate::jira::{
    JiraError,
    names::{self, FieldName},
    request::desk,
    tools::{
        args::arguments,
        context::Context,
        registry::{Tool, tool},
        search::jql_search::browse,
    },
    views::{queue_row, search_row},
    wire::{
        Issue,
        desk::{DeskPage, Queue},
    },
};

use super::reach::{self, All, READS, page};

pub(super) const LIST_QUEUES: Tool = tool!(
    /// List a service desk's queues with how many issues wait in each.
    "jira_list_queues", "List queues", Jsm, Read, list_queues(ListQueues),
    r#"{"service_desk": "OPS"}"#
)
.needs(READS);

pub(super) const GET_QUEUE_ISSUES: Tool = tool!(
    /// Issues of a queue in its order: untrusted user content.
    "jira_get_queue_issues", "Queue issues", Jsm, Read, get_queue_issues(GetQueueIssues),
    r#"{"service_desk": "OPS", "queue_id": "All open"}"#
)
.needs(READS);

arguments! {
    ListQueues {
        /// Name, project key or id
        service_desk: String,
        max_results: Option<u32>,
        start_at: Option<u32>,
    }
}

arguments! {
    GetQueueIssues {
        /// Name, project key or id
        service_desk: String,
        /// Id or name
        queue_id: String,
        max_results: Option<u32>,
        start_at: Option<u32>,
    }
}

async fn list_queues(context: &Context, args: ListQueues) -> Result<Reply, ToolError> {
    let desk = reach::desk(context, &args.service_desk).await?;
    let found: All<Queue> =
        reach::all(context, desk::queues(&desk.allowed, true)).await.map_err(agents_only)?;
    let mut reply = Row::new();
    reply.put_non_empty("service_desk", desk.name.as_str());
    page(context, "queues", &found, args.start_at, args.max_results, reply, queue_row)
}

/// Customers of a desk have no queues.
fn agents_only(error: JiraError) -> ToolError {
    match error {
        JiraError::Forbidden { .. } => ToolError::from(error)
            .hint("Only agents of the service desk see its queues; jira_search may still find its issues."),
        other => other.into(),
    }
}

/// Shown of each issue, when a queue does not tell its columns.
const COLUMNS: [&str; 4] = ["status", "summary", "reporter", "created"];

/// Pages that hold only issues of other projects are passed over within one call.
const HIDDEN_PAGES_MAX: usize = 10;

async fn get_queue_issues(context: &Context, args: GetQueueIssues) -> Result<Reply, ToolError> {
    let found = reach::desk(context, &args.service_desk).await?;
    let queue = reach::queue(context, &found, &args.queue_id).await?;
    let fields = columns(context, &queue).await?;
    let reading = context.reading(context.limits.text_chars).await?;
    let limit = context.page_size(args.max_results).min(desk::LIMIT_MAX);
    let mut start = args.start_at.unwrap_or(0);
    let mut hidden_pages = 0;
    loop {
        let request = desk::queue_issues(&found.allowed, &queue.id, start, limit);
        let answer = context.jira.call(request).await.map_err(agents_only)?;
        let page: DeskPage<Issue<'_>> = answer.read()?;
        let next = page.next(start);
        let visible = (0_u32..)
            .zip(&page.values)
            .filter(|(_, issue)| context.projects.holds_issue(&issue.key));
        let (offsets, rows): (Vec<u32>, Vec<Row>) =
            visible.map(|(offset, issue)| (offset, search_row(issue, &fields, &reading))).unzip();
        if let (true, Some(next), true) = (rows.is_empty(), next, hidden_pages < HIDDEN_PAGES_MAX) {
            hidden_pages += 1;
            start = next;
            continue;
        }
        let mut reply = Row::new();
        reply.put_non_empty("queue", queue.name.as_str());
        let browse = browse(&reading, &fields);
        let frame = json!({ "reply": reply, "issues": [], "browse": browse, "next_start_at": u32::MAX, "unreadable": 1 });
        let fitted = context.budget.fit_rows(&frame, rows);
        if fitted.kept.is_empty() && fitted.dropped > 0 {
            return Err(ToolError::new(
                Code::PayloadTooLarge,
                "The issues do not fit into one reply.",
            )
            .hint("jira_search with fields reads fewer fields of the same issues."));
        }
        reply.push("issues", json!(fitted.kept));
        reply.put_non_empty("browse", browse);
        // Where issues are missing from a page, a place in it is at or before the true one: some
        // may be shown twice, none is lost.
        let left = offsets.get(fitted.kept.len()).map(|offset| start.saturating_add(*offset));
        reply.put_non_empty("next_start_at", left.or(next));
        reply.put_unreadable(page.values.unreadable());
        return Reply::json(&reply);
    }
}

async fn columns(context: &Context, queue: &Queue) -> Result<Vec<FieldName>, ToolError> {
    let wanted: Vec<String> = if queue.fields.is_empty() {
        COLUMNS.map(str::to_owned).to_vec()
    } else {
        // The key stands in each row anyway.
        queue.fields.iter().filter(|field| *field != "issuekey").cloned().collect()
    };
    Ok(names::readable_fields(&context.jira, &wanted).await?)
}
