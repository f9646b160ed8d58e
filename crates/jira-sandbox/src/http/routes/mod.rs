//! Every resource of Jira that the sandbox knows, in a file of its own.

pub(crate) mod agile;
pub(crate) mod bulk;
pub(crate) mod desk;
pub(crate) mod issues;
pub(crate) mod projects;
pub(crate) mod queries;
pub(crate) mod site;
