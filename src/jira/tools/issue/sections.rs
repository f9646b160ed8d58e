//! What can be read beside the fields of an issue, each with a call of its own.

use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;
use tool_kit::{Row, ToolError};

use crate::jira::{
    AllowedIssue, Projects, Request, Response, request,
    tools::{args::keywords, context::Context},
    views::{
        ChangeView, CommentView, StatusTimes, TransitionView, WebLinkView, WorklogView, person,
        short_date,
    },
    wire::{ChangelogPage, CommentPage, List, RemoteLink, TransitionPage, Watchers, WorklogPage},
};

keywords! {
    /// What can be read beside the fields.
    pub(in crate::jira::tools) Section {
        Comments = "comments",
        Transitions = "transitions",
        Changelog = "changelog",
        Worklogs = "worklogs",
        Watchers = "watchers",
        Links = "links",
    }
}

/// Items of each section; the section's own tool pages through the rest.
const SECTION_ITEMS: u32 = 20;

/// Texts in sections are clipped to this many characters; their own tools show more.
const TEXT_CHARS: usize = 600;

pub(in crate::jira::tools) async fn read_sections(
    context: &Context,
    key: &AllowedIssue,
    sections: &[Section],
) -> Result<Vec<(Section, Response)>, ToolError> {
    let reads = sections.iter().map(|section| async move {
        let answer = context.ask(section.request(key)).await?;
        Ok::<_, ToolError>((*section, newest(context, key, *section, answer).await?))
    });
    futures_util::future::try_join_all(reads).await
}

/// Jira gives a history from its beginning; of a long one the last page is what somebody wants to
/// know.
async fn newest(
    context: &Context,
    key: &AllowedIssue,
    section: Section,
    answer: Response,
) -> Result<Response, ToolError> {
    let total = match section {
        Section::Changelog => answer.read::<ChangelogPage<'_>>()?.total,
        Section::Worklogs => answer.read::<WorklogPage<'_>>()?.total,
        Section::Comments | Section::Transitions | Section::Watchers | Section::Links => 0,
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
    fn request(self, key: &AllowedIssue) -> Request {
        match self {
            Self::Comments => request::comments(key, 0, SECTION_ITEMS, true),
            Self::Transitions => request::transitions(key),
            Self::Changelog => request::changelog(key, 0, SECTION_ITEMS),
            Self::Worklogs => request::worklogs(key, 0, SECTION_ITEMS),
            Self::Watchers => request::watchers(key),
            Self::Links => request::remote_links(key),
        }
    }

    pub(in crate::jira::tools) fn name(self) -> &'static str {
        match self {
            Self::Comments => "comments",
            Self::Transitions => "transitions",
            Self::Changelog => "changelog",
            Self::Worklogs => "worklogs",
            Self::Watchers => "watchers",
            Self::Links => "web_links",
        }
    }

    pub(in crate::jira::tools) fn items(
        self,
        answer: &Response,
        projects: &Projects,
    ) -> Result<Items, ToolError> {
        Ok(match self {
            Self::Comments => {
                let page: CommentPage<'_> = answer.read()?;
                let view = |comment: &_| CommentView::of(comment, TEXT_CHARS);
                Items::of(&page.comments, page.total, view)
            }
            Self::Transitions => {
                let page: TransitionPage<'_> = answer.read()?;
                Items::of(&page.transitions, 0, TransitionView::from)
            }
            Self::Changelog => {
                let page: ChangelogPage<'_> = answer.read()?;
                let edits = Items::of(&page.values, page.total, |_| ());
                let unreadable: usize =
                    page.values.iter().map(|edit| edit.items.unreadable()).sum();
                let changes = page.values.iter().flat_map(|edit| ChangeView::all(edit, projects));
                Items {
                    shown: changes.filter_map(|view| serde_json::to_value(view).ok()).collect(),
                    unreadable: edits.unreadable + unreadable,
                    ..edits
                }
            }
            Self::Worklogs => {
                let page: WorklogPage<'_> = answer.read()?;
                let view = |worklog: &_| WorklogView::of(worklog, TEXT_CHARS);
                Items::of(&page.worklogs, page.total, view)
            }
            Self::Watchers => {
                let page: Watchers<'_> = answer.read()?;
                Items {
                    shown: page.watchers.iter().map(|who| Value::from(person(who))).collect(),
                    beyond: (page.watch_count as usize).saturating_sub(page.watchers.received()),
                    unreadable: page.watchers.unreadable(),
                }
            }
            Self::Links => {
                let links: List<RemoteLink<'_>> = answer.read()?;
                Items::of(&links, 0, WebLinkView::from)
            }
        })
    }
}

/// What a section holds.
pub(in crate::jira::tools) struct Items {
    pub(in crate::jira::tools) shown: Vec<Value>,
    /// How many others there are.
    pub(in crate::jira::tools) beyond: usize,
    pub(in crate::jira::tools) unreadable: usize,
}

impl Items {
    fn of<'i, T, V: Serialize>(list: &'i List<T>, total: u32, view: impl Fn(&'i T) -> V) -> Self {
        Self {
            shown: list.iter().filter_map(|item| serde_json::to_value(view(item)).ok()).collect(),
            beyond: (total as usize).saturating_sub(list.received()),
            unreadable: list.unreadable(),
        }
    }
}

/// How long the issue stood in each status. Of a long history only the end was read: then since
/// when is said too.
pub(in crate::jira::tools) fn put_time_in_status(
    row: &mut Row,
    history: &Response,
    created: Option<&str>,
    is_partial: bool,
) {
    let Ok(page) = history.read::<ChangelogPage<'_>>() else { return };
    let mut times = StatusTimes::default();
    page.values.iter().for_each(|edit| times.note(edit));
    let since = created.filter(|_| !is_partial);
    let first = times.first().filter(|_| since.is_none());
    row.put_non_empty("time_in_status", times.shown(since, Timestamp::now()));
    row.put_non_empty(
        "time_in_status_since",
        first.map(|first| short_date(&first.to_string()).into_owned()),
    );
}
