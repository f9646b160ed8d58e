//! JQL as Jira Cloud documents it: parsing, judging against a site, matching and ordering rows.
//!
//! The sandbox uses it in three steps, each of which answers with Jira's own `errorMessages`:
//!
//! ```text
//! let query = jql::parse(text)?;          // syntax errors
//! if !query.is_bounded() { 400 UNBOUNDED }
//! let plan = query.plan(&site)?;          // unknown fields, values, functions; wrong operators
//! rows.retain(|row| plan.matches(row));
//! rows.sort_by(|a, b| plan.compare(a, b));
//! ```
//!
//! It knows nothing of the sandbox's model: a [`Site`] turns names into ids once per query, a
//! [`Row`] says which ids, texts, numbers and dates an issue holds. Written from Jira's
//! documentation, not from our client.
//!
//! Source: <https://support.atlassian.com/jira-software-cloud/docs/jql-fields/>, `jql-operators`,
//! `jql-functions` and `jql-keywords` beside it.

mod ast;
mod clause;
mod condition;
mod dates;
mod field;
mod function;
mod history;
mod judge;
mod lex;
mod operand;
mod order;
mod parse;
mod plan;
pub(crate) mod reference;
mod render;
mod syntax;
mod text;
mod words;

#[cfg(test)]
mod tests;

use std::borrow::Cow;

use jiff::{civil::Date, tz::TimeZone};

pub(crate) use self::{
    ast::Query,
    field::{Field, Kind},
    parse::parse,
};

/// What `POST /rest/api/3/search/jql` answers with a 400 when [`Query::is_bounded`] is false.
pub(crate) const UNBOUNDED: &str =
    "Unbounded JQL queries are not allowed here. Please add a search restriction to your query.";

/// What judging a query needs to know of the site and of the user who asks.
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
    fn call(&self, call: &Call<'_>) -> Option<Vec<String>>;
}

/// An issue as far as a query can see it.
pub(crate) trait Row {
    /// The numeric issue id: the last word in every ordering, so that paging is stable.
    fn id(&self) -> u64;

    /// What the issue holds in `field`; the variant follows the field's [`Kind`], or is
    /// [`Values::Empty`].
    fn values(&self, field: Field) -> Values<'_>;

    /// How the field came to hold it, the oldest change first; nothing for fields that keep no
    /// history.
    fn history(&self, _field: Field) -> Vec<Turn> {
        Vec::new()
    }
}

/// One change of one field; the ids are those of [`Term`], none for an empty field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Turn {
    /// Milliseconds since 1970.
    pub(crate) at_ms: i64,
    /// The account id of whoever made it.
    pub(crate) by: String,
    pub(crate) from: Vec<String>,
    pub(crate) to: Vec<String>,
}

/// What a row holds in one field.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Values<'a> {
    /// Nothing: what `is EMPTY` finds.
    Empty,
    /// One or several picked values ([`Kind::Choice`], [`Kind::User`], [`Kind::Version`],
    /// [`Kind::Issue`], …).
    Terms(Vec<Term<'a>>),
    /// Texts that `~` searches one by one: [`Field::Text`] gives summary, description and every
    /// comment. [`Field::Rank`] gives its `LexoRank`, which is only ordered by.
    Text(Vec<Cow<'a, str>>),
    /// A number, or a count.
    Number(f64),
    /// A day without a time, such as a due date.
    Day(Date),
    /// Moments in milliseconds since 1970; usually one.
    Instants(Vec<i64>),
}

/// One picked value: a status, a user, a label.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Term<'a> {
    /// What equality compares. A label's id is the label.
    pub(crate) id: Cow<'a, str>,
    /// What people see, and what decides the order among equal ranks. An issue's label is its key.
    pub(crate) label: Cow<'a, str>,
    /// The place in an ascending order: a higher priority has the greater rank (`priority >
    /// Medium`), a later version, a later status. Zero where only the label orders (people,
    /// labels).
    pub(crate) rank: i64,
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
pub(crate) enum Call<'a> {
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
