//! What is awkward about real sites, put into the main one: see [`crate::demo::Seed::Awkward`].

use crate::demo::model::Site;

pub(super) fn spoil(_site: &mut Site, _now: i64) {}
