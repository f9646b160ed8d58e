//! The state of the sandbox: plain values, without any JSON shape.

mod field;
mod issue;
mod project;
mod site;
mod task;

pub(super) use field::{FieldDef, Kind, Opt, Value};
pub(super) use issue::{
    Attachment, Change, ChangeItem, Comment, Issue, RemoteLink, Visibility, Worklog,
};
pub(super) use project::{
    Access, Component, IssueType, Project, ScreenField, Status, Transition, Version, Workflow,
};
pub(super) use site::{Board, Filter, Link, LinkType, Named, Person, Site, Sprint, Team, Who};
pub(super) use task::Task;
