//! The route table, in the order in which it is tried.

use super::{
    route::Route,
    routes::{agile, bulk, desk, issues, projects, queries, site},
};

/// Fixed segments stand before `{name}` ones: the first pattern that fits wins.
pub(crate) fn all() -> impl Iterator<Item = &'static Route> {
    const TABLES: &[&[Route]] = &[
        site::myself::ROUTES,
        queries::search::ROUTES,
        queries::autocomplete::ROUTES,
        issues::createmeta::ROUTES,
        bulk::fetch::ROUTES,
        bulk::create::ROUTES,
        bulk::edit::ROUTES,
        bulk::relocate::ROUTES,
        bulk::transition::ROUTES,
        bulk::tasks::ROUTES,
        projects::versions::ROUTES,
        issues::create::ROUTES,
        issues::issue::ROUTES,
        issues::update::ROUTES,
        issues::comments::ROUTES,
        issues::transitions::ROUTES,
        issues::changelog::ROUTES,
        issues::worklogs::ROUTES,
        issues::links::ROUTES,
        issues::remote_links::ROUTES,
        issues::votes::ROUTES,
        issues::watchers::ROUTES,
        issues::attachments::ROUTES,
        projects::project::ROUTES,
        projects::paged_parts::ROUTES,
        site::fields::ROUTES,
        site::users::ROUTES,
        site::lists::ROUTES,
        queries::filters::ROUTES,
        agile::boards::ROUTES,
        agile::backlog::ROUTES,
        agile::sprints::ROUTES,
        agile::scheduling::ROUTES,
        desk::desks::ROUTES,
        desk::queues::ROUTES,
        desk::create::ROUTES,
        desk::requests::ROUTES,
        desk::approvals::ROUTES,
    ];
    TABLES.iter().copied().flatten()
}
