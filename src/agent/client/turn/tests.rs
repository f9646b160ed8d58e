//! The collector's laws, with a clock that the tests turn.

#![expect(clippy::needless_pass_by_value, reason = "a table of values reads best without marks")]

use std::time::Duration;

use proptest::prelude::*;
use serde_json::{Value, json};
use tokio::time::Instant;

use super::*;

const OWN: &str = "c|0000010";

/// A turn at a table: activities are laid down at their times, in milliseconds.
struct Table {
    start: Instant,
    now: Instant,
    turn: Turn,
}

impl Table {
    fn new(limit_ms: u64) -> Self {
        Self::with(limit_ms, |_| {})
    }

    fn with(limit_ms: u64, change: impl FnOnce(&mut TurnRules)) -> Self {
        let start = Instant::now();
        let mut rules = TurnRules::new(
            start + Duration::from_millis(limit_ms),
            "mark".to_owned(),
            Room::default(),
        );
        rules.has_echo = true;
        change(&mut rules);
        Self { start, now: start, turn: Turn::new(rules) }
    }

    fn at(&mut self, ms: u64) -> &mut Self {
        self.now = self.start + Duration::from_millis(ms);
        self
    }

    fn lay(&mut self, activity: Value) -> Option<TurnProgress> {
        let activity = Activity::parse(&activity.to_string()).unwrap();
        let role = activity.role();
        self.turn.take(activity, role, self.now)
    }

    /// When the turn ends if nothing else comes, and how.
    fn ends(&mut self) -> (u64, TurnEnd) {
        loop {
            match self.turn.next(self.now) {
                Next::Over(end) => {
                    let ms = (self.now - self.start).as_millis();
                    return (u64::try_from(ms).unwrap(), end);
                }
                Next::Wait(until) => {
                    assert!(until > self.now, "a wait for what has passed");
                    self.now = until;
                }
            }
        }
    }

    fn texts(self) -> Vec<String> {
        let messages = self.turn.into_messages();
        messages.iter().filter_map(|message| message.text().map(str::to_owned)).collect()
    }
}

fn said(n: u64, text: &str, rest: Value) -> Value {
    let mut activity = json!({
        "type": "message", "id": format!("c|{n:07}"), "text": text, "from": { "role": "bot" },
        "replyToId": OWN,
    });
    for (name, value) in rest.as_object().unwrap() {
        activity[name] = value.clone();
    }
    activity
}

fn echo(id: &str, mark: &str) -> Value {
    json!({
        "type": "message", "id": id, "text": "my own words", "from": { "id": "relabelled" },
        "channelData": { "clientActivityID": mark },
    })
}

fn typing() -> Value {
    json!({ "type": "typing", "from": { "role": "bot" } })
}

#[test]
fn quiet_times_depend_on_the_last_word() {
    fn check(rest: Value, expected: (u64, TurnEnd)) {
        let mut table = Table::new(30_000);
        table.turn.posted(OWN);
        table.at(100).lay(said(11, "a", rest.clone()));
        assert_eq!(table.ends(), expected, "{rest}");
    }
    check(json!({ "inputHint": "acceptingInput" }), (1_600, TurnEnd::Answered));
    check(json!({ "inputHint": "expectingInput" }), (1_600, TurnEnd::Answered));
    check(json!({ "channelData": { "streamType": "final" } }), (1_600, TurnEnd::Answered));
    check(json!({}), (2_100, TurnEnd::Answered));
    check(json!({ "inputHint": "somethingNew" }), (2_100, TurnEnd::Answered));
    check(json!({ "inputHint": "ignoringInput" }), (30_000, TurnEnd::Pending));
    check(json!({ "replyToId": "c|0000003" }), (30_000, TurnEnd::Pending));
    check(json!({ "from": { "role": "user" } }), (30_000, TurnEnd::Pending));
}

#[test]
fn typing_starts_the_wait_anew() {
    let mut table = Table::new(30_000);
    table.turn.posted(OWN);
    assert_eq!(table.at(50).lay(typing()), Some(TurnProgress::Typing));
    assert_eq!(table.ends(), (30_000, TurnEnd::Pending));
    table.at(100).lay(said(11, "a", json!({ "inputHint": "acceptingInput" })));
    table.at(1_500).lay(typing());
    assert_eq!(table.ends(), (6_500, TurnEnd::Answered));
    table.at(5_000).lay(said(12, "b", json!({})));
    assert_eq!(table.ends(), (7_000, TurnEnd::Answered));
    assert_eq!(table.texts(), ["a", "b"]);
}

#[test]
fn an_end_ends_at_once() {
    let mut table = Table::new(30_000);
    table.turn.posted(OWN);
    table.at(100).lay(said(11, "a", json!({ "inputHint": "ignoringInput" })));
    table.at(200).lay(json!({ "type": "endOfConversation", "from": { "role": "user" } }));
    assert_eq!(table.ends(), (200, TurnEnd::Ended));
    table.lay(said(12, "after the end", json!({})));
    assert_eq!(table.texts(), ["a"]);
}

