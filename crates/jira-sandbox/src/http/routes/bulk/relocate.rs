//! `POST /bulk/issues/move`: to another project or type; the sandbox leaves every choice to Jira,
//! as `infer…: true` does.

use serde_json::{Map, Value as Json};

use super::tasks::{bulk_error, selected_issues, submit};
use crate::{
    answer::{Answer, ErrorCollection, Fault},
    fields::touch,
    http::{
        call::Call,
        route::{Route, write},
    },
    json::strings,
    model::{Access, ChangeItem, Issue, Project, SPRINT_FIELD, Site},
};

pub(crate) const ROUTES: &[Route] = &[write("POST", "/rest/api/3/bulk/issues/move", move_issues)];

/// What has to be left to Jira.
const INFERRED: &[&str] = &[
    "inferClassificationDefaults",
    "inferFieldDefaults",
    "inferStatusDefaults",
    "inferSubtaskTypeDefault",
];

fn move_issues(call: &Call, site: &mut Site) -> Answer {
    let body = call.object()?;
    let mapping = body
        .get("targetToSourcesMapping")
        .and_then(Json::as_object)
        .ok_or_else(Fault::bad_payload)?;
    let mut moves = Vec::new();
    for (target, source) in mapping {
        let (project, kind) = destination(call, site, target)?;
        let source = source.as_object().ok_or_else(Fault::bad_payload)?;
        check_inferred(source)?;
        let keys = strings(source.get("issueIdsOrKeys")).ok_or_else(Fault::bad_payload)?;
        moves.extend(selected_issues(call, site, &keys)?.into_iter().map(|id| (id, project, kind)));
    }
    let ids = moves.iter().map(|(id, ..)| *id).collect();
    Ok(submit(call, site, ids, |call, site, id| {
        match moves.iter().find(|(known, ..)| *known == id) {
            Some((_, project, kind)) => move_one(call, site, id, *project, *kind),
            None => Err(Fault::no_issue()),
        }
    }))
}

/// `PROJECT,typeId[,parent]`.
fn destination(call: &Call, site: &Site, target: &str) -> Result<(u64, u64), Fault> {
    let mut parts = target.split(',');
    let project = parts.next().and_then(|key| site.visible_project(call.who, key));
    let project = project.ok_or_else(|| bulk_error("The target project is not valid"))?;
    if !project.may(call.who, Access::Member) {
        return Err(bulk_error(
            "You do not have permission to create issues in the target project",
        ));
    }
    let kind = parts.next().and_then(|id| id.parse().ok()).filter(|id| project.types.contains(id));
    Ok((project.id, kind.ok_or_else(|| bulk_error("The target issue type is not valid"))?))
}

fn check_inferred(source: &Map<String, Json>) -> Result<(), Fault> {
    if INFERRED.iter().all(|name| source.get(*name) == Some(&Json::Bool(true))) {
        return Ok(());
    }
    Err(bulk_error("Values must be provided for what is not inferred"))
}

/// Moves the issue, then its sub-tasks behind it.
fn move_one(call: &Call, site: &mut Site, id: u64, to: u64, kind: u64) -> Result<(), Fault> {
    let issue = site.issues.get(&id).ok_or_else(Fault::no_issue)?;
    if !site.may(call.who, issue, Access::Member) {
        return Err(Fault::message(
            403,
            "You do not have permission to move issues in this project.",
        ));
    }
    let target = site.project(to).ok_or_else(|| Fault::no_project("0"))?;
    let mut errors = ErrorCollection::default();
    let required = target.screen_of(kind).filter(|entry| entry.required);
    for entry in required.filter(|entry| !matches!(entry.field.as_str(), "project" | "issuetype")) {
        if !issue.values.contains_key(&entry.field) {
            let name =
                site.field(&entry.field).map_or(entry.field.as_str(), |field| field.name.as_str());
            errors.add_field_error(&entry.field, format!("{name} is required."));
        }
    }
    errors.finish()?;
    let level = |kind: &u64| site.issue_type(*kind).map(|kind| kind.level);
    let subtask = target.types.iter().copied().find(|kind| level(kind) == Some(-1));
    let children: Vec<u64> = site.subtasks(id).map(|child| child.id).collect();
    relocate(call, site, id, to, kind);
    // A project without a type for sub-tasks cannot take them: they stay.
    if let Some(subtask) = subtask {
        for child in children {
            relocate(call, site, child, to, subtask);
        }
    }
    Ok(())
}

/// Another key, a status that exists there, and no values that belong to the old project. The old
/// key still leads here.
fn relocate(call: &Call, site: &mut Site, id: u64, to: u64, kind: u64) {
    let foreign: Vec<String> = site
        .fields
        .iter()
        .filter(|field| {
            field.scope.is_some_and(|scope| scope != to)
                || matches!(field.id.as_str(), "components" | "fixVersions" | "versions")
                || field.id == SPRINT_FIELD
        })
        .map(|field| field.id.clone())
        .collect();
    let Some(project) = site.projects.iter_mut().find(|project| project.id == to) else { return };
    let Some(issue) = site.issues.get_mut(&id) else { return };
    let old_key = issue.key.clone();
    // Within a project only the type changes.
    if issue.project != to {
        give_new_key(issue, project);
        issue.values.retain(|field, _| !foreign.contains(field));
    }
    issue.type_id = kind;
    if !project.workflow.statuses.contains(&issue.status) {
        issue.status = project.workflow.initial;
    }
    let new_key = issue.key.clone();
    site.keys.insert(new_key.clone(), id);
    let item = ChangeItem {
        field: "Key".into(),
        field_id: String::new(),
        custom: false,
        from: (None, Some(old_key)),
        to: (None, Some(new_key)),
    };
    touch(site, id, call.who, call.now, vec![item]);
}

fn give_new_key(issue: &mut Issue, project: &mut Project) {
    project.last_number += 1;
    issue.number = project.last_number;
    issue.key = format!("{}-{}", project.key, issue.number);
    issue.project = project.id;
}
