//! One issue in the making.

use std::collections::BTreeMap;

use crate::model::{Access, Site, Value, Who};

/// How many issues the main site has.
pub(crate) const SLOTS: i64 = 360;

/// What is decided about an issue before it is stored.
pub(crate) struct Draft {
    pub(crate) project: u64,
    pub(crate) number: u64,
    pub(crate) type_id: u64,
    /// 0 not begun, 1 begun, 2 nearly, 3 done.
    pub(crate) stage: u64,
    pub(crate) created: i64,
    /// The place in the whole seed, 0..[`SLOTS`].
    pub(crate) slot: i64,
    pub(crate) values: BTreeMap<String, Value>,
}

impl Draft {
    pub(crate) fn set(&mut self, field: &str, value: Value) {
        self.values.insert(field.to_owned(), value);
    }
}

/// Who works on the issues of a project.
pub(crate) fn members(site: &Site, project: u64) -> Vec<Who> {
    let project = site.project(project);
    let all = project.into_iter().flat_map(|project| &project.members);
    all.filter(|(_, access)| **access >= Access::Member).map(|(who, _)| *who).collect()
}
