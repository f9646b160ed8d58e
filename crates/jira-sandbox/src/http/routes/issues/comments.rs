//! Comments of an issue.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json};

use crate::{
    adf,
    answer::{Answer, Fault, Reply},
    fields::touch,
    http::{
        call::Call,
        paging::Window,
        route::{Route, read, write},
    },
    model::{Access, Comment, Issue, Site, Visibility},
    render::{self, SiteView},
};

const INHERITED: &str = "Child comments inherit visibility from their parent comment.";
const BODY_CHARS_MAX: usize = 32_767;
pub(crate) const ROLES: &[&str] = &["Administrators", "Developers", "Service Desk Team"];
const GROUPS: &[&str] = &["sandbox-team", "jira-administrators"];

pub(crate) const ROUTES: &[Route] = &[
    read("/rest/api/3/issue/{issue}/comment", list),
    write("POST", "/rest/api/3/issue/{issue}/comment", create),
    read("/rest/api/3/issue/{issue}/comment/{id}", get),
    write("PUT", "/rest/api/3/issue/{issue}/comment/{id}", edit),
    write("DELETE", "/rest/api/3/issue/{issue}/comment/{id}", delete),
];

fn list(call: &Call, site: &SiteView) -> Answer {
    let issue = call.issue(site)?;
    let window = Window::of(call, 100, 5_000)?;
    let mut seen = site.visible_comments(call.who, issue);
    match call.query("orderBy") {
        None | Some("created" | "+created") => {}
        Some("-created") => seen.reverse(),
        Some(other) => {
            return Err(Fault::message(
                400,
                format!("The value '{other}' is not valid for the parameter 'orderBy'."),
            ));
        }
    }
    let expand = call.list("expand");
    let shown =
        window.slice(&seen).iter().map(|one| render::comment(site, issue, one, &expand)).collect();
    Ok(Reply::json(200, window.page_named("comments", seen.len(), shown)))
}

fn get(call: &Call, site: &SiteView) -> Answer {
    let issue = call.issue(site)?;
    let comment = find(call, site, issue)?;
    Ok(Reply::json(200, render::comment(site, issue, comment, &call.list("expand"))))
}

fn create(call: &Call, site: &mut Site) -> Answer {
    let issue = call.issue(site)?;
    if !call.may(site, issue, Access::Member) {
        let name = site.people.get(call.who).map_or("", |person| person.name.as_str());
        let text = format!("{name}, you do not have the permission to comment on this issue.");
        return Err(Fault::message(400, text));
    }
    let id = issue.id;
    let body = call.object()?;
    add(call, site, id, &Json::Object(body))?;
    let issue = site.issues.get(&id).ok_or_else(Fault::no_issue)?;
    let made = issue.comments.last().ok_or_else(Fault::no_issue)?;
    Ok(Reply::json(
        201,
        render::comment(&SiteView::new(site, call.who), issue, made, &call.list("expand")),
    ))
}

fn edit(call: &Call, site: &mut Site) -> Answer {
    let issue = call.issue(site)?;
    let wanted = changeable(call, site, issue, "edit")?;
    let id = issue.id;
    let body = call.object()?;
    let document = check_body(body.get("body"))?.clone();
    let is_reply = find(call, site, issue)?.parent.is_some();
    if is_reply && body.contains_key("visibility") {
        return Err(Fault::message(400, INHERITED));
    }
    let visibility = visibility(call, site, issue, &body)?;
    let properties = properties(&body);
    touch(site, id, call.who, call.now, Vec::new());
    let issue = site.issues.get_mut(&id).ok_or_else(Fault::no_issue)?;
    let comment = issue
        .comments
        .iter_mut()
        .find(|comment| comment.id == wanted)
        .ok_or_else(Fault::no_issue)?;
    comment.body = document;
    comment.editor = call.who;
    comment.updated = call.now;
    if body.contains_key("visibility") {
        comment.visibility.clone_from(&visibility);
    }
    comment.properties.extend(properties);
    if body.contains_key("visibility") {
        // Replies inherit who may see them.
        for reply in issue.comments.iter_mut().filter(|reply| reply.parent == Some(wanted)) {
            reply.visibility.clone_from(&visibility);
        }
    }
    let issue = site.issues.get(&id).ok_or_else(Fault::no_issue)?;
    let comment = find(call, site, issue)?;
    Ok(Reply::json(
        200,
        render::comment(&SiteView::new(site, call.who), issue, comment, &call.list("expand")),
    ))
}

fn delete(call: &Call, site: &mut Site) -> Answer {
    let issue = call.issue(site)?;
    let wanted = changeable(call, site, issue, "delete")?;
    let id = issue.id;
    touch(site, id, call.who, call.now, Vec::new());
    if let Some(issue) = site.issues.get_mut(&id) {
        issue.comments.retain(|comment| comment.id != wanted);
    }
    Ok(Reply::empty(204))
}

