//! Values of fields on their way into Jira, the same way for every tool that writes any: resolved,
//! kept inside the allowed projects, rich text guarded, and shown as what they became.

use std::collections::BTreeSet;

use serde_json::{Map, Value, value::RawValue};
use tool_kit::{Code, ToolError};

use crate::jira::{
    AllowedIssue,
    names::{self, FieldFault, FieldName, FieldValue, FieldWrite, NameError, PersonScope},
    request,
    tools::{
        agile,
        args::{IssueKey, ProjectKey, shown},
        context::Context,
        project_guard,
        writing::{
            changes::{Change, Changes, NewText, raw},
            rich_text::{ReplaceRichText, Target as Replaced, check_complete, check_replace},
            text,
        },
    },
    views::references,
    wire::{FieldMeta, Issue},
};

/// Where values are to be written.
pub(in crate::jira::tools) struct Target<'t> {
    /// What the screen takes, as far as Jira told.
    pub(in crate::jira::tools) metas: &'t [FieldMeta],
    /// Whom names of people mean, and in which project.
    pub(in crate::jira::tools) among: PersonScope<'t>,
    /// The issue that is changed; none for one that is made, or for many.
    pub(in crate::jira::tools) issue: Option<&'t AllowedIssue>,
    /// Whether rich text that Markdown cannot keep may be lost.
    pub(in crate::jira::tools) keep: ReplaceRichText,
}

/// Resolves values by name. Nothing is written; whatever does not mean one thing is an error that
/// says what would.
pub(in crate::jira::tools) async fn resolve(
    context: &Context,
    target: &Target<'_>,
    wanted: &Map<String, Value>,
) -> Result<Changes, ToolError> {
    let mut writes = names::write_values(&context.jira, target.metas, wanted, target.among).await?;
    check_projects(context, &mut writes).await?;
    let stored = match target.issue {
        Some(key) => stored(context, key, &writes).await?,
        None => Vec::new(),
    };
    let mut changes = Vec::with_capacity(writes.len());
    for write in writes {
        let before =
            stored.iter().find(|(id, _)| id == write.meta.id()).map(|(_, raw)| raw.as_ref());
        changes.push(prepare_change(context, target, write, before).await?);
    }
    Ok(Changes(changes))
}

/// Makes the document of rich text, once it is sure that nothing is lost by it.
async fn prepare_change(
    context: &Context,
    target: &Target<'_>,
    write: FieldWrite,
    before: Option<&RawValue>,
) -> Result<Change, ToolError> {
    let label = label(&write.meta);
    let FieldWrite { meta, value, shown, .. } = write;
    let texts: Vec<&Value> = match &value {
        FieldValue::Set(Value::Array(texts)) => texts.iter().collect(),
        FieldValue::Set(text) => vec![text],
        FieldValue::Change(operations) => {
            operations.iter().filter_map(Value::as_object).flat_map(Map::values).collect()
        }
        FieldValue::RichText(_) | FieldValue::Document(_) => Vec::new(),
    };
    // A text that was read clipped would lose its rest, whatever the field.
    texts.into_iter().filter_map(Value::as_str).try_for_each(check_complete)?;
    let given = match value {
        FieldValue::RichText(given) => given,
        value => return Ok(Change { label, value, shown, meta, text: None }),
    };
    check_replace(
        before,
        given.as_deref().unwrap_or_default(),
        target.keep,
        Replaced::Field(&label),
    )?;
    let Some(given) = given else {
        let text = Some(NewText { given: String::new(), markdown: String::new() });
        return Ok(Change { label, value: FieldValue::Set(Value::Null), shown, meta, text });
    };
    let document = text::document(context, &given, target.among).await?;
    let text = Some(NewText { markdown: adf::to_markdown(&document), given });
    let value = FieldValue::Document(text::written(context, &document)?);
    Ok(Change { meta, label, value, shown, text })
}

/// The documents that would be replaced, read with one call; only where there are any.
async fn stored(
    context: &Context,
    key: &AllowedIssue,
    writes: &[FieldWrite],
) -> Result<Vec<(String, Box<RawValue>)>, ToolError> {
    let ids: Vec<&str> =
        writes.iter().filter(|write| write.is_rich_text()).map(|write| write.meta.id()).collect();
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let answer = context.ask(request::issue(key, &ids, &[])).await?;
    let issue: Issue<'_> = answer.read()?;
    project_guard::found(context, key, &issue)?;
    let documents = ids.into_iter().filter_map(|id| Some((id.to_owned(), issue.fields.raw(id)?)));
    documents.map(|(id, document)| Ok((id, raw(document.get())?))).collect()
}

/// Keeps what values name inside the allowed projects: parents and epics, sprints, projects.
async fn check_projects(context: &Context, writes: &mut [FieldWrite]) -> Result<(), ToolError> {
    if !context.projects.is_open() {
        check_named(context, writes).await?;
    }
    for write in writes {
        if let Some(given) = write.issue.clone() {
            let key = IssueKey::parse(&given).ok_or_else(|| {
                ToolError::invalid_argument(format!(
                    "{}: '{}' is no issue key",
                    write.meta.label(),
                    shown(&given)
                ))
                .hint("Nothing was changed. Give an issue key like PROJ-123.")
            })?;
            project_guard::allowed(context, &key).await?;
            write.name_issue(key.as_str(), key.project().is_some());
        }
        if context.projects.is_open() {
            continue;
        }
        let FieldValue::Set(value) = &write.value else { continue };
        if value.is_null() {
            continue;
        }
        if let (true, Some(id)) = (write.meta.schema.custom.ends_with(":gh-sprint"), value.as_u64())
        {
            agile::check_sprint(context, id).await?;
        }
        if write.meta.schema.kind == "project" {
            match value.get("key").and_then(Value::as_str).and_then(ProjectKey::parse) {
                Some(key) => drop(context.projects.check_project(&key)?),
                None => {
                    return Err(context
                        .projects
                        .refuses("Projects are named by key here, not by id."));
                }
            }
        }
        if write.is_of_unknown_kind() {
            // Nobody can tell which issue or project it names.
            let message = format!(
                "{}: values of this kind of field are not written here.",
                write.meta.label()
            );
            return Err(context.projects.refuses(message));
        }
    }
    Ok(())
}

