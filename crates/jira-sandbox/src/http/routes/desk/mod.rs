//! The service desk API, `/rest/servicedeskapi`.

pub(crate) mod approvals;
pub(crate) mod create;
pub(crate) mod desks;
pub(crate) mod queues;
pub(crate) mod requests;
