//! The site's fixed lists: priorities, resolutions, statuses, types, kinds of links.

#![expect(
    clippy::unnecessary_wraps,
    reason = "all routes have one signature, also those that cannot fail"
)]

use serde_json::{Value as Json, json};

use crate::{
    answer::{Answer, Reply},
    http::{
        call::Call,
        paging::Window,
        route::{Route, read},
    },
    model::{Access, Named, Site},
    render::{self, SiteView},
};

pub(crate) const ROUTES: &[Route] = &[
    read("/rest/api/3/priority", priorities),
    read("/rest/api/3/priority/search", priority_page),
    read("/rest/api/3/resolution", resolutions),
    read("/rest/api/3/status", statuses),
    read("/rest/api/3/issuetype", types),
    read("/rest/api/3/issueLinkType", link_types),
];

fn details(site: &SiteView, priority: &Named) -> Json {
    let mut shown = render::priority(site, priority);
    if let Some(map) = shown.as_object_mut() {
        map.insert("statusColor".into(), priority.color.into());
        map.insert("description".into(), priority.description.clone().into());
    }
    shown
}

fn priorities(_: &Call, site: &SiteView) -> Answer {
    Ok(Reply::json(200, site.priorities.iter().map(|priority| details(site, priority)).collect()))
}

fn priority_page(call: &Call, site: &SiteView) -> Answer {
    let window = Window::of(call, 50, 50)?;
    let shown = window.slice(&site.priorities).iter().map(|priority| {
        let mut shown = details(site, priority);
        if let Some(map) = shown.as_object_mut() {
            map.insert("isDefault".into(), (priority.id == 3).into());
        }
        shown
    });
    let address = format!("{}/rest/api/3/priority/search", site.host);
    Ok(Reply::json(200, window.page_bean(&address, site.priorities.len(), shown.collect())))
}

fn resolutions(_: &Call, site: &SiteView) -> Answer {
    Ok(Reply::json(200, site.resolutions.iter().map(|one| render::resolution(site, one)).collect()))
}

fn is_visible(call: &Call, site: &Site, scope: Option<u64>) -> bool {
    scope.is_none_or(|id| {
        site.project(id).is_some_and(|project| project.may(call.who, Access::Viewer))
    })
}

fn statuses(call: &Call, site: &SiteView) -> Answer {
    let seen = site.statuses.iter().filter(|status| is_visible(call, site, status.scope));
    Ok(Reply::json(200, seen.map(|status| render::status(site, status)).collect()))
}

fn types(call: &Call, site: &SiteView) -> Answer {
    let seen = site.types.iter().filter(|kind| is_visible(call, site, kind.scope));
    Ok(Reply::json(200, seen.map(|kind| render::issue_type(site, kind)).collect()))
}

fn link_types(_: &Call, site: &SiteView) -> Answer {
    let shown: Vec<_> = site.link_types.iter().map(|kind| render::link_type(site, kind)).collect();
    Ok(Reply::json(200, json!({ "issueLinkTypes": shown })))
}
