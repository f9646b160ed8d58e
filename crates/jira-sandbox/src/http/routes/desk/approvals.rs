//! The approvals of a request: reading them, and answering one.

use serde_json::Value as Json;

use super::requests::named;
use crate::{
    answer::{Answer, Fault, Reply},
    http::{
        call::Call,
        desk_page::page,
        route::{Route, read, write},
    },
    model::{
        Approval, CustomerRequest, Decision, Site,
        scope::{READ_REQUEST, WRITE_REQUEST},
    },
    render::{SiteView, desk as shape, desk::API},
};

pub(crate) const ROUTES: &[Route] = &[
    read("/rest/servicedeskapi/request/{issue}/approval", list).needs(&[READ_REQUEST]),
    read("/rest/servicedeskapi/request/{issue}/approval/{approval}", get).needs(&[READ_REQUEST]),
    write("POST", "/rest/servicedeskapi/request/{issue}/approval/{approval}", answer)
        .needs(&[WRITE_REQUEST]),
];

fn list(call: &Call, site: &SiteView) -> Answer {
    let (issue, _, request) = named(call, site)?;
    let path = format!("{API}/request/{}/approval", issue.id);
    let body =
        page(call, site, &path, &request.approvals, |one| shape::approval(site, issue, one))?;
    Ok(Reply::json(200, body))
}

fn of_path<'a>(call: &Call, request: &'a CustomerRequest) -> Result<&'a Approval, Fault> {
    let wanted = call.param("approval");
    let found = request.approvals.iter().find(|approval| approval.id.to_string() == wanted);
    found.ok_or_else(|| Fault::desk(404, "The approval does not exist."))
}

fn get(call: &Call, site: &SiteView) -> Answer {
    let (issue, _, request) = named(call, site)?;
    let approval = of_path(call, request)?;
    Ok(Reply::json(200, shape::approval(site, issue, approval)))
}

fn answer(call: &Call, site: &mut Site) -> Answer {
    let body = call.object()?;
    let said = match body.get("decision").and_then(Json::as_str) {
        Some("approve") => Decision::Approved,
        Some("decline") => Decision::Declined,
        _ => return Err(Fault::desk(400, "The decision must be 'approve' or 'decline'.")),
    };
    let (issue, _, request) = named(call, site)?;
    let approval = of_path(call, request)?;
    if approval.outcome() != Decision::Pending {
        return Err(Fault::desk(409, "The approval is completed already."));
    }
    if !approval.waits_for(call.who) {
        return Err(Fault::desk(403, "You may not answer this approval."));
    }
    let (issue_id, approval_id) = (issue.id, approval.id);
    if let Some(stored) = site
        .requests
        .get_mut(&issue_id)
        .and_then(|request| request.approvals.iter_mut().find(|one| one.id == approval_id))
    {
        for (who, decision) in &mut stored.approvers {
            if *who == call.who {
                *decision = said;
            }
        }
        if stored.outcome() != Decision::Pending {
            stored.completed = Some(call.now);
        }
    }
    let site = &SiteView::new(site, call.who);
    let (issue, _, request) = named(call, site)?;
    let approval = of_path(call, request)?;
    Ok(Reply::json(200, shape::approval(site, issue, approval)))
}
