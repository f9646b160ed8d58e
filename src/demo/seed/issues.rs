//! The issues: spread over 120 days, old ones mostly done, with the fields their project's screens have.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value as Json;

use super::{
    boards::{ACTIVE_SPRINT, CLOSED_SPRINTS, FUTURE_SPRINTS, MOB_SPRINT},
    catalog::{
        BUG, CHANGE, CLOSED, DONE, EPIC, IN_PROGRESS, IN_REVIEW, INCIDENT, INVESTIGATING, MOB_BUG, MOB_DONE,
        MOB_EPIC, MOB_IN_PROGRESS, MOB_STORY, MOB_SUBTASK, MOB_TASK, MOB_TO_DO, OPEN, RESOLUTION_DONE,
        RESOLVED, STORY, SUBTASK, TASK, TO_DO, WAITING,
    },
    gallery, hostile,
    nodes::{bullets, doc, para},
    people::{ANNA_AT, DANA_AT, FEMI_AT, OTHER_BEN_AT},
    projects::{ACME, MOB, OPS},
    words,
};
use crate::demo::{
    clock::{self, DAY_MS, HOUR_MS, MINUTE_MS},
    model::{Access, Issue, Site, Value, Who},
    prng::Prng,
};

const SLOTS: i64 = 360;
const SPAN_MS: i64 = 120 * DAY_MS;
/// Which project the next issue goes to, over and over.
const PATTERN: &[u64] = &[
    ACME, MOB, ACME, OPS, ACME, MOB, ACME, MOB, ACME, OPS, ACME, MOB, ACME, OPS, ACME, MOB, ACME, OPS, ACME,
    MOB,
];
const FIRST_ID: i64 = 10_100;

const LABELS: &[&str] =
    &["ux", "performance", "backend", "quick-win", "security", "a11y", "debt", "customer"];

/// One issue in the making.
struct Draft {
    project: u64,
    number: u64,
    type_id: u64,
    /// 0 not begun, 1 begun, 2 nearly, 3 done.
    stage: u64,
    created: i64,
    /// The place in the whole seed, 0..[`SLOTS`].
    slot: i64,
    values: BTreeMap<String, Value>,
}

impl Draft {
    fn set(&mut self, field: &str, value: Value) {
        self.values.insert(field.to_owned(), value);
    }
}

pub(super) fn fill(site: &mut Site, now: i64) {
    let mut prng = Prng::new(0x5A_9D_B0_C1);
    let mut showpieces = showpieces(now, &mut prng);
    showpieces.reverse();
    for (slot, project) in (0..SLOTS).zip(PATTERN.iter().copied().cycle()) {
        let spread = SPAN_MS / SLOTS;
        let created = now - SPAN_MS + slot * spread + prng.signed_below(spread - 20 * MINUTE_MS);
        let Some(known) = site.projects.iter_mut().find(|known| known.id == project) else { continue };
        known.last_number += 1;
        let number = known.last_number;
        let type_id = type_of(&mut prng, project, number);
        let stage = stage_of(&mut prng, slot);
        let mut draft = Draft { project, number, type_id, stage, created, slot, values: BTreeMap::new() };
        common(site, &mut prng, &mut draft);
        match project {
            ACME => acme(site, &mut prng, &mut draft),
            MOB => mob(site, &mut prng, &mut draft),
            _ => ops(site, &mut prng, &mut draft),
        }
        if project == ACME
            && number > 6
            && type_id != SUBTASK
            && let Some((summary, description)) = showpieces.pop()
        {
            draft.set("summary", Value::Text(summary));
            draft.set("description", Value::Rich(description));
        }
        store(site, &mut prng, draft, now);
    }
}

fn showpieces(now: i64, prng: &mut Prng) -> Vec<(String, Json)> {
    let gallery =
        gallery::documents(now).into_iter().map(|(summary, document)| (summary.to_owned(), document));
    let long = ("A very long design note".to_owned(), words::long_description(prng));
    gallery.chain(hostile::documents()).chain([long]).collect()
}

