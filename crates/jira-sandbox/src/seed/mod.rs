//! The world the sandbox starts with: two sites, ten accounts, four projects, and what happened in
//! 120 days.

mod awkward;
mod boards;
mod catalog;
mod custom;
mod details;
mod fields;
mod gallery;
mod hostile;
mod issues;
mod life;
mod life_details;
mod nodes;
pub(super) mod people;
mod projects;
mod screens;
mod second;
mod words;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::{Seed, model::Site};

/// Ids from here on belong to what is made later; the seed numbers its own things below.
const FIRST_FREE_ID: u64 = 100_000;

/// Both sites as of `now` (milliseconds since 1970).
pub(super) fn sites(seed: Seed, now: i64) -> Vec<Site> {
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
