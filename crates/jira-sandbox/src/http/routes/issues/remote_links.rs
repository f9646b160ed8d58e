//! Links from issues to pages elsewhere.

use serde_json::{Value as Json, json};

use crate::{
    answer::{Answer, ErrorCollection, Fault, Reply},
    fields::touch,
    http::{
        call::Call,
        route::{Route, read, write},
    },
    model::{Access, RemoteLink, Site},
    render::{self, SiteView},
};

/// Source: `RemoteIssueLinkRequest.globalId`, "the maximum length is 255 characters".
const GLOBAL_ID_CHARS_MAX: usize = 255;

pub(crate) const ROUTES: &[Route] = &[
    read("/rest/api/3/issue/{issue}/remotelink", list),
    write("POST", "/rest/api/3/issue/{issue}/remotelink", save),
];

fn list(call: &Call, site: &SiteView) -> Answer {
    let issue = call.issue(site)?;
    let wanted = call.query("globalId");
    let links = issue
        .remote_links
        .iter()
        .filter(|link| wanted.is_none() || link.global_id.as_deref() == wanted);
    let shown: Vec<_> = links.map(|link| render::remote_link(site, issue, link)).collect();
    Ok(Reply::json(200, json!(shown)))
}

/// Creates a link (201), or overwrites the one with the same global id (200), absent values
/// included.
fn save(call: &Call, site: &mut Site) -> Answer {
    let issue = call.issue(site)?;
    if !call.may(site, issue, Access::Member) {
        return Err(Fault::message(
            403,
            "You do not have permission to link issues in this project.",
        ));
    }
    let (id, key) = (issue.id, issue.key.clone());
    let body = call.object()?;
    let object =
        body.get("object").filter(|object| object.is_object()).ok_or_else(Fault::bad_payload)?;
    let text = |place: Option<&Json>| place.and_then(Json::as_str).map(str::to_owned);
    let (url, title) = (text(object.get("url")), text(object.get("title")));
    let mut errors = ErrorCollection::default();
    for (name, value) in [("url", &url), ("title", &title)] {
        if value.as_deref().is_none_or(str::is_empty) {
            errors.add_field_error(name, format!("'{name}' is required."));
        }
    }
    let global_id = text(body.get("globalId"));
    if global_id.as_ref().is_some_and(|id| id.chars().count() > GLOBAL_ID_CHARS_MAX) {
        errors.add_field_error(
            "globalId",
            format!("'globalId' must be at most {GLOBAL_ID_CHARS_MAX} characters."),
        );
    }
    errors.finish()?;
    let known =
        issue.remote_links.iter().find(|link| global_id.is_some() && link.global_id == global_id);
    let known = known.map(|link| link.id);
    let link = RemoteLink {
        id: known.unwrap_or_else(|| site.next_id()),
        global_id,
        relationship: text(body.get("relationship")),
        url: url.unwrap_or_default(),
        title: title.unwrap_or_default(),
        summary: text(object.get("summary")),
    };
    let address = format!("{}/rest/api/3/issue/{key}/remotelink/{}", site.host, link.id);
    let shown = json!({ "id": link.id, "self": address });
    touch(site, id, call.who, call.now, Vec::new());
    if let Some(issue) = site.issues.get_mut(&id) {
        match issue.remote_links.iter_mut().find(|old| old.id == link.id) {
            Some(old) => *old = link,
            None => issue.remote_links.push(link),
        }
    }
    Ok(Reply::json(if known.is_some() { 200 } else { 201 }, shown))
}
