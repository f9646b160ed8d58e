//! Jira Cloud: the client that asks it, and the views that agents read of its answers.

mod client;
pub mod tools;
pub mod views;

pub use client::{
    AllowedDesk, AllowedIssue, AllowedProject, ApiHost, Applied, Base, Download, Jira, JiraError,
    MEDIA_HOSTS, METADATA_TTL, NamedIssue, Outside, Projects, RateLimit, Request, Response, Route,
    Safety, Session, Settings, Site, SitePin, is_cloud_id, names, request, wire,
};
