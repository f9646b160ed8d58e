//! Moving an issue through its workflow.

use std::collections::BTreeMap;

use json_borrow::Raw;
use serde::Deserialize;
use serde_json::{Value, json};
use tool_kit::{Reply, Row, ToolError, clean};

use crate::jira::{
    AllowedIssue, JiraError, NamedIssue, Response,
    names::{self, NameError, PersonScope},
    request::{self, Body},
    tools::{
        args::{FieldValues, IssueKey, arguments},
        context::Context,
        project_guard,
        registry::{Tool, tool},
        writing::{
            audience::{self, Audience},
            changes::Changes,
            fields::{self, Target},
            rich_text::ReplaceRichText,
            text,
            uncertain_write::{self, NotFound},
        },
    },
    views::{CreateFieldView, TransitionView},
    wire::{FieldMeta, Issue, NamedValue, Text, Transition, TransitionPage},
};

pub(in crate::jira::tools) const TOOLS: &[Tool] = &[
    tool!(
        /// Next steps of an issue in its workflow, and the fields they need.
        "jira_list_transitions", "List transitions", Core, Read, list_transitions(ListTransitions),
        r#"{"issue_key": "ACME-1"}"#
    ),
    tool!(
        /// Move an issue to another status.
        "jira_transition_issue", "Move issue", Core, Write, transition_issue(TransitionIssue),
        r#"{"issue_key": "ACME-1", "transition": "In Progress"}"#
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
        comment: Option<String>,
        internal: Option<bool>,
        /// Fields of the transition as a JSON object
        fields: Option<FieldValues>,
    }
}

async fn list_transitions(context: &Context, args: ListTransitions) -> Result<Reply, ToolError> {
    let named = context.projects.check_issue(&args.issue_key)?;
    let Workflow { key, status, answer, .. } = workflow(context, &named, None).await?;
    let key = &key;
    let TransitionPage { transitions } = answer.read()?;
    let views: Vec<TransitionView> = transitions.iter().map(TransitionView::from).collect();
    let mut reply = Row::new();
    reply.put_non_empty("key", key);
    reply.put_non_empty("status", status);
    let fitted = context.budget.fit(&json!({ "frame": reply, "omitted": views.len() }), views);
    reply.push("transitions", json!(fitted.kept));
    if fitted.dropped > 0 {
        reply.put_non_empty("omitted", fitted.dropped);
    }
    reply.put_unreadable(transitions.unreadable());
    Reply::json(&reply)
}

async fn transition_issue(context: &Context, args: TransitionIssue) -> Result<Reply, ToolError> {
    let named = context.projects.check_issue(&args.issue_key)?;
    if args.internal.is_some() && args.comment.is_none() {
        return Err(ToolError::invalid_argument(
            "`internal` says who may read `comment`, which is not given.",
        )
        .hint("Nothing was changed. Give a comment, or leave `internal` out."));
    }
    let commented = args.comment.is_some().then_some(&args);
    let Workflow { key, status: from, answer, audience } =
        workflow(context, &named, commented).await?;
    let key = &key;
    let TransitionPage { transitions } = answer.read()?;
    let transition = match names::pick_transition(&transitions, &args.transition) {
        Ok(transition) => transition,
        Err(NameError::Unknown { .. }) if names::same_name(&from, &args.transition) => {
            return Reply::json(&json!({ "key": key, "status": from, "changed": false }));
        }
        Err(error) => return Err(ToolError::from(error).with("current_status", from)),
    };
    let metas = metas(transition);
    let changes = changes(context, key, &args, &metas).await?;
    check_required(transition, &metas, &changes)?;
    let mut body = changes.body();
    body.beside.insert("transition".to_owned(), json!({ "id": transition.id }));
    if let Some(comment) = &args.comment {
        let mut added = Body::with_text(
            "body",
            text::body(context, comment, PersonScope::AssignableTo(key)).await?,
        );
        if let Some(audience) = audience {
            audience.restrict(&mut added);
        }
        body.update.comment = Some(added);
    }
    let request = request::transition(key, &body);
    let to = transition.to.name.as_deref().unwrap_or_default();
    let look = has_moved(context, key, &from, to);
    let written =
        uncertain_write::write(context, request, NotFound::UndoneUnlessPending, look, |error| {
            explain(error, &metas)
        })
        .await?;
    let mut reply = Row::new();
    reply.put_non_empty("key", key);
    reply.put_non_empty("from", from.as_str());
    reply.put_non_empty("to", clean(to).as_ref());
    reply.put_non_empty("changed", json!(changes.acknowledged()));
    reply.put_non_empty("comment", args.comment.as_ref().map(|_| "added"));
    if let Some(audience) = audience {
        audience.tell(&mut reply, None);
    }
    reply.put_non_empty("verified", written.verified());
    Reply::json(&reply)
}

