//! Jira Cloud, in Jira's words: requests as values, one call, the caller's own token on each.
//!
//! [`Jira`] is shared by all users and holds no credentials. A [`Session`] is one tool call's view
//! of it: the caller, the site, the deadline, and what was used.
//!
//! A call goes down through these files, and none knows those above it: `call` (what the tools
//! use) takes metadata from `metadata_cache` and the site from `choose_site`, which asks
//! `site_list`; they ask `replicas` what another process was told; `send` judges the answer and
//! turns to `scoped_token` where a site refuses an API token; `exchange` signs a [`Request`] and
//! hands it to `upstream`. `error` is the only reader of a refusal, `wire` of everything else.
//! [`names`] stand above all of it: they ask Jira what a name means.

mod account;
mod address;
mod allowed;
mod call;
mod choose_site;
mod clock;
mod error;
mod error_body;
mod exchange;
mod forgotten;
mod found_people;
mod media;
mod metadata_cache;
pub mod names;
mod replicas;
pub mod request;
mod response;
mod scoped_token;
mod send;
mod session;
mod settings;
mod site;
mod site_cache;
mod site_list;
mod token_route;
pub mod wire;

pub use allowed::{AllowedDesk, AllowedIssue, AllowedProject, NamedIssue, Outside, Projects};
pub use error::{Applied, JiraError, RateLimit};
pub use media::Download;
pub use metadata_cache::TTL as METADATA_TTL;
pub use request::{Base, Request, Safety};
pub use response::Response;
pub use session::{Jira, Session};
pub use settings::{ApiHost, MEDIA_HOSTS, Route, Settings, SitePin, is_cloud_id};
pub use site::Site;
