//! A customer's request.

use serde_json::{Value as Json, json};

use super::{
    service_desk::{request_type, service_desk},
    value::{API, date, user},
};
use crate::{
    adf,
    json::put,
    model::{CustomerRequest, Issue, RequestField, ServiceDesk},
    render::{SiteView, field_value},
};

/// The request with the parts of `expand` that the caller names.
pub(crate) fn request(
    site: &SiteView,
    desk: &ServiceDesk,
    issue: &Issue,
    request: &CustomerRequest,
    expand: &[&str],
) -> Json {
    let kind = desk.request_type(request.request_type);
    let fields = kind.map(|kind| kind.fields.as_slice()).unwrap_or_default();
    let host = &site.host;
    let mut shown = json!({
        "_expands": ["participant", "status", "sla", "requestType", "serviceDesk", "attachment", "action", "comment"],
        "issueId": issue.id.to_string(),
        "issueKey": issue.key,
        "summary": issue.summary(),
        "requestTypeId": request.request_type.to_string(),
        "serviceDeskId": desk.id.to_string(),
        "createdDate": date(site, issue.created),
        "reporter": issue.person("reporter").map(|who| user(site, who)),
        "requestFieldValues": fields.iter().filter_map(|field| value(site, issue, field)).collect::<Vec<_>>(),
        "currentStatus": status(site, issue),
        "_links": {
            "jiraRest": format!("{host}/rest/api/2/issue/{}", issue.id),
            "web": format!("{host}/servicedesk/customer/portal/{}/{}", desk.id, issue.key),
            "agent": format!("{host}/browse/{}", issue.key),
            "self": format!("{host}{API}/request/{}", issue.id),
        },
    });
    if expand.contains(&"serviceDesk") {
        put(&mut shown, "serviceDesk", service_desk(site, desk));
    }
    if let Some(kind) = kind.filter(|_| expand.contains(&"requestType")) {
        put(&mut shown, "requestType", request_type(site, desk, kind));
    }
    shown
}

fn status(site: &SiteView, issue: &Issue) -> Json {
    let found = site.status(issue.status);
    let category = match found.map(|status| status.category) {
        Some(3) => "DONE",
        Some(4) => "INDETERMINATE",
        _ => "NEW",
    };
    json!({
        "status": found.map(|status| site.word(&status.name)),
        "statusCategory": category,
        "statusDate": date(site, issue.category_changed),
    })
}

/// What was filled in; rich text as this API gives it, without its form.
fn value(site: &SiteView, issue: &Issue, asked: &RequestField) -> Option<Json> {
    let field = site.field(asked.field)?;
    let stored = field_value(site, issue, field).filter(|value| !value.is_null())?;
    let stored = if stored.get("type").is_some_and(|kind| kind == "doc") {
        Json::from(adf::plain_text(&stored))
    } else {
        stored
    };
    let label = if asked.label.is_empty() { site.word(&field.name) } else { asked.label };
    Some(json!({ "fieldId": field.id, "label": label, "value": stored }))
}
