//! Boards and sprints.

/// A board; it shows what its one project holds.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Board {
    pub(crate) id: u64,
    pub(crate) name: String,
    /// `scrum`, `kanban` or `simple`.
    pub(crate) kind: &'static str,
    pub(crate) project: u64,
}

/// A sprint; times are milliseconds since 1970.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Sprint {
    pub(crate) id: u64,
    pub(crate) board: u64,
    pub(crate) name: String,
    /// `closed`, `active` or `future`.
    pub(crate) state: String,
    pub(crate) goal: String,
    pub(crate) created: i64,
    pub(crate) start: Option<i64>,
    pub(crate) end: Option<i64>,
    pub(crate) complete: Option<i64>,
}
