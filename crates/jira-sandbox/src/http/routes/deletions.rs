//! Single work logs and links, and deleting them or an attachment.

use serde_json::json;

use crate::{
    answer::{Answer, Fault, Reply},
    fields::touch,
    http::{
        call::Call,
        route::{Route, read, write},
    },
    model::{Access, Issue, Link, Site, Who, Worklog},
    reader::Reader,
    render,
};

pub(super) const ROUTES: &[Route] = &[
    read("/rest/api/3/issue/{issue}/worklog/{id}", worklog),
    write("DELETE", "/rest/api/3/issue/{issue}/worklog/{id}", delete_worklog),
    write("DELETE", "/rest/api/3/attachment/{id}", delete_attachment),
    read("/rest/api/3/issueLink/{id}", link),
    write("DELETE", "/rest/api/3/issueLink/{id}", delete_link),
];

fn find_worklog<'a>(call: &Call, issue: &'a Issue) -> Result<&'a Worklog, Fault> {
    let id = call.param("id");
    let found = issue.worklogs.iter().find(|log| log.id.to_string() == id);
    found.ok_or_else(|| Fault::message(404, format!("Cannot find worklog with id: '{id}'.")))
}

fn worklog(call: &Call, site: &Reader) -> Answer {
    let issue = super::issue(call, site)?;
    Ok(Reply::json(200, render::worklog(site, issue, find_worklog(call, issue)?)))
}

/// People delete their own while they are members, administrators delete all.
fn may_delete(call: &Call, site: &Site, issue: &Issue, author: Who) -> bool {
    let own = author == call.who && super::may(call, site, issue, Access::Member);
    own || super::may(call, site, issue, Access::Admin)
}

fn delete_worklog(call: &Call, site: &mut Site) -> Answer {
    let issue = super::issue(call, site)?;
    let (id, log) = (issue.id, find_worklog(call, issue)?);
    if !may_delete(call, site, issue, log.author) {
        return Err(Fault::message(400, "You do not have the permission to delete this worklog."));
    }
    let gone = log.id;
    touch(site, id, call.who, call.now, Vec::new());
    if let Some(issue) = site.issues.get_mut(&id) {
        issue.worklogs.retain(|log| log.id != gone);
    }
    Ok(Reply::empty(204))
}

fn delete_attachment(call: &Call, site: &mut Site) -> Answer {
    let wanted = call.param("id");
    let seen = site.issues.values().filter(|issue| super::may(call, site, issue, Access::Viewer));
    let mut all = seen.flat_map(|issue| issue.attachments.iter().map(move |file| (issue, file)));
    let found = all.find(|(_, file)| file.id.to_string() == wanted);
    let Some((issue, file)) = found else {
        return Err(Fault::message(
            404,
            format!("The attachment with id '{wanted}' does not exist"),
        ));
    };
    if !may_delete(call, site, issue, file.author) {
        let text = format!("You do not have permission to delete attachment with id: {wanted}");
        return Err(Fault::message(403, text));
    }
    let (id, gone) = (issue.id, file.id);
    touch(site, id, call.who, call.now, Vec::new());
    if let Some(issue) = site.issues.get_mut(&id) {
        issue.attachments.retain(|file| file.id != gone);
    }
    Ok(Reply::empty(204))
}

/// A link shows itself only to those who may see both of its ends.
fn find_link<'a>(call: &Call, site: &'a Site) -> Result<(&'a Link, &'a Issue, &'a Issue), Fault> {
    let id = call.param("id");
    let absent = || Fault::message(404, format!("No issue link with id '{id}' exists."));
    let link = site.links.iter().find(|link| link.id.to_string() == id).ok_or_else(absent)?;
    let end = |id: u64| site.visible_issue(call.who, &id.to_string()).ok_or_else(absent);
    Ok((link, end(link.from)?, end(link.to)?))
}

/// `inwardIssue` OUTWARD-phrase `outwardIssue`.
fn link(call: &Call, site: &Reader) -> Answer {
    let (link, from, to) = find_link(call, site)?;
    let kind = site.link_types.iter().find(|kind| kind.id == link.type_id);
    Ok(Reply::json(
        200,
        json!({
            "id": link.id.to_string(),
            "self": format!("{}/rest/api/3/issueLink/{}", site.host, link.id),
            "type": kind.map(|kind| render::link_type(site, kind)),
            "inwardIssue": render::issue_stub(site, from),
            "outwardIssue": render::issue_stub(site, to),
        }),
    ))
}

fn delete_link(call: &Call, site: &mut Site) -> Answer {
    let (link, from, to) = find_link(call, site)?;
    let may = [from, to].iter().any(|end| super::may(call, site, end, Access::Member));
    if !may {
        return Err(Fault::message(404, "No Link Issue Permission for issue."));
    }
    let (gone, from, to) = (link.id, from.id, to.id);
    site.links.retain(|link| link.id != gone);
    for id in [from, to] {
        touch(site, id, call.who, call.now, Vec::new());
    }
    Ok(Reply::empty(204))
}
