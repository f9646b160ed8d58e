//! The mentions of one issue, as its documents hold them.

use std::collections::BTreeSet;

use jiff::Timestamp;
use moment::parse_jira;
use serde_json::Value;
use tool_kit::{Row, ToolError};

use crate::jira::{
    request,
    tools::{context::Context, parts::comments},
    views::{CommentView, short_date, somebody},
    wire::{ChangelogsPage, Comment, CommentPage, Issue, Lenient, Person, RichText, SearchPage},
};

/// Issues of which one call reads further comments.
const FURTHER_MAX: usize = 20;

/// Comments of an issue that are read in all, the newest.
const COMMENTS: u32 = 100;

/// Texts are clipped to this many characters.
const TEXT_CHARS: usize = 400;

/// Who is looked for, since when, and in which issues.
pub(super) struct Search {
    pub(super) account_id: String,
    pub(super) name: String,
    pub(super) since: Timestamp,
    /// Whether every issue that changed is read.
    pub(super) is_whole: bool,
    pub(super) jql: String,
}

/// What a call has read so far.
#[derive(Default)]
pub(super) struct Harvest {
    pub(super) rows: Vec<Row>,
    /// Issues with more comments than were read.
    pub(super) unread: BTreeSet<String>,
    further: usize,
}

/// The ids of issues whose description mentions the person since a later edit than its first text,
/// with the time of that edit.
pub(super) async fn edited_descriptions(
    context: &Context,
    search: &Search,
    page: &SearchPage<'_>,
) -> Result<Vec<(String, Timestamp)>, ToolError> {
    let is_old = |issue: &&Issue<'_>| {
        !is_new(issue, search.since) && description(issue).mentions(&search.account_id)
    };
    let ids: Vec<&str> = page.issues.iter().filter(is_old).map(|issue| issue.id.as_ref()).collect();
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let answer = context.ask(request::changelogs(&ids, &["description"], 1_000, None)).await?;
    let edits: ChangelogsPage<'_> = answer.read()?;
    let holds = |text: Option<&str>| {
        text.is_some_and(|text| text.contains(&search.account_id) || text.contains(&search.name))
    };
    let mut found = Vec::new();
    for issue in &edits.issue_change_logs {
        for edit in &issue.change_histories {
            let Some(at) = context_moment(&edit.created).filter(|at| *at >= search.since) else {
                continue;
            };
            let adds = edit.items.iter().any(|item| {
                item.field_id.as_deref() == Some("description")
                    && holds(item.to_string.as_deref())
                    && !holds(item.from_string.as_deref())
            });
            if adds {
                found.push((issue.issue_id.to_string(), at));
            }
        }
    }
    Ok(found)
}

/// A moment, as milliseconds since 1970 or as Jira's other endpoints write it.
fn context_moment(text: &str) -> Option<Timestamp> {
    match text.parse::<i64>() {
        Ok(ms) => Timestamp::from_millisecond(ms).ok(),
        Err(_) => parse_jira(text),
    }
}

fn description<'a>(issue: &Issue<'a>) -> RichText<'a> {
    issue.fields.read("description").unwrap_or_default()
}

fn is_new(issue: &Issue<'_>, since: Timestamp) -> bool {
    let created: Option<String> = issue.fields.read("created");
    created.as_deref().and_then(parse_jira).is_some_and(|created| created >= since)
}

/// Adds the mentions of one issue.
pub(super) async fn read_issue(
    context: &Context,
    search: &Search,
    issue: &Issue<'_>,
    edited: &[(String, Timestamp)],
    harvest: &mut Harvest,
) -> Result<(), ToolError> {
    if description(issue).mentions(&search.account_id) {
        let edit = edited.iter().find(|(id, _)| id == issue.id.as_str()).map(|(_, at)| *at);
        if edit.is_some() || is_new(issue, search.since) {
            harvest.rows.push(of_description(issue, edit));
        }
    }
    let held: Lenient<CommentPage<'_>> = issue.fields.lenient("comment");
    let Some(held) = held.as_ref() else { return Ok(()) };
    let known = u32::try_from(held.comments.received()).unwrap_or(u32::MAX);
    if held.total <= known {
        add(search, issue, &held.comments, harvest);
        return Ok(());
    }
    // Jira gives a search only some of many comments.
    let key = context.projects.told(&issue.key).filter(|_| harvest.further < FURTHER_MAX);
    let Some(key) = key else {
        add(search, issue, &held.comments, harvest);
        harvest.unread.insert(issue.key.to_string());
        return Ok(());
    };
    harvest.further += 1;
    let answer = context.ask(request::comments(&key, 0, COMMENTS, true)).await?;
    let newest: CommentPage<'_> = answer.read()?;
    let oldest = newest.comments.last().and_then(|comment| parse_jira(&comment.created));
    let reached = newest.comments.received() < COMMENTS as usize
        || oldest.is_some_and(|oldest| oldest < search.since);
    add(search, issue, &newest.comments, harvest);
    if !reached {
        harvest.unread.insert(issue.key.to_string());
    }
    Ok(())
}

fn add(search: &Search, issue: &Issue<'_>, comments: &[Comment<'_>], harvest: &mut Harvest) {
    let mut found: Vec<&Comment<'_>> = comments
        .iter()
        .filter(|comment| comments::is_since(&comment.created, Some(search.since)))
        .filter(|comment| comment.body.mentions(&search.account_id))
        .collect();
    found.sort_by_key(|comment| std::cmp::Reverse(parse_jira(&comment.created)));
    harvest.rows.extend(found.into_iter().map(|comment| of_comment(issue, comment)));
}

fn row(issue: &Issue<'_>) -> Row {
    let mut row = Row::new();
    row.put_non_empty("key", issue.key.as_ref());
    row.put_non_empty("summary", issue.fields.read::<String>("summary"));
    row
}

fn of_comment(issue: &Issue<'_>, comment: &Comment<'_>) -> Row {
    let mut row = row(issue);
    if let Ok(Value::Object(view)) = serde_json::to_value(CommentView::of(comment, TEXT_CHARS)) {
        for (name, value) in view {
            let name = if name == "id" { "comment_id".to_owned() } else { name };
            row.put_non_empty(name, value);
        }
    }
    row
}

fn of_description(issue: &Issue<'_>, edit: Option<Timestamp>) -> Row {
    let mut row = row(issue);
    row.put_non_empty("in", "description");
    let creator: Lenient<Person<'_>> = issue.fields.lenient("creator");
    if edit.is_none() {
        row.put_non_empty("author", somebody(&creator));
    }
    let created: Option<String> = issue.fields.read("created");
    let at = edit.map(|at| at.to_string()).or(created).unwrap_or_default();
    row.put_non_empty("created", short_date(&at).as_ref());
    row
}