/// Issues that one call may name in fields of apps; each has to be looked at.
const NAMED_MAX: usize = 50;

/// The issues that the values of apps' fields consist of. They are asked for at once, and each
/// once.
async fn check_named(context: &Context, writes: &[FieldWrite]) -> Result<(), ToolError> {
    let texts = writes.iter().flat_map(FieldWrite::texts_of_app);
    let named: BTreeSet<IssueKey> = texts.flat_map(issues_in).collect();
    if named.len() > NAMED_MAX {
        return Err(context
            .projects
            .refuses(format!("At most {NAMED_MAX} issues are named in one call's fields.")));
    }
    let named: Vec<&IssueKey> = named.iter().collect();
    project_guard::all_allowed(context, &named).await.map(drop)
}

/// The issues that a text consists of, if it consists of nothing else; of JSON, those in its texts.
fn issues_in(text: &str) -> Vec<IssueKey> {
    let words = || {
        text.split(|c: char| !(c.is_alphanumeric() || matches!(c, '-' | '_')))
            .filter(|word| !word.is_empty())
    };
    let is_number = |word: &str| word.bytes().all(|byte| byte.is_ascii_digit());
    let start = text.trim_start();
    if start.starts_with(['{', '[']) && !words().all(is_number) {
        return words().filter(|word| word.contains('-')).filter_map(IssueKey::parse).collect();
    }
    if start.starts_with("ari:") || words().all(is_number) {
        return words().filter(|word| is_number(word)).filter_map(IssueKey::parse).collect();
    }
    references(text).unwrap_or_default().iter().filter_map(|key| IssueKey::parse(key)).collect()
}

/// Whether these are fields that Jira knows the same everywhere, with values that need no list to
/// choose from: then their screen need not be read before Jira is asked.
pub(in crate::jira::tools) fn are_plain(wanted: &Map<String, Value>) -> bool {
    const PLAIN: [&str; 7] =
        ["summary", "description", "environment", "labels", "duedate", "assignee", "parent"];
    wanted
        .keys()
        .all(|name| FieldName::known(name).is_some_and(|field| PLAIN.contains(&field.id.as_str())))
}

/// The name of a field in replies.
pub(in crate::jira::tools) fn label(meta: &FieldMeta) -> String {
    let is_own = meta.schema.custom.is_empty();
    let own = FieldName::known(meta.id()).filter(|field| is_own && field.id == meta.id());
    own.map_or_else(|| meta.label().to_owned(), |field| field.label.into_owned())
}

/// Refuses what is named in `fields` although an argument of its own says it: one of the two would
/// be lost silently.
pub(in crate::jira::tools) fn reject_duplicates<'a>(
    fields: &Map<String, Value>,
    own: impl IntoIterator<Item = &'a str>,
) -> Result<(), ToolError> {
    let own: Vec<&str> = own.into_iter().collect();
    let twice = fields
        .keys()
        .find(|name| FieldName::known(name).is_some_and(|field| own.contains(&field.id.as_str())));
    match twice {
        Some(name) => Err(ToolError::invalid_argument(format!(
            "'{}' is given in `fields` and as an argument.",
            shown(name)
        ))
        .hint("Give it once, as the argument.")),
        None => Ok(()),
    }
}

impl From<NameError> for ToolError {
    fn from(error: NameError) -> Self {
        let message = error.to_string();
        match error {
            NameError::Jira(error) => error.into(),
            NameError::Unknown { known, what, .. } if known.is_empty() => Self::invalid_argument(message)
                .hint(format!("No {what} is like it either. Check the spelling, or look it up first.")),
            NameError::Unknown { known, .. } => Self::invalid_argument(message)
                .hint(format!("Did you mean: {}?", known.join("; ")))
                .with("candidates", known),
            NameError::Elsewhere { how, .. } => {
                Self::invalid_argument(message).hint(format!("Nothing was changed: {how}."))
            }
            NameError::Inexact { candidates, .. } => Self::new(Code::AmbiguousName, message)
                .hint("Nothing was changed. Ask who is meant, then repeat the call with the whole name or the account id.")
                .with("candidates", candidates),
            NameError::Ambiguous { candidates, .. } => Self::new(Code::AmbiguousName, message)
                .hint("Nothing was changed. Repeat the call with the id of the one that is meant.")
                .with("candidates", candidates),
        }
    }
}

impl From<FieldFault> for ToolError {
    fn from(fault: FieldFault) -> Self {
        let message = fault.to_string();
        match fault {
            FieldFault::Name(error) => error.into(),
            FieldFault::Twice { .. } => {
                Self::invalid_argument(message).hint("Nothing was changed. Give it once.")
            }
            FieldFault::Value { allowed, accepts, .. } if allowed.is_empty() => {
                Self::invalid_argument(message)
                    .hint(format!("Nothing was changed. It takes {accepts}."))
            }
            FieldFault::Value { allowed, .. } => Self::invalid_argument(message)
                .hint(format!("Allowed: {}.", allowed.join(", ")))
                .with("allowed", allowed),
        }
    }
}
