//! Who am I, where am I, what may I do.

#![expect(
    clippy::unnecessary_wraps,
    reason = "all routes have one signature, also those that cannot fail"
)]

use serde_json::{Map, json};

use crate::{
    answer::{Answer, Fault, Reply},
    http::{
        call::Call,
        route::{Route, read},
    },
    model::{Access, scope::READ_USER},
    render::{self, SiteView},
};

pub(crate) const ROUTES: &[Route] = &[
    read("/rest/api/3/myself", myself).needs(&[READ_USER]),
    read("/rest/api/3/serverInfo", server_info).needs(&[]),
    read("/rest/api/3/mypermissions", my_permissions),
];

fn myself(call: &Call, site: &SiteView) -> Answer {
    Ok(Reply::json(200, render::profile(site, call.expands("groups"))))
}

fn server_info(call: &Call, site: &SiteView) -> Answer {
    Ok(Reply::json(
        200,
        json!({
            "baseUrl": site.host, "displayUrl": site.host, "version": "1001.0.0-SNAPSHOT",
            "versionNumbers": [1001, 0, 0], "deploymentType": "Cloud", "buildNumber": 100_283,
            "buildDate": "2026-11-02T09:00:00.000+0000", "serverTime": site.time(call.now),
            "scmInfo": "0000000000000000000000000000000000000000", "serverTitle": "Jira",
            "serverTimeZone": "Etc/UTC",
        }),
    ))
}

enum Needs {
    Project(Access),
    Administer,
    Directory,
    Anyone,
}

/// Key, id and name as Jira numbers them, and what the sandbox asks for each.
const PERMISSIONS: &[(&str, &str, &str, Needs)] = &[
    ("ADMINISTER", "0", "Administer Jira", Needs::Administer),
    ("USER_PICKER", "27", "Browse users and groups", Needs::Directory),
    ("BULK_CHANGE", "33", "Make bulk changes", Needs::Anyone),
    ("BROWSE_PROJECTS", "10", "Browse Projects", Needs::Project(Access::Viewer)),
    ("CREATE_ISSUES", "11", "Create Issues", Needs::Project(Access::Member)),
    ("EDIT_ISSUES", "12", "Edit Issues", Needs::Project(Access::Member)),
    ("ASSIGN_ISSUES", "13", "Assign Issues", Needs::Project(Access::Assigner)),
    ("RESOLVE_ISSUES", "14", "Resolve Issues", Needs::Project(Access::Member)),
    ("ADD_COMMENTS", "15", "Add Comments", Needs::Project(Access::Member)),
    ("DELETE_ISSUES", "16", "Delete Issues", Needs::Project(Access::Admin)),
    ("ASSIGNABLE_USER", "17", "Assignable User", Needs::Project(Access::Member)),
    ("CLOSE_ISSUES", "18", "Close Issues", Needs::Project(Access::Member)),
    ("CREATE_ATTACHMENTS", "19", "Create Attachments", Needs::Project(Access::Member)),
    ("WORK_ON_ISSUES", "20", "Work On Issues", Needs::Project(Access::Member)),
    ("LINK_ISSUES", "21", "Link Issues", Needs::Project(Access::Member)),
    ("ADMINISTER_PROJECTS", "23", "Administer Projects", Needs::Project(Access::Admin)),
    ("MOVE_ISSUES", "25", "Move Issues", Needs::Project(Access::Member)),
    ("SCHEDULE_ISSUES", "28", "Schedule Issues", Needs::Project(Access::Member)),
    ("MANAGE_WATCHERS", "32", "Manage Watchers", Needs::Project(Access::Admin)),
    ("VIEW_VOTERS_AND_WATCHERS", "31", "View Voters and Watchers", Needs::Project(Access::Viewer)),
    ("EDIT_ALL_COMMENTS", "34", "Edit All Comments", Needs::Project(Access::Admin)),
    ("EDIT_OWN_COMMENTS", "35", "Edit Own Comments", Needs::Project(Access::Member)),
    ("DELETE_ALL_COMMENTS", "36", "Delete All Comments", Needs::Project(Access::Admin)),
    ("DELETE_OWN_COMMENTS", "37", "Delete Own Comments", Needs::Project(Access::Member)),
    ("DELETE_ALL_ATTACHMENTS", "38", "Delete All Attachments", Needs::Project(Access::Admin)),
    ("DELETE_OWN_ATTACHMENTS", "39", "Delete Own Attachments", Needs::Project(Access::Member)),
    ("EDIT_ALL_WORKLOGS", "41", "Edit All Worklogs", Needs::Project(Access::Admin)),
    ("EDIT_OWN_WORKLOGS", "40", "Edit Own Worklogs", Needs::Project(Access::Member)),
    ("DELETE_OWN_WORKLOGS", "42", "Delete Own Worklogs", Needs::Project(Access::Member)),
    ("DELETE_ALL_WORKLOGS", "43", "Delete All Worklogs", Needs::Project(Access::Admin)),
    ("TRANSITION_ISSUES", "46", "Transition Issues", Needs::Project(Access::Member)),
    ("MANAGE_SPRINTS_PERMISSION", "-1", "Manage sprints", Needs::Project(Access::Member)),
];

fn my_permissions(call: &Call, site: &SiteView) -> Answer {
    let asked = call.list("permissions");
    if asked.is_empty() {
        return Err(Fault::message(400, "The 'permissions' query parameter is required."));
    }
    let unknown: Vec<_> =
        asked.iter().filter(|key| !PERMISSIONS.iter().any(|known| known.0 == **key)).collect();
    if !unknown.is_empty() {
        return Err(Fault::message(400, format!("Unrecognized permission(s): {unknown:?}")));
    }
    let issue = call.query("issueKey").or(call.query("issueId"));
    let project = match (issue, call.query("projectKey").or(call.query("projectId"))) {
        (Some(issue), _) => {
            let issue = site.visible_issue(call.who, issue).ok_or_else(Fault::no_issue)?;
            site.project(issue.project)
        }
        (None, Some(key)) => {
            Some(site.visible_project(call.who, key).ok_or_else(|| Fault::no_project(key))?)
        }
        (None, None) => None,
    };
    let has = |access: Access| match project {
        Some(project) => project.may(call.who, access),
        None => site.projects.iter().any(|project| project.may(call.who, access)),
    };
    let mut shown = Map::new();
    for (key, id, name, needs) in PERMISSIONS.iter().filter(|(key, ..)| asked.contains(key)) {
        let (kind, have) = match needs {
            Needs::Project(access) => ("PROJECT", has(*access)),
            Needs::Administer => ("GLOBAL", site.admins.contains(&call.who)),
            Needs::Directory => ("GLOBAL", !site.without_directory.contains(&call.who)),
            Needs::Anyone => ("GLOBAL", true),
        };
        let description = format!("Ability to {}.", name.to_lowercase());
        shown.insert(
            (*key).to_owned(),
            json!({ "id": id, "key": key, "name": name, "type": kind, "description": description, "havePermission": have }),
        );
    }
    Ok(Reply::json(200, json!({ "permissions": shown })))
}