/// The comment that `parentId` names, as a number or as text.
fn replied_to<'a>(
    call: &Call,
    site: &Site,
    issue: &'a Issue,
    given: &Map<String, Json>,
) -> Result<Option<&'a Comment>, Fault> {
    let Some(wanted) = given.get("parentId").filter(|id| !id.is_null()) else { return Ok(None) };
    let wanted = wanted.as_str().map_or_else(|| wanted.to_string(), str::to_owned);
    let seen = site.visible_comments(call.who, issue);
    let found = seen.into_iter().find(|comment| comment.id.to_string() == wanted);
    let absent = || Fault::message(400, format!("Can not find a comment for the id: {wanted}."));
    found.ok_or_else(absent).map(Some)
}

/// Checks and stores `{body, parentId?, visibility?, properties?}`, also from an issue's
/// `update.comment[].add`.
pub(crate) fn add(call: &Call, site: &mut Site, id: u64, given: &Json) -> Result<(), Fault> {
    let empty = Map::new();
    let given = given.as_object().unwrap_or(&empty);
    let body = check_body(given.get("body"))?.clone();
    let issue = site.issues.get(&id).ok_or_else(Fault::no_issue)?;
    let above = replied_to(call, site, issue, given)?;
    let visibility = match above {
        Some(_) if given.contains_key("visibility") => return Err(Fault::message(400, INHERITED)),
        Some(above) => above.visibility.clone(),
        None => visibility(call, site, issue, given)?,
    };
    // Threads are one level deep: a reply to a reply stands beside it.
    let parent = above.map(|above| above.parent.unwrap_or(above.id));
    let comment = Comment {
        id: site.next_id(),
        parent,
        author: call.who,
        editor: call.who,
        body,
        created: call.now,
        updated: call.now,
        visibility,
        properties: properties(given),
    };
    touch(site, id, call.who, call.now, Vec::new());
    if let Some(issue) = site.issues.get_mut(&id) {
        issue.comments.push(comment);
    }
    Ok(())
}

/// # Errors
/// Jira's three ways to refuse a body: absent or empty, not a document, too long.
pub(crate) fn check_body(body: Option<&Json>) -> Result<&Json, Fault> {
    let Some(body) = body.filter(|body| !body.is_null() && !adf::is_blank(body)) else {
        return Err(Fault::field(400, "comment", "Comment body can not be empty!"));
    };
    match adf::check(body) {
        Err(adf::AdfError::NotADocument) => {
            Err(Fault::field(400, "comment", "Comment body is not valid!"))
        }
        Err(adf::AdfError::Invalid) => Err(Fault::message(400, "INVALID_INPUT")),
        Ok(()) if body.to_string().chars().count() > BODY_CHARS_MAX => {
            Err(Fault::message(400, "CONTENT_LIMIT_EXCEEDED"))
        }
        Ok(()) => Ok(body),
    }
}

fn visibility(
    call: &Call,
    site: &Site,
    issue: &Issue,
    given: &Map<String, Json>,
) -> Result<Option<Visibility>, Fault> {
    let Some(limit) = given.get("visibility").filter(|limit| !limit.is_null()) else {
        return Ok(None);
    };
    let text = |name: &str| limit.get(name).and_then(Json::as_str);
    let (Some(kind), Some(value)) = (text("type"), text("value").or(text("identifier"))) else {
        return Err(Fault::bad_payload());
    };
    let (known, what) = if kind == "role" { (ROLES, "Role") } else { (GROUPS, "Group") };
    if !known.contains(&value) {
        return Err(Fault::field(400, "commentLevel", format!("{what}: {value} does not exist.")));
    }
    let limit = Visibility { kind: kind.to_owned(), value: value.to_owned() };
    if !site.is_visible_to(call.who, issue, Some(&limit)) {
        let text =
            format!("You are currently not a member of the {}: {value}.", what.to_lowercase());
        return Err(Fault::field(400, "commentLevel", text));
    }
    Ok(Some(limit))
}

/// The entity properties of a body, `[{key, value}]`.
pub(crate) fn properties(given: &Map<String, Json>) -> BTreeMap<String, Json> {
    let entries = given.get("properties").and_then(Json::as_array).into_iter().flatten();
    entries
        .filter_map(|e| Some((e.get("key")?.as_str()?.to_owned(), e.get("value")?.clone())))
        .collect()
}

fn find<'a>(call: &Call, site: &Site, issue: &'a Issue) -> Result<&'a Comment, Fault> {
    let id = call.param("id");
    let seen = site.visible_comments(call.who, issue);
    let found = seen.into_iter().find(|comment| comment.id.to_string() == id);
    found.ok_or_else(|| Fault::message(404, format!("Can not find a comment for the id: {id}.")))
}

/// The id of the comment, for whoever may change it.
fn changeable(call: &Call, site: &Site, issue: &Issue, verb: &str) -> Result<u64, Fault> {
    let comment = find(call, site, issue)?;
    if !call.may_change(site, issue, comment.author) {
        let text = format!("You do not have the permission to {verb} this comment.");
        return Err(Fault::message(400, text));
    }
    Ok(comment.id)
}
