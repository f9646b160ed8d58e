//! One request of a customer, and its parts.

use crate::{
    answer::{Answer, Fault, Reply},
    http::{
        call::Call,
        desk_page::page,
        route::{Route, read},
    },
    model::{Access, CustomerRequest, Issue, ServiceDesk, Site, scope::READ_REQUEST},
    render::{SiteView, desk as shape, desk::API},
};

pub(crate) const ROUTES: &[Route] = &[
    read("/rest/servicedeskapi/request/{issue}", get).needs(&[READ_REQUEST]),
    read("/rest/servicedeskapi/request/{issue}/sla", slas).needs(&[READ_REQUEST]),
    read("/rest/servicedeskapi/request/{issue}/participant", participants).needs(&[READ_REQUEST]),
];

/// The request of the path. Who asked for it and who takes part sees it too, without a right to
/// browse the project.
pub(crate) fn named<'a>(
    call: &Call,
    site: &'a Site,
) -> Result<(&'a Issue, &'a ServiceDesk, &'a CustomerRequest), Fault> {
    let issue = site.issue_id(call.param("issue")).and_then(|id| site.issues.get(&id));
    let found = issue.and_then(|issue| {
        let (desk, request) = site.request_of(issue)?;
        let takes_part =
            issue.person("reporter") == Some(call.who) || request.participants.contains(&call.who);
        (takes_part || call.may(site, issue, Access::Viewer)).then_some((issue, desk, request))
    });
    found.ok_or_else(|| {
        Fault::desk(404, "The request does not exist, or you do not have permission to view it.")
    })
}

fn get(call: &Call, site: &SiteView) -> Answer {
    let (issue, desk, request) = named(call, site)?;
    let expand = call.list("expand");
    Ok(Reply::json(200, shape::request(site, desk, issue, request, &expand)))
}

/// For agents only.
fn slas(call: &Call, site: &SiteView) -> Answer {
    let (issue, ..) = named(call, site)?;
    if !call.may(site, issue, Access::Member) {
        return Err(Fault::desk(403, "Only agents of the service desk see this."));
    }
    let path = format!("{API}/request/{}/sla", issue.id);
    let all = shape::slas(site, issue, call.now);
    Ok(Reply::json(200, page(call, site, &path, &all, Clone::clone)?))
}

fn participants(call: &Call, site: &SiteView) -> Answer {
    let (issue, _, request) = named(call, site)?;
    let path = format!("{API}/request/{}/participant", issue.id);
    let body = page(call, site, &path, &request.participants, |who| shape::user(site, *who))?;
    Ok(Reply::json(200, body))
}
