//! Bulk operations are worked off later: what they share, and how far a task has come.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};

use crate::{
    answer::{Answer, Content, Fault, Reply},
    http::{
        call::Call,
        route::{Route, write},
    },
    model::{Site, Task, scope::READ_WORK},
    render::SiteView,
};

pub(crate) const ROUTES: &[Route] = &[
    // Being asked is what brings a task forward here, so asking changes the site.
    write("GET", "/rest/api/3/bulk/queue/{task}", progress).needs(&[READ_WORK]),
];

const ISSUES_MAX: usize = 1_000;

/// The envelope of the bulk endpoints, a list where all others have a map.
pub(crate) fn bulk_error(text: impl Into<String>) -> Fault {
    Fault(Reply::json(400, json!({ "errors": [{ "message": text.into() }] })))
}

/// The ids of the issues that a bulk operation names; one that is unknown spoils all.
pub(crate) fn selected_issues(call: &Call, site: &Site, keys: &[&str]) -> Result<Vec<u64>, Fault> {
    if keys.is_empty() || keys.len() > ISSUES_MAX {
        return Err(bulk_error("The number of issues must be between 1 and 1000"));
    }
    let found: Option<Vec<u64>> =
        keys.iter().map(|key| site.visible_issue(call.who, key).map(|issue| issue.id)).collect();
    found.ok_or_else(|| bulk_error("Some of the issues in the issueIdsOrKeys are not valid"))
}

/// Does `work` to each issue and files the task that tells of it.
pub(crate) fn submit(
    call: &Call,
    site: &mut Site,
    ids: Vec<u64>,
    mut work: impl FnMut(&Call, &mut Site, u64) -> Result<(), Fault>,
) -> Reply {
    let mut task = Task {
        id: site.next_id(),
        by: call.who,
        created: call.now,
        polls: 0,
        processed: Vec::new(),
        failed: BTreeMap::new(),
    };
    for id in ids {
        match work(call, site, id) {
            Ok(()) => task.processed.push(id),
            Err(fault) => {
                task.failed.insert(id, error_texts(fault));
            }
        }
    }
    let answer = json!({ "taskId": task.id.to_string() });
    site.tasks.push(task);
    Reply::json(201, answer)
}

fn error_texts(Fault(reply): Fault) -> Vec<String> {
    let Content::Json(body) = reply.content else { return Vec::new() };
    let messages = body.get("errorMessages").and_then(Json::as_array).into_iter().flatten();
    let errors =
        body.get("errors").and_then(Json::as_object).into_iter().flat_map(|errors| errors.values());
    messages.chain(errors).filter_map(Json::as_str).map(str::to_owned).collect()
}

/// Enqueued, then running, then complete: one step each time somebody asks.
fn progress(call: &Call, site: &mut Site) -> Answer {
    let wanted = call.param("task");
    let who = call.who;
    let found = site.tasks.iter_mut().find(|task| task.id.to_string() == wanted && task.by == who);
    let Some(task) = found else {
        return Err(Fault::message(404, format!("The task {wanted} was not found.")));
    };
    task.polls += 1;
    let (status, percent) = match task.polls {
        1 => ("ENQUEUED", 0),
        2 => ("RUNNING", 50),
        _ => ("COMPLETE", 100),
    };
    let task = task.clone();
    let mut shown = json!({
        "taskId": task.id.to_string(), "status": status, "progressPercent": percent,
        "submittedBy": { "accountId": site.people.get(task.by).map(|person| &person.account_id) },
        "created": SiteView::new(site, who).time(task.created),
    });
    if let (Some(shown), true) = (shown.as_object_mut(), status == "COMPLETE") {
        let failed: BTreeMap<String, _> =
            task.failed.iter().map(|(id, texts)| (id.to_string(), texts)).collect();
        shown.insert("totalIssueCount".into(), (task.processed.len() + failed.len()).into());
        shown.insert("processedAccessibleIssues".into(), task.processed.into());
        shown.insert("failedAccessibleIssues".into(), json!(failed));
        shown.insert("invalidOrInaccessibleIssueCount".into(), 0.into());
    }
    Ok(Reply::json(200, shown))
}
