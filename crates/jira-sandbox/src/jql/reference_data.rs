//! The language described for whoever completes queries: fields, their operators, functions.
//!
//! Source: `GET /rest/api/3/jql/autocompletedata` in Jira's documents, class names as real sites
//! answer them.

use super::{
    ast::Operator,
    field::{Field, Kind},
};

/// The fields of Jira's own, by the names it shows.
pub(crate) const FIELDS: &[&str] = &[
    "affectedVersion",
    "assignee",
    "attachments",
    "comment",
    "component",
    "created",
    "creator",
    "description",
    "due",
    "environment",
    "fixVersion",
    "issuekey",
    "issueLink",
    "issueLinkType",
    "issuetype",
    "labels",
    "parent",
    "priority",
    "project",
    "reporter",
    "resolution",
    "resolved",
    "status",
    "statusCategory",
    "summary",
    "text",
    "updated",
    "votes",
    "watcher",
    "watchers",
    "worklogAuthor",
    "worklogDate",
];

/// Functions as they are shown, whether they stand for a list, and the kind of thing they stand
/// for.
pub(crate) const FUNCTIONS: &[(&str, bool, &str)] = &[
    ("closedSprints()", true, SPRINT),
    ("currentUser()", false, USER),
    ("earliestUnreleasedVersion()", false, VERSION),
    ("endOfDay()", false, DATE),
    ("endOfMonth()", false, DATE),
    ("endOfWeek()", false, DATE),
    ("endOfYear()", false, DATE),
    ("futureSprints()", true, SPRINT),
    ("latestReleasedVersion()", false, VERSION),
    ("linkedIssues(\"\")", true, ISSUE),
    ("membersOf(\"\")", true, USER),
    ("now()", false, DATE),
    ("openSprints()", true, SPRINT),
    ("portfolioChildIssuesOf()", true, ISSUE),
    ("releasedVersions()", true, VERSION),
    ("standardIssueTypes()", true, TYPE),
    ("startOfDay()", false, DATE),
    ("startOfMonth()", false, DATE),
    ("startOfWeek()", false, DATE),
    ("startOfYear()", false, DATE),
    ("subTaskIssueTypes()", true, TYPE),
    ("unreleasedVersions()", true, VERSION),
    ("watchedIssues()", true, ISSUE),
];

const SPRINT: &str = "com.atlassian.greenhopper.service.sprint.Sprint";
const USER: &str = "com.atlassian.jira.user.ApplicationUser";
const DATE: &str = "java.util.Date";
const ISSUE: &str = "com.atlassian.jira.issue.Issue";
const VERSION: &str = "com.atlassian.jira.project.version.Version";
const TYPE: &str = "com.atlassian.jira.issue.issuetype.IssueType";

/// The field of Jira's own that a name means, and what it holds.
pub(crate) fn named(name: &str) -> Option<(Field, Kind)> {
    Field::named(name).map(|field| (field, field.kind()))
}

/// The operators a field knows, as they are written.
pub(crate) fn operators(field: Field, kind: Kind) -> Vec<String> {
    use Operator as Op;
    [
        Op::Eq,
        Op::NotEq,
        Op::In,
        Op::NotIn,
        Op::Is,
        Op::IsNot,
        Op::Lt,
        Op::LtEq,
        Op::Gt,
        Op::GtEq,
        Op::Like,
        Op::NotLike,
        Op::Was,
        Op::WasNot,
        Op::WasIn,
        Op::WasNotIn,
        Op::Changed,
    ]
    .into_iter()
    .filter(|operator| field.supports(kind, *operator))
    .map(|operator| operator.to_string())
    .collect()
}

/// The Java class of what a field holds.
pub(crate) fn class(field: Field, kind: Kind) -> &'static str {
    match (field, kind) {
        (Field::Sprint, _) => SPRINT,
        (Field::IssueType, _) => TYPE,
        (Field::FixVersion | Field::AffectedVersion, _) => VERSION,
        (Field::Project, _) => "com.atlassian.jira.project.Project",
        (Field::Status, _) => "com.atlassian.jira.issue.status.Status",
        (Field::StatusCategory, _) => "com.atlassian.jira.issue.status.category.StatusCategory",
        (Field::Priority, _) => "com.atlassian.jira.issue.priority.Priority",
        (Field::Resolution, _) => "com.atlassian.jira.issue.resolution.Resolution",
        (Field::Component, _) => "com.atlassian.jira.bc.project.component.ProjectComponent",
        (Field::IssueLinkType, _) => "com.atlassian.jira.issue.link.IssueLinkType",
        (_, Kind::User) => USER,
        (_, Kind::Issue) => ISSUE,
        (_, Kind::Label) => "com.atlassian.jira.issue.label.Label",
        (_, Kind::Number) => "java.lang.Number",
        (_, Kind::Day | Kind::Instant) => DATE,
        (_, Kind::Choice | Kind::Version) => "com.atlassian.jira.issue.customfields.option.Option",
        (_, Kind::Presence) => "com.atlassian.jira.issue.attachment.Attachment",
        (_, Kind::Text | Kind::OrderOnly) => "java.lang.String",
    }
}

/// Whether Jira offers values for it.
pub(crate) fn completes(kind: Kind) -> bool {
    matches!(kind, Kind::Choice | Kind::User | Kind::Version | Kind::Label)
}

/// A name or value as it stands in a query: in quotes unless it is a plain word.
pub(crate) fn written(text: &str) -> String {
    let is_word = !text.is_empty()
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b':');
    if is_word && !super::keywords::is_reserved(text) && super::keywords::keyword(text).is_none() {
        return text.to_owned();
    }
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}
