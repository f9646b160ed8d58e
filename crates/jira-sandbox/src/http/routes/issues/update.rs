//! `PUT /issue/{key}` and the assignee shortcut.

use serde_json::Value as Json;

use super::comments;
use crate::{
    answer::{Answer, ErrorCollection, Fault, Reply},
    fields::{Screen, ValueError, WriteContext, apply, parse_value, read_edit},
    http::{
        call::Call,
        route::{Route, write},
    },
    model::{Access, Issue, Project, Site},
    render::{self, Expand, FieldSelection, SiteView},
};

pub(crate) const ROUTES: &[Route] = &[
    write("PUT", "/rest/api/3/issue/{issue}", edit),
    write("PUT", "/rest/api/3/issue/{issue}/assignee", assign),
];

fn edit(call: &Call, site: &mut Site) -> Answer {
    let issue = call.issue(site)?;
    let id = issue.id;
    if !call.may(site, issue, Access::Member) {
        return Err(Fault::message(
            403,
            "You do not have permission to edit issues in this project.",
        ));
    }
    if !call.flag("notifyUsers", true) && !call.may(site, issue, Access::Admin) {
        let text = "To discard the user notification either admin or project admin permissions are required.";
        return Err(Fault::message(403, text));
    }
    let body = call.object()?;
    let project = site.project(issue.project).ok_or_else(Fault::no_issue)?;
    let screen = edit_screen(project, issue);
    let mut errors = ErrorCollection::default();
    let context = WriteContext { site, project, who: call.who };
    let edit = read_edit(context, &screen, Some(issue), &body, &mut errors)?;
    for (field, _) in screen.iter().filter(|(_, required)| *required) {
        if matches!(edit.value(field), Some(None)) {
            let name = site.field(field).map_or(field.as_str(), |field| field.name.as_str());
            errors.add_field_error(field, format!("{name} is required."));
        }
    }
    for comment in &edit.comments {
        comments::check_body(comment.get("body"))?;
    }
    errors.finish()?;
    apply(site, id, call.who, call.now, edit.values, Vec::new());
    for comment in &edit.comments {
        comments::add(call, site, id, comment)?;
    }
    if !call.flag("returnIssue", false) {
        return Ok(Reply::empty(204));
    }
    let issue = site.issues.get(&id).ok_or_else(Fault::no_issue)?;
    let all = FieldSelection::read(&["*all"], "*all");
    Ok(Reply::json(
        200,
        render::issue(&SiteView::new(site, call.who), issue, &all, &Expand(call.list("expand"))),
    ))
}

/// What the edit screen of an issue takes.
pub(crate) fn edit_screen(project: &Project, issue: &Issue) -> Screen {
    project
        .edit_screen_of(issue.type_id)
        .filter(|entry| !matches!(entry.field.as_str(), "project" | "issuetype"))
        .map(|entry| (entry.field.clone(), entry.required))
        .collect()
}

fn assign(call: &Call, site: &mut Site) -> Answer {
    let issue = call.issue(site)?;
    let id = issue.id;
    if !call.may(site, issue, Access::Assigner) {
        return Err(Fault::message(
            403,
            "You do not have permission to assign issues in this project.",
        ));
    }
    let body = call.object()?;
    let given = body.get("accountId").ok_or_else(Fault::bad_payload)?;
    let project = site.project(issue.project).ok_or_else(Fault::no_issue)?;
    let field = site.field("assignee").ok_or_else(Fault::no_issue)?;
    let json = if given.is_null() { Json::Null } else { serde_json::json!({ "accountId": given }) };
    let value = match parse_value(WriteContext { site, project, who: call.who }, field, &json) {
        Ok(value) => value,
        Err(ValueError::AtField(text) | ValueError::General(text)) => {
            return Err(Fault::field(400, "assignee", text));
        }
    };
    apply(site, id, call.who, call.now, vec![("assignee".to_owned(), value)], Vec::new());
    Ok(Reply::empty(204))
}
