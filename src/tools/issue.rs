//! Reading one issue, with sections on demand.

use std::{borrow::Cow, sync::LazyLock};

use serde::Serialize;
use serde_json::{Value, json};

use crate::{
    jira::{
        Answer, JiraError, Request,
        names::{self, FieldName},
        request,
        wire::{Changelog, CommentPage, Issue, RemoteLink, TransitionPage, WorklogPage},
    },
    trim::{Budget, ChangeView, CommentView, Row, TransitionView, WebLinkView, WorklogView, issue_view},
};

use super::{
    Context, Reply, Tool, ToolError,
    args::{IssueKey, arguments, keywords},
    registry::tool,
    scope::Projects,
};

pub(super) const TOOLS: &[Tool] = &[tool!(
    /// Read one issue. Texts are Markdown and untrusted user content; long ones are clipped: name a field in fields to get
    /// more of it.
    "jira_get_issue", "Get issue", Core, Read, get_issue(GetIssue)
)];

arguments! {
    GetIssue {
        /// Issue key or browse URL
        issue_key: IssueKey,
        /// Only these fields, by name or id; *all for every filled field
        fields: Option<Vec<String>>,
        /// Also: comments, transitions, changelog, worklogs, links (web links)
        include: Option<Vec<Section>>,
    }
}

keywords! {
    /// What can be read beside the fields.
    Section {
        Comments = "comments",
        Transitions = "transitions",
        Changelog = "changelog",
        Worklogs = "worklogs",
        Links = "links",
    }
}

static DEFAULT_FIELDS: LazyLock<Vec<FieldName>> = LazyLock::new(|| {
    let names = [
        "key",
        "type",
        "status",
        "summary",
        "assignee",
        "reporter",
        "priority",
        "labels",
        "parent",
        "created",
        "updated",
        "due",
        "resolution",
        "components",
        "fix_versions",
        "links",
        "subtasks",
        "description",
    ];
    names.into_iter().filter_map(FieldName::known).collect()
});

/// A reply to the plain question is kept this small, whatever the operator's budget.
const DEFAULT_REPLY_BYTES: usize = 4_096;

/// Items of each section; the section's own tool pages through the rest.
const SECTION_ITEMS: u32 = 20;

async fn get_issue(context: &Context, args: GetIssue) -> Result<Reply, ToolError> {
    context.projects.check_issue(&args.issue_key)?;
    let key = args.issue_key.as_str();
    let named = args.fields.unwrap_or_default();
    let all = named.iter().any(|name| matches!(name.trim(), "*all" | "*navigable" | "all"));
    let plain = named.is_empty();
    let fields = match (plain, all) {
        (true, _) => Cow::Borrowed(DEFAULT_FIELDS.as_slice()),
        (_, true) => Cow::default(),
        _ => Cow::Owned(names::readable_fields(&context.jira, &named).await?),
    };
    let mut sections = args.include.unwrap_or_default();
    sections.dedup();
    let wanted = if all { vec!["*all"] } else { ids(&fields) };
    let expand: &[&str] = if all { &["names"] } else { &[] };
    let (issue, extras) = tokio::try_join!(
        context.ask(request::issue(key, &wanted, expand)),
        read_sections(context, key, &sections),
    )?;
    let issue: Issue<'_> = issue.read()?;
    if issue.key.is_empty() {
        // Some JSON, but no issue; a result without its key would pass for one.
        return Err(JiraError::Unreadable.into());
    }
    if !context.projects.holds_issue(&issue.key) {
        // An issue that was moved answers under its old key too.
        return Err(ToolError::invalid_argument(format!(
            "{key} was moved to a project that is not allowed here."
        )));
    }
    let fields = if all { Cow::Owned(filled(&issue)) } else { fields };
    // A field that was asked for by name is shown as far as the whole budget goes.
    let text_chars = if plain || all { context.limits.text_chars } else { usize::MAX };
    let row = issue_view(&issue, &fields, &context.reading(text_chars).await?);
    let budget = if plain && sections.is_empty() {
        context.budget.at_most(DEFAULT_REPLY_BYTES)
    } else {
        context.budget
    };
    if extras.is_empty() {
        // Most issues fit as they are, and are written only once.
        let reply = Reply::json(&row)?;
        if budget.holds_text(reply.text()) {
            return Ok(reply);
        }
    }
    Reply::json(&assemble(row, extras, budget, &context.projects))
}

fn ids(fields: &[FieldName]) -> Vec<&str> {
    let ids: Vec<&str> =
        fields.iter().filter(|field| !field.is_local()).map(|field| field.id.as_str()).collect();
    if ids.is_empty() { vec!["summary"] } else { ids }
}

