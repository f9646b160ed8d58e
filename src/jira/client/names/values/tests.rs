//! What a person would say as a field value, and what Jira is sent: the kinds that need no look-up.

use std::{
    sync::{Arc, LazyLock},
    time::Duration,
};

use auth::{Bearer, Caller, Identity, KeyedHasher};
use serde_json::{Map, Value, json};
use tokio::time::Instant;
use upstream::{self, Upstream};

use crate::jira::client::{Jira, Route, Session, Settings, names::PersonScope, wire::FieldMeta};

use super::*;

mod laws;

/// A way that leads to nobody, and gives up at once.
static NOWHERE: LazyLock<Arc<Jira>> = LazyLock::new(|| {
    let settings = Settings {
        api_base: "http://127.0.0.1:9".parse().unwrap(),
        api_host: None,
        site_address: None,
        route: Route::ApiGateway,
        site: None,
        media_hosts: Vec::new(),
    };
    let upstream = upstream::Settings { retry_max: 0, ..upstream::Settings::new("test") };
    Arc::new(Jira::new(settings, Upstream::new(&upstream).unwrap()))
});

/// A session that reaches nobody: what asks Jira fails.
fn issue() -> crate::jira::client::AllowedIssue {
    crate::jira::client::Projects::default().told("P-1").unwrap()
}

fn alone() -> Session {
    let bearer = Bearer::from_token("the-token-of-a-test").unwrap();
    let identity = Identity::of_credential(bearer, &KeyedHasher::random().unwrap());
    let caller = Caller::new(identity, "r".into(), None);
    NOWHERE.session(caller, None, Instant::now() + Duration::from_secs(5))
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    thread_local! {
        static RUNTIME: tokio::runtime::Runtime =
            tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    }
    RUNTIME.with(|runtime| runtime.block_on(future))
}

fn meta(schema: &Value, allowed: &Value) -> FieldMeta {
    serde_json::from_value(
        json!({"key": "f", "name": "F", "schema": schema, "allowedValues": allowed}),
    )
    .unwrap()
}

fn write(meta: &FieldMeta, given: &Value) -> Result<FieldWrite, FieldFault> {
    let given = Map::from_iter([("F".to_owned(), given.clone())]);
    let metas = std::slice::from_ref(meta);
    let written =
        block_on(write_values(&alone(), metas, &given, PersonScope::AssignableTo(&issue())));
    written.map(|mut writes| writes.pop().unwrap())
}

#[expect(clippy::needless_pass_by_value, reason = "a table of literals reads best without borrows")]
fn check(schema: Value, allowed: Value, given: Value, expected: Result<Value, &str>) {
    match (write(&meta(&schema, &allowed), &given), expected) {
        (Ok(written), Ok(value)) => assert_eq!(written.value, FieldValue::Set(value), "{given}"),
        (Err(fault), Err(part)) => assert!(fault.to_string().contains(part), "{given}: {fault}"),
        (written, _) => panic!("{given}: {written:?}"),
    }
}

fn options() -> Value {
    json!([{"id": "7", "value": "Red"}, {"id": "8", "value": "Blue"}, {"id": "9", "value": "WL: Tools, Support"}])
}

#[test]
fn human_values_take_jiras_shapes() {
    let none = || json!([]);
    check(json!({"type": "number"}), none(), json!("5.5"), Ok(json!(5.5)));
    check(json!({"type": "number"}), none(), json!("many"), Err("must be a number"));
    check(json!({"type": "number"}), none(), json!(true), Err("must be a number"));
    check(json!({"type": "option"}), options(), json!("blue"), Ok(json!({"id": "8"})));
    check(json!({"type": "option"}), options(), json!("green"), Err("'green' is not one of"));
    check(
        json!({"type": "string", "custom": "x:url"}),
        none(),
        json!("https://x"),
        Ok(json!("https://x")),
    );
    check(json!({"type": "string"}), none(), json!({"value": "x"}), Err("cannot be read"));
    check(json!({"type": "number"}), none(), Value::Null, Ok(Value::Null));
    check(json!({"type": "sd-thing"}), none(), json!({"a": 1}), Ok(json!({"a": 1})));
    check(
        json!({"type": "string", "system": "summary"}),
        none(),
        json!(" a\n b "),
        Ok(json!("a b")),
    );
    check(
        json!({"type": "string", "system": "summary"}),
        none(),
        json!(""),
        Err("cannot be empty"),
    );
}

