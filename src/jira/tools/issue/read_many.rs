//! Reading many issues by their keys, in the order of the keys.

use std::collections::BTreeSet;

use futures_util::future::join_all;
use serde_json::json;
use tool_kit::{Code, Reply, Row, ToolError};

use crate::jira::{
    NamedIssue, names, request,
    tools::{
        args::{IssueKey, arguments},
        context::Context,
        registry::{Tool, tool},
        search::jql_search,
    },
    views::search_row,
    wire::{FetchedIssues, Issue},
};

pub(in crate::jira::tools) const TOOLS: &[Tool] = &[tool!(
    /// Read up to 100 issues by key. Ask again for keys in omitted.
    "jira_get_issues", "Get issues", Bulk, Read, get_issues(GetIssues),
    r#"{"issue_keys": ["ACME-1", "ACME-2"]}"#
)];

arguments! {
    GetIssues {
        issue_keys: Vec<IssueKey>,
        fields: Option<Vec<String>>,
    }
}

/// What Jira takes at once.
const KEYS_MAX: usize = 100;

/// Keys of issues that were moved are looked up one by one; more than this at once would be a
/// burst.
const MOVED_MAX: usize = 10;

async fn get_issues(context: &Context, args: GetIssues) -> Result<Reply, ToolError> {
    let keys = distinct(args.issue_keys);
    if keys.is_empty() || keys.len() > KEYS_MAX {
        return Err(ToolError::invalid_argument(format!(
            "`issue_keys` must hold 1 to {KEYS_MAX} keys, not {}",
            keys.len()
        )));
    }
    let asked =
        keys.iter().map(|key| context.projects.check_issue(key)).collect::<Result<Vec<_>, _>>()?;
    let asked: Vec<&NamedIssue> = asked.iter().collect();
    let fields = match &args.fields {
        Some(names) if !names.is_empty() => names::readable_fields(&context.jira, names).await?,
        _ => jql_search::DEFAULT_FIELDS.clone(),
    };
    let mut ids: Vec<&str> =
        fields.iter().filter(|field| !field.is_local()).map(|field| field.id.as_str()).collect();
    if ids.is_empty() {
        ids.push("summary");
    }
    let plain: Vec<&str> = asked.iter().map(|key| key.as_str()).collect();
    let answer = context.ask(request::bulk_fetch(&asked, &ids)).await?;
    let fetched: FetchedIssues<'_> = answer.read()?;
    let seen: Vec<&Issue<'_>> =
        fetched.issues.iter().filter(|issue| context.projects.holds_issue(&issue.key)).collect();
    let Ordered { found, missing } = order(context, &asked, &seen).await;
    let reading = context.reading(context.limits.text_chars).await?;
    let rows = found.iter().map(|(asked, issue)| {
        let mut row = search_row(issue, &fields, &reading);
        if issue.key != *asked && issue.id != *asked {
            row.put_non_empty("moved_from", *asked);
        }
        row
    });
    let browse = jql_search::browse(&reading, &fields);
    let frame = json!({ "issues": [], "browse": browse, "missing": missing, "omitted": plain });
    let fitted = context.budget.fit_rows(&frame, rows.collect());
    if fitted.kept.is_empty() && !found.is_empty() {
        return Err(ToolError::new(Code::PayloadTooLarge, "The issues do not fit into one reply.")
            .hint("Ask for fewer issues or fewer fields."));
    }
    let omitted: Vec<&str> =
        found.iter().skip(fitted.kept.len()).map(|(asked, _)| *asked).collect();
    let mut reply = Row::new();
    reply.push("issues", json!(fitted.kept));
    reply.put_non_empty("browse", browse);
    reply.push("missing", json!(missing));
    reply.put_non_empty("omitted", json!(omitted));
    reply.put_unreadable(fetched.issues.unreadable());
    Reply::json(&reply)
}

/// The keys without repetitions, in the order of their first mention.
pub(in crate::jira::tools) fn distinct(keys: Vec<IssueKey>) -> Vec<IssueKey> {
    let mut seen = BTreeSet::new();
    keys.into_iter().filter(|key| seen.insert(key.clone())).collect()
}

struct Ordered<'i, 'a> {
    /// As which key each was asked for, in the order of asking.
    found: Vec<(&'i str, &'i Issue<'a>)>,
    /// Not there, or not for this user.
    missing: Vec<&'i str>,
}

/// Jira answers by ascending id, and an issue that was moved comes under a key that nobody asked
/// for.
async fn order<'i, 'a>(
    context: &Context,
    keys: &[&'i NamedIssue],
    issues: &'i [&'i Issue<'a>],
) -> Ordered<'i, 'a> {
    let direct =
        |key: &str| issues.iter().copied().find(|issue| issue.key == key || issue.id == key);
    let mut matches: Vec<(&'i NamedIssue, Option<&'i Issue<'a>>)> =
        keys.iter().map(|key| (*key, direct(key.as_str()))).collect();
    let direct_count = matches.iter().filter(|(_, issue)| issue.is_some()).count();
    if direct_count < issues.len() {
        let lost = matches.iter_mut().filter(|(_, issue)| issue.is_none()).take(MOVED_MAX);
        join_all(lost.map(|(key, issue)| async move {
            let Ok(answer) = context.ask(request::issue(key, &["summary"], &[])).await else {
                return;
            };
            let Ok(moved) = answer.read::<Issue<'_>>() else { return };
            *issue = issues.iter().copied().find(|issue| issue.key == moved.key);
        }))
        .await;
    }
    let missing =
        matches.iter().filter(|(_, issue)| issue.is_none()).map(|(key, _)| key.as_str()).collect();
    let found =
        matches.into_iter().filter_map(|(key, issue)| Some((key.as_str(), issue?))).collect();
    Ordered { found, missing }
}
