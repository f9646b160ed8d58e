//! Saved searches.

#![expect(
    clippy::unnecessary_wraps,
    reason = "all routes have one signature, also those that cannot fail"
)]

use serde_json::{Value as Json, json};

use crate::{
    answer::{Answer, Reply},
    http::{
        call::Call,
        paging::Window,
        route::{Route, read},
    },
    model::Filter,
    render::{self, SiteView},
};

pub(crate) const ROUTES: &[Route] =
    &[read("/rest/api/3/filter/search", search), read("/rest/api/3/filter/favourite", favourites)];

fn search(call: &Call, site: &SiteView) -> Answer {
    let window = Window::of(call, 50, 100)?;
    let needle = call.query("filterName").unwrap_or_default().to_lowercase();
    let mut found: Vec<_> =
        site.filters.iter().filter(|filter| filter.name.to_lowercase().contains(&needle)).collect();
    found.sort_by(|a, b| a.name.cmp(&b.name));
    let expand = call.list("expand");
    let all = "description,owner,jql,viewUrl,searchUrl,favourite,favouritedCount,sharePermissions";
    let shown = window.slice(&found).iter().map(|filter| {
        let mut shown = row(call, site, filter, &expand);
        if let Some(shown) = shown.as_object_mut() {
            shown.insert("expand".into(), all.into());
        }
        shown
    });
    let shown = shown.collect();
    let address = format!("{}/rest/api/3/filter/search", site.host);
    Ok(Reply::json(200, window.page_bean(&address, found.len(), shown)))
}

/// Details come only when they are asked for.
fn row(call: &Call, site: &SiteView, filter: &Filter, expand: &[&str]) -> Json {
    let mut shown = json!({
        "self": format!("{}/rest/api/3/filter/{}", site.host, filter.id),
        "id": filter.id.to_string(),
        "name": filter.name,
    });
    let Some(map) = shown.as_object_mut() else { return shown };
    let mut add = |name: &str, value: Json| {
        if expand.contains(&name) {
            map.insert(name.to_owned(), value);
        }
    };
    add("description", filter.description.clone().into());
    add("jql", filter.jql.clone().into());
    add("owner", render::person(site, filter.owner));
    add("favourite", filter.favourite_of.contains(&call.who).into());
    add("favouritedCount", filter.favourite_of.len().into());
    add("viewUrl", format!("{}/issues/?filter={}", site.host, filter.id).into());
    shown
}

fn favourites(call: &Call, site: &SiteView) -> Answer {
    let mine = site.filters.iter().filter(|filter| filter.favourite_of.contains(&call.who));
    let shown: Vec<_> = mine
        .map(|filter| {
            row(call, site, filter, &["description", "jql", "owner", "favourite", "viewUrl"])
        })
        .collect();
    Ok(Reply::json(200, json!(shown)))
}
