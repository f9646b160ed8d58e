//! The issues that the caller has just created in a project, to find one whose key was never learned.

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::jira::{
    request,
    wire::{Issue, SearchPage},
};

use super::{Context, ToolError, args::ProjectKey, comments::jira_time};

/// How many of the newest issues are looked at.
const ISSUES: u32 = 50;

/// The entity property that a create carries, so that other replicas recognise a repeat.
const MARKER: &str = "jira-mcp-bridge.request";

/// The entity properties of a create with this `request_id`.
pub(super) fn marker(request_id: &str) -> Value {
    json!([{ "key": MARKER, "value": { "id": digest(request_id) } }])
}

/// The key of the caller's issue that was created with this `request_id` in the last minutes. None proves nothing.
pub(super) async fn by_request(
    context: &Context,
    project: &ProjectKey,
    request_id: &str,
) -> Result<Option<String>, ToolError> {
    let fields = ["created".to_owned()];
    let request = request::search_properties(&jql(project, 15), &fields, ISSUES, &[MARKER]);
    let answer = context.ask(request).await?;
    let page: SearchPage<'_> = answer.read()?;
    let digest = digest(request_id);
    let made = page.issues.iter().find(|issue| {
        let marker = issue.properties.get(MARKER).and_then(|marker| marker.get("id"));
        is_shown(context, issue) && marker.is_some_and(|id| *id == digest)
    });
    Ok(made.map(|issue| issue.key.clone().into_owned()))
}

/// Of fixed length, and the same in every process. It keeps the id's words out of Jira, where whoever sees the issue
/// can read the property; it need not be secret, for only the caller's own issues are looked at.
fn digest(request_id: &str) -> String {
    blake3::hash(request_id.as_bytes()).to_hex().to_string()
}

/// The key of the caller's issue with this summary, if one was created since then. None proves nothing: Jira's search
/// lags behind by seconds.
pub(super) async fn by_summary(
    context: &Context,
    project: &ProjectKey,
    summary: &str,
    since: Timestamp,
) -> Result<Option<String>, ToolError> {
    let fields = ["summary".to_owned(), "created".to_owned()];
    let answer = context.ask(request::search(&jql(project, 5), &fields, ISSUES, None)).await?;
    let page: SearchPage<'_> = answer.read()?;
    let made = page.issues.iter().find(|issue| {
        let created = issue.fields.read::<String>("created").and_then(|created| jira_time(&created));
        is_shown(context, issue)
            && issue.fields.read::<String>("summary").is_some_and(|stored| stored == summary)
            && created.is_some_and(|created| created >= since)
    });
    Ok(made.map(|issue| issue.key.clone().into_owned()))
}

fn jql(project: &ProjectKey, minutes: u32) -> String {
    let project = project.as_str();
    format!(
        "project = \"{project}\" AND creator = currentUser() AND created >= -{minutes}m ORDER BY created DESC"
    )
}

fn is_shown(context: &Context, issue: &Issue<'_>) -> bool {
    context.projects.holds_issue(&issue.key)
}
