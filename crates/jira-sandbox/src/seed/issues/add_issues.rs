//! The issues: spread over 120 days, old ones mostly done, with the fields their project's screens
//! have.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value as Json;

use crate::{
    clock::{self, DAY_MS, MINUTE_MS},
    model::{Issue, Site, Value},
    seed::{
        documents::{gallery, hostile},
        ids::{
            ACME, BUG, CHANGE, CLOSED, DONE, EPIC, IN_PROGRESS, IN_REVIEW, INCIDENT, INVESTIGATING,
            MOB, MOB_BUG, MOB_DONE, MOB_EPIC, MOB_IN_PROGRESS, MOB_STORY, MOB_SUBTASK, MOB_TASK,
            MOB_TO_DO, OPEN, OPS, RESOLUTION_DONE, RESOLVED, STORY, SUBTASK, TASK, TO_DO, WAITING,
        },
        issues::{
            draft::{Draft, SLOTS, members},
            project_fields, words,
        },
        people::ANNA,
        prng::Prng,
    },
};

const SPAN_MS: i64 = 120 * DAY_MS;
/// Which project the next issue goes to, over and over.
const PATTERN: &[u64] = &[
    ACME, MOB, ACME, OPS, ACME, MOB, ACME, MOB, ACME, OPS, ACME, MOB, ACME, OPS, ACME, MOB, ACME,
    OPS, ACME, MOB,
];
const FIRST_ID: i64 = 10_100;

const LABELS: &[&str] =
    &["ux", "performance", "backend", "quick-win", "security", "a11y", "debt", "customer"];

/// Adds [`SLOTS`] issues, the last one created shortly before `now`.
pub(crate) fn add_issues(site: &mut Site, now: i64) {
    let mut prng = Prng::new(0x5A_9D_B0_C1);
    let mut showpieces = showpieces(now, &mut prng);
    showpieces.reverse();
    for (slot, project) in (0..SLOTS).zip(PATTERN.iter().copied().cycle()) {
        let spread = SPAN_MS / SLOTS;
        let created = now - SPAN_MS + slot * spread + prng.signed_below(spread - 20 * MINUTE_MS);
        let Some(known) = site.projects.iter_mut().find(|known| known.id == project) else {
            continue;
        };
        known.last_number += 1;
        let number = known.last_number;
        let type_id = pick_type(&mut prng, project, number);
        let stage = pick_stage(&mut prng, slot);
        let mut draft =
            Draft { project, number, type_id, stage, created, slot, values: BTreeMap::new() };
        set_common_fields(site, &mut prng, &mut draft);
        match project {
            ACME => project_fields::set_acme_fields(site, &mut prng, &mut draft),
            MOB => project_fields::set_mob_fields(site, &mut prng, &mut draft),
            _ => project_fields::set_ops_fields(site, &mut prng, &mut draft),
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
    let gallery = gallery::documents(now)
        .into_iter()
        .map(|(summary, document)| (summary.to_owned(), document));
    let long = ("A very long design note".to_owned(), words::long_description(prng));
    gallery.chain(hostile::documents()).chain([long]).collect()
}

fn pick_type(prng: &mut Prng, project: u64, number: u64) -> u64 {
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

fn pick_stage(prng: &mut Prng, slot: i64) -> u64 {
    let done = match slot * 100 / SLOTS {
        0..50 => 85,
        50..75 => 60,
        _ => 20,
    };
    if prng.chance(done) { 3 } else { prng.pick(&[0, 0, 0, 1, 1, 2]) }
}

fn set_common_fields(site: &Site, prng: &mut Prng, draft: &mut Draft) {
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
    let mut labels: Vec<String> =
        (0..prng.below(3)).map(|_| prng.pick(LABELS).to_owned()).collect();
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

fn status_of(draft: &Draft) -> u64 {
    let path: [u64; 4] = match draft.project {
        ACME => [TO_DO, IN_PROGRESS, IN_REVIEW, DONE],
        MOB => [MOB_TO_DO, MOB_IN_PROGRESS, MOB_IN_PROGRESS, MOB_DONE],
        OPS if draft.number.is_multiple_of(3) => [OPEN, INVESTIGATING, WAITING, CLOSED],
        _ => [OPEN, INVESTIGATING, WAITING, RESOLVED],
    };
    usize::try_from(draft.stage).ok().and_then(|at| path.get(at).copied()).unwrap_or(TO_DO)
}

fn store(site: &mut Site, prng: &mut Prng, draft: Draft, now: i64) {
    let age = (now - draft.created - 5 * MINUTE_MS).max(MINUTE_MS);
    let recent = prng.chance(25);
    let idle =
        if recent { prng.signed_below((6 * DAY_MS).min(age)) } else { prng.signed_below(age) };
    let updated = draft.created + age - idle;
    let half = draft.created + (updated - draft.created) / 2;
    let key = match draft.project {
        ACME => "ACME",
        MOB => "MOB",
        _ => "OPS",
    };
    let creator = match draft.values.get("reporter") {
        Some(Value::Person(who)) => *who,
        _ => ANNA,
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
