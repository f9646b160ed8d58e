//! Who watches an issue.

use serde_json::json;

use crate::{
    answer::{Answer, Fault, Reply},
    http::{
        call::Call,
        route::{Route, read, write},
    },
    model::{Access, Site, Who},
    render::{self, SiteView},
};

pub(crate) const ROUTES: &[Route] = &[
    read("/rest/api/3/issue/{issue}/watchers", list),
    write("POST", "/rest/api/3/issue/{issue}/watchers", add),
    write("DELETE", "/rest/api/3/issue/{issue}/watchers", remove),
];

fn list(call: &Call, site: &SiteView) -> Answer {
    let issue = call.issue(site)?;
    let people: Vec<_> = issue.watchers.iter().map(|who| render::person(site, *who)).collect();
    Ok(Reply::json(
        200,
        json!({
            "self": format!("{}/rest/api/3/issue/{}/watchers", site.host, issue.key),
            "isWatching": issue.watchers.contains(&call.who), "watchCount": people.len(), "watchers": people,
        }),
    ))
}

/// The body is an account id as a JSON string; an empty one, or none, means the caller.
fn add(call: &Call, site: &mut Site) -> Answer {
    let account_id = match call.body() {
        b"" => String::new(),
        _ => call.json()?.as_str().ok_or_else(Fault::bad_payload)?.to_owned(),
    };
    let (id, who) = issue_and_person(call, site, &account_id)?;
    let may_browse = site.issues.get(&id).is_some_and(|issue| site.may(who, issue, Access::Viewer));
    if !may_browse {
        return Err(Fault::message(400, "The user does not have permission to view this issue."));
    }
    if let Some(issue) = site.issues.get_mut(&id) {
        issue.watchers.insert(who);
    }
    Ok(Reply::empty(204))
}

fn remove(call: &Call, site: &mut Site) -> Answer {
    let account_id = call.query("accountId").unwrap_or_default().to_owned();
    if account_id.is_empty() {
        return Err(Fault::message(400, "The 'accountId' query parameter is required."));
    }
    let (id, who) = issue_and_person(call, site, &account_id)?;
    if let Some(issue) = site.issues.get_mut(&id) {
        issue.watchers.remove(&who);
    }
    Ok(Reply::empty(204))
}

/// The issue and the person. Everybody may watch for themselves; the watcher list is the
/// administrators' here.
fn issue_and_person(call: &Call, site: &Site, account_id: &str) -> Result<(u64, Who), Fault> {
    let issue = call.issue(site)?;
    let who =
        if account_id.is_empty() { Some(call.who) } else { site.person_by_account(account_id) };
    let who = who.ok_or_else(|| {
        Fault::message(
            404,
            format!(
                "Specified user {account_id} does not exist or you do not have required permissions"
            ),
        )
    })?;
    if who != call.who && !call.may(site, issue, Access::Admin) {
        return Err(Fault::message(403, "You do not have permission to manage the watcher list."));
    }
    Ok((issue.id, who))
}
