//! The product's behaviour through its public surface: real HTTP against the real router, a sandbox Jira behind it.
#![expect(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "tests start servers, send requests, and fail by panicking"
)]

mod support;

mod abuse;
mod advice;
mod agile;
mod agile_writing;
mod attachment_scope;
mod attachments;
mod bulk;
mod cancel;
mod chaos;
mod collab;
mod collab_faults;
mod collab_time;
mod context;
mod contract;
mod destructive;
mod edge;
mod errors;
mod every_tool;
mod faults;
mod fences;
mod isolation;
mod leaks;
mod lost;
mod lost_many;
mod manage;
mod mrtr;
mod paging;
mod process;
mod protocol;
mod reading;
mod remembered;
mod rotation;
mod scopes;
mod sites;
mod tidy;
mod writing;
