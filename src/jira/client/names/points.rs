//! The fields in which teams estimate their work in points.

use crate::jira::client::{
    error::JiraError,
    request,
    session::Session,
    wire::{FieldEntry, List},
};

use super::{compare::same_name, fields::FIELDS_MAX};

/// What Jira calls its own two: in company-managed and in team-managed projects.
const NAMES: [&str; 2] = ["Story Points", "Story point estimate"];

/// Fields that are read; a site has two of its own, and a few of the same name.
const READ_MAX: usize = 10;

/// The ids of all fields that hold points; none on a site without any.
pub async fn points_fields(session: &Session) -> Result<Vec<String>, JiraError> {
    let answer = session.call(request::fields()).await?;
    let entries: List<FieldEntry<'_>, FIELDS_MAX> = answer.read()?;
    let found = entries.iter().filter(|entry| holds_points(entry)).take(READ_MAX);
    Ok(found.map(|entry| entry.id.as_str().to_owned()).collect())
}

fn holds_points(entry: &FieldEntry<'_>) -> bool {
    let Some(schema) = &entry.schema else { return false };
    let is_named = |name: &str| NAMES.iter().any(|known| same_name(known, name));
    schema.custom.ends_with(":jsw-story-points")
        || schema.kind == "number"
            && (is_named(&entry.name) || entry.untranslated_name.as_deref().is_some_and(is_named))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_are_told_by_their_kind_or_as_numbers_of_a_known_name() {
        for (json, expected) in [
            (
                r#"{"id":"a","name":"Schätzung","schema":{"type":"number","custom":"x:jsw-story-points"}}"#,
                true,
            ),
            (
                r#"{"id":"b","name":"story points","schema":{"type":"number","custom":"x:float"}}"#,
                true,
            ),
            (
                r#"{"id":"c","name":"Punkte","untranslatedName":"Story Points","schema":{"type":"number"}}"#,
                true,
            ),
            (r#"{"id":"d","name":"Story Points","schema":{"type":"string"}}"#, false),
            (r#"{"id":"e","name":"Effort","schema":{"type":"number"}}"#, false),
            (r#"{"id":"f","name":"Story Points"}"#, false),
        ] {
            let entry: FieldEntry<'_> = json_borrow::from_str(json).unwrap();
            assert_eq!(holds_points(&entry), expected, "{json}");
        }
    }
}
