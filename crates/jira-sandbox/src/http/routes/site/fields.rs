//! The fields of the site.

#![expect(
    clippy::unnecessary_wraps,
    reason = "all routes have one signature, also those that cannot fail"
)]

use serde_json::{Value as Json, json};

use crate::{
    answer::{Answer, Fault, Reply},
    http::{
        call::Call,
        paging::Window,
        route::{Route, read},
    },
    model::{Access, FieldDef, Site},
    render::{self, SiteView},
};

pub(crate) const ROUTES: &[Route] =
    &[read("/rest/api/3/field", all), read("/rest/api/3/field/search", search)];

fn visible<'a>(call: &Call, site: &'a Site) -> impl Iterator<Item = &'a FieldDef> {
    let who = call.who;
    site.fields.iter().filter(move |field| {
        field.scope.is_none_or(|id| {
            site.project(id).is_some_and(|project| project.may(who, Access::Viewer))
        })
    })
}

fn all(call: &Call, site: &SiteView) -> Answer {
    let shown: Vec<_> =
        visible(call, site).map(|field| render::field_details(site, field)).collect();
    Ok(Reply::json(200, json!(shown)))
}

/// Only for administrators, unlike the plain list.
fn search(call: &Call, site: &SiteView) -> Answer {
    if !site.admins.contains(&call.who) {
        return Err(Fault::message(403, "Only Jira administrators can access fields."));
    }
    let window = Window::of(call, 50, 50)?;
    let needle = call.query("query").unwrap_or_default().to_lowercase();
    let (kinds, ids) = (call.list("type"), call.list("id"));
    let mut found: Vec<_> = visible(call, site)
        .filter(|field| field.schema.is_some() && field.name.to_lowercase().contains(&needle))
        .filter(|field| {
            let kind = if field.custom.is_some() { "custom" } else { "system" };
            (kinds.is_empty() || kinds.contains(&kind))
                && (ids.is_empty() || ids.contains(&field.id.as_str()))
        })
        .collect();
    found.sort_by(|a, b| a.name.cmp(&b.name));
    if call.query("orderBy").is_some_and(|order| order.starts_with('-')) {
        found.reverse();
    }
    let shown = window.slice(&found).iter().map(|field| row(site, field)).collect();
    let address = format!("{}/rest/api/3/field/search", site.host);
    Ok(Reply::json(200, window.page_bean(&address, found.len(), shown)))
}

fn row(site: &SiteView, field: &FieldDef) -> Json {
    json!({
        "id": field.id, "name": site.word(&field.name), "key": field.id, "schema": render::schema(field),
        "isLocked": field.custom.is_none(),
    })
}
