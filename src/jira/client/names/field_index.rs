//! Fields of a site by name. There may be tens of thousands of them, so each is looked at once,
//! however many names are asked for.

use std::{borrow::Cow, collections::HashMap};

use crate::jira::client::wire::{FieldEntry, FieldMeta};

use super::{
    compare::{Picked, folded, pick},
    error::NameError,
};

/// Fields of one name that are told apart.
const SAME_NAME_MAX: usize = 50;

/// The fields that each name may mean, by display name in either language or by id, in the order of
/// the names.
pub(super) fn of_names<'e, 'a>(
    entries: &'e [FieldEntry<'a>],
    names: &[&str],
) -> Vec<Vec<&'e FieldEntry<'a>>> {
    let mut by_name: HashMap<Cow<'_, str>, Vec<usize>> = HashMap::new();
    for (at, name) in names.iter().enumerate() {
        by_name.entry(folded(name)).or_default().push(at);
    }
    let mut found: Vec<Vec<&FieldEntry<'_>>> = vec![Vec::new(); names.len()];
    for entry in entries {
        let own = [
            Some(entry.name.as_ref()),
            entry.untranslated_name.as_deref(),
            Some(entry.id.as_ref()),
        ];
        for name in own.into_iter().flatten() {
            for at in by_name.get(&folded(name)).into_iter().flatten() {
                let Some(fields) = found.get_mut(*at).filter(|fields| fields.len() < SAME_NAME_MAX)
                else {
                    continue;
                };
                // Its name may be the same in both languages.
                if !fields.last().is_some_and(|last| std::ptr::eq(*last, entry)) {
                    fields.push(entry);
                }
            }
        }
    }
    found
}

/// The one field that a name means among those of that name, as its type describes it; none where
/// there is none.
pub(super) fn off_screen_meta(
    fields: &[&FieldEntry<'_>],
    given: &str,
) -> Result<Option<Cow<'static, FieldMeta>>, NameError> {
    let plain = given.trim();
    let entry = match fields.iter().find(|entry| entry.id == plain) {
        Some(entry) => entry,
        None => match pick(fields, plain, false, |entry| {
            [Some(entry.name.as_ref()), entry.untranslated_name.as_deref()]
        }) {
            Picked::One(entry) => entry,
            Picked::Nothing => return Ok(None),
            Picked::Several(several) => {
                return Err(NameError::ambiguous_field(
                    plain,
                    several.iter().map(|entry| (entry.name.as_ref(), entry.id.as_ref())),
                ));
            }
        },
    };
    let schema = entry.schema.clone();
    Ok(schema.map(|schema| Cow::Owned(FieldMeta::off_screen(&entry.id, &entry.name, schema))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_name_finds_its_own() {
        let entries: Vec<FieldEntry<'_>> = serde_json::from_str(
            r#"[{"id":"a","name":"Team","untranslatedName":"Team"},{"id":"b","name":"Punkte","untranslatedName":"Points"},
                {"id":"c","name":"TEAM"}]"#,
        )
        .unwrap();
        let found = of_names(&entries, &["points", "none", "team", "C", "punkte"]);
        let ids: Vec<Vec<&str>> = found
            .iter()
            .map(|fields| fields.iter().map(|field| field.id.as_str()).collect())
            .collect();
        assert_eq!(ids, [vec!["b"], vec![], vec!["a", "c"], vec!["c"], vec!["b"]]);
    }
}
