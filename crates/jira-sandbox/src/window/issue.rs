//! An issue as people see it: what it says, where it stands, who said what, and what has happened.

use axum::{http::StatusCode, response::Response};
use maud::{Markup, html};

use super::{
    frame::Frame,
    line::{self, field_text, status_tag},
    live::LIVE,
    rich_text::rich_text,
};
use crate::{
    fields::pretty_duration,
    model::{Access, Change, Comment, FieldKind, Issue, Who},
    render::SiteView,
};

/// So many changes are shown, the newest first.
const CHANGES_MAX: usize = 30;

/// Shown in places of their own, or of no use to people.
const ELSEWHERE: &[&str] =
    &["summary", "description", "status", "assignee", "reporter", "parent", "customfield_10019"];

/// The issue, if the person may see it.
pub(super) fn page(view: &SiteView, frame: &Frame<'_>, key: &str) -> Response {
    let Some(issue) = view.visible_issue(view.who, key) else {
        let main = html! { p { "There is no such issue, or " (frame.name) " may not see it. " a href=(frame.to("/")) { "To the board" } } };
        return frame.refuse(StatusCode::NOT_FOUND, "No such issue", main);
    };
    let main = html! {
        form.form method="get" { (frame.chooser()) button { "Show" } }
        .split {
            div {
                section #description .card data-live {
                    h2 { "Description" }
                    @match issue.rich("description") {
                        Some(document) => (rich_text(document)),
                        None => p.soft { "None" },
                    }
                }
                section #others .card data-live { (other_issues(view, frame, issue)) }
                section #comments .card data-live { (comments(view, issue)) }
                section #history .card data-live { (history(view, issue)) }
            }
            section #facts .card data-live { (facts(view, frame, issue)) }
        }
    };
    let status = view.status(issue.status).map_or("", |status| status.name.as_str());
    let news = format!("{} is {status}, changed {}.", issue.key, view.rendered_time(issue.updated));
    frame.page(&format!("{}: {}", issue.key, issue.summary()), LIVE, &news, main)
}

fn person<'a>(view: &'a SiteView<'_>, who: Who) -> &'a str {
    view.people.get(who).map_or("somebody", |person| person.name.as_str())
}

fn facts(view: &SiteView, frame: &Frame<'_>, issue: &Issue) -> Markup {
    let kind = view.issue_type(issue.type_id).map_or("", |kind| view.word(&kind.name));
    let parent = issue.reference("parent").and_then(|id| view.issues.get(&id));
    let parent = parent.filter(|parent| view.may(view.who, parent, Access::Viewer));
    let mut others: Vec<(&str, String)> = Vec::new();
    for field in view.fields.iter().filter(|field| !ELSEWHERE.contains(&field.id.as_str())) {
        let is_long = field.kind == FieldKind::Rich;
        let text = field_text(view, issue, &field.id).filter(|_| !is_long);
        others.extend(text.map(|text| (field.name.as_str(), text)));
    }
    html! {
        h2 { "Details" }
        dl.facts {
            div { dt { "Status" } dd { (status_tag(view, issue)) } }
            div { dt { "Type" } dd { (kind) } }
            div { dt { "Assignee" } dd { (field_text(view, issue, "assignee").unwrap_or_else(|| "nobody".to_owned())) } }
            div { dt { "Reporter" } dd { (field_text(view, issue, "reporter").unwrap_or_else(|| "nobody".to_owned())) } }
            @if let Some(parent) = parent { div { dt { "Parent" } dd { (line::line(view, frame, parent)) } } }
            @for (name, text) in &others { div { dt { (view.word(name)) } dd { (text) } } }
            @if issue.seconds_spent() > 0 { div { dt { "Time spent" } dd { (pretty_duration(issue.seconds_spent())) } } }
            @if !issue.watchers.is_empty() { div { dt { "Watchers" } dd { (issue.watchers.len()) } } }
            @if !issue.voters.is_empty() { div { dt { "Votes" } dd { (issue.voters.len()) } } }
            @if !issue.attachments.is_empty() {
                div {
                    dt { "Files" }
                    dd { @for file in &issue.attachments { (file.name) " (" (file.content.len()) " B)" br; } }
                }
            }
            div { dt { "Created" } dd { (view.rendered_time(issue.created)) " by " (person(view, issue.creator)) } }
            div { dt { "Updated" } dd { (view.rendered_time(issue.updated)) } }
        }
    }
}

