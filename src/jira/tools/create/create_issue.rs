//! Creating one issue.

use serde_json::json;
use tool_kit::{Reply, ToolError};

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

use super::{
    created::{CreateResult, browse},
    prepared::{CreateIssue, prepare},
};

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
        return match CreateResult::made_before(context, TOOL, &request_id).await? {
            Some(made) => made.reply_to_repeat(context).await,
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
