//! From the model to Jira's JSON: one function per shape, used by every route that shows it.

mod activity;
mod agile;
mod computed;
mod html;
mod issue;
mod meta;
mod parts;
mod person;
mod project;
mod transition;

pub(super) use activity::{change, comment, remote_link, worklog};
pub(super) use agile::{agile_issue, epic};
pub(super) use computed::attachment;
pub(super) use html::html;
pub(super) use issue::{Expand, Wanted, issue, issue_stub};
pub(super) use meta::{editmeta, field_details, field_meta, schema};
pub(super) use parts::{
    board, category, component, component_stub, issue_type, link_type, priority, resolution,
    sprint, sprint_in_issue, status, version, version_stub,
};
pub(super) use person::{person, profile};
pub(super) use project::{project, project_row, project_stub};
pub(super) use transition::transition;