fn other_issues(view: &SiteView, frame: &Frame<'_>, issue: &Issue) -> Markup {
    let seen = |other: &&Issue| view.may(view.who, other, Access::Viewer);
    let subtasks: Vec<&Issue> = view.subtasks(issue.id).filter(seen).collect();
    let touching = view.links.iter().filter(|link| link.from == issue.id || link.to == issue.id);
    let links: Vec<(&str, &Issue)> = touching
        .filter_map(|link| {
            let outward = link.from == issue.id;
            let kind = view.link_types.iter().find(|kind| kind.id == link.type_id)?;
            let other = view.issues.get(if outward { &link.to } else { &link.from })?;
            Some((if outward { kind.outward.as_str() } else { kind.inward.as_str() }, other))
        })
        .filter(|(_, other)| seen(other))
        .collect();
    html! {
        h2 { "Links and sub-tasks" }
        @if subtasks.is_empty() && links.is_empty() && issue.remote_links.is_empty() { p.soft { "None" } }
        @else {
            ul.rows {
                @for (phrase, other) in &links { li { span.soft { (phrase) " " } (line::line(view, frame, other)) } }
                @for other in &subtasks { li { span.soft { "sub-task " } (line::line(view, frame, other)) } }
                @for link in &issue.remote_links { li { span.soft { "page " } (link.title) } }
            }
        }
    }
}

fn comments(view: &SiteView, issue: &Issue) -> Markup {
    let is_desk = view.project(issue.project).is_some_and(|project| project.kind == "service_desk");
    let seen = view.visible_comments(view.who, issue);
    html! {
        h2 { "Comments" }
        @if seen.is_empty() { p.soft { "None" } }
        @for comment in seen {
            @let internal = is_desk && is_internal(comment);
            article.comment.internal[internal] id=(format!("comment-{}", comment.id)) {
                p {
                    strong { (person(view, comment.author)) } " "
                    span.soft { (view.rendered_time(comment.created)) }
                    @if comment.updated != comment.created { span.soft { ", edited" } }
                    @if internal { " " span.tag.note { "Internal note" } }
                    @else if is_desk { " " span.tag { "Reply to the customer" } }
                    @if let Some(limit) = &comment.visibility { " " span.tag.note { "Only " (limit.kind) " " (limit.value) } }
                }
                (rich_text(&comment.body))
            }
        }
    }
}

/// Whether only the desk's agents read it.
fn is_internal(comment: &Comment) -> bool {
    let mark = comment.properties.get("sd.public.comment").and_then(|mark| mark.get("internal"));
    mark == Some(&serde_json::Value::Bool(true))
}

fn history(view: &SiteView, issue: &Issue) -> Markup {
    let mut changes: Vec<&Change> = issue.changes.iter().collect();
    changes.sort_by_key(|change| std::cmp::Reverse((change.created, change.id)));
    html! {
        h2 { "History" }
        @if changes.is_empty() { p.soft { "Nothing has changed since it was created." } }
        ul.rows {
            @for change in changes.into_iter().take(CHANGES_MAX) {
                li {
                    strong { (person(view, change.author)) } " "
                    span.soft { (view.rendered_time(change.created)) }
                    @for item in &change.items {
                        br; (view.word(&item.field)) ": " (short(item.from.1.as_deref())) " → " (short(item.to.1.as_deref()))
                    }
                }
            }
        }
    }
}

/// The beginning of a long text; the page has the whole of what is there now.
fn short(text: Option<&str>) -> String {
    let text = text.filter(|text| !text.is_empty()).unwrap_or("none");
    let mut cut: String = text.chars().take(80).collect();
    if cut.len() < text.len() {
        cut.push('…');
    }
    cut
}
