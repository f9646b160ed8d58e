//! `POST /request`.

use serde_json::{Map, Value as Json, json};

use super::desks;
use crate::{
    adf,
    answer::{Answer, Content, Fault, Reply},
    http::{
        call::Call,
        route::{Route, write},
        routes::issues,
    },
    model::{Access, CustomerRequest, FieldKind, RequestType, Site, Who, scope::WRITE_REQUEST},
    render::{SiteView, desk as shape},
    seed,
};

pub(crate) const ROUTES: &[Route] =
    &[write("POST", "/rest/servicedeskapi/request", create).needs(&[WRITE_REQUEST])];

fn create(call: &Call, site: &mut Site) -> Answer {
    let body = call.object()?;
    let text = |name: &str| body.get(name).and_then(Json::as_str).unwrap_or_default();
    let desk = desks::named(call, site, text("serviceDeskId"))?;
    let kind = desks::type_named(desk, text("requestTypeId"))?;
    let project = site.project(desk.project).ok_or_else(|| Fault::no_project("0"))?;
    if !project.may(call.who, Access::Member) {
        return Err(Fault::desk(403, "You may not create requests at this service desk."));
    }
    let (desk_id, kind_id) = (desk.id, kind.id);
    let mut fields = fields(site, kind, &body)?;
    fields.insert("project".to_owned(), json!({ "id": project.id.to_string() }));
    fields.insert("issuetype".to_owned(), json!({ "id": kind.issue_type.to_string() }));
    if let Some(customer) = body.get("raiseOnBehalfOf").and_then(Json::as_str) {
        person(site, customer)?;
        fields.insert("reporter".to_owned(), json!({ "accountId": customer }));
    }
    let participants = body.get("requestParticipants").and_then(Json::as_array);
    let participants = participants.into_iter().flatten().filter_map(Json::as_str);
    let participants = participants.map(|id| person(site, id)).collect::<Result<Vec<_>, _>>()?;
    let wanted = Map::from_iter([("fields".to_owned(), Json::Object(fields))]);
    let prepared = issues::create::prepare(call, site, &wanted).map_err(in_one_sentence)?;
    let made = issues::create::store(call, site, prepared)?;
    let id = made.get("id").and_then(Json::as_str).and_then(|id| id.parse().ok());
    let id: u64 = id.ok_or_else(Fault::no_issue)?;
    let approvals = seed::first_approvals(id, kind_id, call.now);
    let request = CustomerRequest { request_type: kind_id, participants, approvals };
    site.requests.insert(id, request.clone());
    let desk = site.service_desks.iter().find(|desk| desk.id == desk_id);
    let (Some(desk), Some(issue)) = (desk, site.issues.get(&id)) else {
        return Err(Fault::no_issue());
    };
    let view = SiteView::new(site, call.who);
    Ok(Reply::json(201, shape::request(&view, desk, issue, &request, &[])))
}

fn person(site: &Site, account_id: &str) -> Result<Who, Fault> {
    site.person_by_account(account_id)
        .ok_or_else(|| Fault::desk(400, "The customer does not exist."))
}

/// The values of the form: only fields that it has, and all that it must have. Rich text comes as
/// a document when the request says so, else as plain text.
fn fields(
    site: &Site,
    kind: &RequestType,
    body: &Map<String, Json>,
) -> Result<Map<String, Json>, Fault> {
    let is_adf = body.get("isAdfRequest") == Some(&Json::Bool(true));
    let given = body.get("requestFieldValues").and_then(Json::as_object).cloned();
    let mut fields = given.unwrap_or_default();
    let is_on_form = |id: &String| kind.fields.iter().any(|field| field.field == id);
    if let Some(other) = fields.keys().find(|id| !is_on_form(id)) {
        let text = format!("The field '{other}' is not valid for this request type.");
        return Err(Fault::desk(400, text));
    }
    let missing = kind.fields.iter().find(|field| {
        field.required && fields.get(field.field).is_none_or(|value| value.is_null() || value == "")
    });
    if let Some(missing) = missing {
        let text = format!("Your request could not be created. {} is required.", missing.field);
        return Err(Fault::desk(400, text));
    }
    for (id, value) in &mut fields {
        if site.field(id).is_some_and(|field| field.kind == FieldKind::Rich) && !value.is_null() {
            *value = match (is_adf, value.as_str()) {
                (false, Some(text)) => document(text),
                (true, None) if adf::check(value).is_ok() => value.take(),
                _ => return Err(Fault::desk(400, format!("The value of '{id}' is not valid."))),
            };
        }
    }
    Ok(fields)
}

fn document(text: &str) -> Json {
    let paragraph = json!({ "type": "paragraph", "content": [{ "type": "text", "text": text }] });
    json!({ "type": "doc", "version": 1, "content": [paragraph] })
}

/// The platform's refusals, as this API tells them.
fn in_one_sentence(fault: Fault) -> Fault {
    let Fault(Reply { status, content: Content::Json(body), .. }) = &fault else { return fault };
    let messages = body.get("errorMessages").and_then(Json::as_array).into_iter().flatten();
    let messages = messages.filter_map(Json::as_str).map(str::to_owned);
    let errors = body.get("errors").and_then(Json::as_object).into_iter().flatten();
    let errors = errors.map(|(id, text)| format!("{id}: {}", text.as_str().unwrap_or_default()));
    let told: Vec<String> = messages.chain(errors).collect();
    Fault::desk(*status, format!("Your request could not be created. {}", told.join(" ")))
}
