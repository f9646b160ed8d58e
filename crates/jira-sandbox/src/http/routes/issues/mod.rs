//! One issue and all that hangs on it.

pub(crate) mod attachments;
pub(crate) mod changelog;
pub(crate) mod comments;
pub(crate) mod create;
pub(crate) mod createmeta;
pub(crate) mod issue;
pub(crate) mod links;
pub(crate) mod remote_links;
pub(crate) mod transitions;
pub(crate) mod update;
pub(crate) mod votes;
pub(crate) mod watchers;
pub(crate) mod worklogs;
