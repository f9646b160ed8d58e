//! Both sites, put together.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::{
    awkward, boards, catalog, fields, ids::FIRST_FREE_ID, issues, life, people, projects, second,
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
        awkward::spoil(&mut main, now);
    }
    vec![main, second::site(now)]
}

fn main_site(now: i64) -> Site {
    let mut site = Site {
        cloud_id: "5a9db0c1-0000-4000-8000-5a9db0c10001".into(),
        host: "https://sandbox.atlassian.net".into(),
        name: "sandbox".into(),
        people: people::people(),
        admins: [people::ANNA_AT].into(),
        without_directory: BTreeSet::new(),
        projects: projects::projects(now),
        types: catalog::types(),
        statuses: catalog::statuses(),
        priorities: catalog::priorities(),
        resolutions: catalog::resolutions(),
        link_types: catalog::link_types(),
        fields: fields::fields(),
        boards: boards::boards(),
        sprints: boards::sprints(now),
        filters: boards::filters(),
        links: Vec::new(),
        tasks: Vec::new(),
        issues: BTreeMap::new(),
        keys: HashMap::new(),
        recent_writes: HashMap::new(),
        teams: catalog::teams(),
        last_id: FIRST_FREE_ID,
    };
    issues::fill(&mut site, now);
    life::tell(&mut site, now);
    site
}
