//! Links between issues.

use serde_json::{Map, Value as Json, json};

use super::comments;
use crate::{
    answer::{Answer, Fault, Reply},
    fields::touch,
    http::{
        call::Call,
        route::{Route, read, write},
    },
    model::{Access, ChangeItem, Issue, Link, LinkType, Site},
    render::{self, SiteView},
};

pub(crate) const ROUTES: &[Route] = &[
    write("POST", "/rest/api/3/issueLink", create),
    read("/rest/api/3/issueLink/{id}", get),
    write("DELETE", "/rest/api/3/issueLink/{id}", delete),
];

/// `inwardIssue` OUTWARD-phrase `outwardIssue`: each issue then shows the other end under the name
/// whose phrase fits.
fn create(call: &Call, site: &mut Site) -> Answer {
    let body = call.object()?;
    let kind = kind(site, body.get("type"))?.clone();
    let from = issue(call, site, &body, "inwardIssue")?;
    let to = issue(call, site, &body, "outwardIssue")?;
    let ends = [from, to].map(|end| (end.id, end.key.clone(), call.may(site, end, Access::Member)));
    let [(from, from_key, _), (to, to_key, may_link)] = ends;
    if !may_link {
        return Err(Fault::message(404, "No Link Issue Permission for issue."));
    }
    if from == to {
        return Err(Fault::message(400, "You cannot link an issue to itself."));
    }
    let comment = body.get("comment").filter(|comment| !comment.is_null());
    if let Some(comment) = comment {
        comments::check_body(comment.get("body"))?;
        comments::add(call, site, to, comment)?;
    }
    let same = |link: &Link| link.type_id == kind.id && link.from == from && link.to == to;
    // Creating the same link again succeeds and changes nothing.
    if !site.links.iter().any(same) {
        let id = site.next_id();
        site.links.push(Link { id, type_id: kind.id, from, to });
        touch(site, from, call.who, call.now, vec![item(&kind.outward, &to_key)]);
        touch(site, to, call.who, call.now, vec![item(&kind.inward, &from_key)]);
    }
    Ok(Reply::empty(201))
}

fn kind<'a>(site: &'a Site, given: Option<&Json>) -> Result<&'a LinkType, Fault> {
    let text = |name: &str| given.and_then(|given| given.get(name)).and_then(Json::as_str);
    let found = match (text("id"), text("name")) {
        (Some(id), _) => site.link_types.iter().find(|kind| kind.id.to_string() == id),
        (None, Some(name)) => {
            site.link_types.iter().find(|kind| kind.name.eq_ignore_ascii_case(name))
        }
        (None, None) => return Err(Fault::bad_payload()),
    };
    let name = text("name").or(text("id")).unwrap_or_default();
    found
        .ok_or_else(|| Fault::message(404, format!("No issue link type with name '{name}' found.")))
}

fn issue<'a>(
    call: &Call,
    site: &'a Site,
    body: &Map<String, Json>,
    end: &str,
) -> Result<&'a Issue, Fault> {
    let given = body.get(end).ok_or_else(Fault::bad_payload)?;
    let text = |name: &str| given.get(name).and_then(Json::as_str);
    let id_or_key = text("key").or(text("id")).ok_or_else(Fault::bad_payload)?;
    site.visible_issue(call.who, id_or_key).ok_or_else(Fault::no_issue)
}

fn item(phrase: &str, other: &str) -> ChangeItem {
    ChangeItem {
        field: "Link".into(),
        field_id: "issuelinks".into(),
        custom: false,
        from: (None, None),
        to: (Some(other.to_owned()), Some(format!("This work item {phrase} {other}"))),
    }
}

/// A link shows itself only to those who may see both of its ends.
fn find<'a>(call: &Call, site: &'a Site) -> Result<(&'a Link, &'a Issue, &'a Issue), Fault> {
    let id = call.param("id");
    let absent = || Fault::message(404, format!("No issue link with id '{id}' exists."));
    let link = site.links.iter().find(|link| link.id.to_string() == id).ok_or_else(absent)?;
    let end = |id: u64| site.visible_issue(call.who, &id.to_string()).ok_or_else(absent);
    Ok((link, end(link.from)?, end(link.to)?))
}

/// `inwardIssue` OUTWARD-phrase `outwardIssue`.
fn get(call: &Call, site: &SiteView) -> Answer {
    let (link, from, to) = find(call, site)?;
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

fn delete(call: &Call, site: &mut Site) -> Answer {
    let (link, from, to) = find(call, site)?;
    let may = [from, to].iter().any(|end| call.may(site, end, Access::Member));
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
