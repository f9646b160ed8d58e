//! The history of an issue, newest first: who changed which field, from what to what.
//!
//! Jira pages histories from the oldest edit on, and an edit may change several fields. A page here
//! is counted in changed fields that pass the filter, from the newest on, so that a cut inside an
//! edit loses nothing.

use jiff::Timestamp;
use serde_json::{Value, json};
use tool_kit::{Reply, Row, ToolError, clean};

use crate::jira::{
    AllowedIssue, Projects, Response,
    names::FieldName,
    request,
    tools::{
        args::{IssueKey, arguments},
        context::Context,
        parts::comments::{is_since, since},
        project_guard,
        registry::{Tool, tool},
    },
    views::{ChangeView, StatusTimes},
    wire::{ChangeDetails, ChangelogPage, Issue},
};

pub(in crate::jira::tools) const TOOLS: &[Tool] = &[tool!(
    /// Read who changed what on an issue, newest first.
    "jira_get_changelog", "Get history", Collab, Read, get_changelog(GetChangelog),
    r#"{"issue_key": "ACME-1"}"#
)];

arguments! {
    GetChangelog {
        issue_key: IssueKey,
        fields: Option<Vec<String>>,
        since: Option<String>,
        max_results: Option<u32>,
        start_at: Option<u32>,
    }
}

/// Edits on one of Jira's pages; its own limit.
const PAGE_EDITS: u32 = 100;

/// Names of changed fields that an empty answer lists.
const NAMES_MAX: usize = 40;

async fn get_changelog(context: &Context, args: GetChangelog) -> Result<Reply, ToolError> {
    let start_at = args.start_at.unwrap_or(0);
    let mut walk = Walk {
        visible: &context.projects,
        wanted: args.fields.unwrap_or_default().iter().map(|name| Wanted::new(name)).collect(),
        since: None,
        skip: start_at,
        room: context.page_size(args.max_results) as usize,
        found: Vec::new(),
        names: Vec::new(),
        more: false,
        done: false,
        statuses: StatusTimes::default(),
        is_whole: true,
        unreadable: 0,
    };
    let key = &project_guard::allowed(context, &args.issue_key).await?;
    walk.since = since(context, args.since.as_deref()).await?;
    walk_back(context, key, &mut walk).await?;
    let mut reply = Row::new();
    let mut frame = json!({ "key": key, "changes": [], "next_start_at": u32::MAX });
    let is_empty = walk.found.is_empty();
    let (unreadable, more) = (walk.unreadable, walk.more);
    let times = time_in_status(context, key, &mut walk).await;
    if let (Some(times), Some(frame)) = (&times, frame.as_object_mut()) {
        frame.insert("time_in_status".to_owned(), times.clone());
    }
    let fitted = context.budget.fit_clipped(&frame, walk.found, ChangeView::clip);
    reply.put_non_empty("key", key);
    reply.push("changes", json!(fitted.kept));
    if fitted.dropped > 0 || more {
        reply.put_non_empty(
            "next_start_at",
            start_at.saturating_add(u32::try_from(fitted.kept.len()).unwrap_or(u32::MAX)),
        );
    }
    reply.put_non_empty("time_in_status", times);
    reply.put_unreadable(unreadable);
    if is_empty && start_at == 0 && !walk.wanted.is_empty() {
        // A filter that fits nothing may be a misspelt one.
        let names =
            context.budget.reserve(&frame).fit(&json!({ "changed_fields": [] }), walk.names);
        reply.put_non_empty("changed_fields", json!(names.kept));
    }
    Reply::json(&reply)
}

/// How long the issue stood in each status, if its whole history was read. What came before the
/// first change of status can only be told from when the issue was created, which costs a call.
async fn time_in_status(
    context: &Context,
    key: &AllowedIssue,
    walk: &mut Walk<'_>,
) -> Option<Value> {
    let is_about_status = walk.wanted.is_empty() || walk.wanted.iter().any(Wanted::is_status);
    if !walk.is_whole || walk.done || !is_about_status || walk.statuses.is_empty() {
        return None;
    }
    let answer = context.ask(request::issue(key, &["created"], &[])).await.ok()?;
    let created = answer.read::<Issue<'_>>().ok()?.fields.read::<String>("created")?;
    std::mem::take(&mut walk.statuses).shown(Some(&created), Timestamp::now())
}

/// Goes through the history from its end until the page is full.
async fn walk_back(
    context: &Context,
    key: &AllowedIssue,
    walk: &mut Walk<'_>,
) -> Result<(), ToolError> {
    let first = context.ask(request::changelog(key, 0, PAGE_EDITS)).await?;
    let oldest: ChangelogPage<'_> = first.read()?;
    let held = u32::try_from(oldest.values.received()).unwrap_or(u32::MAX);
    let mut end = oldest.total.max(held);
    while end > held && !walk.done {
        let start = end.saturating_sub(PAGE_EDITS).max(held);
        for answer in pages(context, key, start, end).await?.iter().rev() {
            walk.take(&answer.read()?);
        }
        end = start;
    }
    walk.take(&oldest);
    Ok(())
}

