//! The fields a query can name, what each holds, and so which operators and orders it knows.

use super::ast::Operator;

/// A field of an issue. Several names may mean one field (`type` and `issuetype`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Field {
    /// `affectedVersion`: [`super::Values::Terms`] ranked by the version's place.
    AffectedVersion,
    /// `assignee`: account ids.
    Assignee,
    /// `attachments`: only `is EMPTY`; any non-empty value will do.
    Attachments,
    /// `comment`: the plain text of each comment.
    Comment,
    /// `component`.
    Component,
    /// `created`: [`super::Values::Instants`].
    Created,
    /// `creator`: account ids.
    Creator,
    /// `description`: plain text.
    Description,
    /// `due`, `duedate`: [`super::Values::Day`].
    Due,
    /// `environment`: plain text.
    Environment,
    /// `fixVersion`: ranked by the version's place.
    FixVersion,
    /// `issueLink`: the issues at the other ends of its links.
    IssueLink,
    /// `issueLinkType`: the directions of its links, by the phrase or the name of the kind.
    IssueLinkType,
    /// `issuetype`, `type`.
    IssueType,
    /// `key`, `issue`, `issuekey`, `id`: one term whose id is the issue id and whose label is the
    /// key.
    Key,
    /// `labels`: one term per label, id and label alike.
    Labels,
    /// `parent`, `"Epic Link"`: one term whose id is the parent's issue id and whose label is its
    /// key.
    Parent,
    /// `priority`: the most important has the greatest rank.
    Priority,
    /// `project`: id is the project id, label the project's name.
    Project,
    /// `Rank`: a [`super::Values::Text`] that is ordered by as it stands.
    Rank,
    /// `reporter`: account ids.
    Reporter,
    /// `resolution`; empty is what `resolution = Unresolved` finds.
    Resolution,
    /// `resolved`, `resolutiondate`: [`super::Values::Instants`].
    Resolved,
    /// `sprint`: every sprint the issue is or was in.
    Sprint,
    /// `status`: ranked by its place in the site's list.
    Status,
    /// `statusCategory`: ranked To Do, In Progress, Done.
    StatusCategory,
    /// `summary`: plain text.
    Summary,
    /// `text`: summary, description, environment, comments and custom texts.
    Text,
    /// `updated`: [`super::Values::Instants`].
    Updated,
    /// `votes`: [`super::Values::Number`].
    Votes,
    /// `watcher`: account ids.
    Watcher,
    /// `watchers`: [`super::Values::Number`].
    Watchers,
    /// `worklogAuthor`: account ids.
    WorklogAuthor,
    /// `worklogDate`: [`super::Values::Instants`].
    WorklogDate,
    /// `cf[10016]`, or a custom field's display name.
    Custom(u64),
}

/// What a field holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Picked from a list that the site knows: status, project, select.
    Choice,
    /// People, by account id.
    User,
    /// Picked from a list whose order has a meaning: versions, priority.
    Version,
    /// Issues: `key`, `parent`.
    Issue,
    /// Free words, compared as they are and never unknown.
    Label,
    /// Text that is searched by words.
    Text,
    /// A number.
    Number,
    /// A day without a time.
    Day,
    /// A moment.
    Instant,
    /// Only there or not: attachments.
    Presence,
    /// Only ordered by: rank.
    OrderOnly,
}

impl Field {
    /// The field of Jira's own that a name means, in any letter case.
    pub(super) fn named(name: &str) -> Option<Self> {
        Some(match name.to_ascii_lowercase().as_str() {
            "affectedversion" => Self::AffectedVersion,
            "assignee" => Self::Assignee,
            "attachments" => Self::Attachments,
            "comment" => Self::Comment,
            "component" => Self::Component,
            "created" | "createddate" => Self::Created,
            "creator" => Self::Creator,
            "description" => Self::Description,
            "due" | "duedate" => Self::Due,
            "environment" => Self::Environment,
            "fixversion" => Self::FixVersion,
            "issuelink" => Self::IssueLink,
            "issuelinktype" => Self::IssueLinkType,
            "issuetype" | "type" => Self::IssueType,
            "key" | "issue" | "issuekey" | "id" => Self::Key,
            "labels" => Self::Labels,
            "parent" | EPIC_LINK => Self::Parent,
            "priority" => Self::Priority,
            "project" => Self::Project,
            "rank" => Self::Rank,
            "reporter" => Self::Reporter,
            "resolution" => Self::Resolution,
            "resolved" | "resolutiondate" => Self::Resolved,
            "sprint" => Self::Sprint,
            "status" => Self::Status,
            "statuscategory" => Self::StatusCategory,
            "summary" => Self::Summary,
            "text" | "textfields" => Self::Text,
            "updated" | "updateddate" => Self::Updated,
            "votes" => Self::Votes,
            "watcher" => Self::Watcher,
            "watchers" => Self::Watchers,
            "worklogauthor" => Self::WorklogAuthor,
            "worklogdate" => Self::WorklogDate,
            _ => return None,
        })
    }

