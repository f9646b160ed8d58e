//! The value of any field of an issue, stored or computed.

use serde_json::{Value as Json, json};

use super::{
    activity::{attachment, comment, worklog},
    attributes::{category, issue_type, link_type, status},
    issue_stub::issue_stub,
    person::person,
    project::project_stub,
    site_view::SiteView,
    stored_value::show,
};
use crate::{
    fields::pretty_duration,
    json::object,
    model::{Access, FieldDef, FieldKind, Issue, Link},
};

/// How many work logs an issue carries inline; the rest is behind `/worklog`.
const INLINE_WORKLOGS_MAX: usize = 20;

/// `None` when the field is left out of the issue altogether, as `parent` is for those without one.
pub(crate) fn value(site: &SiteView, issue: &Issue, field: &FieldDef) -> Option<Json> {
    let value = match field.id.as_str() {
        "issuekey" | "thumbnail" => return None,
        "parent" if !issue.values.contains_key("parent") => return None,
        "issuetype" => {
            site.issue_type(issue.type_id).map(|kind| issue_type(site, kind)).unwrap_or_default()
        }
        "project" => site
            .project(issue.project)
            .map(|project| project_stub(site, project))
            .unwrap_or_default(),
        "status" => site.status(issue.status).map(|found| status(site, found)).unwrap_or_default(),
        "statusCategory" => site
            .status(issue.status)
            .map(|found| category(site, found.category))
            .unwrap_or_default(),
        "created" => site.time(issue.created).into(),
        "updated" | "lastViewed" => site.time(issue.updated).into(),
        "statuscategorychangedate" => site.time(issue.category_changed).into(),
        "resolutiondate" => json!(issue.resolved.map(|ms| site.time(ms))),
        _ if field.kind == FieldKind::EpicLink => epic_key(site, issue),
        "creator" => person(site, issue.creator),
        "votes" => json!({
            "self": format!("{}/rest/api/3/issue/{}/votes", site.host, issue.key),
            "votes": issue.voters.len(), "hasVoted": issue.voters.contains(&site.who),
        }),
        "watches" => json!({
            "self": format!("{}/rest/api/3/issue/{}/watchers", site.host, issue.key),
            "watchCount": issue.watchers.len(), "isWatching": issue.watchers.contains(&site.who),
        }),
        "comment" => comments(site, issue),
        "worklog" => {
            let logs = issue.worklogs.iter().take(INLINE_WORKLOGS_MAX);
            object([
                ("startAt", 0.into()),
                ("maxResults", INLINE_WORKLOGS_MAX.into()),
                ("total", issue.worklogs.len().into()),
                ("worklogs", logs.map(|log| worklog(site, issue, log)).collect()),
            ])
        }
        "attachment" => issue.attachments.iter().map(|file| attachment(site, file)).collect(),
        "issuelinks" => links(site, issue),
        "subtasks" => site.subtasks(issue.id).map(|child| issue_stub(site, child)).collect(),
        "issuerestriction" => json!({ "issuerestrictions": {}, "shouldDisplay": true }),
        "timetracking" | "progress" | "aggregateprogress" | "workratio" => time(issue, &field.id),
        "timespent" | "aggregatetimespent" => json!(some_seconds(issue.seconds_spent())),
        "timeestimate" | "aggregatetimeestimate" => json!(issue.estimates().1),
        "timeoriginalestimate" | "aggregatetimeoriginalestimate" => json!(issue.estimates().0),
        _ => match issue.values.get(&field.id) {
            Some(stored) => show(site, field, stored),
            None if field.custom.is_none() && is_list(field.kind) => json!([]),
            None => Json::Null,
        },
    };
    Some(value)
}

/// The epic above an issue of a company-managed project.
fn epic_key(site: &SiteView, issue: &Issue) -> Json {
    let has_epics = site.project(issue.project).is_some_and(|project| !project.team_managed);
    let parent =
        issue.reference("parent").and_then(|id| site.issues.get(&id)).filter(|_| has_epics);
    let epic =
        parent.filter(|parent| site.issue_type(parent.type_id).is_some_and(|kind| kind.level == 1));
    json!(epic.map(|epic| &epic.key))
}

fn is_list(kind: FieldKind) -> bool {
    matches!(kind, FieldKind::Labels | FieldKind::Components | FieldKind::Versions)
}

fn some_seconds(seconds: u64) -> Option<u64> {
    (seconds > 0).then_some(seconds)
}

fn time(issue: &Issue, field: &str) -> Json {
    let (original, remaining) = issue.estimates();
    let spent = issue.seconds_spent();
    let total = spent + remaining.unwrap_or(0);
    match field {
        "workratio" => match original {
            Some(original @ 1..) => json!(spent * 100 / original),
            _ => json!(-1),
        },
        "timetracking" => {
            let mut shown = serde_json::Map::new();
            for (name, seconds) in [
                ("originalEstimate", original),
                ("remainingEstimate", remaining),
                ("timeSpent", some_seconds(spent)),
            ] {
                if let Some(seconds) = seconds {
                    shown.insert(name.into(), pretty_duration(seconds).into());
                    shown.insert(format!("{name}Seconds"), seconds.into());
                }
            }
            Json::Object(shown)
        }
        _ if total == 0 => json!({ "progress": 0, "total": 0 }),
        _ => json!({ "progress": spent, "total": total, "percent": spent * 100 / total }),
    }
}

fn comments(site: &SiteView, issue: &Issue) -> Json {
    let seen = site.visible_comments(site.who, issue);
    object([
        ("self", format!("{}/rest/api/3/issue/{}/comment", site.host, issue.id).into()),
        ("startAt", 0.into()),
        ("maxResults", seen.len().into()),
        ("total", seen.len().into()),
        ("comments", seen.into_iter().map(|one| comment(site, issue, one, &[])).collect()),
    ])
}

/// Seen from this issue: the other end stands under `outwardIssue` when this one does the outward
/// thing.
fn links(site: &SiteView, issue: &Issue) -> Json {
    let shown = |link: &Link| {
        let outward = link.from == issue.id;
        let other = site.issues.get(if outward { &link.to } else { &link.from })?;
        if !site.may(site.who, other, Access::Viewer) {
            return None;
        }
        let kind = site.link_types.iter().find(|kind| kind.id == link.type_id)?;
        let end = if outward { "outwardIssue" } else { "inwardIssue" };
        Some(json!({
            "id": link.id.to_string(),
            "self": format!("{}/rest/api/3/issueLink/{}", site.host, link.id),
            "type": link_type(site, kind),
            end: issue_stub(site, other),
        }))
    };
    let touching = site.links.iter().filter(|link| link.from == issue.id || link.to == issue.id);
    touching.filter_map(shown).collect()
}
