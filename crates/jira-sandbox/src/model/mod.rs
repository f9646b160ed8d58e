//! The state of the sandbox: plain values, without any JSON shape.

mod agile;
mod field;
mod issue;
mod issue_link;
mod permissions;
mod person;
mod project;
pub(crate) mod scope;
mod service_desk;
mod site;
mod task;
mod token;

pub(crate) use agile::{Board, Sprint};
pub(crate) use field::{
    EPIC_NAME_FIELD, FieldDef, FieldKind, FieldOption, RANK_FIELD, SPRINT_FIELD, Value,
};
pub(crate) use issue::{
    Attachment, Change, ChangeItem, Comment, Issue, RemoteLink, Visibility, Worklog,
};
pub(crate) use issue_link::{Link, LinkType};
pub(crate) use person::{Person, Team, Who};
pub(crate) use project::{
    Access, Component, IssueType, Project, ScreenField, Status, Transition, Version, Workflow,
};
pub(crate) use service_desk::{
    Approval, CustomerRequest, Decision, Queue, RequestField, RequestType, ServiceDesk,
};
pub(crate) use site::{Filter, Named, Site};
pub(crate) use task::Task;
pub(crate) use token::{Token, access_token};
