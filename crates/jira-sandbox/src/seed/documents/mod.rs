//! Rich text to put into issues.

pub(crate) mod gallery;
pub(crate) mod hostile;
pub(crate) mod nodes;
