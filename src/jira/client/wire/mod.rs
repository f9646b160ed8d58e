//! The parts of Jira's answers that we read. Everything else is dropped while decoding, and text is
//! borrowed from the body wherever it can be.
//!
//! One odd value costs itself only: lists are [`List`]s, parts are [`Lenient`], texts take whatever
//! stands there, and a type asks for no more than what makes it of use.

mod agile;
mod allowed_values;
mod attachment;
mod bulk;
mod changelog;
mod comment;
pub mod desk;
mod fields;
mod filter;
mod issue;
mod jql;
mod lenient_text;
mod link;
mod meta;
mod named_value;
mod people;
mod project;
mod rich_text;
mod search;
mod transition;
mod version;
mod worklog;

pub use agile::{Board, BoardIssuePage, RankEntry, RankReport, Sprint, ValuePage};
pub use allowed_values::AllowedValues;
pub use attachment::{AttachedFile, Attachment};
pub use bulk::{
    CreatedIssues, FailedElement, FetchedIssues, SharedTransition, SharedTransitions, Submitted,
    TargetStatus, Task, WorkflowTransitions,
};
pub use changelog::{ChangeDetails, ChangelogEntry, ChangelogPage, ChangelogsPage};
pub use comment::{Comment, CommentPage, Visibility, Watchers};
pub use fields::Fields;
pub use filter::{Filter, FilterPage};
pub use issue::{CreatedIssue, Issue};
pub use jql::{
    JqlField, JqlFunction, JqlReference, JqlSuggestion, JqlSuggestions, ParsedQueries, ParsedQuery,
    texts,
};
pub use lenient_text::LenientText;
pub use link::{
    CreatedRemoteLink, IssueLink, LinkType, LinkTypes, LinkedIssue, RemoteLink, RemoteObject,
};
pub use meta::{
    CreateFieldPage, EditMeta, FieldEntry, FieldMeta, FieldSchema, IssueType, IssueTypePage,
    Project, ProjectPage,
};
pub use named_value::NamedValue;
pub use people::{Permission, Permissions, Person, Resource, Resources, User};
pub use project::{
    Component, FieldDetail, PartPage, ProjectDetail, Status, StatusCategory, TypeStatuses,
};
pub use rich_text::RichText;
pub use search::{ApproximateCount, SearchPage};
pub use transition::{Transition, TransitionPage};
pub use version::{ProjectHead, Version, VersionDetail};
pub use worklog::{Worklog, WorklogPage};

pub use json_borrow::{Lenient, List, Text};