fn type_of(prng: &mut Prng, project: u64, number: u64) -> u64 {
    let dice = prng.below(100);
    let (epics, [epic, story, task, bug, subtask]) = match project {
        ACME => (6, [EPIC, STORY, TASK, BUG, SUBTASK]),
        MOB => (4, [MOB_EPIC, MOB_STORY, MOB_TASK, MOB_BUG, MOB_SUBTASK]),
        _ => {
            return if dice < 55 {
                INCIDENT
            } else if dice < 85 {
                CHANGE
            } else {
                TASK
            };
        }
    };
    match dice {
        _ if number <= epics => epic,
        0..35 => story,
        35..65 => task,
        65..90 => bug,
        _ if number < epics + 8 => task,
        _ => subtask,
    }
}

fn stage_of(prng: &mut Prng, slot: i64) -> u64 {
    let done = match slot * 100 / SLOTS {
        0..50 => 85,
        50..75 => 60,
        _ => 20,
    };
    if prng.chance(done) { 3 } else { prng.pick(&[0, 0, 0, 1, 1, 2]) }
}

fn members(site: &Site, project: u64) -> Vec<Who> {
    let project = site.project(project);
    let all = project.into_iter().flat_map(|project| &project.members);
    all.filter(|(_, access)| **access >= Access::Member).map(|(who, _)| *who).collect()
}

fn common(site: &Site, prng: &mut Prng, draft: &mut Draft) {
    let team = members(site, draft.project);
    let kind = site.issue_type(draft.type_id).map_or("", |kind| kind.name.as_str());
    draft.set("summary", Value::Text(words::summary(prng, kind)));
    draft.set("reporter", Value::Person(prng.pick(&team)));
    draft.set("priority", Value::Ref(prng.pick(&[1, 2, 2, 3, 3, 3, 3, 4, 4, 5])));
    if prng.chance(90) {
        draft.set("description", Value::Rich(words::description(prng)));
    }
    if draft.stage > 0 || prng.chance(60) {
        draft.set("assignee", Value::Person(prng.pick(&team)));
    }
    let mut labels: Vec<String> = (0..prng.below(3)).map(|_| prng.pick(LABELS).to_owned()).collect();
    labels.sort();
    labels.dedup();
    if !labels.is_empty() {
        draft.set("labels", Value::Labels(labels));
    }
    if prng.chance(35) {
        let due = draft.created + (5 + prng.signed_below(40)) * DAY_MS;
        draft.set("duedate", Value::Text(clock::day(due)));
    }
    if draft.stage == 3 {
        let other = prng.pick(&[RESOLUTION_DONE, RESOLUTION_DONE, RESOLUTION_DONE, 10_001, 10_002]);
        draft.set("resolution", Value::Ref(other));
    }
    draft.set("customfield_10019", Value::Text(format!("0|i{:05}:", draft.slot)));
    draft.set("customfield_10000", Value::Json("{}".into()));
}

/// A choice of a select field by place.
fn choice(site: &Site, prng: &mut Prng, field: &str) -> u64 {
    let ids: Vec<u64> =
        site.field(field).into_iter().flat_map(|f| &f.options).map(|option| option.id).collect();
    prng.pick(&ids)
}

fn acme(site: &Site, prng: &mut Prng, draft: &mut Draft) {
    let standard = matches!(draft.type_id, STORY | TASK | BUG);
    if draft.type_id == EPIC {
        draft.set("customfield_10011", Value::Text(format!("Epic {}", draft.number)));
        draft.set("customfield_10013", Value::Text("ghx-label-4".into()));
    }
    if prng.chance(70) {
        draft.set("components", Value::Refs(vec![10_010 + prng.below(5)]));
    }
    if prng.chance(45) {
        draft.set("fixVersions", Value::Refs(vec![10_100 + prng.below(5)]));
    }
    if standard {
        if prng.chance(70) {
            let points: [f64; 6] = [1.0, 2.0, 3.0, 5.0, 8.0, 13.0];
            draft.set("customfield_10036", Value::Number(prng.pick(&points)));
        }
        if let Some(sprints) = sprints(prng, draft) {
            draft.set("customfield_10020", Value::Refs(sprints));
        }
        if prng.chance(30) {
            let hours = 4 + prng.below(12);
            draft.set("timetracking", Value::Estimates(Some(hours * 3_600), Some(hours * 1_200)));
        }
        adopt(site, prng, draft, EPIC, 60);
    }
    if draft.type_id == SUBTASK {
        adopt(site, prng, draft, STORY, 100);
    }
    if draft.type_id == BUG {
        draft.set("customfield_10042", Value::Choice(choice(site, prng, "customfield_10042")));
        draft.set("environment", Value::Rich(doc(vec![para("Firefox 140, Linux; staging")])));
        draft.set("versions", Value::Refs(vec![10_101 + prng.below(2)]));
        draft.set("customfield_10050", Value::Text(format!("2.{}.{}", prng.below(4), prng.below(900))));
    }
    if draft.type_id == STORY {
        let criteria = bullets(&[&words::sentence(prng), &words::sentence(prng)]);
        draft.set("customfield_10041", Value::Rich(doc(vec![criteria])));
    }
    if prng.chance(40) {
        extras(site, prng, draft);
    }
}

