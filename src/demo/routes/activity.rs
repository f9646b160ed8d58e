//! What happened to an issue: history, work logs, web links.

use serde_json::json;

use crate::demo::{
    dispatch::{Call, Route, read},
    errors::{Answer, Reply},
    model::Site,
    paging::Window,
    render,
};

pub(super) const ROUTES: &[Route] = &[
    read("/rest/api/3/issue/{issue}/changelog", changelog),
    read("/rest/api/3/issue/{issue}/worklog", worklogs),
    read("/rest/api/3/issue/{issue}/remotelink", remote_links),
    read("/rest/api/3/issue/{issue}/watchers", watchers),
];

/// Oldest first.
fn changelog(call: &Call, site: &Site) -> Answer {
    let issue = super::issue(call, site)?;
    let window = Window::of(call, 100, 100)?;
    let shown = window.cut(&issue.changes).iter().map(|change| render::change(site, change)).collect();
    let address = format!("{}/rest/api/3/issue/{}/changelog", site.host, issue.key);
    Ok(Reply::json(200, window.bean(&address, issue.changes.len(), shown)))
}

fn worklogs(call: &Call, site: &Site) -> Answer {
    let issue = super::issue(call, site)?;
    let window = Window::of(call, 5_000, 5_000)?;
    let bound = |name: &str| call.query(name).and_then(|text| text.parse::<i64>().ok());
    let (after, before) = (bound("startedAfter"), bound("startedBefore"));
    let logs: Vec<_> = issue
        .worklogs
        .iter()
        .filter(|log| after.is_none_or(|ms| log.started >= ms) && before.is_none_or(|ms| log.started < ms))
        .collect();
    let shown = window.cut(&logs).iter().map(|log| render::worklog(site, issue, log)).collect();
    Ok(Reply::json(200, window.named("worklogs", logs.len(), shown)))
}

fn remote_links(call: &Call, site: &Site) -> Answer {
    let issue = super::issue(call, site)?;
    let wanted = call.query("globalId");
    let links =
        issue.remote_links.iter().filter(|link| wanted.is_none() || link.global_id.as_deref() == wanted);
    let shown: Vec<_> = links.map(|link| render::remote_link(site, issue, link)).collect();
    Ok(Reply::json(200, json!(shown)))
}

fn watchers(call: &Call, site: &Site) -> Answer {
    let issue = super::issue(call, site)?;
    let people: Vec<_> = issue.watchers.iter().map(|who| render::person(site, *who)).collect();
    Ok(Reply::json(
        200,
        json!({
            "self": format!("{}/rest/api/3/issue/{}/watchers", site.host, issue.key),
            "isWatching": issue.watchers.contains(&call.who), "watchCount": people.len(), "watchers": people,
        }),
    ))
}
