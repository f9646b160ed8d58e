//! Creating one issue.

use serde_json::json;
use tool_kit::{IdempotencyScope, Reply, Row, ToolError};

use crate::jira::{
    JiraError, request,
    tools::{
        context::Context,
        create::{
            create_meta_cache::Screens,
            once::{self, Once},
            recent_creates::{self, Mark},
        },
        registry::{Tool, tool},
        writing::uncertain_write::{self, Confirmed, NotFound},
    },
    views::CreateFieldView,
    wire::{CreatedIssue, FieldMeta},
};

use super::prepared::{CreateIssue, prepare};

const TOOL: &str = "jira_create_issue";

pub(in crate::jira::tools) const TOOLS: &[Tool] = &[tool!(
    /// Create an issue; names are enough.
    "jira_create_issue", "Create issue", Core, Write, create_issue(CreateIssue),
    r#"{"project_key": "ACME", "issue_type": "Task", "summary": "x"}"#
)];

async fn create_issue(context: &Context, args: CreateIssue) -> Result<Reply, ToolError> {
    let Some(request_id) = args.request_id.clone() else {
        return create(context, args).await.and_then(CreateResult::reply);
    };
    if args.dry_run.unwrap_or(false) {
        let scope = IdempotencyScope { tool: TOOL, tenant: &context.jira.site().await?.id };
        let caller = context.jira.caller().key();
        return match context.idempotency_keys.made(caller, scope, &request_id).await {
            Some(key) => CreateResult::repeat_of(key).reply_to_repeat(context).await,
            None => create(context, args).await.and_then(CreateResult::reply),
        };
    }
    let (turn, may_create) = match once::begin(context, TOOL, &request_id).await? {
        Once::Made(key) => return CreateResult::repeat_of(key).reply_to_repeat(context).await,
        Once::Do(turn) => (turn, true),
        Once::Find(turn) => (turn, false),
    };
    let outcome = find_or_create(context, args, &request_id, may_create).await;
    let result = once::end(turn, outcome, |result| result.key.clone()).await?;
    if result.is_repeat { result.reply_to_repeat(context).await } else { result.reply() }
}

async fn find_or_create(
    context: &Context,
    args: CreateIssue,
    request_id: &str,
    may_create: bool,
) -> Result<CreateResult, ToolError> {
    context.projects.check_project(&args.project_key)?;
    // What another replica made. A search that fails must not keep anybody from creating.
    if let Some(mark) = Mark::of(context, TOOL, Some(request_id)).await
        && let Ok(Some(key)) = recent_creates::by_request(context, &args.project_key, &mark).await
    {
        return Ok(CreateResult::repeat_of(key));
    }
    if may_create { create(context, args).await } else { Err(once::unknown()) }
}

/// What came of a create.
#[derive(Default)]
struct CreateResult {
    key: String,
    url: String,
    /// Whether it had to be looked up, for Jira's answer was lost.
    verified: Option<bool>,
    /// What became of the caller's words.
    resolved: Row,
    /// What would have been created, of a dry run.
    preview: Option<Row>,
    /// Whether an earlier call made it.
    is_repeat: bool,
}

impl CreateResult {
    fn reply(self) -> Result<Reply, ToolError> {
        if let Some(preview) = self.preview {
            return Reply::json(&json!({ "dry_run": true, "would_create": preview }));
        }
        let mut reply = Row::new();
        reply.put_non_empty("key", self.key);
        reply.put_non_empty("url", self.url);
        reply.put_non_empty("created", true);
        reply.put_non_empty("resolved", json!(self.resolved));
        reply.put_non_empty("verified", self.verified);
        Reply::json(&reply)
    }

    fn repeat_of(key: String) -> Self {
        Self { key, is_repeat: true, ..Self::default() }
    }

    async fn reply_to_repeat(self, context: &Context) -> Result<Reply, ToolError> {
        let url = browse(context, &self.key).await?;
        Reply::json(
            &json!({ "key": self.key, "url": url, "created": false, "repeated_request_id": true }),
        )
    }
}

async fn create(context: &Context, args: CreateIssue) -> Result<CreateResult, ToolError> {
    let mut prepared = prepare(context, &args, &mut Screens::default()).await?;
    if args.dry_run.unwrap_or(false) {
        let mut preview = prepared.preview(context).await;
        context.budget.split(2).shrink_to_fit(&mut preview);
        return Ok(CreateResult { preview: Some(preview), ..CreateResult::default() });
    }
    let mark = Mark::of(context, TOOL, args.request_id.as_deref()).await;
    let properties = mark.as_ref().and_then(Mark::properties);
    if let Some(properties) = properties {
        prepared.new.bear(properties);
    }
    let request = request::create_issue(&prepared.new);
    let summary = prepared.summary();
    let look = async {
        match &mark {
            Some(mark) => recent_creates::by_request(context, &args.project_key, mark).await,
            None => {
                recent_creates::by_summary(
                    context,
                    &args.project_key,
                    summary,
                    uncertain_write::since(),
                )
                .await
            }
        }
    };
    let explain = |error| explain(error, &prepared.metas);
    let written =
        uncertain_write::write(context, request, NotFound::Inconclusive, look, explain).await?;
    let verified = written.verified();
    let key = match written {
        Confirmed::ByResponse(answer) => answer.read::<CreatedIssue>()?.key,
        Confirmed::ByReadBack(key) => key,
    };
    Ok(CreateResult {
        url: browse(context, &key).await?,
        key,
        verified,
        resolved: prepared.resolved(),
        preview: None,
        is_repeat: false,
    })
}

/// Adds to Jira's refusal what the fields it complained about accept.
fn explain(error: JiraError, metas: &[FieldMeta]) -> ToolError {
    let JiraError::Invalid { fields, .. } = &error else { return error.into() };
    let views: Vec<CreateFieldView> = metas
        .iter()
        .filter(|meta| fields.iter().any(|field| field == meta.id()))
        .map(CreateFieldView::of)
        .collect();
    let error = ToolError::from(error);
    if views.is_empty() {
        return error
            .hint("Nothing was created. Correct the fields that Jira names and repeat the call.");
    }
    error
        .hint("Nothing was created. `fields` lists what the refused fields accept.")
        .with("fields", json!(views))
}

/// The address of an issue in a browser.
pub(in crate::jira::tools) async fn browse(
    context: &Context,
    key: &str,
) -> Result<String, ToolError> {
    Ok(format!("{}/browse/{key}", context.jira.site().await?.url))
}
