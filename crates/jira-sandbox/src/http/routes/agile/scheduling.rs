//! Issues into a sprint, back to the backlog, and up or down in rank.

use serde_json::{Map, Value as Json, json};

use crate::{
    answer::{Answer, Fault, Reply},
    fields::apply,
    http::{
        call::Call,
        route::{Route, write},
    },
    model::{
        Access, Issue, RANK_FIELD, SPRINT_FIELD, Site, Value,
        scope::{RANK, WRITE_BOARD, WRITE_SPRINT},
    },
};

pub(crate) const ROUTES: &[Route] = &[
    write("POST", "/rest/agile/1.0/sprint/{sprint}/issue", to_sprint).needs(&[WRITE_SPRINT]),
    write("POST", "/rest/agile/1.0/backlog/issue", to_backlog).needs(&[WRITE_BOARD]),
    write("PUT", "/rest/agile/1.0/issue/rank", rank).needs(&[RANK]),
];

/// How many issues one operation moves.
const ISSUES_MAX: usize = 50;
const NO_ISSUE: &str = "Issue does not exist or you do not have permission to see it.";

fn to_sprint(call: &Call, site: &mut Site) -> Answer {
    let sprint = super::sprints::sprint(call, site)?;
    if sprint.state == "closed" {
        return Err(Fault::message(400, "Issues can only be moved to open or active sprints."));
    }
    let id = sprint.id;
    let body = body(call, &["rankBeforeIssue", "rankAfterIssue", "rankCustomFieldId"])?;
    let moved = editable(call, site, &body)?;
    let place = place(call, site, &body)?;
    assign(call, site, &moved, Some(id));
    if let Some((other, before)) = place {
        reorder(site, &moved, other, before);
    }
    Ok(Reply::empty(204))
}

fn to_backlog(call: &Call, site: &mut Site) -> Answer {
    let moved = editable(call, site, &body(call, &[])?)?;
    assign(call, site, &moved, None);
    Ok(Reply::empty(204))
}

/// Ranks what it can; when only some of the issues cannot be ranked, the answer says which.
fn rank(call: &Call, site: &mut Site) -> Answer {
    let body = body(call, &["rankBeforeIssue", "rankAfterIssue", "rankCustomFieldId"])?;
    let named = names(&body)?;
    let Some((other, before)) = place(call, site, &body)? else {
        return Err(Fault::message(400, "Specify either rankBeforeIssue or rankAfterIssue."));
    };
    let mut moved = Vec::new();
    let mut entries = Vec::new();
    for name in &named {
        entries.push(match site.visible_issue(call.who, name) {
            Some(issue) if site.may(call.who, issue, Access::Member) => {
                moved.push(issue.id);
                json!({ "issueId": issue.id, "issueKey": issue.key, "status": 200 })
            }
            Some(issue) => json!({
                "issueId": issue.id, "issueKey": issue.key, "status": 403,
                "errors": ["You do not have permission to rank this issue."],
            }),
            None => json!({ "issueKey": name, "status": 404, "errors": [NO_ISSUE] }),
        });
    }
    if moved.is_empty() {
        return Err(Fault::message(403, "You do not have permission to rank these issues."));
    }
    reorder(site, &moved, other, before);
    if moved.len() == named.len() {
        return Ok(Reply::empty(204));
    }
    Ok(Reply::json(207, json!({ "entries": entries })))
}

/// The document allows no additional properties.
fn body(call: &Call, more: &[&str]) -> Result<Map<String, Json>, Fault> {
    let body = call.object()?;
    let fits = body.keys().all(|name| name == "issues" || more.contains(&name.as_str()));
    if fits { Ok(body) } else { Err(Fault::bad_payload()) }
}

fn names(body: &Map<String, Json>) -> Result<Vec<String>, Fault> {
    let listed = body.get("issues").and_then(Json::as_array).ok_or_else(Fault::bad_payload)?;
    let names: Option<Vec<String>> =
        listed.iter().map(|name| name.as_str().map(str::to_owned)).collect();
    let names = names.ok_or_else(Fault::bad_payload)?;
    match names.len() {
        0 => Err(Fault::message(400, "No issues were given.")),
        count if count > ISSUES_MAX => {
            Err(Fault::message(400, "At most 50 issues may be moved at once."))
        }
        _ => Ok(names),
    }
}

/// The ids of all named issues; moving is all or nothing.
fn editable(call: &Call, site: &Site, body: &Map<String, Json>) -> Result<Vec<u64>, Fault> {
    let mut ids = Vec::new();
    for name in names(body)? {
        let issue =
            site.visible_issue(call.who, &name).ok_or_else(|| Fault::message(400, NO_ISSUE))?;
        if !site.may(call.who, issue, Access::Member) {
            return Err(Fault::message(
                403,
                "You do not have permission to schedule these issues.",
            ));
        }
        ids.push(issue.id);
    }
    Ok(ids)
}

/// The issue to rank beside, and whether before it.
fn place(call: &Call, site: &Site, body: &Map<String, Json>) -> Result<Option<(u64, bool)>, Fault> {
    for (name, before) in [("rankBeforeIssue", true), ("rankAfterIssue", false)] {
        if let Some(key) = body.get(name).and_then(Json::as_str) {
            let issue =
                site.visible_issue(call.who, key).ok_or_else(|| Fault::message(400, NO_ISSUE))?;
            return Ok(Some((issue.id, before)));
        }
    }
    Ok(None)
}

/// An issue remembers the closed sprints it was in, and is in at most one that is not closed.
fn assign(call: &Call, site: &mut Site, issues: &[u64], sprint: Option<u64>) {
    for id in issues {
        let Some(issue) = site.issues.get(id) else { continue };
        let closed = |id: &u64| site.sprint(*id).is_some_and(|known| known.state == "closed");
        let past = issue.references(SPRINT_FIELD).iter().copied().filter(|id| closed(id));
        let sprints: Vec<u64> = past.chain(sprint).collect();
        let value = (SPRINT_FIELD.to_owned(), Some(Value::Refs(sprints)));
        apply(site, *id, call.who, call.now, vec![value], Vec::new());
    }
}

/// Numbers all ranks anew, which no history tells of.
fn reorder(site: &mut Site, moved: &[u64], other: u64, before: bool) {
    let mut order: Vec<&Issue> =
        site.issues.values().filter(|issue| !moved.contains(&issue.id)).collect();
    order.sort_by(|a, b| a.text(RANK_FIELD).cmp(b.text(RANK_FIELD)));
    let mut ids: Vec<u64> = order.iter().map(|issue| issue.id).collect();
    let at = ids
        .iter()
        .position(|id| *id == other)
        .map_or(ids.len(), |at| if before { at } else { at + 1 });
    ids.splice(at..at, moved.iter().copied());
    for (place, id) in ids.iter().enumerate() {
        if let Some(issue) = site.issues.get_mut(id) {
            issue.values.insert(RANK_FIELD.to_owned(), Value::Text(format!("0|j{place:05}:")));
        }
    }
}
