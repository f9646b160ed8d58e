//! The site itself: who calls, who else is here, what there is to choose from.

pub(crate) mod fields;
pub(crate) mod lists;
pub(crate) mod myself;
pub(crate) mod users;
