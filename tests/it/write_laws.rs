//! The law of writes: for any JSON given for any field through any door, what is sent to Jira means
//! it, or nothing is sent.

use std::sync::{Arc, LazyLock, Mutex};

use axum::Router;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::support::Bridge;

mod meaning;
mod stub;

use meaning::{asks_for_nothing, elements, is_hollow, was_said, words};
use stub::{Written, fields, stub};

const TOKEN: &str = "the-token-of-a-law";

struct World {
    runtime: tokio::runtime::Runtime,
    bridge: Bridge,
    written: Written,
}

/// One bridge for all cases, which run one after the other.
static WORLD: LazyLock<Mutex<World>> = LazyLock::new(|| {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let written = Written::default();
    let router = Router::new().fallback(stub).with_state(Arc::clone(&written));
    let tokens = vec![("anna".to_owned(), TOKEN.to_owned())];
    let bridge = runtime.block_on(Bridge::over(router, tokens, &[("TOOLSETS", "core,bulk")]));
    Mutex::new(World { runtime, bridge, written })
});

#[derive(Debug, Clone, Copy)]
enum Door {
    Update,
    Create,
    CreateMany,
    Transition,
    Bulk,
}

/// What came of one value through one door.
struct Outcome {
    /// What Jira was sent for the field: the value that replaces, or the operations.
    sent: Option<Value>,
    /// What a preview showed before, and what the acknowledgement said.
    shown: Option<(Value, Value)>,
    refusal: Option<Value>,
}

fn through(door: Door, field: &str, value: &Value) -> Outcome {
    let world = WORLD.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    world.written.lock().unwrap().clear();
    let call = |tool: &str, arguments: Value| {
        world.runtime.block_on(world.bridge.call("anna", tool, arguments))
    };
    let values = json!({ field: value }).to_string();
    let new = |more: Value| {
        let mut all = json!({"project_key": "P", "issue_type": "Task"});
        if field != "summary" {
            all["summary"] = json!("x");
        }
        all["fields"] = more;
        all
    };
    let (preview, done) = match door {
        Door::Update => {
            let preview = call(
                "jira_update_issue",
                json!({"issue_key": "P-1", "fields": values, "dry_run": true}),
            );
            (
                Some(preview),
                call("jira_update_issue", json!({"issue_key": "P-1", "fields": values})),
            )
        }
        Door::Create => (None, call("jira_create_issue", new(json!(values)))),
        Door::CreateMany => {
            let issues = json!([new(json!({ field: value }))]).to_string();
            (None, call("jira_create_issues", json!({ "issues": issues })))
        }
        Door::Transition => (
            None,
            call(
                "jira_transition_issue",
                json!({"issue_key": "P-1", "transition": "Go", "fields": values}),
            ),
        ),
        Door::Bulk => {
            let mut arguments = json!({"issue_keys": ["P-1"], "fields": values});
            let preview = call("jira_bulk_edit", arguments.clone());
            if preview.is_error {
                (None, preview)
            } else {
                arguments["confirm"] = preview.value["confirm"].clone();
                (None, call("jira_bulk_edit", arguments))
            }
        }
    };
    let body = world.written.lock().unwrap().pop();
    if done.is_error {
        assert!(body.is_none(), "{door:?} {field} {value}: refused, but {body:?} was sent");
        return Outcome { sent: None, shown: None, refusal: Some(done.value) };
    }
    let body = body.unwrap_or_else(|| {
        panic!("{door:?} {field} {value}: done, but nothing was sent: {:?}", done.value)
    });
    let body =
        if matches!(door, Door::CreateMany) { body["issueUpdates"][0].clone() } else { body };
    let sent = match door {
        Door::Bulk => Some(body["editedFieldsInput"].clone()),
        _ => {
            [&body["fields"], &body["update"]].into_iter().find_map(|part| part.get(field)).cloned()
        }
    };
    let shown =
        preview.map(|preview| (preview.value["after"].clone(), done.value["changed"].clone()));
    Outcome { sent, shown, refusal: None }
}

fn any_text() -> impl Strategy<Value = String> {
    prop_oneof![
        "[ -~]{0,10}",
        prop_oneof![
            Just("Red"),
            Just("red"),
            Just("Blue"),
            Just("None"),
            Just("none"),
            Just("Red, dark"),
            Just("Red > Blue"),
            Just("7"),
            Just("17"),
            Just("Doe, Jane"),
            Just("Doe"),
            Just("Jane"),
            Just("Anna Admin"),
            Just("me"),
            Just("P-2"),
            Just("2026-12-24"),
            Just("tomorrow 9:00"),
            Just("2d"),
            Just("5"),
            Just("P"),
            Just("712020:0a1b2c3d-0000-4000-8000-00000000a001"),
        ]
        .prop_map(str::to_owned),
    ]
}

fn any_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (-9..99_i64).prop_map(Value::from),
        any_text().prop_map(Value::from),
        any_text().prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 8, 3, |inner| {
        let name = prop_oneof![
            Just("add"),
            Just("remove"),
            Just("set"),
            Just("id"),
            Just("name"),
            Just("value"),
            Just("accountId"),
            Just("displayName"),
            Just("key"),
            Just("child"),
            Just("originalEstimate"),
            Just("x"),
        ];
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
            proptest::collection::vec((name, inner), 0..3).prop_map(|pairs| {
                Value::Object(
                    pairs.into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
                )
            }),
        ]
    })
}

fn any_door() -> impl Strategy<Value = Door> {
    prop_oneof![
        Just(Door::Update),
        Just(Door::Create),
        Just(Door::CreateMany),
        Just(Door::Transition),
        Just(Door::Bulk),
    ]
}

fn any_field() -> impl Strategy<Value = String> {
    proptest::sample::select(fields()).prop_map(|field| field["key"].as_str().unwrap().to_owned())
}

proptest! {
    #![proptest_config(ProptestConfig { max_shrink_iters: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn what_is_sent_means_what_was_given(door in any_door(), field in any_field(), value in any_value()) {
        let outcome = through(door, &field, &value);
        if let Some(refusal) = outcome.refusal {
            prop_assert!(refusal["message"].as_str().is_some_and(|said| !said.is_empty()), "{refusal}");
            return Ok(());
        }
        let Some(sent) = outcome.sent else {
            return Err(TestCaseError::fail(format!("{door:?} {field} {value}: done, but the field was not sent")));
        };
        let is_rich = field == "customfield_3";
        let is_bulk = matches!(door, Door::Bulk);
        // The groups of a bulk edit say in words of their own that a field is cleared.
        if !is_rich && !is_bulk {
            prop_assert!(!is_hollow(&sent) || asks_for_nothing(&value), "{door:?} {field}: {value} became {sent}");
            let mut said = Vec::new();
            words(&value, &mut said);
            if let Err(fault) = was_said(&sent, &said) {
                prop_assert!(false, "{door:?} {field}: {value} became {sent}: {fault}");
            }
            if let (Some(given), Some(sent_items)) = (elements(&value), sent.as_array()) {
                prop_assert!(sent_items.len() >= given.min(1) && (given < 2 || sent_items.len() == given),
                    "{door:?} {field}: {value} became {sent}");
            }
        }
        if let Some((preview, acknowledged)) = outcome.shown
            && !is_rich
            // Who is given by id is named in a preview, where a person agrees to it.
            && !acknowledged.to_string().contains("712020:")
        {
            prop_assert_eq!(preview, acknowledged, "{} {}", field, value);
        }
    }
}
