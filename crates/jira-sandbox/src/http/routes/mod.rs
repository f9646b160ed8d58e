//! The route table: every resource of the sandbox in its own file, in the order they are tried.

mod activity;
mod attachments;
mod backlog;
mod boards;
mod bulk;
mod bulk_fields;
mod bulk_move;
mod comments;
mod create;
mod createmeta;
mod deletions;
mod fields;
mod filters;
mod issue_links;
mod issues;
mod jql;
mod lists;
mod myself;
mod project_parts;
mod projects;
mod remote_links;
mod search;
mod sprint_moves;
mod sprints;
mod tasks;
mod transitions;
mod update;
mod users;
mod versions;
mod votes;
mod watchers;
mod worklogs;

use super::{call::Call, route::Route};
use crate::{
    answer::Fault,
    model::{Access, Issue, Project, Site},
};

/// Fixed segments stand before `{name}` ones: the first pattern that fits wins.
pub(crate) fn all() -> impl Iterator<Item = &'static Route> {
    const TABLES: &[&[Route]] = &[
        myself::ROUTES,
        search::ROUTES,
        jql::ROUTES,
        createmeta::ROUTES,
        bulk::ROUTES,
        bulk_fields::ROUTES,
        bulk_move::ROUTES,
        tasks::ROUTES,
        deletions::ROUTES,
        versions::ROUTES,
        create::ROUTES,
        issues::ROUTES,
        update::ROUTES,
        comments::ROUTES,
        transitions::ROUTES,
        activity::ROUTES,
        worklogs::ROUTES,
        issue_links::ROUTES,
        remote_links::ROUTES,
        votes::ROUTES,
        watchers::ROUTES,
        attachments::ROUTES,
        projects::ROUTES,
        project_parts::ROUTES,
        fields::ROUTES,
        users::ROUTES,
        lists::ROUTES,
        filters::ROUTES,
        boards::ROUTES,
        backlog::ROUTES,
        sprints::ROUTES,
        sprint_moves::ROUTES,
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