/// The rarer kinds of custom fields, so that every kind of value is met somewhere.
fn extras(site: &Site, prng: &mut Prng, draft: &mut Draft) {
    draft.set("customfield_10001", Value::Text("36885b3c-1bf0-4f85-a357-c5b858c31de4".into()));
    let region = site.field("customfield_10037").and_then(|field| field.options.first());
    if let Some(region) = region {
        draft.set(
            "customfield_10037",
            Value::Cascade(region.id, region.children.first().map(|child| child.id)),
        );
    }
    draft.set("customfield_10038", Value::Text(format!("https://example.com/spec/{}", draft.number)));
    draft.set("customfield_10043", Value::Choices(vec![choice(site, prng, "customfield_10043")]));
    draft.set("customfield_10044", Value::People(vec![ANNA_AT, DANA_AT]));
    draft.set("customfield_10045", Value::Person(ANNA_AT));
    draft.set("customfield_10046", Value::Instant(draft.created + 30 * DAY_MS));
    draft.set("customfield_10047", Value::Text(format!("EXT-{:04}", draft.slot)));
    draft.set("customfield_10048", Value::Labels(vec!["autumn".into(), "wave-2".into()]));
    draft.set("customfield_10015", Value::Text(clock::day(draft.created)));
}

fn sprints(prng: &mut Prng, draft: &Draft) -> Option<Vec<u64>> {
    let at = usize::try_from(draft.slot * 6 / SLOTS).unwrap_or(0);
    let past = CLOSED_SPRINTS.get(at).copied().unwrap_or(1);
    match draft.stage {
        3 if prng.chance(80) => Some(vec![past]),
        1 | 2 if prng.chance(25) => Some(vec![past, ACTIVE_SPRINT]),
        1 | 2 => Some(vec![ACTIVE_SPRINT]),
        0 if prng.chance(25) => Some(vec![ACTIVE_SPRINT]),
        0 if prng.chance(40) => Some(vec![prng.pick(FUTURE_SPRINTS)]),
        _ => None,
    }
}

/// Puts the issue below an earlier one of the given type, in `percent` of cases.
fn adopt(site: &Site, prng: &mut Prng, draft: &mut Draft, type_id: u64, percent: u64) {
    let fits = |issue: &&Issue| issue.project == draft.project && issue.type_id == type_id;
    let ids: Vec<u64> = site.issues.values().filter(fits).map(|issue| issue.id).collect();
    if !ids.is_empty() && prng.chance(percent) {
        let parent = prng.pick(&ids);
        draft.set("parent", Value::Ref(parent));
        if draft.type_id != SUBTASK
            && draft.project == ACME
            && let Some(epic) = site.issues.get(&parent)
        {
            draft.set("customfield_10014", Value::Json(epic.key.clone().into()));
        }
    }
}

