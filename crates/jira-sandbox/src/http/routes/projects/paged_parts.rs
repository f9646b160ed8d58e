//! The paged lists of a project's components and versions.

use serde_json::Value as Json;

use crate::{
    answer::{Answer, Fault, Reply},
    http::{
        call::Call,
        paging::Window,
        route::{Route, read},
    },
    json::put,
    render::{self, SiteView},
};

pub(crate) const ROUTES: &[Route] = &[
    read("/rest/api/3/project/{project}/component", components),
    read("/rest/api/3/project/{project}/version", versions),
    read("/rest/api/3/project/{project}/role", roles),
];

/// The names of the roles, each with its address.
fn roles(call: &Call, site: &SiteView) -> Answer {
    let project = call.project(site)?;
    let address =
        |at: usize| format!("{}/rest/api/3/project/{}/role/{}", site.host, project.id, 10_002 + at);
    let named = crate::http::routes::issues::comments::ROLES.iter().enumerate();
    let roles: Json =
        named.map(|(at, name)| ((*name).to_owned(), Json::from(address(at)))).collect();
    Ok(Reply::json(200, roles))
}

fn components(call: &Call, site: &SiteView) -> Answer {
    let project = call.project(site)?;
    let window = Window::of(call, 50, 50)?;
    let part = call.query("query").unwrap_or_default().to_lowercase();
    let mut found: Vec<_> =
        project.components.iter().filter(|one| one.name.to_lowercase().contains(&part)).collect();
    match order(call, &["name", "description", "issueCount", "lead"])? {
        ("name", is_down) => sort(&mut found, is_down, |one| one.name.to_lowercase()),
        (_, is_down) => sort(&mut found, is_down, |_| ()),
    }
    let shown = window.slice(&found).iter().map(|one| {
        let mut shown = render::component(site, project, one);
        let holds = |issue: &&crate::model::Issue| issue.references("components").contains(&one.id);
        put(&mut shown, "issueCount", site.issues.values().filter(holds).count());
        shown
    });
    let shown: Vec<Json> = shown.collect();
    let address = format!("{}/rest/api/3/project/{}/component", site.host, project.key);
    Ok(Reply::json(200, window.page_bean(&address, found.len(), shown)))
}

fn versions(call: &Call, site: &SiteView) -> Answer {
    let project = call.project(site)?;
    let window = Window::of(call, 50, 50)?;
    let part = call.query("query").unwrap_or_default().to_lowercase();
    let states = call.list("status");
    let mut found: Vec<_> = project
        .versions
        .iter()
        .filter(|one| {
            let state = match (one.archived, one.released) {
                (true, _) => "archived",
                (false, true) => "released",
                (false, false) => "unreleased",
            };
            one.name.to_lowercase().contains(&part)
                && (states.is_empty() || states.contains(&state))
        })
        .collect();
    match order(call, &["sequence", "name", "description", "releaseDate", "startDate"])? {
        ("name", is_down) => sort(&mut found, is_down, |one| one.name.clone()),
        ("releaseDate", is_down) => sort(&mut found, is_down, |one| one.release),
        (_, is_down) => sort(&mut found, is_down, |_| ()),
    }
    let shown =
        window.slice(&found).iter().map(|one| render::version(site, project, one)).collect();
    let address = format!("{}/rest/api/3/project/{}/version", site.host, project.key);
    Ok(Reply::json(200, window.page_bean(&address, found.len(), shown)))
}

/// The key of `orderBy` and whether it runs downwards; the first of `known` when nothing is asked.
fn order<'k>(call: &Call, known: &[&'k str]) -> Result<(&'k str, bool), Fault> {
    let asked = call.query("orderBy").unwrap_or_default();
    let plain = asked.trim_start_matches(['+', '-']);
    let found =
        if plain.is_empty() { known.first() } else { known.iter().find(|key| **key == plain) };
    let key = found
        .ok_or_else(|| Fault::message(400, format!("The orderBy value '{asked}' is not valid.")))?;
    Ok((key, asked.starts_with('-')))
}

fn sort<T, K: Ord>(items: &mut [T], is_down: bool, key: impl FnMut(&T) -> K) {
    items.sort_by_key(key);
    if is_down {
        items.reverse();
    }
}
