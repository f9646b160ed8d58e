//! `POST /issue/bulkfetch`.

use serde_json::{Value as Json, json};

use crate::{
    answer::{Answer, Fault, Reply},
    http::{
        call::Call,
        route::{Route, query},
    },
    json::{object, strings},
    model::Issue,
    render::{self, Expand, FieldSelection, SiteView},
};

pub(crate) const ROUTES: &[Route] = &[query("/rest/api/3/issue/bulkfetch", fetch)];

const ISSUES_MAX: usize = 100;

/// By ascending id, without those that the caller may not see.
fn fetch(call: &Call, site: &SiteView) -> Answer {
    let body = call.object()?;
    let known = ["issueIdsOrKeys", "fields", "fieldsByKeys", "expand", "properties"];
    if body.keys().any(|key| !known.contains(&key.as_str())) {
        return Err(Fault::bad_payload());
    }
    let keys = strings(body.get("issueIdsOrKeys")).ok_or_else(Fault::bad_payload)?;
    if keys.is_empty() || keys.len() > ISSUES_MAX {
        return Err(Fault::message(400, "The number of issues must be between 1 and 100."));
    }
    let fields = strings(body.get("fields")).unwrap_or_default();
    let mut found: Vec<&Issue> =
        keys.iter().filter_map(|key| site.visible_issue(call.who, key)).collect();
    found.sort_by_key(|issue| issue.id);
    found.dedup_by_key(|issue| issue.id);
    let wanted = FieldSelection::read(&fields, "*navigable");
    let expand = Expand::default();
    let shown: Vec<Json> =
        found.iter().map(|issue| render::issue(site, issue, &wanted, &expand)).collect();
    Ok(Reply::json(200, object([("issueErrors", json!([])), ("issues", shown.into())])))
}
