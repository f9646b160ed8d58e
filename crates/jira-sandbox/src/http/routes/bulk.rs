//! Many issues at once, answered at once: fetching and creating.

use serde_json::{Map, Value as Json, json};

use super::create;
use crate::{
    answer::{Answer, Content, Fault, Reply},
    http::{
        call::Call,
        route::{Route, query, write},
    },
    json::object,
    model::{Issue, Site},
    reader::Reader,
    render::{self, Expand, Wanted},
};

pub(super) const ROUTES: &[Route] = &[
    query("/rest/api/3/issue/bulkfetch", fetch),
    write("POST", "/rest/api/3/issue/bulk", create_all),
];

const FETCHED_MAX: usize = 100;
const CREATED_MAX: usize = 50;

/// By ascending id, without those that the caller may not see.
fn fetch(call: &Call, site: &Reader) -> Answer {
    let body = call.object()?;
    let known = ["issueIdsOrKeys", "fields", "fieldsByKeys", "expand", "properties"];
    if body.keys().any(|key| !known.contains(&key.as_str())) {
        return Err(Fault::bad_payload());
    }
    let keys = strings(body.get("issueIdsOrKeys")).ok_or_else(Fault::bad_payload)?;
    if keys.is_empty() || keys.len() > FETCHED_MAX {
        return Err(Fault::message(400, "The number of issues must be between 1 and 100."));
    }
    let fields = strings(body.get("fields")).unwrap_or_default();
    let mut found: Vec<&Issue> =
        keys.iter().filter_map(|key| site.visible_issue(call.who, key)).collect();
    found.sort_by_key(|issue| issue.id);
    found.dedup_by_key(|issue| issue.id);
    let wanted = Wanted::read(&fields, "*navigable");
    let expand = Expand::default();
    let shown: Vec<Json> =
        found.iter().map(|issue| render::issue(site, issue, &wanted, &expand)).collect();
    Ok(Reply::json(200, object([("issueErrors", json!([])), ("issues", shown.into())])))
}

/// The texts of a list; `None` when it is something else.
pub(super) fn strings(value: Option<&Json>) -> Option<Vec<&str>> {
    value?.as_array()?.iter().map(Json::as_str).collect()
}

/// 201 as soon as one of them was made, 400 when none was.
fn create_all(call: &Call, site: &mut Site) -> Answer {
    let body = call.object()?;
    let updates =
        body.get("issueUpdates").and_then(Json::as_array).ok_or_else(Fault::bad_payload)?;
    if updates.is_empty() || updates.len() > CREATED_MAX {
        return Err(Fault::message(400, "The number of issues must be between 1 and 50."));
    }
    let (mut issues, mut errors) = (Vec::new(), Vec::new());
    for (at, update) in updates.iter().enumerate() {
        let empty = Map::new();
        let made = create::prepare(call, site, update.as_object().unwrap_or(&empty));
        match made.and_then(|made| create::store(call, site, made)) {
            Ok(issue) => issues.push(issue),
            Err(Fault(reply)) => {
                let status = reply.status;
                let collection = match reply.content {
                    Content::Json(collection) => collection,
                    Content::Empty | Content::File(..) => {
                        json!({ "errorMessages": [], "errors": {} })
                    }
                };
                errors.push(
                    json!({ "status": status, "elementErrors": collection, "failedElementNumber": at }),
                );
            }
        }
    }
    let status = if issues.is_empty() { 400 } else { 201 };
    Ok(Reply::json(status, object([("issues", issues.into()), ("errors", errors.into())])))
}
