//! What may be created where, and with which fields.

use crate::{
    answer::{Answer, Fault, Reply},
    http::{
        call::Call,
        paging::Window,
        route::{Route, read},
    },
    model::Access,
    render::{self, SiteView},
};

pub(crate) const ROUTES: &[Route] = &[
    read("/rest/api/3/issue/createmeta/{project}/issuetypes", types),
    read("/rest/api/3/issue/createmeta/{project}/issuetypes/{type}", fields),
];

/// Empty for someone who may browse but not create.
fn types(call: &Call, site: &SiteView) -> Answer {
    let project = call.project(site)?;
    let window = Window::of(call, 50, 200)?;
    let types: Vec<_> = project.types.iter().filter_map(|id| site.issue_type(*id)).collect();
    let types = if project.may(call.who, Access::Member) { types } else { Vec::new() };
    let shown = window.slice(&types).iter().map(|kind| render::issue_type(site, kind)).collect();
    Ok(Reply::json(200, window.page_named("issueTypes", types.len(), shown)))
}

fn fields(call: &Call, site: &SiteView) -> Answer {
    let project = call.project(site)?;
    let window = Window::of(call, 50, 200)?;
    let given = call.param("type");
    let kind = project
        .types
        .iter()
        .filter_map(|id| site.issue_type(*id))
        .find(|kind| kind.id.to_string() == given);
    let kind = kind.filter(|_| project.may(call.who, Access::Member)).ok_or_else(|| {
        Fault::message(
            400,
            format!("The issue type with ID '{given}' could not be found for this project."),
        )
    })?;
    let all: Vec<_> = project
        .screen_of(kind.id)
        .filter_map(|entry| Some((site.field(&entry.field)?, entry.required)))
        .collect();
    let shown = window.slice(&all).iter().map(|(field, required)| {
        let mut meta = render::field_meta(site, project, kind.id, field, *required);
        if let Some(meta) = meta.as_object_mut() {
            meta.insert("fieldId".into(), field.id.clone().into());
        }
        meta
    });
    Ok(Reply::json(200, window.page_named("fields", all.len(), shown.collect())))
}
