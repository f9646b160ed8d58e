//! Completing queries: what `jql/autocompletedata` and its suggestions answer for one person.

use std::collections::BTreeSet;

use serde_json::{Value as Json, json};

use super::{query_site::QuerySite, terms::jql_kind};
use crate::{
    jql::{Field, Kind, reference_data},
    model::{Access, FieldDef, FieldKind, Site, Who},
};

/// Suggestions in one answer.
const SUGGESTED_MAX: usize = 15;

/// The fields and functions a person may use.
pub(crate) fn reference_data(site: &Site, who: Who) -> Json {
    let system = reference_data::FIELDS.iter().filter_map(|name| {
        let (field, kind) = reference_data::named(name)?;
        Some(row(name, None, field, kind))
    });
    let custom = customs(site, who).map(|(field, number, jql, kind)| {
        // Fields of one name are told apart by what they hold, as Jira writes it.
        let is_shared = customs(site, who).filter(|other| other.0.name == field.name).count() > 1;
        let name = if is_shared { format!("{}[{kind:?}]", field.name) } else { field.name.clone() };
        row(&name, Some(number), jql, kind)
    });
    let functions = reference_data::FUNCTIONS.iter().map(|(value, is_list, class)| {
        let mut shown = json!({ "value": value, "displayName": value, "types": [class] });
        if let (true, Some(map)) = (is_list, shown.as_object_mut()) {
            map.insert("isList".into(), "true".into());
        }
        shown
    });
    json!({
        "visibleFieldNames": system.chain(custom).collect::<Vec<_>>(),
        "visibleFunctionNames": functions.collect::<Vec<_>>(),
        "jqlReservedWords": ["and", "empty", "in", "is", "not", "null", "or", "order", "was"],
    })
}

fn row(name: &str, number: Option<u64>, field: Field, kind: Kind) -> Json {
    let mut shown = json!({
        "value": reference_data::written(name), "displayName": name, "searchable": "true",
        "operators": reference_data::operators(field, kind), "types": [reference_data::class(field, kind)],
    });
    let Some(map) = shown.as_object_mut() else { return shown };
    if let Some(number) = number {
        map.insert("cfid".into(), format!("cf[{number}]").into());
        map.insert("displayName".into(), format!("{name} - cf[{number}]").into());
    }
    if reference_data::completes(kind) {
        map.insert("auto".into(), "true".into());
    }
    if field.is_sortable() {
        map.insert("orderable".into(), "true".into());
    }
    shown
}

/// The custom fields in a person's sight that JQL can search: number, field and kind as the
/// language sees them.
fn customs(site: &Site, who: Who) -> impl Iterator<Item = (&FieldDef, u64, Field, Kind)> {
    let is_visible = move |field: &&FieldDef| {
        field.scope.is_none_or(|id| {
            site.project(id).is_some_and(|project| project.may(who, Access::Viewer))
        })
    };
    site.fields.iter().filter(is_visible).filter_map(|field| {
        let number = field.number()?;
        let jql =
            reference_data::named(&field.name).map_or(Field::Custom(number), |(field, _)| field);
        Some((field, number, jql, jql_kind(field.kind)?))
    })
}

/// Values of a field that contain `part`; nothing for a field that is not known.
pub(crate) fn suggestions(site: &Site, who: Who, now: i64, field: &str, part: &str) -> Json {
    let by_number = |text: &str| text.strip_prefix("cf[")?.strip_suffix(']')?.parse::<u64>().ok();
    let custom = customs(site, who).find(|(def, number, ..)| {
        by_number(field) == Some(*number) || def.name.eq_ignore_ascii_case(field)
    });
    let named = custom.map(|(_, number, jql, kind)| (jql, kind, Some(number)));
    let found = reference_data::named(field).map(|(field, kind)| (field, kind, None)).or(named);
    let Some((jql, kind, number)) = found else { return json!({ "results": [] }) };
    let values = values(&QuerySite { site, who, now }, jql, kind, number);
    let part = part.to_lowercase();
    let fits = values.iter().filter(|(_, name)| name.to_lowercase().contains(&part));
    let shown: Vec<Json> = fits
        .take(SUGGESTED_MAX)
        .map(
            |(value, name)| json!({ "value": reference_data::written(value), "displayName": marked(name, &part) }),
        )
        .collect();
    json!({ "results": shown })
}

/// What stands in a query, and what people see.
fn values(
    view: &QuerySite<'_>,
    field: Field,
    kind: Kind,
    number: Option<u64>,
) -> BTreeSet<(String, String)> {
    let same = |text: &str| (text.to_owned(), text.to_owned());
    match (field, kind) {
        (Field::Project, _) => {
            view.projects().map(|p| (p.name.clone(), format!("{} ({})", p.name, p.key))).collect()
        }
        (_, Kind::User) if view.site.without_directory.contains(&view.who) => BTreeSet::new(),
        (_, Kind::User) => {
            let people = view
                .site
                .people
                .iter()
                .filter(|person| person.active && person.kind == "atlassian");
            let shown = people.map(|person| {
                let mail =
                    if person.shows_email { format!(" - {}", person.email) } else { String::new() };
                (person.account_id.clone(), format!("{}{mail}", person.name))
            });
            shown.collect()
        }
        (Field::Labels, _) => {
            let issues = view.site.issues.values();
            let seen = issues.filter(|issue| view.site.may(view.who, issue, Access::Viewer));
            seen.flat_map(|issue| issue.labels("labels")).map(|label| same(label)).collect()
        }
        (Field::Custom(_), _) => {
            let field = view.site.fields.iter().find(|field| field.number() == number);
            if field.is_some_and(|field| field.kind == FieldKind::Team) {
                return view
                    .site
                    .teams
                    .iter()
                    .map(|team| (team.id.to_owned(), team.name.to_owned()))
                    .collect();
            }
            field
                .into_iter()
                .flat_map(|field| &field.options)
                .map(|option| same(&option.value))
                .collect()
        }
        _ => view.listed(field).iter().map(|term| same(&term.label)).collect(),
    }
}

/// The matching part in bold, as HTML.
fn marked(name: &str, part: &str) -> String {
    let escape = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let at = if part.is_empty() { None } else { name.to_lowercase().find(part) };
    let pieces = at.and_then(|at| {
        let (before, rest) = name.split_at_checked(at)?;
        let (hit, after) = rest.split_at_checked(part.len())?;
        Some(format!("{}<b>{}</b>{}", escape(before), escape(hit), escape(after)))
    });
    pieces.unwrap_or_else(|| escape(name))
}