#[test]
fn lists_are_compared_as_a_whole_before_they_are_cut() {
    let several = || json!({"type": "array", "items": "option"});
    check(several(), options(), json!("red, 8"), Ok(json!([{"id": "7"}, {"id": "8"}])));
    check(several(), options(), json!("WL: Tools, Support"), Ok(json!([{"id": "9"}])));
    check(
        several(),
        options(),
        json!("blue, wl: tools,  support"),
        Ok(json!([{"id": "8"}, {"id": "9"}])),
    );
    check(several(), options(), json!("WL: Tools"), Err("'WL: Tools' is not one of"));
    check(several(), options(), json!("[\"Red\"]"), Ok(json!([{"id": "7"}])));
    check(several(), options(), json!([null]), Err("names no value"));
    check(several(), options(), json!([[]]), Err("names no value"));
    check(several(), options(), json!([]), Ok(json!([])));
    let labels = || json!({"type": "array", "items": "string", "system": "labels"});
    check(labels(), json!([]), json!("a,b"), Ok(json!(["a", "b"])));
    check(labels(), json!([]), json!(["a b"]), Err("no spaces"));
    check(labels(), json!([]), json!(" "), Err("cannot be read"));
    check(labels(), json!([]), json!([{}]), Err("cannot be read"));
    check(labels(), json!([]), Value::Null, Ok(json!([])));
    let texts = || json!({"type": "array", "items": "string", "custom": "x:checklist"});
    check(
        texts(),
        json!([]),
        json!(["Docs, tests done", "b"]),
        Ok(json!(["Docs, tests done", "b"])),
    );
    check(texts(), json!([]), json!("Docs, tests done"), Ok(json!(["Docs, tests done"])));
}

#[test]
fn the_forms_of_the_api_mean_what_they_say() {
    let priority = || json!([{"id": "2", "name": "High"}, {"id": "3", "name": "None"}]);
    for given in [
        json!("HIGH"),
        json!("2"),
        json!({"id": "2"}),
        json!({"id": 2, "name": "High", "self": "s"}),
    ] {
        check(json!({"type": "priority"}), priority(), given, Ok(json!({"id": "2"})));
    }
    check(json!({"type": "priority"}), priority(), json!("none"), Ok(json!({"id": "3"})));
    check(
        json!({"type": "priority"}),
        priority(),
        json!({"id": "2", "name": "None"}),
        Err("id 2 is 'High', not"),
    );
    check(json!({"type": "priority"}), priority(), json!({"id": "77"}), Ok(json!({"id": "77"})));
    check(json!({"type": "priority"}), priority(), json!({}), Err("names no value"));
    check(
        json!({"type": "user"}),
        json!([]),
        json!({"accountId": "a-1"}),
        Ok(json!({"accountId": "a-1"})),
    );
    check(json!({"type": "user"}), json!([]), json!({"accountId": null}), Err("cannot be read"));
    check(json!({"type": "user"}), json!([]), json!([{"id": "a"}, {"id": "b"}]), Err("one person"));
    check(json!({"type": "user"}), json!([]), json!("unassigned"), Ok(Value::Null));
    check(
        json!({"type": "issuelink", "system": "parent"}),
        json!([]),
        json!({"key": "P-9"}),
        Ok(json!({"key": "P-9"})),
    );
    check(
        json!({"type": "any", "custom": "x:gh-epic-link"}),
        json!([]),
        json!("P-9"),
        Ok(json!("P-9")),
    );
    check(
        json!({"type": "array", "items": "json", "custom": "x:gh-sprint"}),
        json!([]),
        json!([{"id": 7}]),
        Ok(json!(7)),
    );
    check(json!({"type": "date"}), json!([]), json!("2026-12-24"), Ok(json!("2026-12-24")));
    check(json!({"type": "date"}), json!([]), json!("soon"), Err("no moment that can be read"));
    check(json!({"type": "date"}), json!([]), json!(20_261_224), Err("cannot be read"));
    check(
        json!({"type": "datetime"}),
        json!([]),
        json!("2026-12-24T10:00:00+01:00"),
        Ok(json!("2026-12-24T09:00:00.000+0000")),
    );
}

#[test]
fn estimates_are_one_field() {
    let tracking = || json!({"type": "timetracking", "system": "timetracking"});
    check(
        tracking(),
        json!([]),
        json!({"originalEstimate": "2d"}),
        Ok(json!({"originalEstimate": "2d"})),
    );
    check(
        tracking(),
        json!([]),
        json!({"remaining estimate": "1.5h"}),
        Ok(json!({"remainingEstimate": "1.5h"})),
    );
    for bad in [
        json!("2d"),
        json!({"originalEstimate": 5}),
        json!({"spent": "2d"}),
        json!({"timeSpent": "2d"}),
    ] {
        check(tracking(), json!([]), bad, Err("is no estimate"));
    }
    check(tracking(), json!([]), Value::Null, Err("not cleared"));
}

