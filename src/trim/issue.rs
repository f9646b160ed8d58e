//! An issue as agents see it: a short row in a search, a fuller object when it is read.

use std::{borrow::Cow, fmt};

use serde_json::Value;

use crate::jira::{names::FieldName, wire};

use super::{attachment::AttachmentView, field::compact, link::LinkView, row::Row};

/// More links or files than this are counted, not shown.
const LINKS_MAX: usize = 20;

/// Which issues may be shown at all, wherever they are named.
pub trait Visible: fmt::Debug + Sync {
    /// Whether this one may.
    fn shows(&self, issue_key: &str) -> bool;

    /// Whether all may.
    fn shows_all(&self) -> bool;
}

/// How an issue is to be read.
#[derive(Debug, Clone, Copy)]
pub struct Reading<'a> {
    /// The site's address, for links.
    pub site_url: &'a str,
    /// Long texts are clipped to this many characters.
    pub text_chars: usize,
    /// Links, parents and subtasks that may not be shown are left out.
    pub visible: &'a dyn Visible,
}

impl Reading<'_> {
    /// The address of an issue in a browser.
    pub fn browse(&self, key: &str) -> String {
        format!("{}/browse/{key}", self.site_url.trim_end_matches('/'))
    }
}

/// One row of a search: the key, then the fields in the order in which they were asked for.
pub fn search_row(issue: &wire::Issue<'_>, fields: &[FieldName], reading: &Reading<'_>) -> Row {
    let mut row = Row::new();
    row.put("key", issue.key.as_ref());
    for field in fields {
        put_field(&mut row, issue, field, reading);
    }
    row
}

/// One issue in full, with the fields in the order in which they were asked for.
pub fn issue_view(issue: &wire::Issue<'_>, fields: &[FieldName], reading: &Reading<'_>) -> Row {
    let mut row = search_row(issue, fields, reading);
    if row.get("url").is_none() {
        row.put("url", reading.browse(&issue.key));
    }
    row
}

fn put_field(row: &mut Row, issue: &wire::Issue<'_>, field: &FieldName, reading: &Reading<'_>) {
    let label = field.label.clone();
    match field.id.as_str() {
        "key" => {}
        "url" => row.put(label, reading.browse(&issue.key)),
        "issuelinks" => put_links(row, label, issue, reading.visible),
        "attachment" => put_attachments(row, label, issue),
        "parent" => {
            let parent = issue.fields.read::<wire::LinkedIssue<'_>>("parent");
            let parent = parent.filter(|parent| reading.visible.shows(&parent.key));
            row.put(label, parent.map(|parent| parent.key.into_owned()));
        }
        "subtasks" => {
            let subtasks = issue.fields.read::<Vec<wire::LinkedIssue<'_>>>("subtasks").unwrap_or_default();
            let shown = subtasks.iter().filter(|subtask| reading.visible.shows(&subtask.key));
            row.put(label, shown.map(|subtask| Value::from(subtask.key.as_ref())).collect::<Vec<_>>());
        }
        id => row.put(label, issue.fields.raw(id).and_then(|raw| compact(raw, reading.text_chars))),
    }
}

fn put_links(row: &mut Row, label: Cow<'static, str>, issue: &wire::Issue<'_>, visible: &dyn Visible) {
    let links = issue.fields.read::<Vec<wire::IssueLink<'_>>>("issuelinks").unwrap_or_default();
    let links: Vec<LinkView> =
        links.iter().filter_map(LinkView::of).filter(|link| visible.shows(link.key())).collect();
    let shown = links.iter().take(LINKS_MAX).filter_map(|view| serde_json::to_value(view).ok());
    row.put(label, shown.collect::<Vec<_>>());
    if links.len() > LINKS_MAX {
        row.put("links_omitted", links.len() - LINKS_MAX);
    }
}

fn put_attachments(row: &mut Row, label: Cow<'static, str>, issue: &wire::Issue<'_>) {
    let files = issue.fields.read::<Vec<wire::Attachment<'_>>>("attachment").unwrap_or_default();
    let views = files.iter().take(LINKS_MAX).map(AttachmentView::from);
    row.put(label, views.filter_map(|view| serde_json::to_value(view).ok()).collect::<Vec<_>>());
    if files.len() > LINKS_MAX {
        row.put("attachments_omitted", files.len() - LINKS_MAX);
    }
}
