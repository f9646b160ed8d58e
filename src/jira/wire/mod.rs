//! The parts of Jira's answers that we read. Everything else is dropped while decoding, and text is borrowed from
//! the body wherever it can be.

mod agile;
mod attachment;
mod bulk;
mod fields;
mod filter;
mod issue;
mod jql;
mod link;
mod meta;
mod people;
mod project;

pub use agile::{Board, BoardIssuePage, RankEntry, RankReport, Sprint, ValuePage};
pub use attachment::Attachment;
pub use bulk::{
    AttachedFile, CreatedIssues, FailedElement, FetchedIssues, ProjectHead, SharedTransition,
    SharedTransitions, Submitted, TargetStatus, Task, VersionDetail, WorkflowTransitions,
};
pub use fields::{Fields, Loose, Thing};
pub use filter::{Filter, FilterPage};
pub use issue::{
    Change, Changelog, Comment, CommentPage, CountAnswer, Created, History, Issue, IssueLink, LinkType,
    LinkedIssue, RemoteLink, RemoteObject, SearchPage, Transition, TransitionPage, Visibility, Worklog,
    WorklogPage,
};
pub use jql::{
    JqlField, JqlFunction, JqlReference, JqlSuggestion, JqlSuggestions, ParsedQueries, ParsedQuery, texts,
};
pub use link::{LinkTypes, RemoteLinkMade};
pub use meta::{
    CreateFieldPage, EditMeta, FieldEntry, FieldMeta, FieldSchema, IssueType, IssueTypePage, Project,
    ProjectPage,
};
pub use people::{Permission, PermissionAnswer, Resource, User};
pub use project::{
    Component, FieldDetail, PartPage, ProjectDetail, Status, StatusCategory, TypeStatuses, Version,
};

pub use crate::json::Text;