#[test]
fn cascading_values_name_both_levels() {
    let allowed = || {
        json!([{"id": "1", "value": "EU", "children": [{"id": "11", "value": "Berlin"}]},
               {"id": "2", "value": "Latency > 5s", "children": [{"id": "21", "value": "p99"}]}])
    };
    let schema = || json!({"type": "option-with-child"});
    let berlin = || Ok(json!({"id": "1", "child": {"id": "11"}}));
    for given in [
        json!("eu > berlin"),
        json!(["EU", "Berlin"]),
        json!({"value": "EU", "child": {"value": "Berlin"}}),
        json!({"id": "1", "child": {"id": "11"}}),
    ] {
        check(schema(), allowed(), given, berlin());
    }
    check(schema(), allowed(), json!("EU"), Ok(json!({"id": "1"})));
    check(schema(), allowed(), json!("Latency > 5s"), Ok(json!({"id": "2"})));
    check(
        schema(),
        allowed(),
        json!("Latency > 5s > p99"),
        Ok(json!({"id": "2", "child": {"id": "21"}})),
    );
    check(schema(), allowed(), json!("EU > Rome"), Err("'Rome' is not one of"));
    check(schema(), allowed(), json!(["EU", {}]), Err("names no value"));
}

#[test]
fn rich_text_is_left_to_the_tools() {
    let meta = meta(&json!({"type": "string", "custom": "com.atlassian:textarea"}), &json!([]));
    let given = |given: Value| write(&meta, &given).map(|write| write.value);
    assert_eq!(given(json!("**x**")), Ok(FieldValue::RichText(Some("**x**".to_owned()))));
    assert_eq!(given(Value::Null), Ok(FieldValue::RichText(None)));
    assert!(given(json!({"a": 1})).is_err());
    assert!(matches!(given(json!({"type": "doc"})), Ok(FieldValue::RichText(Some(_)))));
}

#[test]
fn a_change_keeps_what_is_not_named() {
    let labels = meta(&json!({"type": "array", "items": "string", "system": "labels"}), &json!([]));
    let write = |given: Value| write(&labels, &given).map(|write| (write.value, write.shown));
    let added = FieldValue::Change(vec![json!({"add": "x"})]);
    for given in [
        json!([{"add": "x"}]),
        json!({"add": ["x"]}),
        json!({"add": "x"}),
        json!("{\"add\": \"x\"}"),
    ] {
        assert_eq!(write(given.clone()), Ok((added.clone(), json!({"added": ["x"]}))), "{given}");
    }
    assert!(
        write(json!([{"add": "x"}, {"remove": "x"}])).unwrap_err().to_string().contains("both")
    );
    assert!(write(json!({"add": []})).is_err());
    assert!(write(json!({"add": null})).is_err());
}

#[test]
fn a_field_is_named_once() {
    let metas: Vec<FieldMeta> = serde_json::from_value(json!([
        {"key": "customfield_1", "name": "Points", "schema": {"type": "number"}},
        {"key": "timetracking", "name": "Time tracking", "schema": {"type": "timetracking"}},
    ]))
    .unwrap();
    let check = |given: Value, expected: Option<&str>| {
        let given = given.as_object().unwrap().clone();
        let written =
            block_on(write_values(&alone(), &metas, &given, PersonScope::AssignableTo(&issue())));
        match (written, expected) {
            (Ok(_), None) => {}
            (Err(fault), Some(said)) => assert_eq!(fault.to_string(), said),
            (written, _) => panic!("{written:?}"),
        }
    };
    check(json!({"Points": 5, "customfield_1": 8}), Some("'Points' is given twice."));
    check(
        json!({"Original estimate": "1d", "time tracking": {"originalEstimate": "2d"}}),
        Some("'timetracking' is given twice."),
    );
    check(json!({"Original estimate": "1d", "remaining_estimate": "2h"}), None);
    check(json!({"status": "Done"}), Some("'status' is not written as a field."));
}

#[test]
fn a_sprint_is_one_name_or_id_or_none() {
    for (value, expected) in [
        (json!("Sprint 7"), Some("Sprint 7")),
        (json!(7), Some("7")),
        (json!(["7"]), Some("7")),
        (json!(["7", "8"]), None),
        (json!("Backlog"), None),
        (json!(" "), None),
        (Value::Null, None),
        (json!({"id": 7}), None),
    ] {
        assert_eq!(
            crate::jira::client::names::sprint_given(&value).as_deref(),
            expected,
            "{value}"
        );
    }
}
