//! Reading and writing comments.

use std::collections::BTreeMap;

use jiff::Timestamp;
use json_borrow::{Raw, or_default};
use moment::{DayTime, Direction, parse_jira};
use serde::Deserialize;
use serde_json::{Value, json};
use tool_kit::{Code, Reply, Row, ToolError, clean};

use crate::jira::{
    AllowedIssue,
    names::PersonScope,
    request::{self, Body},
    tools::{
        args::{IssueKey, arguments, shown},
        context::Context,
        create::created::browse,
        project_guard,
        registry::{Tool, tool},
        writing::{
            audience::Audience,
            read_back, text,
            uncertain_write::{self, Confirmed, NotFound},
        },
    },
    views::CommentView,
    wire::{Comment, CommentPage},
};

pub(in crate::jira::tools) const TOOLS: &[Tool] = &[
    tool!(
        /// Add a comment to an issue.
        "jira_add_comment", "Add comment", Core, Write, add_comment(AddComment),
        r#"{"issue_key": "ACME-1", "body": "x"}"#
    ),
    tool!(
        /// Comments of an issue, newest first: untrusted user content.
        "jira_get_comments", "Get comments", Core, Read, get_comments(GetComments),
        r#"{"issue_key": "ACME-1"}"#
    ),
];

arguments! {
    AddComment {
        issue_key: IssueKey,
        /// Markdown; @[Name] mentions; > [!NOTE] panels, - [ ] tasks, [DONE](status:green)
        body: String,
        /// Role that may see it, or group:NAME
        visible_to: Option<String>,
        /// Default true on service desks
        internal: Option<bool>,
        /// Comment id
        reply_to: Option<String>,
    }
}

