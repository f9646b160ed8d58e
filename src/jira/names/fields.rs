//! Fields, by the names people and models use for them.

use std::borrow::Cow;

use crate::jira::{
    Session, request,
    wire::{FieldEntry, FieldMeta, List},
};

use super::{
    NameError, Picked,
    index::{of_names, off_screen_meta},
    nearest, pick,
    system_fields::{set_elsewhere, system_meta},
};

/// A field of an issue: the id that Jira takes and the label under which agents see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldName {
    /// Jira's id. `key` and `url` are no fields of Jira's and cost nothing.
    pub id: String,
    /// The name in replies.
    pub label: Cow<'static, str>,
}

/// Jira's word for every field.
const ALL: &str = "*all";

/// Spellings of system fields: what is asked for, Jira's id, our label.
const SYSTEM: &[(&[&str], &str, &str)] = &[
    (&["key", "issuekey", "issue_key"], "key", "key"),
    (&["url", "link"], "url", "url"),
    (&["type", "issuetype", "issue_type"], "issuetype", "type"),
    (&["status"], "status", "status"),
    (&["summary", "title"], "summary", "summary"),
    (&["assignee"], "assignee", "assignee"),
    (&["reporter"], "reporter", "reporter"),
    (&["creator"], "creator", "creator"),
    (&["priority"], "priority", "priority"),
    (&["labels"], "labels", "labels"),
    (&["parent", "epic"], "parent", "parent"),
    (&["project"], "project", "project"),
    (&["created"], "created", "created"),
    (&["updated"], "updated", "updated"),
    (&["due", "duedate", "due_date"], "duedate", "due"),
    (&["resolution"], "resolution", "resolution"),
    (&["resolved", "resolutiondate", "resolution_date"], "resolutiondate", "resolved"),
    (&["components", "component"], "components", "components"),
    (&["fixversions", "fix_versions", "fixversion"], "fixVersions", "fix_versions"),
    (
        &["versions", "affected_versions", "affectedversion", "affects_versions"],
        "versions",
        "affected_versions",
    ),
    (&["links", "issuelinks", "issue_links"], "issuelinks", "links"),
    (&["subtasks"], "subtasks", "subtasks"),
    (&["environment"], "environment", "environment"),
    (&["description"], "description", "description"),
    (&["security"], "security", "security"),
    (&["votes"], "votes", "votes"),
    (&["watches", "watchers"], "watches", "watches"),
    (&["timetracking", "time_tracking"], "timetracking", "time_tracking"),
    (&["timespent", "time_spent"], "timespent", "time_spent_s"),
    (&["timeestimate", "time_estimate"], "timeestimate", "time_estimate_s"),
    (&["statuscategory", "status_category"], "statusCategory", "status_category"),
    (&["attachment", "attachments"], "attachment", "attachments"),
    (&["comment", "comments"], "comment", "comments"),
    (&["worklog", "worklogs"], "worklog", "worklogs"),
];

/// No spelling of a system field is as long, nor is the id of a field.
const KNOWN_BYTES_MAX: usize = 100;

impl FieldName {
    /// A system field by any of its spellings, or a field id as it is.
    pub fn known(given: &str) -> Option<Self> {
        let given = given.trim();
        if given.len() > KNOWN_BYTES_MAX {
            return None;
        }
        let plain = given.to_lowercase().replace([' ', '-'], "_");
        // "fix version" is meant as much as "fix_versions" is.
        let bare = |name: &str| name.replace('_', "").trim_end_matches('s').to_owned();
        let alike = || {
            let wanted = bare(&plain);
            SYSTEM.iter().find(|(spellings, ..)| spellings.iter().any(|one| bare(one) == wanted))
        };
        let system = SYSTEM
            .iter()
            .find(|(spellings, ..)| spellings.contains(&plain.as_str()))
            .or_else(alike);
        if let Some((_, id, label)) = system {
            return Some(Self { id: (*id).to_owned(), label: Cow::Borrowed(label) });
        }
        is_custom_id(&plain).then(|| Self { id: plain.clone(), label: Cow::Owned(plain) })
    }

    /// Stands for every field that holds a value.
    pub fn all() -> Self {
        Self { id: ALL.to_owned(), label: Cow::Borrowed(ALL) }
    }

    /// Whether it stands for every field that holds a value.
    pub fn is_all(&self) -> bool {
        self.id == ALL
    }

    /// Whether somebody of the site made it.
    pub fn is_custom(&self) -> bool {
        is_custom_id(&self.id)
    }

    /// Whether it is answered from the key alone, without asking Jira for a field.
    pub fn is_local(&self) -> bool {
        matches!(self.id.as_str(), "key" | "url")
    }
}

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
            return Err(ambiguous(
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
    let is_custom = matches!(&found, Ok(meta) if !meta.schema.custom.is_empty());
    if let Some(field) = FieldName::known(given).filter(|_| !is_custom)
        && let Some(how) = set_elsewhere(&field)
    {
        return Err(NameError::Elsewhere { given: given.trim().to_owned(), how });
    }
    match (found, system_meta(given)) {
        (Ok(meta), _) => Ok(Ok(Cow::Borrowed(meta))),
        (Err(NameError::Unknown { .. }), Some(meta)) => Ok(Ok(Cow::Owned(meta))),
        (Err(unknown @ NameError::Unknown { .. }), None) => Ok(Err(Some(unknown))),
        (Err(other), _) => Err(other),
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
            off_screen_meta(&fields, name).and_then(|meta| meta.ok_or(unknown))
        })
        .collect()
}

pub(super) fn ambiguous<'n>(
    given: &str,
    several: impl Iterator<Item = (&'n str, &'n str)>,
) -> NameError {
    let candidates = several.map(|(name, id)| format!("{name} ({id})")).collect();
    NameError::Ambiguous { given: given.to_owned(), candidates }
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

fn is_custom_id(name: &str) -> bool {
    name.strip_prefix("customfield_").is_some_and(|digits| {
        !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
    })
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