/// Where an issue stands.
struct Workflow {
    key: AllowedIssue,
    status: String,
    /// Holds the transitions that are possible from there and the fields of each.
    answer: Response,
    /// Who reads the comment, if there is one.
    audience: Option<Audience>,
}

/// Where an issue stands, and who reads the comment that is given with a transition.
///
/// One call brings both, as far as Jira tells the fields with it; the issue's own address for
/// transitions always does.
async fn workflow(
    context: &Context,
    named: &NamedIssue,
    commented: Option<&TransitionIssue>,
) -> Result<Workflow, ToolError> {
    let fields: &[&str] =
        if commented.is_some() { &["status", audience::PROJECT] } else { &["status"] };
    let answer =
        context.ask(request::issue(named, fields, &["transitions", "transitions.fields"])).await?;
    let issue: Issue<'_> = answer.read()?;
    let key = project_guard::found(context, named, &issue)?;
    let status = status_of(&issue);
    let audience = commented.map(|args| Audience::on(&issue, args.internal));
    let shown: ShownTransitions<'_> = answer.read()?;
    let is_whole = shown
        .transitions
        .is_some_and(|all| !all.is_empty() && all.iter().all(|one| !one.hides_fields()));
    let answer = if is_whole { answer } else { context.ask(request::transitions(&key)).await? };
    Ok(Workflow { key, status, answer, audience })
}

#[derive(Deserialize)]
struct ShownTransitions<'a> {
    #[serde(borrow)]
    transitions: Option<Vec<ShownTransition<'a>>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ShownTransition<'a> {
    #[serde(default)]
    has_screen: Option<bool>,
    #[serde(borrow)]
    fields: Option<BTreeMap<String, Raw<'a>>>,
}

impl ShownTransition<'_> {
    /// Whether its screen may ask for fields that are not told here.
    fn hides_fields(&self) -> bool {
        match &self.fields {
            None => true,
            Some(fields) => fields.is_empty() && self.has_screen != Some(false),
        }
    }
}

/// Whether the issue stands where the transition leads. A step that leads back to the same status
/// leaves no trace.
async fn has_moved(
    context: &Context,
    key: &AllowedIssue,
    from: &str,
    to: &str,
) -> Result<Option<()>, ToolError> {
    match status(context, key).await? {
        now if from != to && now == to => Ok(Some(())),
        now if from != to && now == from => Ok(None),
        _ => Err(ToolError::internal("the status does not tell whether the issue was moved")),
    }
}

async fn status(context: &Context, key: &AllowedIssue) -> Result<String, ToolError> {
    let answer = context.ask(request::issue(key, &["status"], &[])).await?;
    Ok(status_of(&answer.read()?))
}

fn status_of(issue: &Issue<'_>) -> String {
    let status: Option<NamedValue<'_>> = issue.fields.read("status");
    status.and_then(|status| status.name).map(Text::into_owned).unwrap_or_default()
}

/// The transition's fields, each knowing its own id.
fn metas(transition: &Transition<'_>) -> Vec<FieldMeta> {
    transition.fields.iter().map(|(id, meta)| meta.clone().with_id(id)).collect()
}

/// Values of the transition's screen; one that the screen does not announce is Jira's to judge.
async fn changes(
    context: &Context,
    key: &AllowedIssue,
    args: &TransitionIssue,
    metas: &[FieldMeta],
) -> Result<Changes, ToolError> {
    let mut wanted = args.fields.clone().unwrap_or_default().0;
    if let Some(resolution) = &args.resolution {
        fields::reject_duplicates(&wanted, ["resolution"])?;
        wanted.insert("resolution".to_owned(), Value::from(resolution.as_str()));
    }
    let target = Target {
        metas,
        among: PersonScope::AssignableTo(key),
        issue: Some(key),
        keep: ReplaceRichText::Refuse,
    };
    fields::resolve(context, &target, &wanted).await
}

fn check_required(
    transition: &Transition<'_>,
    metas: &[FieldMeta],
    changes: &Changes,
) -> Result<(), ToolError> {
    let missing: Vec<&FieldMeta> = metas
        .iter()
        .filter(|meta| meta.required && !meta.has_default_value && !changes.gives(meta.id()))
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
        .hint("Nothing was changed. The workflow asks for something else: give the named values in `fields`, leave out what the step does not take, or set it on the issue first.")
        .with_some("fields", &views)
}