    /// What a field of Jira's own holds; a custom field's kind is the site's to say.
    pub(super) fn kind(self) -> Kind {
        match self {
            Self::Project
            | Self::Status
            | Self::StatusCategory
            | Self::IssueType
            | Self::Resolution
            | Self::Component
            | Self::IssueLinkType
            | Self::Sprint
            | Self::Custom(_) => Kind::Choice,
            Self::Assignee
            | Self::Reporter
            | Self::Creator
            | Self::Watcher
            | Self::WorklogAuthor => Kind::User,
            Self::AffectedVersion | Self::FixVersion | Self::Priority => Kind::Version,
            Self::Key | Self::IssueLink | Self::Parent => Kind::Issue,
            Self::Labels => Kind::Label,
            Self::Comment | Self::Description | Self::Environment | Self::Summary | Self::Text => {
                Kind::Text
            }
            Self::Votes | Self::Watchers => Kind::Number,
            Self::Due => Kind::Day,
            Self::Created | Self::Updated | Self::Resolved | Self::WorklogDate => Kind::Instant,
            Self::Attachments => Kind::Presence,
            Self::Rank => Kind::OrderOnly,
        }
    }

    /// Whether a field of this kind may stand left of an operator.
    ///
    /// Source: the "Supported operators" of each field on Jira's "JQL fields" page.
    pub(super) fn supports(self, kind: Kind, operator: Operator) -> bool {
        use Operator as Op;
        match operator {
            Op::Eq | Op::NotEq | Op::In | Op::NotIn => {
                !matches!(kind, Kind::Text | Kind::Presence | Kind::OrderOnly)
            }
            Op::Lt | Op::Gt | Op::LtEq | Op::GtEq => {
                self == Self::Key
                    || matches!(kind, Kind::Version | Kind::Number | Kind::Day | Kind::Instant)
            }
            Op::Like => kind == Kind::Text,
            Op::NotLike => kind == Kind::Text && self != Self::Text,
            Op::Is | Op::IsNot => kind != Kind::OrderOnly && self.can_be_empty(),
            Op::Was | Op::WasNot | Op::WasIn | Op::WasNotIn | Op::Changed => self.keeps_history(),
        }
    }

    /// Whether its past can be searched.
    fn keeps_history(self) -> bool {
        use Field as F;
        matches!(
            self,
            F::Assignee | F::FixVersion | F::Priority | F::Reporter | F::Resolution | F::Status
        )
    }

    /// Whether rows can be asked whether they hold nothing in it.
    pub(super) fn can_be_empty(self) -> bool {
        !matches!(self, Self::Text | Self::Comment | Self::IssueLinkType | Self::WorklogDate)
    }

    /// Whether `ORDER BY` takes the field.
    pub(crate) fn is_sortable(self) -> bool {
        !matches!(
            self,
            Self::Attachments
                | Self::Comment
                | Self::IssueLink
                | Self::IssueLinkType
                | Self::Text
                | Self::Watcher
                | Self::WorklogAuthor
                | Self::WorklogDate
        )
    }

    /// Which way `ORDER BY` goes without `ASC` or `DESC`: the newest and the most urgent first.
    pub(super) fn descends_by_default(self) -> bool {
        matches!(
            self,
            Self::Created | Self::Updated | Self::Priority | Self::Votes | Self::Watchers
        )
    }
}

/// The old name of a parent epic, which Jira keeps for the queries people saved.
pub(super) const EPIC_LINK: &str = "epic link";
