//! `POST /issue`.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value as Json, json};

use super::comments;
use crate::{
    answer::{Answer, ErrorCollection, Fault, Reply},
    fields::{Edit, Screen, WriteContext, read_edit},
    http::{
        call::Call,
        route::{Route, write},
    },
    language,
    model::{Access, Issue, IssueType, Project, RANK_FIELD, Site, Value},
};

pub(crate) const ROUTES: &[Route] = &[write("POST", "/rest/api/3/issue", create)];

fn create(call: &Call, site: &mut Site) -> Answer {
    let body = call.object()?;
    let prepared = prepare(call, site, &body)?;
    let issue = store(call, site, prepared)?;
    Ok(Reply::json(201, issue))
}

/// A create that passed all checks.
pub(crate) struct PreparedIssue {
    project: u64,
    type_id: u64,
    edit: Edit,
    properties: BTreeMap<String, Json>,
}

/// # Errors
/// Every reason Jira has to refuse the issue, all fields in one answer.
pub(crate) fn prepare(
    call: &Call,
    site: &Site,
    body: &Map<String, Json>,
) -> Result<PreparedIssue, Fault> {
    let fields = body.get("fields").and_then(Json::as_object).cloned().unwrap_or_default();
    let mut errors = ErrorCollection::default();
    let Some(project) = wanted_project(call, site, &fields) else {
        errors.add_field_error("project", "valid project is required");
        errors.finish()?;
        return Err(Fault::bad_payload());
    };
    if !project.may(call.who, Access::Member) {
        return Err(Fault::message(
            403,
            "You do not have permission to create issues in this project.",
        ));
    }
    let Some(kind) = wanted_type(site, project, &fields) else {
        errors.add_field_error("issuetype", "Specify a valid issue type");
        errors.finish()?;
        return Err(Fault::bad_payload());
    };
    let screen: Screen =
        project.screen_of(kind.id).map(|entry| (entry.field.clone(), entry.required)).collect();
    let context = WriteContext { site, project, who: call.who };
    let mut edit = read_edit(context, &screen, None, body, &mut errors)?;
    set_defaults(call, site, &screen, &mut edit, &mut errors);
    check_parent(site, project, kind, &edit, &mut errors);
    for comment in &edit.comments {
        comments::check_body(comment.get("body"))?;
    }
    errors.finish()?;
    Ok(PreparedIssue {
        project: project.id,
        type_id: kind.id,
        edit,
        properties: comments::properties(body),
    })
}

fn wanted_project<'a>(
    call: &Call,
    site: &'a Site,
    fields: &Map<String, Json>,
) -> Option<&'a Project> {
    let given = fields.get("project")?;
    let name = given.get("key").or_else(|| given.get("id"))?;
    let name = name.as_str().map_or_else(|| name.to_string(), str::to_owned);
    site.visible_project(call.who, &name)
}

fn wanted_type<'a>(
    site: &'a Site,
    project: &Project,
    fields: &Map<String, Json>,
) -> Option<&'a IssueType> {
    let given = fields.get("issuetype")?;
    let id = given.get("id").map(|id| id.as_str().map_or_else(|| id.to_string(), str::to_owned));
    let name = given.get("name").and_then(Json::as_str);
    let mut types = project.types.iter().filter_map(|id| site.issue_type(*id));
    types.find(|kind| match (&id, name) {
        (Some(id), _) => kind.id.to_string() == *id,
        (None, Some(name)) => language::means(name, &kind.name),
        (None, None) => false,
    })
}

/// Defaults first, then what is still missing.
fn set_defaults(
    call: &Call,
    site: &Site,
    screen: &Screen,
    edit: &mut Edit,
    errors: &mut ErrorCollection,
) {
    for (id, default) in [("reporter", Value::Person(call.who)), ("priority", Value::Ref(3))] {
        if edit.value(id).is_none() {
            edit.values.push((id.to_owned(), Some(default)));
        }
    }
    let required = screen
        .iter()
        .filter(|(id, required)| *required && !matches!(id.as_str(), "project" | "issuetype"));
    for (id, _) in required {
        if matches!(edit.value(id), Some(Some(_))) {
            continue;
        }
        let name = site.field(id).map_or(id.as_str(), |field| field.name.as_str());
        let text = if id == "summary" {
            "You must specify a summary of the issue.".to_owned()
        } else {
            format!("{name} is required.")
        };
        errors.add_field_error(id, text);
    }
}

/// A parent is one level above; sub-tasks need one, in their own project.
fn check_parent(
    site: &Site,
    project: &Project,
    kind: &IssueType,
    edit: &Edit,
    errors: &mut ErrorCollection,
) {
    let Some(Some(Value::Ref(parent))) = edit.value("parent") else {
        if kind.level < 0 {
            errors.add_field_error(
                "issuetype",
                "Issue type is a sub-task but parent issue key or id not specified.",
            );
        }
        return;
    };
    let parent = site.issues.get(parent);
    let level =
        parent.and_then(|parent| site.issue_type(parent.type_id)).map_or(0, |kind| kind.level);
    let elsewhere = parent.is_some_and(|parent| parent.project != project.id);
    if level != kind.level + 1 || (elsewhere && (kind.level < 0 || project.team_managed)) {
        errors.add_field_error(
            "parentId",
            "Given parent work item does not belong to appropriate hierarchy.",
        );
    }
}

/// Stores the issue and answers `{id, key, self}`.
pub(crate) fn store(call: &Call, site: &mut Site, prepared: PreparedIssue) -> Result<Json, Fault> {
    let id = site.issues.last_key_value().map_or(10_000, |(last, _)| last + 1);
    let project = site.projects.iter_mut().find(|project| project.id == prepared.project);
    let project = project.ok_or_else(|| Fault::no_project("0"))?;
    project.last_number += 1;
    let (number, status) = (project.last_number, project.workflow.initial);
    let key = format!("{}-{number}", project.key);
    let mut values = BTreeMap::from([(RANK_FIELD.to_owned(), Value::Text(format!("0|i{id:05}:")))]);
    values.extend(
        prepared.edit.values.into_iter().filter_map(|(field, value)| Some((field, value?))),
    );
    let issue = Issue {
        id,
        key: key.clone(),
        number,
        project: prepared.project,
        type_id: prepared.type_id,
        status,
        creator: call.who,
        created: call.now,
        updated: call.now,
        category_changed: call.now,
        resolved: None,
        values,
        comments: Vec::new(),
        worklogs: Vec::new(),
        changes: Vec::new(),
        attachments: Vec::new(),
        remote_links: Vec::new(),
        watchers: BTreeSet::from([call.who]),
        voters: BTreeSet::new(),
        properties: prepared.properties,
    };
    site.keys.insert(key.clone(), id);
    site.issues.insert(id, issue);
    for comment in &prepared.edit.comments {
        comments::add(call, site, id, comment)?;
    }
    Ok(json!({
        "id": id.to_string(), "key": key, "self": format!("{}/rest/api/3/issue/{id}", site.host),
    }))
}
