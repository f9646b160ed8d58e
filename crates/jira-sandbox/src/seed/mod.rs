//! The world the sandbox starts with: two sites, ten accounts, four projects, and what happened in
//! 120 days.

mod awkward;
mod documents;
mod ids;
mod issues;
mod people;
mod prng;
mod second_site;
mod service_desk;
mod site;
mod tokens;
mod world;

pub(crate) use service_desk::first_approvals;
pub(crate) use tokens::tokens;
pub use world::Seed;
pub(crate) use world::sites;
