//! What the language asks of a site, and of the user who asks.

use jiff::tz::TimeZone;

use super::{
    field::{Field, Kind},
    row::Term,
};

/// What the analysis of a query needs to know of the site and of the user who asks.
///
/// Ids are opaque strings; they only have to be the ones [`Row::values`] gives in its [`Term`]s.
pub(crate) trait Site {
    /// The present moment in milliseconds since 1970, for `now()`, `-7d` and their like.
    fn now_ms(&self) -> i64;

    /// The asking user's time zone: date literals and `startOfDay()` are read in it.
    fn time_zone(&self) -> TimeZone;

    /// The asking user's account id, or `None` when nobody is signed in (then `currentUser()`
    /// matches nothing).
    fn current_user(&self) -> Option<String>;

    /// The custom fields a query means by a display name (any letter case; names need not be
    /// unique) or a number.
    fn custom_fields(&self, wanted: CustomRef<'_>) -> Vec<CustomField>;

    /// The values of `field` that this user can see and that `value` names, by id, key or name in
    /// any letter case.
    ///
    /// An empty answer is Jira's 400 `The value 'X' does not exist for the field 'Y'.` Asked for
    /// projects, users, statuses, status categories, types, priorities, resolutions, versions,
    /// components, sprints, kinds of links, issues (for [`Field::Key`], [`Field::Parent`] and
    /// [`Field::IssueLink`], by key or id) and choices of custom fields; never for labels.
    fn resolve(&self, field: Field, value: &str) -> Vec<Term<'_>>;

    /// The ids a function stands for; `None` when what its argument names does not exist.
    fn function_ids(&self, function: &SiteFunction<'_>) -> Option<Vec<String>>;
}

/// How a query names a custom field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CustomRef<'a> {
    /// By display name, as in `"Story Points" > 3`.
    Name(&'a str),
    /// By number, as in `cf[10016] > 3`.
    Number(u64),
}

/// A custom field of the site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CustomField {
    /// 10016 of `customfield_10016`.
    pub(crate) number: u64,
    /// What it holds, and so which operators it knows.
    pub(crate) kind: Kind,
}

/// A function whose answer is a list of ids that only the site knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum SiteFunction<'a> {
    /// `openSprints()`: the active ones.
    OpenSprints,
    /// `closedSprints()`.
    ClosedSprints,
    /// `futureSprints()`.
    FutureSprints,
    /// `membersOf("group")`: account ids.
    MembersOf(&'a str),
    /// `releasedVersions(project, …)`; without arguments, of every visible project.
    ReleasedVersions(&'a [String]),
    /// `unreleasedVersions(project, …)`; without arguments, of every visible project.
    UnreleasedVersions(&'a [String]),
    /// `earliestUnreleasedVersion(project)`.
    EarliestUnreleased(&'a str),
    /// `latestReleasedVersion(project)`.
    LatestReleased(&'a str),
    /// `portfolioChildIssuesOf(key)`: whatever stands below an issue, at any depth.
    BelowIssue(&'a str),
    /// `standardIssueTypes()`: all but subtasks.
    StandardIssueTypes,
    /// `subtaskIssueTypes()`.
    SubtaskIssueTypes,
    /// `linkedIssues(key[, phrase])`: ids of the issues linked to one, by any or by that relation.
    LinkedIssues(&'a str, Option<&'a str>),
    /// `watchedIssues()`: ids of the issues the asking user watches.
    WatchedIssues,
}
