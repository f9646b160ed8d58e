//! Both sites, put together.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::{
    awkward,
    ids::FIRST_FREE_ID,
    issues::{activity, add_issues},
    people, second_site, service_desk,
    site::{boards, catalog, projects, system_fields},
};
use crate::model::Site;

/// Which world a sandbox starts with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Seed {
    /// The one that documents and examples know: usual, and friendly.
    #[default]
    Standard,
    /// The same projects on a site with everything that is awkward about real ones: half letters,
    /// names with commas, fields of one name, screens that lack fields, people who may do less, a
    /// profile in another language.
    Awkward,
}

/// Both sites as of `now` (milliseconds since 1970).
pub(crate) fn sites(seed: Seed, now: i64) -> Vec<Site> {
    let mut main = main_site(now);
    if seed == Seed::Awkward {
        awkward::make_awkward(&mut main, now);
    }
    vec![main, second_site::site(now)]
}

fn main_site(now: i64) -> Site {
    let mut site = Site {
        cloud_id: "5a9db0c1-0000-4000-8000-5a9db0c10001".into(),
        host: "https://sandbox.atlassian.net".into(),
        name: "sandbox".into(),
        people: people::people(),
        admins: [people::ANNA].into(),
        without_directory: BTreeSet::new(),
        projects: projects::projects(now),
        types: catalog::types(),
        statuses: catalog::statuses(),
        priorities: catalog::priorities(),
        resolutions: catalog::resolutions(),
        link_types: catalog::link_types(),
        fields: system_fields::fields(),
        boards: boards::boards(),
        sprints: boards::sprints(now),
        filters: boards::filters(),
        links: Vec::new(),
        tasks: Vec::new(),
        issues: BTreeMap::new(),
        keys: HashMap::new(),
        service_desks: service_desk::desks(),
        requests: BTreeMap::new(),
        recent_writes: HashMap::new(),
        teams: catalog::teams(),
        last_id: FIRST_FREE_ID,
    };
    add_issues::add_issues(&mut site, now);
    activity::add_activity(&mut site, now);
    service_desk::add_requests(&mut site, now);
    site
}
