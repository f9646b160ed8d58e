//! Issues and epics as the agile API shows them: plain text where the platform API has documents,
//! sprints spelled out.

use serde_json::{Map, Value as Json, json};

use super::{
    boards::sprint,
    issue::{Expand, FieldSelection, issue},
    site_view::SiteView,
};
use crate::{
    adf,
    json::put,
    model::{EPIC_NAME_FIELD, Issue, SPRINT_FIELD},
};

/// An issue of a board, a sprint or a backlog, with the fields asked for; all of them when none are
/// named.
pub(crate) fn agile_issue(site: &SiteView, of: &Issue, fields: &[&str]) -> Json {
    let wanted = FieldSelection::read(fields, "*navigable");
    let mut shown = issue(site, of, &wanted, &Expand::default());
    put(&mut shown, "self", format!("{}/rest/agile/1.0/issue/{}", site.host, of.id));
    let Some(Json::Object(values)) = shown.get_mut("fields") else { return shown };
    // The agile API knows no ADF.
    for value in values.values_mut().filter(|value| value.get("type") == Some(&json!("doc"))) {
        *value = adf::plain_text(value).into();
    }
    let asked =
        |name: &str| fields.is_empty() || fields.contains(&name) || fields.contains(&"*all");
    add_sprints(site, of, values, asked("sprint"), asked("closedSprints"));
    shown
}

fn add_sprints(
    site: &SiteView,
    of: &Issue,
    values: &mut Map<String, Json>,
    open: bool,
    closed: bool,
) {
    let (past, present): (Vec<_>, Vec<_>) = of
        .references(SPRINT_FIELD)
        .iter()
        .filter_map(|id| site.sprint(*id))
        .partition(|one| one.state == "closed");
    if open {
        values.insert("sprint".into(), present.first().map_or(Json::Null, |one| sprint(site, one)));
    }
    if closed && !past.is_empty() {
        values.insert(
            "closedSprints".into(),
            past.into_iter().map(|one| sprint(site, one)).collect(),
        );
    }
}

/// An epic as the agile API answers.
pub(crate) fn epic(site: &SiteView, of: &Issue) -> Json {
    json!({
        "id": of.id, "key": of.key, "self": format!("{}/rest/agile/1.0/epic/{}", site.host, of.id),
        "name": of.text(EPIC_NAME_FIELD), "summary": of.summary(), "color": { "key": "color_1" },
        "done": of.resolved.is_some(),
    })
}
