//! Fields, by the names people and models use for them.

use std::borrow::Cow;

use crate::jira::client::{
    request,
    session::Session,
    wire::{FieldEntry, FieldMeta, List},
};

use super::{
    compare::{Picked, pick},
    error::NameError,
    field_index::{of_names, off_screen_meta},
    field_name::FieldName,
    near::nearest,
    system_fields::{set_elsewhere, system_meta},
};

/// The fields to read for these names. Display names of custom fields are looked up with one call
/// to Jira; fields of the same name are all read: an issue mostly holds a value in one of them
/// only.
pub async fn readable_fields(
    session: &Session,
    names: &[String],
) -> Result<Vec<FieldName>, NameError> {
    let mut fields = Vec::with_capacity(names.len());
    let mut custom: Vec<&str> = Vec::new();
    for name in names {
        match FieldName::known(name).or_else(|| part_of_time_tracking(name)) {
            Some(field) => fields.push(field),
            None if is_word_for_all(name) => fields.push(FieldName::all()),
            None => custom.push(name.trim()),
        }
    }
    if !custom.is_empty() {
        let answer = session.call(request::fields()).await?;
        let entries: List<FieldEntry<'_>, FIELDS_MAX> = answer.read()?;
        fields.extend(named(&entries, &custom)?);
    }
    Ok(fields)
}

/// Fields of one site; the largest have ten thousand.
pub const FIELDS_MAX: usize = 65_536;

/// The fields of each name, in the order of the names.
fn named(entries: &[FieldEntry<'_>], names: &[&str]) -> Result<Vec<FieldName>, NameError> {
    let found = of_names(entries, names);
    if let Some(given) =
        names.iter().zip(&found).find_map(|(name, fields)| fields.is_empty().then_some(*name))
    {
        let known = near(given, entries.iter().map(|entry| entry.name.as_ref()));
        return Err(NameError::Unknown { what: "field", given: given.to_owned(), known });
    }
    let fields = found.into_iter().flatten().map(|entry| FieldName {
        id: entry.id.as_str().to_owned(),
        label: Cow::Owned(entry.name.as_str().to_owned()),
    });
    Ok(fields.collect())
}

/// The field of a screen that is meant, by id, display name in either language, or a spelling of a
/// system field.
pub fn find_meta<'m>(metas: &'m [FieldMeta], given: &str) -> Result<&'m FieldMeta, NameError> {
    let plain = given.trim();
    if let Some(meta) = metas.iter().find(|meta| meta.id() == plain) {
        return Ok(meta);
    }
    match pick(metas, plain, true, |meta| [Some(&meta.name), other_name(&meta.untranslated_name)]) {
        Picked::One(only) => return Ok(only),
        Picked::Nothing => {}
        Picked::Several(several) => {
            return Err(NameError::ambiguous_field(
                plain,
                several.iter().map(|meta| (meta.name.as_str(), meta.id())),
            ));
        }
    }
    let system =
        FieldName::known(plain).and_then(|field| metas.iter().find(|meta| meta.id() == field.id));
    system.ok_or_else(|| NameError::Unknown {
        what: "field on this screen",
        given: plain.to_owned(),
        known: near(plain, metas.iter().map(|meta| meta.name.as_str())),
    })
}

/// Like [`find_meta`] for each name; a field that the screen does not announce is known by its type
/// all the same, so that Jira is asked and not its metadata. `GET /field` is asked for the names of
/// such custom fields only, and once.
pub async fn field_metas<'m>(
    session: &Session,
    metas: &'m [FieldMeta],
    names: &[&str],
) -> Result<Vec<Cow<'m, FieldMeta>>, NameError> {
    let mut found = Vec::with_capacity(names.len());
    for name in names {
        found.push(on_screen(metas, name)?);
    }
    let unknown: Vec<(&str, NameError)> = names
        .iter()
        .zip(&mut found)
        .filter_map(|(name, meta)| Some((*name, meta.as_mut().err()?.take()?)))
        .collect();
    let mut elsewhere = off_screen(session, unknown).await?.into_iter();
    let metas = found.into_iter().map(|meta| meta.or_else(|_| elsewhere.next().ok_or(())));
    // There is one for each that was unknown.
    Ok(metas.filter_map(Result::ok).collect())
}

/// A field as the screen or Jira's own types describe it; what is to be said of the name where
/// neither knows it.
fn on_screen<'m>(
    metas: &'m [FieldMeta],
    given: &str,
) -> Result<Result<Cow<'m, FieldMeta>, Option<NameError>>, NameError> {
    let found = find_meta(metas, given);
    let known = FieldName::known(given);
    let id = match &found {
        // The screen may call it by a name of another language.
        Ok(meta) => Some(meta.id()),
        Err(_) => known.as_ref().map(|field| field.id.as_str()),
    };
    if let Some(id) = id {
        may_be_written(id, given)?;
    }
    match (found, system_meta(given)) {
        (Ok(meta), _) => Ok(Ok(Cow::Borrowed(meta))),
        (Err(NameError::Unknown { .. }), Some(meta)) => Ok(Ok(Cow::Owned(meta))),
        (Err(unknown @ NameError::Unknown { .. }), None) => Ok(Err(Some(unknown))),
        (Err(other), _) => Err(other),
    }
}

