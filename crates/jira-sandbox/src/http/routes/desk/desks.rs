//! Service desks, and what can be asked for at one.

use serde_json::json;

use crate::{
    answer::{Answer, Fault, Reply},
    http::{
        call::Call,
        desk_page::page,
        route::{Route, read},
    },
    model::{Access, RequestType, ServiceDesk, Site, scope::READ_REQUEST},
    render::{SiteView, desk as shape, desk::API},
};

pub(crate) const ROUTES: &[Route] = &[
    read("/rest/servicedeskapi/servicedesk", list).needs(&[READ_REQUEST]),
    read("/rest/servicedeskapi/servicedesk/{desk}", get).needs(&[READ_REQUEST]),
    read("/rest/servicedeskapi/servicedesk/{desk}/requesttype", types).needs(&[READ_REQUEST]),
    read("/rest/servicedeskapi/servicedesk/{desk}/requesttype/{type}", one_type)
        .needs(&[READ_REQUEST]),
    read("/rest/servicedeskapi/servicedesk/{desk}/requesttype/{type}/field", fields)
        .needs(&[READ_REQUEST]),
];

/// The desk that a path or body names, by its id or by its project's id or key, if the caller may
/// see its project.
pub(crate) fn named<'a>(
    call: &Call,
    site: &'a Site,
    given: &str,
) -> Result<&'a ServiceDesk, Fault> {
    let found = site.service_desks.iter().find(|desk| {
        let project = site.project(desk.project);
        let is_named = |key: &str| key.eq_ignore_ascii_case(given);
        let is_meant = desk.id.to_string() == given
            || desk.project.to_string() == given
            || project.is_some_and(|project| is_named(&project.key));
        is_meant && project.is_some_and(|project| project.may(call.who, Access::Viewer))
    });
    found.ok_or_else(|| Fault::desk(404, "The service desk does not exist, or you may not see it."))
}

/// The desk of the path, for those only who work there.
pub(crate) fn as_agent<'a>(call: &Call, site: &'a Site) -> Result<&'a ServiceDesk, Fault> {
    let desk = named(call, site, call.param("desk"))?;
    let is_agent =
        site.project(desk.project).is_some_and(|project| project.may(call.who, Access::Member));
    if is_agent {
        Ok(desk)
    } else {
        Err(Fault::desk(403, "You are no agent of this service desk."))
    }
}

/// A request type of a desk, by id.
pub(crate) fn type_named<'a>(desk: &'a ServiceDesk, given: &str) -> Result<&'a RequestType, Fault> {
    let found = desk.request_types.iter().find(|kind| kind.id.to_string() == given);
    found.ok_or_else(|| Fault::desk(404, "The request type does not exist."))
}

fn list(call: &Call, site: &SiteView) -> Answer {
    let is_seen = |desk: &&ServiceDesk| {
        site.project(desk.project).is_some_and(|project| project.may(call.who, Access::Viewer))
    };
    let seen: Vec<_> = site.service_desks.iter().filter(is_seen).collect();
    let path = format!("{API}/servicedesk");
    let body = page(call, site, &path, &seen, |desk| shape::service_desk(site, desk))?;
    Ok(Reply::json(200, body))
}

fn get(call: &Call, site: &SiteView) -> Answer {
    let desk = named(call, site, call.param("desk"))?;
    Ok(Reply::json(200, shape::service_desk(site, desk)))
}

fn types(call: &Call, site: &SiteView) -> Answer {
    let desk = named(call, site, call.param("desk"))?;
    let needle = call.query("searchQuery").unwrap_or_default().to_lowercase();
    let group = call.query("groupId").and_then(|id| id.parse::<u64>().ok());
    let found: Vec<_> = desk
        .request_types
        .iter()
        .filter(|kind| group.is_none_or(|id| kind.groups.contains(&id)))
        .filter(|kind| {
            // A search leaves out what the portal hides.
            let is_shown = needle.is_empty() || !kind.groups.is_empty();
            let says = |text: &str| text.to_lowercase().contains(&needle);
            is_shown && (says(kind.name) || says(kind.description))
        })
        .collect();
    let path = format!("{API}/servicedesk/{}/requesttype", desk.id);
    let body = page(call, site, &path, &found, |kind| shape::request_type(site, desk, kind))?;
    Ok(Reply::json(200, body))
}

fn one_type(call: &Call, site: &SiteView) -> Answer {
    let desk = named(call, site, call.param("desk"))?;
    let kind = type_named(desk, call.param("type"))?;
    Ok(Reply::json(200, shape::request_type(site, desk, kind)))
}

fn fields(call: &Call, site: &SiteView) -> Answer {
    let desk = named(call, site, call.param("desk"))?;
    let kind = type_named(desk, call.param("type"))?;
    let project = site.project(desk.project).ok_or_else(|| Fault::no_project("0"))?;
    let shown: Vec<_> =
        kind.fields.iter().filter_map(|field| shape::request_field(site, project, field)).collect();
    let is_agent = project.may(call.who, Access::Member);
    Ok(Reply::json(
        200,
        json!({
            "requestTypeFields": shown,
            "canRaiseOnBehalfOf": is_agent,
            "canAddRequestParticipants": is_agent,
        }),
    ))
}
