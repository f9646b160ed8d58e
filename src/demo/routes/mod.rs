//! The route table: every resource of the sandbox in its own file, in the order they are tried.

pub(super) mod sites;
pub(super) mod transitions;

mod activity;
mod boards;
mod comments;
mod create;
mod createmeta;
mod fields;
mod filters;
mod issues;
mod jql;
mod lists;
mod project_parts;
mod projects;
mod search;
mod update;
mod users;

use super::{
    dispatch::{Call, Route},
    errors::Fault,
    model::{Access, Issue, Project, Site},
};

/// Fixed segments stand before `{name}` ones: the first pattern that fits wins.
pub(super) fn all() -> impl Iterator<Item = &'static Route> {
    const TABLES: &[&[Route]] = &[
        sites::ROUTES,
        search::ROUTES,
        jql::ROUTES,
        createmeta::ROUTES,
        create::ROUTES,
        issues::ROUTES,
        update::ROUTES,
        comments::ROUTES,
        transitions::ROUTES,
        activity::ROUTES,
        projects::ROUTES,
        project_parts::ROUTES,
        fields::ROUTES,
        users::ROUTES,
        lists::ROUTES,
        filters::ROUTES,
        boards::ROUTES,
    ];
    TABLES.iter().copied().flatten()
}

/// The issue a path names, if the caller may browse it.
fn issue<'a>(call: &Call, site: &'a Site) -> Result<&'a Issue, Fault> {
    site.visible_issue(call.who, call.param("issue")).ok_or_else(Fault::no_issue)
}

/// The project a path names, if the caller may browse it.
fn project<'a>(call: &Call, site: &'a Site) -> Result<&'a Project, Fault> {
    let given = call.param("project");
    site.visible_project(call.who, given).ok_or_else(|| Fault::no_project(given))
}

/// What the caller has in an issue's project.
fn may(call: &Call, site: &Site, issue: &Issue, access: Access) -> bool {
    site.may(call.who, issue, access)
}