/// Refuses what is no value of a field to Jira, whatever it was called by.
fn may_be_written(id: &str, given: &str) -> Result<(), NameError> {
    match set_elsewhere(id) {
        Some(how) => Err(NameError::Elsewhere { given: given.trim().to_owned(), how }),
        None => Ok(()),
    }
}

/// Fields by what the site knows of them.
async fn off_screen(
    session: &Session,
    unknown: Vec<(&str, NameError)>,
) -> Result<Vec<Cow<'static, FieldMeta>>, NameError> {
    if unknown.is_empty() {
        return Ok(Vec::new());
    }
    let names: Vec<&str> = unknown.iter().map(|(name, _)| *name).collect();
    let answer = session.call(request::fields()).await.ok();
    let entries: Vec<FieldEntry<'_>> =
        answer.as_ref().and_then(|answer| answer.read().ok()).unwrap_or_default();
    let found = of_names(&entries, &names).into_iter().zip(unknown);
    found
        .map(|(fields, (name, unknown))| {
            let meta = off_screen_meta(&fields, name)?.ok_or(unknown)?;
            may_be_written(meta.id(), name).map(|()| meta)
        })
        .collect()
}

fn other_name(name: &str) -> Option<&str> {
    Some(name).filter(|name| !name.is_empty())
}

/// The names most like the given one, best first.
fn near<'a>(given: &str, names: impl Iterator<Item = &'a str>) -> Vec<String> {
    nearest(given, names, |name| name).into_iter().map(str::to_owned).collect()
}

/// Estimates are no fields of their own, but people and Jira's API name them so.
fn part_of_time_tracking(name: &str) -> Option<FieldName> {
    let plain: String =
        name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    let is_part = matches!(plain.as_str(), "originalestimate" | "remainingestimate");
    is_part.then(|| FieldName::known("timetracking")).flatten()
}

/// Jira's words for every field, and the plain one.
fn is_word_for_all(name: &str) -> bool {
    matches!(name.trim(), "*all" | "*navigable" | "all")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn system_fields_have_many_spellings() {
        for (given, id) in [
            ("Issue Type", Some("issuetype")),
            ("fix-versions", Some("fixVersions")),
            ("DueDate", Some("duedate")),
            ("customfield_10016", Some("customfield_10016")),
            ("fix version", Some("fixVersions")),
            ("Affects version", Some("versions")),
            ("links", Some("issuelinks")),
            ("link", Some("url")),
            ("customfield_", None),
            ("Story Points", None),
        ] {
            assert_eq!(FieldName::known(given).map(|field| field.id).as_deref(), id, "{given}");
        }
    }

    #[test]
    fn what_is_done_elsewhere_is_told_whatever_it_is_called() {
        let metas: Vec<FieldMeta> = serde_json::from_str(
            r#"[{"fieldId":"comment","name":"Kommentar","schema":{"type":"comments-page","system":"comment"}},
                {"fieldId":"customfield_1","name":"Status","schema":{"type":"string","custom":"x:y"}}]"#,
        )
        .unwrap();
        for given in ["Kommentar", "comment", "kommentar ", "worklog"] {
            let found = on_screen(&metas, given);
            assert!(matches!(found, Err(NameError::Elsewhere { .. })), "{given}: {found:?}");
        }
        assert!(matches!(on_screen(&metas, "Status"), Ok(Ok(_))));
    }

    #[test]
    fn a_screen_field_is_found_or_the_nearest_named() {
        let metas: Vec<FieldMeta> = serde_json::from_str(
            r#"[{"fieldId":"customfield_1","key":"customfield_1","name":"Story Points"},
                {"fieldId":"customfield_2","name":"Team"},{"fieldId":"customfield_3","name":"team"},
                {"fieldId":"duedate","name":"Due date"}]"#,
        )
        .unwrap();
        assert_eq!(find_meta(&metas, "story points").unwrap().id(), "customfield_1");
        assert_eq!(find_meta(&metas, "due_date").unwrap().id(), "duedate");
        assert_eq!(find_meta(&metas, "customfield_3").unwrap().id(), "customfield_3");
        assert!(
            find_meta(&metas, "TEAM").unwrap_err().to_string().contains("team (customfield_3)")
        );
        assert_eq!(find_meta(&metas, "Storypoint").unwrap().id(), "customfield_1");
        let NameError::Unknown { known, .. } = find_meta(&metas, "story pionts").unwrap_err()
        else {
            panic!()
        };
        assert_eq!(known, ["Story Points"]);
    }
}
