//! The product's behaviour through its public surface: real HTTP against the real router, a sandbox
//! Jira behind it.
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
mod agents;
mod agile;
mod agile_writing;
mod amplification;
mod answers;
mod apps;
mod attachment_scope;
mod attachments;
mod attacks;
mod authorization;
mod both_sites;
mod bounds;
mod bulk;
mod call;
mod cancel;
mod chaos;
mod check;
mod circles;
mod clearing;
mod clocks;
mod collab;
mod collab_faults;
mod collab_time;
mod command_line;
mod connector;
mod console;
mod context;
mod contract;
mod custom_events;
mod delivery;
mod destructive;
mod direct;
mod documents;
mod doors;
mod edge;
mod errors;
mod every_tool;
mod fairness;
mod faults;
mod ghosts;
mod held_streams;
mod hidden;
mod init;
mod isolation;
mod jsm;
mod jsm_comments;
mod leaks;
mod linking;
mod login;
mod manage;
mod metadata_cache;
mod metrics;
mod mrtr;
mod odd_pages;
mod odd_values;
mod paging;
mod peers;
mod process;
mod project_restriction;
mod project_restriction_matrix;
mod prompts;
mod protocol;
mod protocol_versions;
mod read_laws;
mod reading;
mod replicas;
mod resources;
mod restart;
mod rich_text;
mod rotation;
mod scoped_token;
mod scopes;
mod server_card;
mod sessions;
mod sets_off;
mod signin;
mod sites;
mod skills;
mod smoke;
mod stdio;
mod streams;
mod telemetry_files;
mod tidy;
mod tool_list;
mod traces;
mod transport;
mod uncertain_bulk_writes;
mod uncertain_writes;
mod whole_reading;
mod window;
mod write_laws;
mod writing;
