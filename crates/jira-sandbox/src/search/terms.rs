//! The model in the words of the language: terms, and what custom fields hold.

use std::borrow::Cow;

use crate::{
    jql::{Kind as JqlKind, Term},
    model::Kind,
};

/// How JQL sees a custom field; `None` for those it cannot search.
pub(super) fn jql_kind(kind: Kind) -> Option<JqlKind> {
    Some(match kind {
        Kind::Number => JqlKind::Number,
        Kind::Text | Kind::Rich | Kind::Url => JqlKind::Text,
        Kind::Date => JqlKind::Day,
        Kind::Instant => JqlKind::Instant,
        Kind::Labels | Kind::Lines => JqlKind::Label,
        Kind::EpicLink => JqlKind::Issue,
        Kind::Person | Kind::People => JqlKind::User,
        Kind::Choice | Kind::Choices | Kind::Cascade | Kind::Sprint | Kind::Team => JqlKind::Choice,
        _ => return None,
    })
}

pub(super) fn term(id: u64, label: &str, rank: i64) -> Term<'_> {
    Term { id: Cow::from(id.to_string()), label: Cow::from(label), rank }
}