fn mob(site: &Site, prng: &mut Prng, draft: &mut Draft) {
    if draft.stage == 3 || prng.chance(50) {
        let points: [f64; 5] = [1.0, 2.0, 3.0, 5.0, 8.0];
        draft.set("customfield_10016", Value::Number(prng.pick(&points)));
    }
    match draft.type_id {
        MOB_SUBTASK => adopt(site, prng, draft, MOB_STORY, 100),
        MOB_EPIC => {}
        _ => adopt(site, prng, draft, MOB_EPIC, 50),
    }
    if draft.type_id == MOB_BUG {
        draft.set("customfield_10101", Value::Choice(choice(site, prng, "customfield_10101")));
        draft.set("customfield_10104", Value::Choice(choice(site, prng, "customfield_10104")));
    }
    if draft.type_id == MOB_STORY {
        draft.set("customfield_10102", Value::Rich(doc(vec![para(&words::sentence(prng))])));
    }
    if prng.chance(30) {
        draft.set("fixVersions", Value::Refs(vec![10_200 + prng.below(5)]));
    }
    if matches!(draft.stage, 1 | 2) {
        draft.set("customfield_10020", Value::Refs(vec![MOB_SPRINT]));
    }
    draft.set("customfield_10103", Value::Text(format!("7.{}.0", prng.below(5))));
}

fn ops(site: &Site, prng: &mut Prng, draft: &mut Draft) {
    draft.set("components", Value::Refs(vec![10_030 + prng.below(4)]));
    draft.set("customfield_10051", Value::Choices(vec![choice(site, prng, "customfield_10051")]));
    if draft.type_id == INCIDENT {
        draft.set("customfield_10004", Value::Choice(choice(site, prng, "customfield_10004")));
        draft.set("customfield_10052", Value::Number(prng.pick(&[3.0_f64, 40.0, 250.0])));
        if draft.stage == 3 {
            draft.set("customfield_10049", Value::Rich(doc(vec![para(&words::prose(prng, 2))])));
        }
    }
    if draft.type_id == CHANGE {
        for field in ["customfield_10005", "customfield_10006", "customfield_10007"] {
            draft.set(field, Value::Choice(choice(site, prng, field)));
        }
        draft.set("customfield_10008", Value::Instant(draft.created + 2 * DAY_MS));
        draft.set("customfield_10009", Value::Instant(draft.created + 2 * DAY_MS + 3 * HOUR_MS));
        draft.set("customfield_10003", Value::People(vec![OTHER_BEN_AT, FEMI_AT]));
    }
}

fn status_of(draft: &Draft) -> u64 {
    let path: [u64; 4] = match draft.project {
        ACME => [TO_DO, IN_PROGRESS, IN_REVIEW, DONE],
        MOB => [MOB_TO_DO, MOB_IN_PROGRESS, MOB_IN_PROGRESS, MOB_DONE],
        OPS if draft.number % 3 == 0 => [OPEN, INVESTIGATING, WAITING, CLOSED],
        _ => [OPEN, INVESTIGATING, WAITING, RESOLVED],
    };
    usize::try_from(draft.stage).ok().and_then(|at| path.get(at).copied()).unwrap_or(TO_DO)
}

fn store(site: &mut Site, prng: &mut Prng, draft: Draft, now: i64) {
    let age = (now - draft.created - 5 * MINUTE_MS).max(MINUTE_MS);
    let recent = prng.chance(25);
    let idle = if recent { prng.signed_below((6 * DAY_MS).min(age)) } else { prng.signed_below(age) };
    let updated = draft.created + age - idle;
    let half = draft.created + (updated - draft.created) / 2;
    let key = match draft.project {
        ACME => "ACME",
        MOB => "MOB",
        _ => "OPS",
    };
    let creator = match draft.values.get("reporter") {
        Some(Value::Person(who)) => *who,
        _ => ANNA_AT,
    };
    let id = u64::try_from(FIRST_ID + draft.slot).unwrap_or(0);
    let issue = Issue {
        id,
        key: format!("{key}-{}", draft.number),
        number: draft.number,
        project: draft.project,
        type_id: draft.type_id,
        status: status_of(&draft),
        creator,
        created: draft.created,
        updated,
        category_changed: if draft.stage == 0 { draft.created } else { half },
        resolved: (draft.stage == 3).then_some(half),
        values: draft.values,
        comments: Vec::new(),
        worklogs: Vec::new(),
        changes: Vec::new(),
        attachments: Vec::new(),
        remote_links: Vec::new(),
        watchers: BTreeSet::from([creator]),
        voters: BTreeSet::new(),
        properties: BTreeMap::new(),
    };
    site.keys.insert(issue.key.clone(), id);
    site.issues.insert(id, issue);
}
