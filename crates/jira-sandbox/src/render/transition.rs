//! Workflow transitions, with the fields of their screens on request.

use serde_json::{Map, Value as Json, json};

use super::{attributes::status, meta::field_meta, site_view::SiteView};
use crate::model::{Issue, Project, Transition};

pub(crate) fn transition(
    site: &SiteView,
    project: &Project,
    issue: &Issue,
    transition: &Transition,
    with_fields: bool,
) -> Json {
    let mut shown = json!({
        "id": transition.id.to_string(),
        "name": transition.name,
        "to": site.status(transition.to).map(|to| status(site, to)),
        "hasScreen": !transition.screen.is_empty(),
        "isGlobal": transition.from.is_empty(),
        "isInitial": false,
        "isAvailable": true,
        "isConditional": false,
        "isLooped": transition.to == issue.status,
    });
    if let (Some(shown), true) = (shown.as_object_mut(), with_fields) {
        let fields: Map<String, Json> = transition
            .screen
            .iter()
            .filter_map(|(id, required)| {
                let field = site.field(id)?;
                Some((id.clone(), field_meta(site, project, issue.type_id, field, *required)))
            })
            .collect();
        shown.insert("fields".into(), fields.into());
    }
    shown
}