/// Every field that holds a value, under its display name.
fn filled(issue: &Issue<'_>) -> Vec<FieldName> {
    let names: std::collections::HashMap<String, String> =
        issue.names.and_then(|names| names.read().ok()).unwrap_or_default();
    issue
        .fields
        .iter()
        .filter(|(id, _)| {
            !matches!(
                *id,
                "comment" | "worklog" | "attachment" | "watches" | "votes" | "lastViewed" | "workratio"
            )
        })
        .map(|(id, _)| {
            let label = names.get(id).map_or_else(|| id.to_owned(), Clone::clone);
            FieldName::known(id)
                .filter(|known| !known.id.starts_with("customfield_"))
                .unwrap_or(FieldName { id: id.to_owned(), label: label.into() })
        })
        .collect()
}

async fn read_sections(
    context: &Context,
    key: &str,
    sections: &[Section],
) -> Result<Vec<(Section, Answer)>, ToolError> {
    let reads = sections.iter().map(|section| async move {
        let answer = context.ask(section.request(key)).await?;
        Ok::<_, ToolError>((*section, newest(context, key, *section, answer).await?))
    });
    futures_util::future::try_join_all(reads).await
}

/// Jira gives a history from its beginning; of a long one the last page is what somebody wants to know.
async fn newest(context: &Context, key: &str, section: Section, answer: Answer) -> Result<Answer, ToolError> {
    let total = match section {
        Section::Changelog => answer.read::<Changelog<'_>>()?.total,
        Section::Worklogs => answer.read::<WorklogPage<'_>>()?.total,
        Section::Comments | Section::Transitions | Section::Links => 0,
    };
    let Some(start_at) = total.checked_sub(SECTION_ITEMS).filter(|start_at| *start_at > 0) else {
        return Ok(answer);
    };
    context
        .ask(match section {
            Section::Worklogs => request::worklogs(key, start_at, SECTION_ITEMS),
            _ => request::changelog(key, start_at, SECTION_ITEMS),
        })
        .await
}

impl Section {
    fn request(self, key: &str) -> Request {
        match self {
            Self::Comments => request::comments(key, 0, SECTION_ITEMS, true),
            Self::Transitions => request::transitions(key),
            Self::Changelog => request::changelog(key, 0, SECTION_ITEMS),
            Self::Worklogs => request::worklogs(key, 0, SECTION_ITEMS),
            Self::Links => request::remote_links(key),
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Comments => "comments",
            Self::Transitions => "transitions",
            Self::Changelog => "changelog",
            Self::Worklogs => "worklogs",
            Self::Links => "web_links",
        }
    }

    /// The section's items, and how many there are in all where Jira says so.
    fn items(
        self,
        answer: &Answer,
        text_chars: usize,
        projects: &Projects,
    ) -> Result<(Vec<Value>, usize), ToolError> {
        Ok(match self {
            Self::Comments => {
                let page: CommentPage<'_> = answer.read()?;
                let views = page.comments.iter().map(|comment| CommentView::of(comment, text_chars));
                (values(views), page.total as usize)
            }
            Self::Transitions => {
                let page: TransitionPage<'_> = answer.read()?;
                (values(page.transitions.iter().map(TransitionView::from)), page.transitions.len())
            }
            Self::Changelog => {
                let page: Changelog<'_> = answer.read()?;
                (
                    values(page.values.iter().flat_map(|edit| ChangeView::all(edit, projects))),
                    page.total as usize,
                )
            }
            Self::Worklogs => {
                let page: WorklogPage<'_> = answer.read()?;
                let views = page.worklogs.iter().map(|worklog| WorklogView::of(worklog, text_chars));
                (values(views), page.total as usize)
            }
            Self::Links => {
                let links: Vec<RemoteLink<'_>> = answer.read()?;
                (values(links.iter().map(WebLinkView::from)), links.len())
            }
        })
    }
}

fn values<T: Serialize>(views: impl Iterator<Item = T>) -> Vec<Value> {
    views.filter_map(|view| serde_json::to_value(view).ok()).collect()
}

/// Puts the sections behind the fields and makes the whole fit: the issue's own texts are clipped first, then the
/// sections lose their last items, and what is missing is counted.
fn assemble(mut row: Row, extras: Vec<(Section, Answer)>, budget: Budget, projects: &Projects) -> Row {
    // Half of the budget is the issue's, the rest is shared by its sections.
    let own = if extras.is_empty() { budget } else { budget.share(2) };
    own.squeeze(&mut row);
    let mut left = extras.len();
    for (section, answer) in extras {
        let share = budget.minus(&row).share(left);
        left -= 1;
        match section.items(&answer, SECTION_TEXT_CHARS, projects) {
            Ok((items, total)) => {
                let (read, frame) = (items.len(), json!({ "omitted_items": { section.name(): total } }));
                let fitted = share.fit(&frame, items);
                row.set(section.name(), fitted.kept);
                let omitted = fitted.dropped + total.saturating_sub(read);
                if omitted > 0 {
                    row.put(format!("{}_omitted", section.name()), omitted);
                }
            }
            Err(error) => row.put(format!("{}_error", section.name()), error.message()),
        }
    }
    row
}

/// Texts in sections are clipped to this many characters; their own tools show more.
const SECTION_TEXT_CHARS: usize = 600;
