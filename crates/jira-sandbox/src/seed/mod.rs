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
mod ids;
mod issues;
mod life;
mod life_details;
mod nodes;
mod people;
mod projects;
mod screens;
mod second;
mod tokens;
mod words;
mod world;

pub(crate) use tokens::tokens;
pub use world::Seed;
pub(crate) use world::sites;
