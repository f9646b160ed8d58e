//! What Jira would answer: an issue of about 54 KB and a search of 50 issues of about 1 MB, cut to
//! the fields asked for.
//!
//! All data is made up here. Shapes and sizes are those of a busy company's site: four avatar
//! addresses for each person, scores of empty custom fields, rich text as ADF.

use serde_json::{Map, Value, json};

const SITE: &str = "https://load.atlassian.net";
const API: &str = "https://api.atlassian.com/ex/jira/load-cloud/rest/api/3";
const NAMES: &[&str] =
    &["Anna Admin", "Ben Builder", "Carla Customer", "Dana Analyst", "Emil Engineer"];
const WORDS: &[&str] = &[
    "the", "release", "fails", "when", "a", "second", "user", "opens", "the", "report", "while",
    "export", "is", "still", "running", "and", "its", "queue", "was", "not", "drained", "before",
    "deploy",
];
/// Custom fields of a site; most issues fill few of them.
const CUSTOM_FIELDS: usize = 120;

/// `count` words, different for each `seed`.
fn words(seed: usize, count: usize) -> String {
    let word = |at: usize| WORDS[(seed * 7 + at * 5 + at / 3) % WORDS.len()];
    (0..count).map(word).collect::<Vec<_>>().join(" ")
}

/// As hard to compress as a real one.
fn uuid(seed: usize) -> String {
    let hash = blake3::hash(&seed.to_le_bytes()).to_hex();
    format!("{}-{}-{}-{}-{}", &hash[..8], &hash[8..12], &hash[12..16], &hash[16..20], &hash[20..32])
}

fn account(id: usize) -> String {
    format!("712020:{}", uuid(id))
}

fn avatar(id: usize, size: u8) -> String {
    format!(
        "https://avatar-management--avatars.us-west-2.prod.example.net/{}/{}/{size}",
        account(id),
        uuid(id + 1_000_000)
    )
}

fn person(id: usize) -> Value {
    let account = account(id);
    json!({
        "self": format!("{API}/user?accountId={account}"), "accountId": account,
        "emailAddress": format!("person{id}@example.com"),
        "avatarUrls": {"48x48": avatar(id, 48), "24x24": avatar(id, 24), "16x16": avatar(id, 16), "32x32": avatar(id, 32)},
        "displayName": NAMES[id % NAMES.len()], "active": true, "timeZone": "Europe/Berlin", "accountType": "atlassian",
    })
}

fn status(id: usize) -> Value {
    let (name, category) =
        [("To Do", "new"), ("In Progress", "indeterminate"), ("Done", "done")][id % 3];
    json!({
        "self": format!("{API}/status/{}", 10_000 + id % 3), "description": "", "iconUrl": format!("{SITE}/"),
        "name": name, "id": format!("{}", 10_000 + id % 3),
        "statusCategory": {"self": format!("{API}/statuscategory/4"), "id": 4, "key": category, "colorName": "yellow",
            "name": name},
    })
}

fn priority() -> Value {
    json!({"self": format!("{API}/priority/2"), "iconUrl": format!("{SITE}/images/icons/priorities/high_new.svg"),
        "name": "High", "id": "2"})
}

fn issue_type() -> Value {
    json!({"self": format!("{API}/issuetype/10001"), "id": "10001", "description": "A problem or error.",
        "iconUrl": format!("{SITE}/rest/api/2/universal_avatar/view/type/issuetype/avatar/10303?size=medium"),
        "name": "Bug", "subtask": false, "avatarId": 10_303, "entityId": "9c0fe1d5-1", "hierarchyLevel": 0})
}

fn project() -> Value {
    let avatar = |size: &str| {
        format!("{SITE}/rest/api/3/universal_avatar/view/type/project/avatar/10421?size={size}")
    };
    json!({"self": format!("{API}/project/10000"), "id": "10000", "key": "LOAD", "name": "Load", "projectTypeKey":
        "software", "simplified": false, "avatarUrls": {"48x48": avatar("48"), "24x24": avatar("small"),
        "16x16": avatar("xsmall"), "32x32": avatar("medium")}})
}

fn linked(id: usize) -> Value {
    json!({"id": format!("{}", 30_000 + id), "key": format!("LOAD-{id}"), "self": format!("{API}/issue/{}", 30_000 + id),
        "fields": {"summary": words(id, 8), "status": status(id), "priority": priority(), "issuetype": issue_type()}})
}

fn link(id: usize) -> Value {
    json!({"id": format!("{}", 40_000 + id), "self": format!("{API}/issueLink/{}", 40_000 + id),
        "type": {"id": "10000", "name": "Blocks", "inward": "is blocked by", "outward": "blocks",
            "self": format!("{API}/issueLinkType/10000")},
        "outwardIssue": linked(id)})
}

fn text(text: &str) -> Value {
    json!({"type": "text", "text": text})
}

/// Rich text: a heading, paragraphs, a list and a block of code.
fn rich(seed: usize, paragraphs: usize) -> Value {
    let paragraph = |at: usize| {
        json!({"type": "paragraph", "content": [text(&words(seed + at, 24)), {"type": "text",
        "text": " twice", "marks": [{"type": "strong"}]}, text(".")]})
    };
    let item = |at: usize| json!({"type": "listItem", "content": [paragraph(at)]});
    let mut content =
        vec![json!({"type": "heading", "attrs": {"level": 2}, "content": [text(&words(seed, 4))]})];
    content.extend((0..paragraphs).map(paragraph));
    content.push(json!({"type": "bulletList", "content": (0..3).map(item).collect::<Vec<_>>()}));
    content.push(
        json!({"type": "codeBlock", "attrs": {"language": "text"}, "content": [text(&words(seed, 12))]}),
    );
    json!({"version": 1, "type": "doc", "content": content})
}

