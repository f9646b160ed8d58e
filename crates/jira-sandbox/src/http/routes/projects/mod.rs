//! Projects, and what they are made of.

pub(crate) mod paged_parts;
pub(crate) mod project;
pub(crate) mod versions;
