//! The queues of a desk; only its agents see them.

use super::desks::as_agent;
use crate::{
    answer::{Answer, Fault, Reply},
    http::{
        call::Call,
        desk_page::page,
        route::{Route, read},
    },
    model::{Issue, Queue, ServiceDesk, scope::READ_REQUEST},
    render::{self, Expand, FieldSelection, SiteView, desk as shape, desk::API},
    search,
};

pub(crate) const ROUTES: &[Route] = &[
    read("/rest/servicedeskapi/servicedesk/{desk}/queue", list).needs(&[READ_REQUEST]),
    read("/rest/servicedeskapi/servicedesk/{desk}/queue/{queue}", get).needs(&[READ_REQUEST]),
    read("/rest/servicedeskapi/servicedesk/{desk}/queue/{queue}/issue", issues)
        .needs(&[READ_REQUEST]),
];

fn found<'a>(call: &Call, site: &'a SiteView, queue: &Queue) -> Vec<&'a Issue> {
    search::find(site, call.who, call.now, queue.jql).unwrap_or_default()
}

fn list(call: &Call, site: &SiteView) -> Answer {
    let desk = as_agent(call, site)?;
    let is_counted = call.flag("includeCount", false);
    let path = format!("{API}/servicedesk/{}/queue", desk.id);
    let body = page(call, site, &path, &desk.queues, |queue| {
        let count = is_counted.then(|| found(call, site, queue).len());
        shape::queue(site, desk, queue, count)
    })?;
    Ok(Reply::json(200, body))
}

fn named<'a>(call: &Call, desk: &'a ServiceDesk) -> Result<&'a Queue, Fault> {
    let found = desk.queues.iter().find(|queue| queue.id.to_string() == call.param("queue"));
    found.ok_or_else(|| Fault::desk(404, "The queue does not exist."))
}

fn get(call: &Call, site: &SiteView) -> Answer {
    let desk = as_agent(call, site)?;
    let queue = named(call, desk)?;
    let count = call.flag("includeCount", false).then(|| found(call, site, queue).len());
    Ok(Reply::json(200, shape::queue(site, desk, queue, count)))
}

fn issues(call: &Call, site: &SiteView) -> Answer {
    let desk = as_agent(call, site)?;
    let queue = named(call, desk)?;
    let wanted = FieldSelection::read(queue.columns, "summary");
    let path = format!("{API}/servicedesk/{}/queue/{}/issue", desk.id, queue.id);
    let body = page(call, site, &path, &found(call, site, queue), |issue| {
        let mut shown = render::issue(site, issue, &wanted, &Expand::default());
        if let Some(shown) = shown.as_object_mut() {
            shown.remove("expand");
        }
        shown
    })?;
    Ok(Reply::json(200, body))
}
