//! One issue: read it, see what can be edited, delete it.

use crate::{
    answer::{Answer, Fault, Reply},
    http::{
        call::Call,
        route::{Route, read, write},
    },
    model::{Access, Site},
    render::{self, Expand, FieldSelection, SiteView},
};

pub(crate) const ROUTES: &[Route] = &[
    read("/rest/api/3/issue/{issue}", get),
    write("DELETE", "/rest/api/3/issue/{issue}", delete),
    read("/rest/api/3/issue/{issue}/editmeta", editmeta),
];

fn get(call: &Call, site: &SiteView) -> Answer {
    let issue = call.issue(site)?;
    // A search that asks for the id alone gets the id alone; a single issue keeps its envelope.
    let wanted = match FieldSelection::read(&call.list("fields"), "*all") {
        FieldSelection::IdOnly => FieldSelection::Fields {
            all: false,
            navigable: false,
            named: Vec::new(),
            without: Vec::new(),
        },
        fields @ FieldSelection::Fields { .. } => fields,
    };
    let mut shown = render::issue(site, issue, &wanted, &Expand(call.list("expand")));
    let asked = call.list("properties");
    if let (Some(shown), false) = (shown.as_object_mut(), asked.is_empty()) {
        let all = asked.contains(&"*all");
        let entries =
            issue.properties.iter().filter(|(key, _)| all || asked.contains(&key.as_str()));
        let entries: serde_json::Map<_, _> = entries.map(|(k, v)| (k.clone(), v.clone())).collect();
        shown.insert("properties".into(), entries.into());
    }
    Ok(Reply::json(200, shown))
}

fn editmeta(call: &Call, site: &SiteView) -> Answer {
    let issue = call.issue(site)?;
    let project = site.project(issue.project).ok_or_else(Fault::no_issue)?;
    Ok(Reply::json(200, render::editmeta(site, project, issue)))
}

fn delete(call: &Call, site: &mut Site) -> Answer {
    let issue = call.issue(site)?;
    if !call.may(site, issue, Access::Admin) {
        return Err(Fault::message(
            403,
            "You do not have permission to delete issues in this project.",
        ));
    }
    let id = issue.id;
    let subtasks: Vec<u64> = site.subtasks(id).map(|child| child.id).collect();
    if !subtasks.is_empty() && !call.flag("deleteSubtasks", false) {
        let text = format!(
            "The issue '{}' has subtasks.  You must specify the 'deleteSubtasks' parameter to delete this issue and \
             all its subtasks.",
            issue.key
        );
        return Err(Fault::message(400, text));
    }
    for gone in subtasks.into_iter().chain([id]) {
        if let Some(issue) = site.issues.remove(&gone) {
            site.keys.remove(&issue.key);
        }
        site.links.retain(|link| link.from != gone && link.to != gone);
        for child in
            site.issues.values_mut().filter(|issue| issue.reference("parent") == Some(gone))
        {
            child.values.remove("parent");
        }
    }
    Ok(Reply::empty(204))
}
