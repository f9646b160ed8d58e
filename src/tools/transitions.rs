//! Moving an issue through its workflow.

use serde_json::{Map, Value, json};

use crate::{
    jira::{
        JiraError,
        names::{self, Among, NameError},
        request,
        wire::{FieldMeta, Issue, Text, Thing, Transition, TransitionPage},
    },
    trim::{CreateFieldView, Row, TransitionView},
};

use super::{
    Context, Reply, Tool, ToolError, agile,
    args::{FieldValues, IssueKey, arguments},
    lost::{self, Absence},
    registry::tool,
    text,
};

pub(super) const TOOLS: &[Tool] = &[
    tool!(
        /// List the next steps of an issue in its workflow, and the fields each needs.
        "jira_list_transitions", "List transitions", Core, Read, list_transitions(ListTransitions)
    ),
    tool!(
        /// Move an issue to another status, by the status or the transition's name.
        "jira_transition_issue", "Move issue", Core, Write, transition_issue(TransitionIssue)
    ),
];

arguments! {
    ListTransitions {
        issue_key: IssueKey,
    }
}

arguments! {
    TransitionIssue {
        issue_key: IssueKey,
        /// Target status, transition name or id
        transition: String,
        resolution: Option<String>,
        /// Markdown comment to add
        comment: Option<String>,
        /// Fields of the transition as a JSON object
        fields: Option<FieldValues>,
    }
}

async fn list_transitions(context: &Context, args: ListTransitions) -> Result<Reply, ToolError> {
    context.projects.check_issue(&args.issue_key)?;
    let key = args.issue_key.as_str();
    let (status, answer) = tokio::try_join!(status(context, key), context.ask(request::transitions(key)))?;
    let page: TransitionPage<'_> = answer.read()?;
    let views: Vec<TransitionView> = page.transitions.iter().map(TransitionView::from).collect();
    let mut reply = Row::new();
    reply.put("key", key);
    reply.put("status", status);
    let fitted = context.budget.fit(&json!({ "frame": reply, "omitted": views.len() }), views);
    reply.set("transitions", json!(fitted.kept));
    if fitted.dropped > 0 {
        reply.put("omitted", fitted.dropped);
    }
    Reply::json(&reply)
}

async fn transition_issue(context: &Context, args: TransitionIssue) -> Result<Reply, ToolError> {
    context.projects.check_issue(&args.issue_key)?;
    let key = args.issue_key.as_str();
    let (from, answer) = tokio::try_join!(status(context, key), context.ask(request::transitions(key)))?;
    let page: TransitionPage<'_> = answer.read()?;
    let transition = match names::pick_transition(&page.transitions, &args.transition) {
        Ok(transition) => transition,
        Err(NameError::Unknown { .. }) if from.to_lowercase() == args.transition.trim().to_lowercase() => {
            return Reply::json(&json!({ "key": key, "status": from, "changed": false }));
        }
        Err(error) => return Err(ToolError::from(error).with("current_status", from)),
    };
    let metas = metas(transition);
    let fields = given_fields(context, &args, &metas).await?;
    check_required(transition, &metas, &fields)?;
    let mut body = Map::new();
    body.insert("transition".to_owned(), json!({ "id": transition.id }));
    if !fields.is_empty() {
        body.insert("fields".to_owned(), Value::Object(fields));
    }
    if let Some(comment) = &args.comment {
        let document = text::body(context, comment, Among::AssignableTo(key)).await?;
        body.insert("update".to_owned(), json!({ "comment": [{ "add": { "body": document } }] }));
    }
    let request = request::transition(key, &Value::Object(body));
    let to = transition.to.name.as_deref().unwrap_or_default();
    let look = has_moved(context, key, &from, to);
    let written =
        lost::write(context, request, Absence::UnlessUnderWay, look, |error| explain(error, &metas)).await?;
    let mut reply = Row::new();
    reply.put("key", key);
    reply.put("from", from.as_str());
    reply.put("to", to);
    reply.put("verified", written.verified());
    Reply::json(&reply)
}

/// Whether the issue stands where the transition leads. A step that leads back to the same status leaves no trace.
async fn has_moved(context: &Context, key: &str, from: &str, to: &str) -> Result<Option<()>, ToolError> {
    match status(context, key).await? {
        now if from != to && now == to => Ok(Some(())),
        now if from != to && now == from => Ok(None),
        _ => Err(ToolError::internal("the status does not tell whether the issue was moved")),
    }
}

async fn status(context: &Context, key: &str) -> Result<String, ToolError> {
    let answer = context.ask(request::issue(key, &["status"], &[])).await?;
    let issue: Issue<'_> = answer.read()?;
    if !context.projects.holds_issue(&issue.key) {
        return Err(ToolError::invalid_argument(format!(
            "{key} was moved to a project that is not allowed here."
        )));
    }
    let status: Option<Thing<'_>> = issue.fields.read("status");
    Ok(status.and_then(|status| status.name).map(Text::into_owned).unwrap_or_default())
}

/// The transition's fields, each knowing its own id.
fn metas(transition: &Transition<'_>) -> Vec<FieldMeta> {
    transition.fields.iter().map(|(id, meta)| meta.clone().with_id(id)).collect()
}

async fn given_fields(
    context: &Context,
    args: &TransitionIssue,
    metas: &[FieldMeta],
) -> Result<Map<String, Value>, ToolError> {
    let mut wanted = args.fields.clone().unwrap_or_default().0;
    if let Some(resolution) = &args.resolution {
        if !metas.iter().any(|meta| meta.id() == "resolution") {
            return Err(ToolError::invalid_argument("This transition does not ask for a resolution.")
                .hint("Repeat the call without `resolution`; the workflow sets it where it wants one."));
        }
        wanted.insert("resolution".to_owned(), Value::from(resolution.as_str()));
    }
    let among = Among::AssignableTo(args.issue_key.as_str());
    let allowed = agile::with_allowed_sprints(context, metas, &wanted, among).await?;
    Ok(names::write_values(&context.jira, metas, &allowed, among).await?)
}

fn check_required(
    transition: &Transition<'_>,
    metas: &[FieldMeta],
    given: &Map<String, Value>,
) -> Result<(), ToolError> {
    let missing: Vec<&FieldMeta> = metas
        .iter()
        .filter(|meta| meta.required && !meta.has_default_value && !given.contains_key(meta.id()))
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    let names: Vec<&str> = missing.iter().map(|meta| meta.name.as_str()).collect();
    let views: Vec<CreateFieldView> = missing.into_iter().map(CreateFieldView::of).collect();
    Err(ToolError::invalid_argument(format!("'{}' needs: {}.", transition.name, names.join(", ")))
        .hint("Nothing was changed. Pass the values as `resolution` or in `fields`; `required` lists what they accept.")
        .with("required", json!(views)))
}

fn explain(error: JiraError, metas: &[FieldMeta]) -> ToolError {
    let views: Vec<CreateFieldView> = metas.iter().map(CreateFieldView::of).collect();
    let is_refusal = matches!(error, JiraError::Invalid { .. });
    let error = ToolError::from(error);
    if !is_refusal {
        return error;
    }
    error
        .hint("Nothing was changed. The workflow demands more: give the named values in `fields`, or set them on the issue first.")
        .with("fields", json!(views))
}