#[test]
fn an_end_of_the_stream_counts_after_a_message() {
    let mut table = Table::with(30_000, |rules| rules.has_echo = false);
    assert!(!table.turn.end_of_stream());
    table.at(100).lay(said(11, "a", json!({ "inputHint": "ignoringInput", "replyToId": null })));
    assert!(table.turn.end_of_stream());
    assert_eq!(table.ends(), (100, TurnEnd::Answered));
}

/// Defect 3 of the program that this one replaces: the last message of the first read was the
/// answer, and the rest answered the next question.
#[test]
fn all_messages_of_the_turn_are_the_answer_and_none_of_another() {
    let mut table = Table::new(30_000);
    for (n, text) in [(11, "one"), (12, "two"), (13, "three")] {
        table.at(n).lay(said(n, text, json!({ "inputHint": "ignoringInput" })));
    }
    table.at(20).turn.posted(OWN);
    table.lay(said(14, "late answer", json!({ "replyToId": "c|0000001" })));
    table.lay(said(12, "two again", json!({})));
    table.lay(said(15, "four", json!({ "inputHint": "acceptingInput" })));
    assert_eq!(table.ends(), (1_520, TurnEnd::Answered));
    assert_eq!(table.texts(), ["one", "two", "three", "four"]);
}

/// Defect 4 of the program that this one replaces: the user's own sentence came back.
#[test]
fn the_users_own_words_are_never_the_answer() {
    let mut table = Table::new(30_000);
    table.at(10).lay(echo(OWN, "mark"));
    assert!(table.turn.saw_echo());
    assert_eq!(table.turn.own_id(), Some(OWN));
    assert_eq!(table.ends(), (30_000, TurnEnd::Pending));
    assert!(table.texts().is_empty());
}

#[test]
fn without_our_id_an_answer_to_anothers_post_is_not_ours() {
    let mut table = Table::new(30_000);
    // Our post was answered with 502, so its id is not known; another replica posted as well.
    table.at(10).lay(echo("c|0000009", "another"));
    table.at(20).lay(said(11, "not ours", json!({ "replyToId": "c|0000009" })));
    assert!(!table.turn.has_messages());
    table.at(30).lay(said(12, "ours", json!({})));
    assert!(table.turn.has_messages());
    table.at(40).lay(echo(OWN, "mark"));
    assert_eq!(table.texts(), ["ours"]);
}

#[test]
fn what_names_no_post_counts_from_ours_on() {
    let unnamed = |n, text| said(n, text, json!({ "replyToId": null }));
    let mut table = Table::new(30_000);
    table.at(10).lay(unnamed(9, "before"));
    table.at(20).turn.posted(OWN);
    table.at(30).lay(unnamed(11, "after"));
    assert_eq!(table.ends(), (2_030, TurnEnd::Answered));
    assert_eq!(table.texts(), ["after"]);
}

