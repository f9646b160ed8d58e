//! Who voted for an issue.

use serde_json::json;

use crate::{
    answer::{Answer, Fault, Reply},
    http::{
        call::Call,
        route::{Route, read, write},
    },
    model::Site,
    render::{self, SiteView},
};

pub(crate) const ROUTES: &[Route] = &[
    read("/rest/api/3/issue/{issue}/votes", list),
    write("POST", "/rest/api/3/issue/{issue}/votes", add),
    write("DELETE", "/rest/api/3/issue/{issue}/votes", remove),
];

fn list(call: &Call, site: &SiteView) -> Answer {
    let issue = call.issue(site)?;
    let people: Vec<_> = issue.voters.iter().map(|who| render::person(site, *who)).collect();
    Ok(Reply::json(
        200,
        json!({
            "self": format!("{}/rest/api/3/issue/{}/votes", site.host, issue.key),
            "votes": people.len(), "hasVoted": issue.voters.contains(&call.who), "voters": people,
        }),
    ))
}

/// Nobody votes for what they reported, or for what is resolved.
fn add(call: &Call, site: &mut Site) -> Answer {
    let issue = call.issue(site)?;
    let id = issue.id;
    if issue.person("reporter") == Some(call.who) || issue.resolved.is_some() {
        return Err(Fault::message(404, "You cannot vote for this issue."));
    }
    if let Some(issue) = site.issues.get_mut(&id) {
        issue.voters.insert(call.who);
    }
    Ok(Reply::empty(204))
}

fn remove(call: &Call, site: &mut Site) -> Answer {
    let id = call.issue(site)?.id;
    if let Some(issue) = site.issues.get_mut(&id) {
        issue.voters.remove(&call.who);
    }
    Ok(Reply::empty(204))
}
