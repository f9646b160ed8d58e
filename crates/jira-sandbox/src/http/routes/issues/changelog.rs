//! What happened to an issue, or to several: their histories.

use serde_json::{Value as Json, json};

use crate::{
    answer::{Answer, Fault, Reply},
    http::{
        call::Call,
        paging::Window,
        route::{Route, query, read},
    },
    json::strings,
    model::{Change, Issue},
    render::{self, SiteView},
};

pub(crate) const ROUTES: &[Route] = &[
    read("/rest/api/3/issue/{issue}/changelog", changelog),
    query("/rest/api/3/changelog/bulkfetch", changelogs),
];

/// Oldest first.
fn changelog(call: &Call, site: &SiteView) -> Answer {
    let issue = call.issue(site)?;
    let window = Window::of(call, 100, 100)?;
    let shown =
        window.slice(&issue.changes).iter().map(|change| render::change(site, change)).collect();
    let address = format!("{}/rest/api/3/issue/{}/changelog", site.host, issue.key);
    Ok(Reply::json(200, window.page_bean(&address, issue.changes.len(), shown)))
}

/// Of all issues together by time and then by issue, only edits of these fields; issues that the
/// caller may not see are left out. Source: the description of the operation and the limits in
/// `BulkChangelogRequestBean`.
fn changelogs(call: &Call, site: &SiteView) -> Answer {
    let body = call.object()?;
    let known = ["issueIdsOrKeys", "fieldIds", "maxResults", "nextPageToken"];
    if body.keys().any(|key| !known.contains(&key.as_str())) {
        return Err(Fault::bad_payload());
    }
    let keys = strings(body.get("issueIdsOrKeys")).ok_or_else(Fault::bad_payload)?;
    let fields = strings(body.get("fieldIds")).unwrap_or_default();
    let page_len = body.get("maxResults").map_or(Some(1_000), Json::as_u64);
    let page_len =
        page_len.filter(|len| (1..=10_000).contains(len)).ok_or_else(Fault::bad_payload)?;
    if !(1..=1_000).contains(&keys.len()) || fields.len() > 10 {
        return Err(Fault::bad_payload());
    }
    let start = match body.get("nextPageToken").and_then(Json::as_str) {
        Some(token) => token.parse().map_err(|_| Fault::bad_payload())?,
        None => 0_usize,
    };
    let mut issues: Vec<&Issue> =
        keys.iter().filter_map(|key| site.visible_issue(call.who, key)).collect();
    issues.sort_by_key(|issue| issue.id);
    issues.dedup_by_key(|issue| issue.id);
    let is_wanted = |change: &Change| {
        fields.is_empty()
            || change.items.iter().any(|item| fields.contains(&item.field_id.as_str()))
    };
    let mut edits: Vec<(&Issue, &Change)> = issues
        .iter()
        .flat_map(|issue| issue.changes.iter().map(move |change| (*issue, change)))
        .filter(|(_, change)| is_wanted(change))
        .collect();
    edits.sort_by_key(|(issue, change)| (change.created, issue.id));
    let page_len = usize::try_from(page_len).unwrap_or(usize::MAX);
    let page: Vec<_> = edits.iter().skip(start).take(page_len).collect();
    let mut shown: Vec<Json> = Vec::new();
    for issue in &issues {
        let of_issue = page.iter().filter(|(of, _)| of.id == issue.id);
        let histories: Vec<Json> = of_issue
            .map(|(_, change)| {
                let mut history = render::change(site, change);
                if let Some(history) = history.as_object_mut() {
                    // Here times are numbers.
                    history.insert("created".into(), change.created.into());
                }
                history
            })
            .collect();
        if !histories.is_empty() {
            shown.push(json!({ "issueId": issue.id.to_string(), "changeHistories": histories }));
        }
    }
    let next = start + page.len();
    let token = (next < edits.len()).then(|| next.to_string());
    let mut reply = json!({ "issueChangeLogs": shown });
    if let (Some(token), Some(reply)) = (token, reply.as_object_mut()) {
        reply.insert("nextPageToken".into(), token.into());
    }
    Ok(Reply::json(200, reply))
}