#[test]
fn a_greeting_is_never_the_answer() {
    let unnamed =
        |n, text| said(n, text, json!({ "replyToId": null, "inputHint": "acceptingInput" }));
    let mut table = Table::with(30_000, |rules| rules.is_greeting_due = true);
    table.at(0).turn.posted(OWN);
    table.at(100).lay(unnamed(11, "Hello, I am late"));
    table.at(4_000).lay(said(12, "the answer", json!({ "inputHint": "acceptingInput" })));
    assert_eq!(table.ends(), (5_500, TurnEnd::Answered));
    assert_eq!(table.texts(), ["the answer"]);
    // One that answers the event is told by its post at once.
    let mut table = Table::with(30_000, |rules| rules.is_greeting_due = true);
    table.turn.known(&Activity::parse(r#"{"type":"event","id":"c|0000001"}"#).unwrap());
    table.turn.posted(OWN);
    table.at(100).lay(said(11, "Hello", json!({ "replyToId": "c|0000001" })));
    assert!(!table.turn.has_messages());
    // An agent that names no posts at all still answers.
    let mut table = Table::with(30_000, |rules| rules.is_greeting_due = true);
    table.turn.posted(OWN);
    table.at(100).lay(unnamed(11, "answer"));
    assert_eq!(table.ends(), (5_100, TurnEnd::Answered));
    assert_eq!(table.texts(), ["answer"]);
}

/// Defect 7 of the program that this one replaces: what came too late was lost, and an empty answer
/// was a success.
#[test]
fn at_the_limit_what_came_is_there_and_more_is_pending() {
    let mut table = Table::new(2_000);
    table.turn.posted(OWN);
    table.at(1_900).lay(said(11, "so far", json!({ "inputHint": "acceptingInput" })));
    assert_eq!(table.ends(), (2_000, TurnEnd::Pending));
    assert_eq!(table.texts(), ["so far"]);
}

#[test]
fn chunks_are_progress_and_thoughts_are_nothing() {
    let chunk = |text: &str, rest: Value| {
        let mut activity = typing();
        activity["text"] = text.into();
        activity["id"] = "stream".into();
        activity["channelData"] = rest;
        activity
    };
    let streaming = || json!({ "streamType": "streaming", "chunkType": "delta" });
    let mut table = Table::new(30_000);
    table.turn.posted(OWN);
    let mut thought = chunk("", streaming());
    thought["entities"] = json!([{ "type": "thought", "text": "secret plan" }]);
    assert_eq!(table.at(10).lay(thought), Some(TurnProgress::Typing));
    for (text, shown) in [("Hel", "Hel"), ("lo", "Hello")] {
        let progress = table.at(20).lay(chunk(text, streaming()));
        assert_eq!(progress, Some(TurnProgress::Writing(shown.to_owned())));
    }
    // Cut: no final message, so nothing was said.
    assert_eq!(table.ends(), (30_000, TurnEnd::Pending));
    let end = json!({ "channelData": { "streamType": "final" } });
    assert_eq!(table.at(100).lay(said(11, "Hello", end)), Some(TurnProgress::Messages(1)));
    assert_eq!(table.ends(), (1_600, TurnEnd::Answered));
    assert_eq!(table.texts(), ["Hello"]);
    // A stream that ends without content is an answer without words.
    let mut table = Table::new(30_000);
    table.turn.posted(OWN);
    table.at(10).lay(chunk("", streaming()));
    table.at(20).lay(chunk("", json!({ "streamType": "final" })));
    assert_eq!(table.ends(), (1_520, TurnEnd::Answered));
    assert!(table.texts().is_empty());
}

#[test]
fn an_endless_agent_is_cut_off() {
    let mut table = Table::new(30_000);
    table.turn.posted(OWN);
    for n in 11..10_000 {
        table.at(n).lay(said(n, "more", json!({ "inputHint": "ignoringInput" })));
    }
    let (at, end) = table.ends();
    assert_eq!(end, TurnEnd::Pending);
    assert!(at < 30_000 && table.texts().len() == MESSAGES_MAX);
}

/// What a service may bring, in any order and as often as it likes.
fn anything() -> impl Strategy<Value = (u64, Value)> {
    let number = || 1_u64..25;
    let hint =
        prop_oneof![Just(json!("acceptingInput")), Just(json!("ignoringInput")), Just(json!(null))];
    let post = prop_oneof![Just(json!(OWN)), Just(json!("c|0000002")), Just(json!(null))];
    let message = (number(), hint, post).prop_map(|(n, hint, post)| {
        let n = if n == 10 { 26 } else { n };
        said(n, &format!("m{n}"), json!({ "inputHint": hint, "replyToId": post }))
    });
    let activity = prop_oneof![
        6 => message,
        1 => Just(echo(OWN, "mark")),
        1 => Just(echo("c|0000002", "other")),
        1 => Just(typing()),
        1 => Just(json!({ "type": "event", "name": "DynamicPlanReceived", "id": "c|0000030" })),
    ];
    (0_u64..3_000, activity)
}

proptest! {
    #[test]
    fn order_is_kept_doubles_are_dropped_and_nothing_foreign_comes_in(
        steps in prop::collection::vec(anything(), 0..40),
        posted_at in 0_usize..40,
        is_greeting_due in any::<bool>(),
    ) {
        let mut table = Table::with(60_000, |rules| rules.is_greeting_due = is_greeting_due);
        let (mut ms, mut laid) = (0, Vec::new());
        for (step, (pause, activity)) in steps.into_iter().enumerate() {
            if step == posted_at {
                table.turn.posted(OWN);
            }
            ms += pause;
            table.at(ms);
            if matches!(table.turn.next(table.now), Next::Over(_)) {
                break;
            }
            laid.push(activity.clone());
            table.lay(activity);
        }
        table.turn.posted(OWN);
        let (at, end) = table.ends();
        prop_assert!(at <= 60_000.max(ms));
        prop_assert!(end != TurnEnd::Ended);
        let texts = table.texts();
        let numbers: Vec<u64> = texts.iter().map(|text| text[1..].parse().unwrap()).collect();
        prop_assert!(numbers.windows(2).all(|pair| pair[0] < pair[1]), "{numbers:?}");
        for text in &texts {
            let first = laid.iter().find(|activity| activity["text"] == text.as_str()).unwrap();
            prop_assert!(first["replyToId"] == OWN || first["replyToId"].is_null());
            prop_assert_eq!(&first["from"]["role"], "bot");
        }
        // All that names our post is there.
        for activity in &laid {
            let first = laid.iter().find(|other| other["id"] == activity["id"]).unwrap();
            if activity["type"] == "message" && first["replyToId"] == OWN {
                prop_assert!(texts.iter().any(|text| first["text"] == text.as_str()));
            }
        }
    }
}
