//! `/bulk/issues/transition`: what many issues can do at once, and doing it.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};

use super::tasks::{selected_issues, submit};
use crate::{
    answer::{Answer, Fault, Reply},
    http::{
        call::Call,
        route::{Route, read, write},
        routes::issues::transitions,
    },
    json::strings,
    model::{Issue, Site, Transition},
    render::SiteView,
};

pub(crate) const ROUTES: &[Route] = &[
    read("/rest/api/3/bulk/issues/transition", available),
    write("POST", "/rest/api/3/bulk/issues/transition", transition),
];

/// By workflow, what all of its issues can do now without a screen.
fn available(call: &Call, site: &SiteView) -> Answer {
    let ids = selected_issues(call, site, &call.list("issueIdsOrKeys"))?;
    let mut groups: BTreeMap<u64, Vec<&Issue>> = BTreeMap::new();
    for issue in ids.iter().filter_map(|id| site.issues.get(id)) {
        groups.entry(issue.project).or_default().push(issue);
    }
    let shown = groups.values().map(|issues| {
        let all: Vec<&Transition> =
            issues.first().map(|first| site.open_transitions(call.who, first)).unwrap_or_default();
        let everywhere = |entry: &&Transition| {
            let can = |issue: &&Issue| {
                site.open_transitions(call.who, issue).iter().any(|other| other.id == entry.id)
            };
            entry.screen.iter().all(|(_, required)| !required) && issues.iter().all(can)
        };
        let common: Vec<&Transition> = all.iter().copied().filter(everywhere).collect();
        json!({
            "issues": issues.iter().map(|issue| issue.key.as_str()).collect::<Vec<_>>(),
            "isTransitionsFiltered": common.len() < all.len(),
            "transitions": common.iter().map(|entry| json!({
                "transitionId": entry.id, "transitionName": entry.name,
                "to": {
                    "statusId": entry.to,
                    "statusName": site.status(entry.to).map(|status| status.name.as_str()),
                },
            })).collect::<Vec<_>>(),
        })
    });
    Ok(Reply::json(200, json!({ "availableTransitions": shown.collect::<Vec<_>>() })))
}

fn transition(call: &Call, site: &mut Site) -> Answer {
    let body = call.object()?;
    let inputs =
        body.get("bulkTransitionInputs").and_then(Json::as_array).ok_or_else(Fault::bad_payload)?;
    let mut wanted = BTreeMap::new();
    for input in inputs {
        let keys = strings(input.get("selectedIssueIdsOrKeys")).ok_or_else(Fault::bad_payload)?;
        let id = input.get("transitionId").and_then(Json::as_str).ok_or_else(Fault::bad_payload)?;
        for issue in selected_issues(call, site, &keys)? {
            wanted.insert(issue, id.to_owned());
        }
    }
    let ids = wanted.keys().copied().collect();
    Ok(submit(call, site, ids, |call, site, id| {
        transitions::transition_without_screen(
            call,
            site,
            id,
            wanted.get(&id).map_or("", String::as_str),
        )
    }))
}
