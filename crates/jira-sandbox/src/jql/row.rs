//! What the language asks of an issue.

use std::borrow::Cow;

use jiff::civil::Date;

use super::field::Field;

/// An issue as far as a query can see it.
pub(crate) trait Row {
    /// The numeric issue id: the last word in every ordering, so that paging is stable.
    fn id(&self) -> u64;

    /// What the issue holds in `field`; the variant follows the field's [`Kind`], or is
    /// [`Values::Empty`].
    fn values(&self, field: Field) -> Values<'_>;

    /// How the field came to hold it, the oldest change first; nothing for fields that keep no
    /// history.
    fn history(&self, _field: Field) -> Vec<FieldChange> {
        Vec::new()
    }
}

/// One change of one field; the ids are those of [`Term`], none for an empty field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FieldChange {
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