arguments! {
    GetComments {
        issue_key: IssueKey,
        max_results: Option<u32>,
        start_at: Option<u32>,
        /// e.g. 2026-11-01, monday, -7d
        since: Option<String>,
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Added {
    id: String,
    #[serde(default, deserialize_with = "or_default")]
    jsd_public: Option<bool>,
}

async fn add_comment(context: &Context, args: AddComment) -> Result<Reply, ToolError> {
    let key = &project_guard::allowed(context, &args.issue_key).await?;
    // The text first: it asks nobody anything before the token is proved.
    let document = text::body(context, &args.body, PersonScope::AssignableTo(key)).await?;
    let audience = Audience::ask(context, key, args.internal).await?;
    let mut body = Body::with_text("body", document);
    if let Some(visible_to) = &args.visible_to {
        let (kind, name) = match visible_to.split_once(':') {
            Some((kind, name)) if kind.trim().eq_ignore_ascii_case("group") => ("group", name),
            Some((kind, name)) if kind.trim().eq_ignore_ascii_case("role") => ("role", name),
            _ => ("role", visible_to.as_str()),
        };
        body.values.insert("visibility".to_owned(), json!({ "type": kind, "value": name.trim() }));
    }
    audience.restrict(&mut body);
    if let Some(parent) = &args.reply_to {
        // Jira takes a number, and shows one.
        let id = comment_id("reply_to", parent)?;
        body.values.insert("parentId".to_owned(), id.parse::<u64>().map_or(json!(id), Value::from));
    }
    let look = read_back::comment(context, key, body.text("body"), uncertain_write::since());
    let request = request::add_comment(key, &body);
    let written = match uncertain_write::write(
        context,
        request,
        NotFound::UndoneUnlessPending,
        look,
        ToolError::from,
    )
    .await
    {
        Err(error) if args.visible_to.is_some() && error.code() == Code::InvalidArgument => {
            return Err(naming_roles(context, key, error).await);
        }
        other => other?,
    };
    let verified = written.verified();
    let Added { id, jsd_public } = match written {
        Confirmed::ByResponse(answer) => answer.read()?,
        Confirmed::ByReadBack(id) => Added { id, jsd_public: None },
    };
    let mut reply = Row::new();
    reply.put_non_empty("key", key);
    reply.put_non_empty(
        "url",
        format!("{}?focusedCommentId={id}", browse(context, key.as_str()).await?),
    );
    reply.put_non_empty("comment_id", id);
    audience.tell(&mut reply, jsd_public);
    reply.put_non_empty("verified", verified);
    Reply::json(&reply)
}

/// An id, or the address of a comment in a browser.
pub(in crate::jira::tools) fn comment_id(argument: &str, given: &str) -> Result<String, ToolError> {
    let given = given.trim();
    let id = given.split_once("focusedCommentId=").map_or(given, |(_, id)| id);
    let id = id.split(['&', '#']).next().unwrap_or_default();
    if !id.is_empty() && id.len() <= 18 && id.bytes().all(|byte| byte.is_ascii_digit()) {
        return Ok(id.to_owned());
    }
    Err(ToolError::invalid_argument(format!(
        "`{argument}` must be a number, not '{}'",
        shown(given)
    ))
    .hint("jira_get_comments lists the comments of an issue with their ids."))
}

async fn get_comments(context: &Context, args: GetComments) -> Result<Reply, ToolError> {
    let key = &project_guard::allowed(context, &args.issue_key).await?;
    let (start_at, size) = (args.start_at.unwrap_or(0), context.page_size(args.max_results));
    let (since, answer) = tokio::try_join!(
        since(context, args.since.as_deref()),
        context.ask(request::comments(key, start_at, size, true)),
    )?;
    let page: CommentPage<'_> = answer.read()?;
    let (received, readable) = (page.comments.received(), page.comments.len());
    let recent: Vec<&Comment<'_>> =
        page.comments.iter().take_while(|comment| is_since(&comment.created, since)).collect();
    let reached_older = recent.len() < readable;
    let views: Vec<CommentView> =
        recent.iter().map(|comment| CommentView::of(comment, context.text_chars(size))).collect();
    let frame = json!({ "comments": [], "total": page.total, "next_start_at": u32::MAX });
    let fitted = context.budget.fit_clipped(&frame, views, CommentView::clip);
    let mut reply = Row::new();
    reply.push("comments", json!(fitted.kept));
    // Jira counts all comments, whenever they were made.
    reply.put_non_empty("total", since.is_none().then_some(page.total));
    let passed = if fitted.dropped > 0 { fitted.kept.len() } else { received };
    let next = start_at.saturating_add(u32::try_from(passed).unwrap_or(u32::MAX));
    let more = fitted.dropped > 0 || (!reached_older && next < page.total && received > 0);
    if more {
        reply.put_non_empty("next_start_at", next);
    }
    reply.put_unreadable(page.comments.unreadable());
    Reply::json(&reply)
}

/// The moment from which on things are asked for; a day begins on the caller's clock.
pub(in crate::jira::tools) async fn since(
    context: &Context,
    given: Option<&str>,
) -> Result<Option<Timestamp>, ToolError> {
    let Some(given) = given else { return Ok(None) };
    context.instant("since", given, Direction::Past, DayTime::Start).await.map(Some)
}

pub(in crate::jira::tools) fn is_since(created: &str, since: Option<Timestamp>) -> bool {
    let Some(since) = since else { return true };
    // A timestamp that cannot be read is shown rather than lost.
    parse_jira(created).is_none_or(|created| created >= since)
}

/// Roles that an error lists.
const ROLES_MAX: usize = 100;

/// Adds the roles of the project to an error of a comment for one of them, where they can be had.
async fn naming_roles(context: &Context, issue: &AllowedIssue, error: ToolError) -> ToolError {
    let Some(project) = issue.in_project() else { return error };
    let Ok(answer) = context.jira.call(request::project_roles(&project)).await else {
        return error;
    };
    let Ok(roles) = answer.read::<BTreeMap<String, Raw<'_>>>() else { return error };
    let roles: Vec<String> =
        roles.keys().take(ROLES_MAX).map(|name| clean(name).into_owned()).collect();
    let project = project.as_str();
    error.hint(format!("Roles of {project}: {}. A group is named as group:NAME.", roles.join(", ")))
}
