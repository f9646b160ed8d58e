//! From the model to Jira's JSON: one function per shape, used by every route that shows it.

mod activity;
mod agile;
mod attributes;
mod boards;
pub(crate) mod desk;
mod field_value;
mod html;
mod issue;
mod issue_stub;
mod meta;
mod person;
mod project;
mod site_view;
mod stored_value;
mod transition;

pub(crate) use activity::{attachment, change, comment, remote_link, worklog};
pub(crate) use agile::{agile_issue, epic};
pub(crate) use attributes::{
    component, issue_type, link_type, priority, resolution, status, version,
};
pub(crate) use boards::{board, sprint};
pub(crate) use field_value::value as field_value;
pub(crate) use issue::{Expand, FieldSelection, issue};
pub(crate) use issue_stub::issue_stub;
pub(crate) use meta::{editmeta, field_details, field_meta, schema};
pub(crate) use person::{person, profile};
pub(crate) use project::{project, project_row};
pub(crate) use site_view::SiteView;
pub(crate) use transition::transition;
