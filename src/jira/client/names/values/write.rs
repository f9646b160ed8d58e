//! All the fields of one write, resolved one after another.

use std::borrow::Cow;

use serde_json::{Map, Value};

use crate::jira::client::{
    names::{fields::field_metas, person_scope::PersonScope},
    session::Session,
    wire::FieldMeta,
};

use super::{
    fault::FieldFault, field_value::FieldWrite, kind::Kind, time_tracking::with_time_tracking,
    writer::Writer,
};

/// Fields that one call may write; no screen has as many.
const FIELDS_MAX: usize = 250;

/// Turns values by field name into values by field id in Jira's shapes. Nothing is sent but
/// look-ups.
///
/// # Errors
/// The first field whose value does not mean one thing.
pub async fn write_values(
    session: &Session,
    metas: &[FieldMeta],
    given: &Map<String, Value>,
    scope: PersonScope<'_>,
) -> Result<Vec<FieldWrite>, FieldFault> {
    if given.len() > FIELDS_MAX {
        return Err(FieldFault::Value {
            field: "fields".to_owned(),
            problem: format!("{} are too many for one call", given.len()),
            accepts: "at most 250 fields in one call",
            allowed: Vec::new(),
        });
    }
    let given = with_time_tracking(metas, given)?;
    let mut written: Vec<FieldWrite> = Vec::with_capacity(given.len());
    let names: Vec<&str> = given.keys().map(String::as_str).collect();
    let known = field_metas(session, metas, &names).await?;
    for (value, meta) in given.values().zip(known) {
        let meta = as_parent(metas, meta);
        if written.iter().any(|other| other.meta.id() == meta.id()) {
            return Err(FieldFault::Twice { field: meta.label().to_owned() });
        }
        let writer = Writer { session, scope, meta: &meta, kind: Kind::of(&meta.schema) };
        let one = writer.write(value).await?;
        written.push(FieldWrite {
            value: one.value,
            shown: one.shown,
            issue: one.issue,
            meta: meta.into_owned(),
        });
    }
    Ok(written)
}

/// Jira keeps an epic as the parent; where a screen has both fields, the one that always works is
/// written.
fn as_parent<'m>(metas: &'m [FieldMeta], meta: Cow<'m, FieldMeta>) -> Cow<'m, FieldMeta> {
    if Kind::of(&meta.schema) == Kind::EpicLink
        && let Some(parent) = metas.iter().find(|meta| meta.id() == "parent")
    {
        return Cow::Borrowed(parent);
    }
    meta
}