/// The edits from `start` to `end`, in as many of Jira's pages as it makes of them.
async fn pages(
    context: &Context,
    key: &AllowedIssue,
    start: u32,
    end: u32,
) -> Result<Vec<Response>, ToolError> {
    let (mut answers, mut at) = (Vec::new(), start);
    while at < end {
        let answer = context.ask(request::changelog(key, at, end - at)).await?;
        let count = u32::try_from(answer.read::<ChangelogPage<'_>>()?.values.received())
            .unwrap_or(u32::MAX);
        if count == 0 {
            break;
        }
        at = at.saturating_add(count);
        answers.push(answer);
    }
    Ok(answers)
}

/// A page of changes in the making.
struct Walk<'p> {
    visible: &'p Projects,
    wanted: Vec<Wanted>,
    since: Option<Timestamp>,
    /// Changes that earlier pages held.
    skip: u32,
    /// Changes that this page may hold.
    room: usize,
    found: Vec<ChangeView>,
    /// The fields that were changed at all.
    names: Vec<String>,
    /// Whether there are changes behind the page.
    more: bool,
    done: bool,
    statuses: StatusTimes,
    /// Whether all edits could be read.
    is_whole: bool,
    /// Edits and changes that cannot be read.
    unreadable: usize,
}

impl Walk<'_> {
    /// Goes through one of Jira's pages from its end.
    fn take(&mut self, page: &ChangelogPage<'_>) {
        self.note_unreadable(page.values.unreadable());
        for history in page.values.iter().rev() {
            if self.done {
                return;
            }
            if !is_since(&history.created, self.since) {
                self.done = true;
                return;
            }
            self.note_unreadable(history.items.unreadable());
            self.statuses.note(history);
            for item in &history.items {
                self.note(item);
                if !self.wanted.is_empty() && !self.wanted.iter().any(|wanted| wanted.fits(item)) {
                    continue;
                }
                if self.skip > 0 {
                    self.skip -= 1;
                } else if self.found.len() < self.room {
                    self.found.push(ChangeView::of(history, item, self.visible));
                } else {
                    (self.more, self.done) = (true, true);
                    return;
                }
            }
        }
    }

    fn note_unreadable(&mut self, count: usize) {
        self.unreadable += count;
        self.is_whole &= count == 0;
    }

    fn note(&mut self, item: &ChangeDetails<'_>) {
        let name = clean(&item.field);
        if self.names.len() < NAMES_MAX && !self.names.iter().any(|known| *known == name) {
            self.names.push(name.into_owned());
        }
    }
}

/// A field that was asked for, under every name that a history may call it by.
struct Wanted(Vec<String>);

impl Wanted {
    fn new(given: &str) -> Self {
        let mut names = vec![folded(given)];
        if let Some(field) = FieldName::known(given) {
            names.push(folded(&field.id));
            // Histories use names of their own for some fields.
            names.extend(
                match field.id.as_str() {
                    "components" => &["component"][..],
                    "fixVersions" => &["fixversion"],
                    "versions" => &["version"],
                    "parent" => &["issueparentassociation", "epiclink"],
                    "issuelinks" => &["link", "remoteissuelink"],
                    "worklog" => &["worklogid", "timespent"],
                    "timetracking" => &["timespent", "timeestimate", "timeoriginalestimate"],
                    _ => &[],
                }
                .iter()
                .map(|name| (*name).to_owned()),
            );
        }
        Self(names)
    }

    fn is_status(&self) -> bool {
        self.0.iter().any(|name| name == "status")
    }

    fn fits(&self, item: &ChangeDetails<'_>) -> bool {
        let (name, id) = (folded(&item.field), item.field_id.as_deref().map(folded));
        self.0.iter().any(|wanted| *wanted == name || Some(wanted) == id.as_ref())
    }
}

fn folded(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(wanted: &str, field: &str, id: Option<&str>, expected: bool) {
        let item = ChangeDetails {
            field: field.into(),
            field_id: id.map(Into::into),
            from: None,
            to: None,
            from_string: None,
            to_string: None,
        };
        assert_eq!(Wanted::new(wanted).fits(&item), expected, "{wanted} {field}");
    }

    #[test]
    fn a_field_is_found_under_the_names_of_histories() {
        check("Status", "status", Some("status"), true);
        check("fix_versions", "Fix Version", Some("fixVersions"), true);
        check("fix versions", "Fix Version", None, true);
        check("parent", "IssueParentAssociation", None, true);
        check("story points", "Story Points", Some("customfield_10036"), true);
        check("customfield_10036", "Story Points", Some("customfield_10036"), true);
        check("links", "Link", None, true);
        check("due", "duedate", Some("duedate"), true);
        check("status", "statuscategory", None, false);
        check("summary", "description", Some("description"), false);
    }
}
