//! The board: a project's issues by status, and beside them the last calls.

use axum::{http::StatusCode, response::Response};
use maud::{Markup, html};

use super::{call_list, frame::Frame, line::field_text, live::LIVE};
use crate::{
    calls::Seen,
    model::{Access, Issue, Project, Status},
    render::SiteView,
};

/// So many issues of a column are shown, those that were touched last.
const COLUMN_MAX: usize = 8;

/// So many calls beside the board.
const CALLS_MAX: usize = 6;

/// The board of the project that was asked for, else of the first one that the person sees.
pub(super) fn page(
    view: &SiteView,
    frame: &Frame<'_>,
    asked: Option<&str>,
    seen: &Seen,
) -> Response {
    let may = |project: &&Project| project.may(view.who, Access::Viewer);
    let projects: Vec<&Project> = view.projects.iter().filter(may).collect();
    let found = match asked {
        Some(asked) => projects.iter().find(|project| project.key.eq_ignore_ascii_case(asked)),
        None => projects.first(),
    };
    let Some(project) = found else {
        let main = html! { p { "There is no such project, or " (frame.name) " may not see it. " a href=(frame.to("/")) { "Back to the board" } } };
        return frame.refuse(StatusCode::NOT_FOUND, "No such project", main);
    };
    let main = html! {
        form.form method="get" action="/" {
            label {
                span { "Project" }
                select #project name="project" {
                    @for one in &projects {
                        option value=(one.key) selected[one.key == project.key] { (one.key) " – " (one.name) }
                    }
                }
            }
            (frame.chooser())
            button { "Show" }
        }
        .split {
            section #board .columns data-live aria-label=(format!("Issues of {} by status", project.name)) {
                @for status in project.workflow.statuses.iter().filter_map(|id| view.status(*id)) {
                    (column(view, frame, project, status))
                }
            }
            section.card aria-labelledby="last-calls" {
                h2 #last-calls { "Last calls of your agent" }
                (call_list::newest(view, seen, CALLS_MAX))
                p { a href=(frame.to("/calls")) { "All calls, with what they were given" } }
            }
        }
    };
    frame.page(&project.name, LIVE, &call_list::news(seen), main)
}

fn column(view: &SiteView, frame: &Frame<'_>, project: &Project, status: &Status) -> Markup {
    let of = |issue: &&Issue| issue.project == project.id && issue.status == status.id;
    let mut issues: Vec<&Issue> = view.issues.values().filter(of).collect();
    issues.sort_by_key(|issue| std::cmp::Reverse((issue.updated, issue.number)));
    let more = issues.len().saturating_sub(COLUMN_MAX);
    html! {
        .column {
            h2 { (view.word(&status.name)) " " span.tag { (issues.len()) } }
            ul {
                @for issue in issues.iter().take(COLUMN_MAX) {
                    li {
                        a id=(format!("card-{}", issue.key)) href=(frame.to(&format!("/browse/{}", issue.key))) {
                            (issue.key)
                        }
                        " " (issue.summary())
                        p { (under(view, issue)) }
                    }
                }
            }
            @if more > 0 { p.soft { "and " (more) " more" } }
        }
    }
}

/// Type, priority and whose it is.
fn under(view: &SiteView, issue: &Issue) -> String {
    let kind = view.issue_type(issue.type_id).map(|kind| view.word(&kind.name).to_owned());
    let assignee = field_text(view, issue, "assignee").unwrap_or_else(|| "unassigned".to_owned());
    let parts = [kind, field_text(view, issue, "priority"), Some(assignee)];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
}
