//! An issue inside another one.

use serde_json::{Value as Json, json};

use super::{
    attributes::{issue_type, priority, status},
    site_view::SiteView,
};
use crate::model::Issue;

/// As parents, sub-tasks and linked issues stand inside another issue.
pub(crate) fn issue_stub(site: &SiteView, issue: &Issue) -> Json {
    json!({
        "id": issue.id.to_string(),
        "key": issue.key,
        "self": format!("{}/rest/api/3/issue/{}", site.host, issue.id),
        "fields": {
            "summary": issue.summary(),
            "status": site.status(issue.status).map(|s| status(site, s)),
            "priority": issue.reference("priority").and_then(|id| site.priority(id)).map(|p| priority(site, p)),
            "issuetype": site.issue_type(issue.type_id).map(|kind| issue_type(site, kind)),
        },
    })
}
