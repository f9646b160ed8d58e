//! An issue as agents see it: a short row in a search, a fuller object when it is read.

use std::borrow::Cow;

use json_borrow::{Raw, UNREADABLE};
use serde::Serialize;
use serde_json::Value;
use tool_kit::{Row, clean};

use crate::jira::client::{
    names::FieldName,
    wire::{self, Lenient, List},
};

use super::{
    attachment::AttachmentView, comment::CommentView, fence::fenced, field::compact, filled,
    link::LinkView, render_options::RenderOptions, visible::Visible, worklog::WorklogView,
};

/// More links or files than this are counted, not shown.
const LINKS_MAX: usize = 20;

/// Of comments and worklogs in a field only the newest are shown; they have tools of their own.
const LATEST_MAX: usize = 5;

/// Their texts are clipped to this many characters.
const LATEST_CHARS: usize = 600;

/// One row of a search: the key, then the fields in the order in which they were asked for.
pub fn search_row(
    issue: &wire::Issue<'_>,
    fields: &[FieldName],
    options: &RenderOptions<'_>,
) -> Row {
    let (fields, omitted) = shown(fields, issue, None);
    // The key before them, and what each may put beside them.
    let mut row = Row::with_capacity(fields.len() + 3);
    row.put_non_empty("key", issue.key.as_ref());
    for (at, field) in fields.iter().enumerate() {
        // Without a value there is nothing to tell apart.
        if field.is_local() || issue.fields.raw(&field.id).is_some() {
            let label = distinct_label(&mut row, fields.iter().take(at), field);
            put_field(&mut row, issue, field, label, options);
        }
    }
    if omitted > 0 {
        row.put_non_empty("fields_omitted", omitted);
    }
    row
}

/// Display names are not unique: where two fields of one name hold a value, each is shown with its
/// id.
fn distinct_label<'f>(
    row: &mut Row,
    before: impl Iterator<Item = &'f FieldName>,
    field: &FieldName,
) -> Cow<'static, str> {
    if row.get(&field.label).is_none() {
        return field.label.clone();
    }
    let with_id = |field: &FieldName| Cow::Owned(format!("{} ({})", field.label, field.id));
    let mut same = before.filter(|other| other.label == field.label);
    match same.next() {
        Some(other) if other.id == field.id => return field.label.clone(),
        // Ours are read by their label.
        Some(other) if other.is_custom() => row.rename(&other.label, with_id(other)),
        _ => {}
    }
    with_id(field)
}

/// The fields to show of an issue: those that were asked for, or with `*all` every one that holds a
/// value.
pub fn fields_shown<'f>(
    fields: &'f [FieldName],
    issue: &wire::Issue<'_>,
    names: Option<Raw<'_>>,
) -> Cow<'f, [FieldName]> {
    shown(fields, issue, names).0
}

/// The same, and how many more hold a value.
fn shown<'f>(
    fields: &'f [FieldName],
    issue: &wire::Issue<'_>,
    names: Option<Raw<'_>>,
) -> (Cow<'f, [FieldName]>, usize) {
    if fields.iter().any(FieldName::is_all) {
        let (filled, omitted) = filled::fields(issue, names.or(issue.names));
        (Cow::Owned(filled), omitted)
    } else {
        (Cow::Borrowed(fields), 0)
    }
}

/// One issue in full, with the fields in the order in which they were asked for.
pub fn issue_view(
    issue: &wire::Issue<'_>,
    fields: &[FieldName],
    options: &RenderOptions<'_>,
) -> Row {
    let mut row = search_row(issue, fields, options);
    if row.get("url").is_none() {
        row.put_non_empty("url", options.browse(&issue.key));
    }
    row
}

