//! The parts of Jira's answers that we read. Everything else is dropped while decoding, and text is
//! borrowed from the body wherever it can be.
//!
//! One odd value costs itself only: lists are [`List`]s, parts are [`Lenient`], texts take whatever
//! stands there, and a type asks for no more than what makes it of use.

mod agile;
mod allowed;
mod attachment;
mod bulk;
mod comment;
mod fields;
mod filter;
mod issue;
mod jql;
mod link;
mod meta;
mod people;
mod project;
mod rich_text;

pub use agile::{Board, BoardIssuePage, RankEntry, RankReport, Sprint, ValuePage};
pub use allowed::Allowed;
pub use attachment::Attachment;
pub use bulk::{
    AttachedFile, CreatedIssues, FailedElement, FetchedIssues, ProjectHead, SharedTransition,
    SharedTransitions, Submitted, TargetStatus, Task, VersionDetail, WorkflowTransitions,
};
pub use comment::{Comment, CommentPage, Visibility, Watchers};
pub use fields::{Fields, Loose, Thing};
pub use filter::{Filter, FilterPage};
pub use issue::{
    Change, Changelog, CountAnswer, Created, History, Issue, IssueLink, LinkType, LinkedIssue,
    RemoteLink, RemoteObject, SearchPage, Transition, TransitionPage, Worklog, WorklogPage,
};
pub use jql::{
    JqlField, JqlFunction, JqlReference, JqlSuggestion, JqlSuggestions, ParsedQueries, ParsedQuery,
    texts,
};
pub use link::{LinkTypes, RemoteLinkMade};
pub use meta::{
    CreateFieldPage, EditMeta, FieldEntry, FieldMeta, FieldSchema, IssueType, IssueTypePage,
    Project, ProjectPage,
};
pub use people::{Permission, PermissionAnswer, Person, Resource, Resources, User};
pub use project::{
    Component, FieldDetail, PartPage, ProjectDetail, Status, StatusCategory, TypeStatuses, Version,
};

pub use rich_text::RichText;

pub use json_borrow::{Lenient, List, Text};
