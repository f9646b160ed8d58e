//! The model in the words of the language: terms, and what custom fields hold.

use std::borrow::Cow;

use crate::{
    jql::{Kind as JqlKind, Term},
    model::FieldKind,
};

/// How JQL sees a custom field; `None` for those it cannot search.
pub(super) fn jql_kind(kind: FieldKind) -> Option<JqlKind> {
    Some(match kind {
        FieldKind::Number => JqlKind::Number,
        FieldKind::Text | FieldKind::Rich | FieldKind::Url => JqlKind::Text,
        FieldKind::Date => JqlKind::Day,
        FieldKind::Instant => JqlKind::Instant,
        FieldKind::Labels | FieldKind::Lines => JqlKind::Label,
        FieldKind::EpicLink => JqlKind::Issue,
        FieldKind::Person | FieldKind::People => JqlKind::User,
        FieldKind::Choice
        | FieldKind::Choices
        | FieldKind::Cascade
        | FieldKind::Sprint
        | FieldKind::Team => JqlKind::Choice,
        _ => return None,
    })
}

/// The term of something with a numeric id.
pub(super) fn term(id: u64, label: &str, rank: i64) -> Term<'_> {
    Term { id: Cow::from(id.to_string()), label: Cow::from(label), rank }
}
