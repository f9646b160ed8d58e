//! What a site has besides issues: people aside, its projects, types, fields, boards.

pub(crate) mod boards;
pub(crate) mod catalog;
pub(crate) mod custom_fields;
pub(crate) mod projects;
pub(crate) mod screens;
pub(crate) mod system_fields;
