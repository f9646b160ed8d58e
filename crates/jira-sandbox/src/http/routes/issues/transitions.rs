//! The workflow of an issue: what may happen now, and making it happen.

use serde_json::json;

use super::comments;
use crate::{
    answer::{Answer, ErrorCollection, Fault, Reply},
    fields::{Edit, WriteContext, apply, read_edit},
    http::{
        call::Call,
        route::{Route, read, write},
    },
    model::{ChangeItem, Issue, Site, Status, Transition, Value},
    render::{self, SiteView},
};

/// The id of Jira's status category Done.
const DONE: u64 = 3;

pub(crate) const ROUTES: &[Route] = &[
    read("/rest/api/3/issue/{issue}/transitions", list),
    write("POST", "/rest/api/3/issue/{issue}/transitions", perform),
];

fn list(call: &Call, site: &SiteView) -> Answer {
    let issue = call.issue(site)?;
    let project = site.project(issue.project).ok_or_else(Fault::no_issue)?;
    let fields = call.expands("transitions.fields");
    let only = call.query("transitionId");
    let shown: Vec<_> = site
        .open_transitions(call.who, issue)
        .into_iter()
        .filter(|entry| only.is_none_or(|id| entry.id.to_string() == id))
        .map(|entry| render::transition(site, project, issue, entry, fields))
        .collect();
    Ok(Reply::json(200, json!({ "expand": "transitions", "transitions": shown })))
}

fn perform(call: &Call, site: &mut Site) -> Answer {
    let issue = call.issue(site)?;
    let id = issue.id;
    let body = call.object()?;
    let wanted = body.get("transition").and_then(|transition| transition.get("id"));
    let Some(wanted) = wanted.map(|id| id.as_str().map_or_else(|| id.to_string(), str::to_owned))
    else {
        return Err(Fault::message(400, "Missing 'transition' identifier"));
    };
    let found = site
        .open_transitions(call.who, issue)
        .into_iter()
        .find(|entry| entry.id.to_string() == wanted)
        .cloned();
    let Some(transition) = found else {
        return Err(Fault::message(
            400,
            format!("Transition id '{wanted}' is not valid for this issue."),
        ));
    };
    let mut errors = ErrorCollection::default();
    let project = site.project(issue.project).ok_or_else(Fault::no_issue)?;
    let context = WriteContext { site, project, who: call.who };
    let hidden = transition.unannounced.iter().map(|field| ((*field).to_owned(), false));
    let screen = transition.screen.iter().cloned().chain(hidden).collect();
    let edit = read_edit(context, &screen, Some(issue), &body, &mut errors)?;
    check_required(site, issue, &transition, &edit, &mut errors);
    errors.finish()?;
    for comment in &edit.comments {
        comments::check_body(comment.get("body"))?;
    }
    perform_transition(call, site, id, &transition, edit)?;
    Ok(Reply::empty(204))
}

/// A step without a screen, as bulk operations make them.
pub(crate) fn transition_without_screen(
    call: &Call,
    site: &mut Site,
    id: u64,
    wanted: &str,
) -> Result<(), Fault> {
    let issue = site.issues.get(&id).ok_or_else(Fault::no_issue)?;
    let found = site
        .open_transitions(call.who, issue)
        .into_iter()
        .find(|entry| entry.id.to_string() == wanted)
        .cloned();
    let Some(transition) = found else {
        return Err(Fault::message(
            400,
            format!("Transition id '{wanted}' is not valid for this issue."),
        ));
    };
    let mut errors = ErrorCollection::default();
    check_required(site, issue, &transition, &Edit::default(), &mut errors);
    errors.finish()?;
    perform_transition(call, site, id, &transition, Edit::default())
}

fn perform_transition(
    call: &Call,
    site: &mut Site,
    id: u64,
    transition: &Transition,
    edit: Edit,
) -> Result<(), Fault> {
    let (comments, mut values) = (edit.comments, edit.values);
    // A post function sets what nobody said.
    let is_given = values.iter().any(|(field, _)| field == "resolution");
    if let Some(resolution) =
        transition.sets_resolution.filter(|resolution| *resolution == 0 || !is_given)
    {
        values.push(("resolution".to_owned(), (resolution != 0).then_some(Value::Ref(resolution))));
    }
    let items = set_status(call, site, id, transition.to);
    apply(site, id, call.who, call.now, values, items);
    update_resolution_date(call, site, id);
    for comment in &comments {
        comments::add(call, site, id, comment)?;
    }
    Ok(())
}

/// Required screen fields answer at their field, a validator answers with a sentence.
fn check_required(
    site: &Site,
    issue: &Issue,
    transition: &Transition,
    edit: &Edit,
    errors: &mut ErrorCollection,
) {
    let has = |id: &str| match edit.value(id) {
        Some(value) => value.is_some(),
        None => issue.values.contains_key(id),
    };
    let name = |id: &str| site.field(id).map_or_else(|| id.to_owned(), |field| field.name.clone());
    for (id, _) in transition.screen.iter().filter(|(id, required)| *required && !has(id)) {
        errors.add_field_error(id, format!("{} is required.", name(id)));
    }
    if let Some(id) = transition.validator.as_deref().filter(|id| !has(id)) {
        errors.add_message(format!(
            "{} must be set before this work item can move to this status.",
            name(id)
        ));
    }
}

/// Moves the issue to the status; answers what the history shows of it.
fn set_status(call: &Call, site: &mut Site, id: u64, to: u64) -> Vec<ChangeItem> {
    let named = |status: Option<&Status>| {
        (status.map(|s| s.id.to_string()), status.map(|s| s.name.clone()))
    };
    let Some(before) = site.issues.get(&id).map(|issue| issue.status) else { return Vec::new() };
    if before == to {
        return Vec::new();
    }
    let item = ChangeItem {
        field: "status".into(),
        field_id: "status".into(),
        custom: false,
        from: named(site.status(before)),
        to: named(site.status(to)),
    };
    let category = |status: u64| site.status(status).map(|status| status.category);
    let crosses = category(before) != category(to);
    if let Some(issue) = site.issues.get_mut(&id) {
        issue.status = to;
        if crosses {
            issue.category_changed = call.now;
        }
    }
    vec![item]
}

/// The resolution date follows the resolution.
fn update_resolution_date(call: &Call, site: &mut Site, id: u64) {
    let Some(issue) = site.issues.get(&id) else { return };
    let done = site.status(issue.status).is_some_and(|status| status.category == DONE);
    let resolved = issue.values.contains_key("resolution") && done;
    if let Some(issue) = site.issues.get_mut(&id) {
        issue.resolved = resolved.then(|| issue.resolved.unwrap_or(call.now));
        if !done {
            issue.values.remove("resolution");
        }
    }
}