fn put_field(
    row: &mut Row,
    issue: &wire::Issue<'_>,
    field: &FieldName,
    label: Cow<'static, str>,
    options: &RenderOptions<'_>,
) {
    match field.id.as_str() {
        "key" => {}
        "url" => row.put_non_empty(label, options.browse(&issue.key)),
        "issuelinks" => put_links(row, label, issue, options.visible),
        "attachment" => put_attachments(row, label, issue),
        "comment" => {
            let page: Lenient<wire::CommentPage<'_>> = issue.fields.lenient("comment");
            let (comments, total) = page.as_ref().map(|page| (&page.comments, page.total)).unzip();
            put_latest(row, label, comments, total, |comment| {
                CommentView::of(comment, options.text_chars.min(LATEST_CHARS))
            });
        }
        "worklog" => {
            let page: Lenient<wire::WorklogPage<'_>> = issue.fields.lenient("worklog");
            let (worklogs, total) = page.as_ref().map(|page| (&page.worklogs, page.total)).unzip();
            put_latest(row, label, worklogs, total, |worklog| {
                WorklogView::of(worklog, options.text_chars.min(LATEST_CHARS))
            });
        }
        "parent" => {
            let parent: Lenient<wire::LinkedIssue<'_>> = issue.fields.lenient("parent");
            let key =
                parent.as_ref().map(|parent| &parent.key).filter(|key| options.visible.shows(key));
            row.put_non_empty(
                label,
                key.map(AsRef::as_ref).or(parent.is_unreadable().then_some(UNREADABLE)),
            );
        }
        "subtasks" => {
            let subtasks: List<wire::LinkedIssue<'_>> = issue.fields.list("subtasks");
            row.put_unreadable_of(&label, subtasks.unreadable());
            let shown = subtasks.iter().filter(|subtask| options.visible.shows(&subtask.key));
            row.put_non_empty(
                label,
                shown.map(|subtask| Value::from(clean(&subtask.key))).collect::<Vec<_>>(),
            );
        }
        id => {
            let shown = |raw| match fenced(id, raw, options.visible) {
                Some(rest) => compact(json_borrow::from_str(&rest).ok()?, options.text_chars),
                None => compact(raw, options.text_chars),
            };
            row.put_non_empty(label, issue.fields.raw(id).and_then(shown));
        }
    }
}

fn put_links(
    row: &mut Row,
    label: Cow<'static, str>,
    issue: &wire::Issue<'_>,
    visible: &dyn Visible,
) {
    let links: List<wire::IssueLink<'_>> = issue.fields.list("issuelinks");
    let one_sided = links.iter().filter(|link| link.is_unreadable()).count();
    row.put_unreadable_of(&label, links.unreadable() + one_sided);
    let links: Vec<LinkView> =
        links.iter().filter_map(LinkView::of).filter(|link| visible.shows(link.key())).collect();
    let shown = links.iter().take(LINKS_MAX).filter_map(|view| serde_json::to_value(view).ok());
    row.put_non_empty(label, shown.collect::<Vec<_>>());
    if links.len() > LINKS_MAX {
        row.put_non_empty("links_omitted", links.len() - LINKS_MAX);
    }
}

fn put_attachments(row: &mut Row, label: Cow<'static, str>, issue: &wire::Issue<'_>) {
    let files: List<wire::Attachment<'_>> = issue.fields.list("attachment");
    row.put_unreadable_of(&label, files.unreadable());
    let views = files.iter().take(LINKS_MAX).map(AttachmentView::from);
    row.put_non_empty(
        label,
        views.filter_map(|view| serde_json::to_value(view).ok()).collect::<Vec<_>>(),
    );
    if files.len() > LINKS_MAX {
        row.put_non_empty("attachments_omitted", files.len() - LINKS_MAX);
    }
}

/// The end of a list that Jira gives oldest first, without the frame that Jira puts around it.
fn put_latest<T, V: Serialize>(
    row: &mut Row,
    label: Cow<'static, str>,
    items: Option<&List<T>>,
    total: Option<u32>,
    view: impl Fn(&T) -> V,
) {
    let Some(items) = items else { return row.put_non_empty(label, UNREADABLE) };
    let shown: Vec<Value> = items
        .iter()
        .rev()
        .take(LATEST_MAX)
        .filter_map(|item| serde_json::to_value(view(item)).ok())
        .collect();
    let all = items.received().max(total.unwrap_or_default() as usize);
    row.put_unreadable_of(&label, items.unreadable());
    let omitted = all.saturating_sub(items.unreadable() + shown.len());
    if omitted > 0 {
        row.put_non_empty(format!("{label}_omitted"), omitted);
    }
    row.put_non_empty(label, shown);
}
