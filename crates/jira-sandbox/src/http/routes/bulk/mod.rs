//! Many issues in one request.

pub(crate) mod create;
pub(crate) mod edit;
pub(crate) mod fetch;
pub(crate) mod relocate;
pub(crate) mod tasks;
pub(crate) mod transition;
