//! Links between issues, and the kinds of them.

/// A kind of link, with its phrase for each end.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct LinkType {
    pub(crate) id: u64,
    pub(crate) name: String,
    pub(crate) inward: String,
    pub(crate) outward: String,
}

/// `from` OUTWARD-phrase `to`, e.g. from "blocks" to.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Link {
    pub(crate) id: u64,
    pub(crate) type_id: u64,
    pub(crate) from: u64,
    pub(crate) to: u64,
}
