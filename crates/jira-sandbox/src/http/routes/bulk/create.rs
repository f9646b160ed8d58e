//! `POST /issue/bulk`.

use serde_json::{Map, Value as Json, json};

use crate::{
    answer::{Answer, Content, Fault, Reply},
    http::{
        call::Call,
        route::{Route, write},
        routes::issues::create,
    },
    json::object,
    model::Site,
};

pub(crate) const ROUTES: &[Route] = &[write("POST", "/rest/api/3/issue/bulk", create_all)];

const ISSUES_MAX: usize = 50;

/// 201 as soon as one of them was made, 400 when none was.
fn create_all(call: &Call, site: &mut Site) -> Answer {
    let body = call.object()?;
    let updates =
        body.get("issueUpdates").and_then(Json::as_array).ok_or_else(Fault::bad_payload)?;
    if updates.is_empty() || updates.len() > ISSUES_MAX {
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
