//! What the issues of each project hold beyond what all issues hold.

use crate::{
    clock::{self, DAY_MS, HOUR_MS},
    model::{Issue, Site, Value},
    seed::{
        documents::nodes::{bullets, doc, para},
        ids::{
            BUG, CHANGE, EPIC, INCIDENT, MOB_BUG, MOB_EPIC, MOB_STORY, MOB_SUBTASK, STORY, SUBTASK,
            TASK,
        },
        issues::{
            draft::{Draft, SLOTS},
            words,
        },
        people::{ANNA, DANA, FEMI, OTHER_BEN},
        prng::Prng,
        site::boards::{ACTIVE_SPRINT, CLOSED_SPRINTS, FUTURE_SPRINTS, MOB_SPRINT},
    },
};

pub(crate) fn set_acme_fields(site: &Site, prng: &mut Prng, draft: &mut Draft) {
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
        set_parent(site, prng, draft, EPIC, 60);
    }
    if draft.type_id == SUBTASK {
        set_parent(site, prng, draft, STORY, 100);
    }
    if draft.type_id == BUG {
        draft.set("customfield_10042", Value::Choice(choice(site, prng, "customfield_10042")));
        draft.set("environment", Value::Rich(doc(vec![para("Firefox 140, Linux; staging")])));
        draft.set("versions", Value::Refs(vec![10_101 + prng.below(2)]));
        draft.set(
            "customfield_10050",
            Value::Text(format!("2.{}.{}", prng.below(4), prng.below(900))),
        );
    }
    if draft.type_id == STORY {
        let criteria = bullets(&[&words::sentence(prng), &words::sentence(prng)]);
        draft.set("customfield_10041", Value::Rich(doc(vec![criteria])));
    }
    if prng.chance(40) {
        set_rare_fields(site, prng, draft);
    }
}

/// The rarer kinds of custom fields, so that every kind of value is met somewhere.
fn set_rare_fields(site: &Site, prng: &mut Prng, draft: &mut Draft) {
    draft.set("customfield_10001", Value::Text("36885b3c-1bf0-4f85-a357-c5b858c31de4".into()));
    let region = site.field("customfield_10037").and_then(|field| field.options.first());
    if let Some(region) = region {
        draft.set(
            "customfield_10037",
            Value::Cascade(region.id, region.children.first().map(|child| child.id)),
        );
    }
    draft.set(
        "customfield_10038",
        Value::Text(format!("https://example.com/spec/{}", draft.number)),
    );
    draft.set("customfield_10043", Value::Choices(vec![choice(site, prng, "customfield_10043")]));
    draft.set("customfield_10044", Value::People(vec![ANNA, DANA]));
    draft.set("customfield_10045", Value::Person(ANNA));
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
fn set_parent(site: &Site, prng: &mut Prng, draft: &mut Draft, type_id: u64, percent: u64) {
    let fits = |issue: &&Issue| issue.project == draft.project && issue.type_id == type_id;
    let ids: Vec<u64> = site.issues.values().filter(fits).map(|issue| issue.id).collect();
    if !ids.is_empty() && prng.chance(percent) {
        let parent = prng.pick(&ids);
        draft.set("parent", Value::Ref(parent));
    }
}

pub(crate) fn set_mob_fields(site: &Site, prng: &mut Prng, draft: &mut Draft) {
    if draft.stage == 3 || prng.chance(50) {
        let points: [f64; 5] = [1.0, 2.0, 3.0, 5.0, 8.0];
        draft.set("customfield_10016", Value::Number(prng.pick(&points)));
    }
    match draft.type_id {
        MOB_SUBTASK => set_parent(site, prng, draft, MOB_STORY, 100),
        MOB_EPIC => {}
        _ => set_parent(site, prng, draft, MOB_EPIC, 50),
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

pub(crate) fn set_ops_fields(site: &Site, prng: &mut Prng, draft: &mut Draft) {
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
        draft.set("customfield_10003", Value::People(vec![OTHER_BEN, FEMI]));
    }
}

/// A choice of a select field by place.
fn choice(site: &Site, prng: &mut Prng, field: &str) -> u64 {
    let ids: Vec<u64> =
        site.field(field).into_iter().flat_map(|f| &f.options).map(|option| option.id).collect();
    prng.pick(&ids)
}
