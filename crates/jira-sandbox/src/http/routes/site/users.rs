//! People: one by id, or found by name.

use serde_json::{Value as Json, json};

use crate::{
    answer::{Answer, Fault, Reply},
    http::{
        call::Call,
        paging::Window,
        route::{Route, read},
    },
    model::{Access, Person, Project, Who, scope::READ_USER},
    render::{self, SiteView},
};

pub(crate) const ROUTES: &[Route] = &[
    read("/rest/api/3/user", get).needs(&[READ_USER]),
    read("/rest/api/3/user/search", search).needs(&[READ_USER]),
    read("/rest/api/3/user/assignable/search", assignable).needs(&[READ_USER]),
];

const WINDOW_MAX: usize = 1_000;

fn get(call: &Call, site: &SiteView) -> Answer {
    let Some(id) = call.query("accountId").filter(|id| !id.is_empty()) else {
        return Err(Fault::message(400, "The query parameter 'accountId' is required."));
    };
    let absent = || {
        Fault::message(404, "Specified user does not exist or you do not have required permissions")
    };
    if site.without_directory.contains(&call.who) && Some(call.who) != site.person_by_account(id) {
        return Err(Fault::message(403, "You do not have permission to browse users."));
    }
    let who = site.person_by_account(id).ok_or_else(absent)?;
    Ok(Reply::json(200, render::person(site, who)))
}

/// Without any criterion Jira refuses; an empty `query` finds everybody.
fn search(call: &Call, site: &SiteView) -> Answer {
    let (text, id) = (call.query("query"), call.query("accountId"));
    if text.is_none() && id.is_none() && call.query("property").is_none() {
        return Err(Fault::message(
            400,
            "At least one of 'query', 'accountId' or 'property' query parameters has to be provided.",
        ));
    }
    let found = |person: &Person| match id {
        Some(id) => person.account_id == id,
        None => matches(person, text.unwrap_or_default()),
    };
    page(call, site, found, |_, _| !site.without_directory.contains(&call.who))
}

fn assignable(call: &Call, site: &SiteView) -> Answer {
    let issue = call.query("issueKey").or(call.query("issueId"));
    let project = match (issue, call.query("project")) {
        (Some(issue), _) => {
            let issue = site.visible_issue(call.who, issue).ok_or_else(Fault::no_issue)?;
            site.project(issue.project)
        }
        (None, Some(key)) => {
            Some(site.visible_project(call.who, key).ok_or_else(|| Fault::no_project(key))?)
        }
        (None, None) => {
            return Err(Fault::message(
                400,
                "Either 'project' or 'issueKey' query parameter has to be provided.",
            ));
        }
    };
    let id = call.query("accountId");
    let text = call.query("query").unwrap_or_default();
    let may = |who: Who| project.is_some_and(|project: &Project| project.may(who, Access::Member));
    let found =
        |person: &Person| id.is_none_or(|id| person.account_id == id) && matches(person, text);
    page(call, site, found, |who, person| person.active && may(who))
}

/// Of those who match, a window is cut, and only then those who may not be shown are taken out: a
/// short page is not the end. Nobody gets beyond the thousandth. Source: JRACLOUD-71293.
fn page(
    call: &Call,
    site: &SiteView,
    matches: impl Fn(&Person) -> bool,
    may_show: impl Fn(Who, &Person) -> bool,
) -> Answer {
    let window = Window::of(call, 50, 1_000)?;
    let everybody = site.people.iter().enumerate();
    let found: Vec<_> = everybody.filter(|(_, person)| matches(person)).take(WINDOW_MAX).collect();
    let shown = window.slice(&found).iter().filter(|(who, person)| may_show(*who, person));
    let shown: Vec<Json> = shown.map(|(who, _)| render::person(site, *who)).collect();
    Ok(Reply::json(200, json!(shown)))
}

/// Starts of words of the name, or of the address.
fn matches(person: &Person, text: &str) -> bool {
    let text = text.trim().to_lowercase();
    let name = person.name.to_lowercase();
    text.is_empty()
        || name.starts_with(&text)
        || name.split(' ').any(|word| word.starts_with(&text))
        || person.email.starts_with(&text)
}
