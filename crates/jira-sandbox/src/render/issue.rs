//! An issue: its envelope, the fields asked for, and the expansions.

use serde_json::{Map, Value as Json, json};

use super::{
    activity::change,
    field_value::value,
    html::html,
    meta::{editmeta, schema},
    site_view::SiteView,
    transition::transition,
};
use crate::model::{FieldDef, Issue, Value};

const EXPAND: &str =
    "renderedFields,names,schema,operations,editmeta,changelog,versionedRepresentations";

/// Which fields a caller asked for.
pub(crate) enum FieldSelection {
    /// Nothing asked of `/search/jql`, or only `id`.
    IdOnly,
    Fields {
        all: bool,
        navigable: bool,
        named: Vec<String>,
        without: Vec<String>,
    },
}

impl FieldSelection {
    /// `*all`, `*navigable`, ids, and `-id` in any mixture; `default` when the list is empty.
    pub(crate) fn read(list: &[&str], default: &str) -> Self {
        let list = if list.is_empty() { &[default][..] } else { list };
        if list.iter().all(|name| *name == "id") {
            return Self::IdOnly;
        }
        let without: Vec<String> =
            list.iter().filter_map(|name| name.strip_prefix('-').map(str::to_owned)).collect();
        let only_excludes = without.len() == list.len();
        Self::Fields {
            all: list.contains(&"*all") || (only_excludes && default == "*all"),
            navigable: list.contains(&"*navigable") || (only_excludes && default != "*all"),
            named: list.iter().map(|&name| name.to_owned()).collect(),
            without,
        }
    }

    /// Whether the field was asked for.
    pub(crate) fn takes(&self, field: &FieldDef) -> bool {
        match self {
            Self::IdOnly => false,
            Self::Fields { all, navigable, named, without } => {
                (*all || (*navigable && field.navigable) || named.contains(&field.id))
                    && !without.contains(&field.id)
            }
        }
    }
}

/// The expansions an issue can carry.
#[derive(Default)]
pub(crate) struct Expand<'a>(pub(crate) Vec<&'a str>);

impl Expand<'_> {
    fn has(&self, name: &str) -> bool {
        self.0.contains(&name)
    }
}

/// As `GET /issue` and the searches answer it.
pub(crate) fn issue(
    site: &SiteView,
    issue: &Issue,
    wanted: &FieldSelection,
    expand: &Expand,
) -> Json {
    if matches!(wanted, FieldSelection::IdOnly) {
        return json!({ "id": issue.id.to_string() });
    }
    let shown: Vec<&FieldDef> =
        site.fields.iter().filter(|field| applies(field, issue) && wanted.takes(field)).collect();
    let mut fields = Map::new();
    for field in &shown {
        if let Some(value) = value(site, issue, field) {
            fields.insert(field.id.clone(), value);
        }
    }
    let mut answer = json!({
        "expand": EXPAND,
        "id": issue.id.to_string(),
        "self": format!("{}/rest/api/3/issue/{}", site.host, issue.id),
        "key": issue.key,
    });
    if let Some(answer) = answer.as_object_mut() {
        answer.insert("fields".into(), fields.into());
        expansions(site, issue, &shown, expand, answer);
    }
    answer
}

fn applies(field: &FieldDef, issue: &Issue) -> bool {
    field.scope.is_none_or(|project| project == issue.project)
}

fn expansions(
    site: &SiteView,
    issue: &Issue,
    shown: &[&FieldDef],
    expand: &Expand,
    answer: &mut Map<String, Json>,
) {
    if expand.has("names") {
        let names: Map<_, _> =
            shown.iter().map(|f| (f.id.clone(), Json::from(site.word(&f.name)))).collect();
        answer.insert("names".into(), names.into());
    }
    if expand.has("schema") {
        let schemas: Map<_, _> =
            shown.iter().filter_map(|f| Some((f.id.clone(), schema(f)?))).collect();
        answer.insert("schema".into(), schemas.into());
    }
    if expand.has("renderedFields") {
        let rendered: Map<_, _> =
            shown.iter().map(|f| (f.id.clone(), rendered(site, issue, f))).collect();
        answer.insert("renderedFields".into(), rendered.into());
    }
    if expand.has("changelog") {
        let total = issue.changes.len();
        let histories: Vec<_> =
            issue.changes.iter().rev().map(|entry| change(site, entry)).collect();
        let page =
            json!({ "startAt": 0, "maxResults": total, "total": total, "histories": histories });
        answer.insert("changelog".into(), page);
    }
    let Some(project) = site.project(issue.project) else { return };
    if expand.has("transitions") || expand.has("transitions.fields") {
        let open = site.open_transitions(site.who, issue);
        let fields = expand.has("transitions.fields");
        let shown: Vec<_> =
            open.iter().map(|entry| transition(site, project, issue, entry, fields)).collect();
        answer.insert("transitions".into(), shown.into());
    }
    if expand.has("editmeta") {
        answer.insert("editmeta".into(), editmeta(site, project, issue));
    }
}

/// HTML for rich text and words for times; null for everything else, as Jira does.
fn rendered(site: &SiteView, issue: &Issue, field: &FieldDef) -> Json {
    match (field.id.as_str(), issue.values.get(&field.id)) {
        ("created", _) => site.rendered_time(issue.created).into(),
        ("updated", _) => site.rendered_time(issue.updated).into(),
        (_, Some(Value::Rich(document))) => html(document).into(),
        _ => Json::Null,
    }
}
