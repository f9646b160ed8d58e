//! The issues that the caller has just created in a project, to find one whose key was never
//! learned.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use moment::parse_jira;
use serde_json::{Value, json};
use tool_kit::{Subject, ToolError};

use crate::jira::{
    request,
    tools::{args::ProjectKey, context::Context},
    wire::{Issue, SearchPage, User},
};

/// How many of the newest issues are looked at.
const ISSUES: u32 = 50;

/// The same after a request for up to 50 issues, which others may have followed.
const ISSUES_OF_MANY: u32 = 100;

/// The entity property that a create carries, so that other replicas recognise a repeat.
const MARKER: &str = "jira-mcp-bridge.request";

/// What the creates of one call bear, so that they are known again.
///
/// It is signed for the account that creates: whoever can write into an issue could else make a
/// stranger's create look like one that was done already.
pub(in crate::jira::tools) struct Mark(Vec<String>);

impl Mark {
    /// The mark of this caller's `request_id` of a tool on their site; none without an id, or where
    /// it cannot be told who asks: that must not keep anybody from creating.
    pub(in crate::jira::tools) async fn of(
        context: &Context,
        tool: &str,
        request_id: Option<&str>,
    ) -> Option<Self> {
        Self::signed(context, tool, request_id?).await.ok()
    }

    async fn signed(context: &Context, tool: &str, request_id: &str) -> Result<Self, ToolError> {
        let me = context.jira.myself().await?;
        let me: User<'_> = me.read()?;
        let site = context.jira.site().await?;
        let account_id = &me.account_id;
        let subject = Subject { tool, site_id: &site.id, account_id, plan: request_id };
        Ok(Self(context.signing_keys.current().await.marks(&subject)))
    }

    /// The entity properties of a create; none where there is no key to sign with.
    pub(in crate::jira::tools) fn properties(&self) -> Option<Value> {
        Some(json!([{ "key": MARKER, "value": { "id": self.0.first()? } }]))
    }

    /// The same for one of several issues of a request.
    pub(in crate::jira::tools) fn properties_of(&self, index: usize) -> Option<Value> {
        Some(json!([{ "key": MARKER, "value": { "id": self.0.first()?, "index": index } }]))
    }

    fn is_on(&self, marker: &Value) -> bool {
        marker
            .get("id")
            .and_then(Value::as_str)
            .is_some_and(|id| self.0.iter().any(|mark| mark == id))
    }
}

/// The key of the caller's issue that was created with this `request_id` in the last minutes. None
/// proves nothing.
pub(in crate::jira::tools) async fn by_request(
    context: &Context,
    project: &ProjectKey,
    mark: &Mark,
) -> Result<Option<String>, ToolError> {
    let fields = ["created".to_owned()];
    let request =
        request::search_properties(&jql([project.as_str()], 15), &fields, ISSUES, &[MARKER]);
    let answer = context.ask(request).await?;
    let page: SearchPage<'_> = answer.read()?;
    // Of several the first that was made: a mark can be copied to a later issue of the same user.
    let made = page.issues.iter().rfind(|issue| {
        is_shown(context, issue)
            && issue.properties.get(MARKER).is_some_and(|marker| mark.is_on(marker))
    });
    Ok(made.map(|issue| issue.key.clone().into_owned()))
}

/// The key of the caller's issue with this summary, if one was created since then. None proves
/// nothing: Jira's search lags behind by seconds.
pub(in crate::jira::tools) async fn by_summary(
    context: &Context,
    project: &ProjectKey,
    summary: &str,
    since: Timestamp,
) -> Result<Option<String>, ToolError> {
    let fields = ["summary".to_owned(), "created".to_owned()];
    let answer =
        context.ask(request::search(&jql([project.as_str()], 5), &fields, ISSUES, None)).await?;
    let page: SearchPage<'_> = answer.read()?;
    let made = page.issues.iter().find(|issue| {
        is_shown(context, issue)
            && is_since(issue, since)
            && issue.fields.read::<String>("summary").is_some_and(|stored| stored == summary)
    });
    Ok(made.map(|issue| issue.key.clone().into_owned()))
}

/// The keys of the caller's issues that one request created in the last minutes, by their indexes
/// in it.
pub(in crate::jira::tools) async fn all_by_request(
    context: &Context,
    projects: &BTreeSet<&str>,
    mark: &Mark,
) -> Result<BTreeMap<usize, String>, ToolError> {
    let fields = ["created".to_owned()];
    let jql = jql(projects.iter().copied(), 15);
    let answer =
        context.ask(request::search_properties(&jql, &fields, ISSUES_OF_MANY, &[MARKER])).await?;
    let page: SearchPage<'_> = answer.read()?;
    let key_by_index = |issue: &Issue<'_>| {
        let marker = issue.properties.get(MARKER)?;
        let index = marker.get("index")?.as_u64().and_then(|index| usize::try_from(index).ok())?;
        (mark.is_on(marker) && is_shown(context, issue))
            .then(|| (index, issue.key.clone().into_owned()))
    };
    Ok(page.issues.iter().filter_map(key_by_index).collect())
}

/// The keys of the caller's issues with these summaries that were created since then, each taken
/// once, by the indexes given with the summaries.
pub(in crate::jira::tools) async fn all_by_summary(
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
    for issue in
        page.issues.iter().filter(|issue| is_shown(context, issue) && is_since(issue, since))
    {
        let Some(stored) = issue.fields.read::<String>("summary") else { continue };
        if let Some(at) = waiting.iter().rposition(|(_, summary)| *summary == stored) {
            found.insert(waiting.remove(at).0, issue.key.clone().into_owned());
        }
    }
    Ok(found)
}

fn jql<'p>(projects: impl IntoIterator<Item = &'p str>, minutes: u32) -> String {
    let projects: Vec<String> =
        projects.into_iter().map(|project| format!("\"{project}\"")).collect();
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