fn comment(id: usize) -> Value {
    json!({"self": format!("{API}/issue/20001/comment/{id}"), "id": format!("{id}"), "author": person(id),
        "body": rich(id, 2), "updateAuthor": person(id), "created": "2026-10-01T10:00:00.000+0200",
        "updated": "2026-10-01T10:00:00.000+0200", "jsdPublic": true})
}

fn worklog(id: usize) -> Value {
    json!({"self": format!("{API}/issue/20001/worklog/{id}"), "author": person(id), "updateAuthor": person(id),
        "comment": rich(id, 1), "created": "2026-10-01T10:00:00.000+0200", "updated": "2026-10-01T10:00:00.000+0200",
        "started": "2026-10-01T10:00:00.000+0200", "timeSpent": "2h", "timeSpentSeconds": 7200, "id": format!("{id}"),
        "issueId": "20001"})
}

/// How much an issue holds beside its plain fields.
struct Fullness {
    links: usize,
    paragraphs: usize,
    comments: usize,
    worklogs: usize,
    filled: usize,
}

fn fields(id: usize, full: &Fullness) -> Map<String, Value> {
    let mut fields = json!({
        "statuscategorychangedate": "2026-10-01T10:00:00.000+0200", "issuetype": issue_type(), "timespent": 7200,
        "project": project(), "fixVersions": [{"self": format!("{API}/version/10100"), "id": "10100", "name": "2.4",
            "description": "", "archived": false, "released": false, "releaseDate": "2026-12-01"}],
        "aggregatetimespent": 7200, "resolution": null, "resolutiondate": null, "workratio": -1,
        "lastViewed": "2026-11-01T10:00:00.000+0200", "watches": {"self": format!("{API}/issue/x/watchers"),
            "watchCount": 3, "isWatching": false},
        "created": "2026-09-01T10:00:00.000+0200", "priority": priority(), "labels": ["export", "queue", "report"],
        "timeestimate": null, "versions": [], "issuelinks": (0..full.links).map(|at| link(id + at)).collect::<Vec<_>>(),
        "assignee": person(id), "updated": "2026-11-02T11:30:00.000+0100", "status": status(id),
        "components": [{"self": format!("{API}/component/10200"), "id": "10200", "name": "Export"}],
        "description": rich(id, full.paragraphs), "security": null, "attachment": [], "aggregatetimeestimate": null,
        "summary": words(id, 11), "creator": person(id + 1), "subtasks": [], "reporter": person(id + 2),
        "aggregateprogress": {"progress": 7200, "total": 7200, "percent": 100}, "environment": null,
        "duedate": "2026-12-24", "progress": {"progress": 7200, "total": 7200, "percent": 100},
        "votes": {"self": format!("{API}/issue/x/votes"), "votes": 0, "hasVoted": false},
        "comment": {"comments": (0..full.comments).map(comment).collect::<Vec<_>>(), "self": "", "maxResults": 20,
            "total": full.comments, "startAt": 0},
        "worklog": {"startAt": 0, "maxResults": 20, "total": full.worklogs,
            "worklogs": (0..full.worklogs).map(worklog).collect::<Vec<_>>()},
    });
    let fields = fields.as_object_mut().expect("an object was written above");
    for at in 0..CUSTOM_FIELDS {
        let value = if at < full.filled {
            json!({"self": format!("{API}/customFieldOption/{at}"), "value": words(at, 3), "id": format!("{at}")})
        } else {
            Value::Null
        };
        fields.insert(format!("customfield_{}", 10_000 + at), value);
    }
    std::mem::take(fields)
}

/// The two answers of the load, before any field is left out.
pub(crate) struct Bodies {
    issue: Map<String, Value>,
    page: Vec<Map<String, Value>>,
}

impl Bodies {
    pub(crate) fn new() -> Self {
        let rich = Fullness { links: 2, paragraphs: 4, comments: 7, worklogs: 3, filled: 30 };
        let plain = Fullness { links: 1, paragraphs: 4, comments: 1, worklogs: 0, filled: 20 };
        Self { issue: fields(1, &rich), page: (0..100).map(|id| fields(id, &plain)).collect() }
    }

    /// `GET /issue/{key}`; no fields means all.
    pub(crate) fn issue(&self, wanted: &[&str]) -> Vec<u8> {
        serde_json::to_vec(&head(1, &self.issue, wanted)).expect("made of plain values")
    }

    /// `GET /issue/{key}/comment`, which a peer asks for with each issue.
    pub(crate) fn comments(&self) -> Vec<u8> {
        serde_json::to_vec(&self.issue["comment"]).expect("made of plain values")
    }

    /// `POST /search/jql`.
    pub(crate) fn search(&self, wanted: &[&str], max_results: usize) -> Vec<u8> {
        let issues = self
            .page
            .iter()
            .take(max_results)
            .enumerate()
            .map(|(id, fields)| head(id + 1, fields, wanted));
        let page = json!({"issues": issues.collect::<Vec<_>>(), "isLast": true});
        serde_json::to_vec(&page).expect("made of plain values")
    }
}

fn head(id: usize, fields: &Map<String, Value>, wanted: &[&str]) -> Value {
    let all = wanted.is_empty() || wanted.contains(&"*all");
    let kept = fields.iter().filter(|(name, _)| all || wanted.contains(&name.as_str()));
    json!({
        "expand": "renderedFields,names,schema,operations,editmeta,changelog,versionedRepresentations",
        "id": format!("{}", 20_000 + id), "self": format!("{API}/issue/{}", 20_000 + id), "key": format!("LOAD-{id}"),
        "fields": kept.map(|(name, value)| (name.clone(), value.clone())).collect::<Map<_, _>>(),
    })
}
