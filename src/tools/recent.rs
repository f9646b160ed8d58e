//! The issues that the caller has just created in a project, to find one whose key was never learned.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::{
    jira::{
        request,
        wire::{Issue, SearchPage},
    },
    moment::parse_jira,
};

use super::{Context, ToolError, args::ProjectKey};

/// How many of the newest issues are looked at.
const ISSUES: u32 = 50;

/// The same after a request for up to 50 issues, which others may have followed.
const ISSUES_OF_MANY: u32 = 100;

/// The entity property that a create carries, so that other replicas recognise a repeat.
const MARKER: &str = "jira-mcp-bridge.request";

/// The entity properties of a create with this `request_id`.
pub(super) fn marker(request_id: &str) -> Value {
    json!([{ "key": MARKER, "value": { "id": digest(request_id) } }])
}

/// The same for one of several issues of a request.
pub(super) fn marker_of(request_id: &str, index: usize) -> Value {
    json!([{ "key": MARKER, "value": { "id": digest_of_many(request_id), "index": index } }])
}

/// The key of the caller's issue that was created with this `request_id` in the last minutes. None proves nothing.
pub(super) async fn by_request(
    context: &Context,
    project: &ProjectKey,
    request_id: &str,
) -> Result<Option<String>, ToolError> {
    let fields = ["created".to_owned()];
    let request = request::search_properties(&jql([project.as_str()], 15), &fields, ISSUES, &[MARKER]);
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

/// The same id means another request where many issues are created.
fn digest_of_many(request_id: &str) -> String {
    let key = blake3::derive_key("jira-mcp-bridge request_id of jira_create_issues", request_id.as_bytes());
    blake3::Hash::from_bytes(key).to_hex().to_string()
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
    let answer = context.ask(request::search(&jql([project.as_str()], 5), &fields, ISSUES, None)).await?;
    let page: SearchPage<'_> = answer.read()?;
    let made = page.issues.iter().find(|issue| {
        is_shown(context, issue)
            && is_since(issue, since)
            && issue.fields.read::<String>("summary").is_some_and(|stored| stored == summary)
    });
    Ok(made.map(|issue| issue.key.clone().into_owned()))
}

/// The keys of the caller's issues that one request created in the last minutes, by their places in it.
pub(super) async fn all_by_request(
    context: &Context,
    projects: &BTreeSet<&str>,
    request_id: &str,
) -> Result<BTreeMap<usize, String>, ToolError> {
    let fields = ["created".to_owned()];
    let jql = jql(projects.iter().copied(), 15);
    let answer = context.ask(request::search_properties(&jql, &fields, ISSUES_OF_MANY, &[MARKER])).await?;
    let page: SearchPage<'_> = answer.read()?;
    let digest = digest_of_many(request_id);
    let place = |issue: &Issue<'_>| {
        let marker = issue.properties.get(MARKER)?;
        let index = marker.get("index")?.as_u64().and_then(|index| usize::try_from(index).ok())?;
        (*marker.get("id")? == digest && is_shown(context, issue))
            .then(|| (index, issue.key.clone().into_owned()))
    };
    Ok(page.issues.iter().filter_map(place).collect())
}

/// The keys of the caller's issues with these summaries that were created since then, each taken once, by the places
/// given with the summaries.
pub(super) async fn all_by_summary(
    context: &Context,
    projects: &BTreeSet<&str>,
    summaries: &[(usize, &str)],
    since: Timestamp,
) -> Result<BTreeMap<usize, String>, ToolError> {
    let fields = ["summary".to_owned(), "created".to_owned()];
    let jql = jql(projects.iter().copied(), 5);
    let answer = context.ask(request::search(&jql, &fields, ISSUES_OF_MANY, None)).await?;
    let page: SearchPage<'_> = answer.read()?;
    let mut waiting = summaries.to_vec();
    let mut found = BTreeMap::new();
    // The newest come first, and of equal summaries the last was created last.
    for issue in page.issues.iter().filter(|issue| is_shown(context, issue) && is_since(issue, since)) {
        let Some(stored) = issue.fields.read::<String>("summary") else { continue };
        if let Some(at) = waiting.iter().rposition(|(_, summary)| *summary == stored) {
            found.insert(waiting.remove(at).0, issue.key.clone().into_owned());
        }
    }
    Ok(found)
}

fn jql<'p>(projects: impl IntoIterator<Item = &'p str>, minutes: u32) -> String {
    let projects: Vec<String> = projects.into_iter().map(|project| format!("\"{project}\"")).collect();
    format!(
        "project IN ({}) AND creator = currentUser() AND created >= -{minutes}m ORDER BY created DESC",
        projects.join(", ")
    )
}

fn is_since(issue: &Issue<'_>, since: Timestamp) -> bool {
    let created = issue.fields.read::<String>("created").and_then(|created| parse_jira(&created));
    created.is_some_and(|created| created >= since)
}

fn is_shown(context: &Context, issue: &Issue<'_>) -> bool {
    context.projects.holds_issue(&issue.key)
}
