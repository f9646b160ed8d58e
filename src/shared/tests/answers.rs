//! What replicas remember together.

use std::{
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use bytes::Bytes;
use keyring::KeyRing;
use session_store::{Memory, RecordKey, Store};
use tool_kit::{AnswerName, SharedAnswers};

use super::{Time, ailing, store, user};
use crate::shared::StoreAnswers;

const LIFE: Duration = Duration::from_mins(5);

fn answers(store: &Store, time: &Time) -> [StoreAnswers; 2] {
    [0, 1].map(|_| {
        StoreAnswers::new(store.clone(), LIFE, time.clock())
            .retrying_after(Duration::from_millis(1))
    })
}

fn named(user_name: &str) -> AnswerName<'static> {
    AnswerName { owner: user(user_name), url: "https://api.atlassian.com/ex/jira/one/field" }
}

/// As a replica does it that was answered `body` at once.
async fn tell(replica: &StoreAnswers, name: AnswerName<'_>, body: &'static str) {
    let place = replica.find(name).await.place.expect("a place");
    replica.keep(name, place, Duration::ZERO, &Bytes::from_static(body.as_bytes())).await;
}

async fn told(replica: &StoreAnswers, name: AnswerName<'_>) -> Option<(Duration, Bytes)> {
    replica.find(name).await.answer
}

#[tokio::test]
async fn an_answer_is_found_by_every_replica_for_its_owner_and_its_time() {
    let (store, time) = (store(), Time::default());
    let [one, other] = answers(&store, &time);
    tell(&one, named("anna"), "what Anna sees").await;
    time.pass(60_000);
    let (age, body) = told(&other, named("anna")).await.unwrap();
    assert_eq!((age, &body[..]), (Duration::from_mins(1), &b"what Anna sees"[..]));
    assert_eq!(told(&other, named("ben")).await, None);
    let elsewhere =
        AnswerName { url: "https://api.atlassian.com/ex/jira/two/field", ..named("anna") };
    assert_eq!(told(&other, elsewhere).await, None);
    // A newer one takes its place, and is as old as its question.
    let place = other.find(named("anna")).await.place.unwrap();
    other.keep(named("anna"), place, Duration::from_secs(9), &Bytes::from_static(b"newer")).await;
    let (age, body) = told(&one, named("anna")).await.unwrap();
    assert_eq!((age, &body[..]), (Duration::from_secs(9), &b"newer"[..]));
    time.pass(290_999);
    assert!(told(&one, named("anna")).await.is_some());
    time.pass(1);
    assert_eq!(told(&one, named("anna")).await, None, "its five minutes are over");
}

#[tokio::test]
async fn what_is_forgotten_is_found_by_nobody_nor_what_was_on_its_way() {
    let (store, time) = (store(), Time::default());
    let [one, other] = answers(&store, &time);
    for name in ["anna", "ben"] {
        tell(&one, named(name), "before").await;
    }
    // The other replica is asking Jira while this one learns that it is no longer so.
    let late = other.find(AnswerName { url: "another", ..named("anna") }).await.place.unwrap();
    // Nothing of Carla is kept yet.
    let first = other.find(named("carla")).await.place.unwrap();
    for name in ["anna", "carla"] {
        one.forget(user(name)).await;
    }
    other.keep(named("carla"), first, Duration::ZERO, &Bytes::from_static(b"before, too")).await;
    let late_name = AnswerName { url: "another", ..named("anna") };
    other.keep(late_name, late, Duration::ZERO, &Bytes::from_static(b"before, too")).await;
    for replica in [&one, &other] {
        assert_eq!(told(replica, named("anna")).await, None);
        assert_eq!(told(replica, late_name).await, None);
        assert_eq!(told(replica, named("carla")).await, None);
        assert!(told(replica, named("ben")).await.is_some(), "another user's stays");
    }
    tell(&other, named("anna"), "after").await;
    assert_eq!(told(&one, named("anna")).await.unwrap().1, "after");
    assert_eq!(told(&one, late_name).await, None);
}

#[tokio::test]
async fn what_one_process_writes_has_an_end_and_what_one_user_does_an_earlier_one() {
    let (time, backend) = (Time::default(), Arc::new(Memory::new(1 << 30)));
    let store = Store::new(backend, KeyRing::random().unwrap());
    let [one, _] = answers(&store, &time);
    let keep = async |user: &str, url: usize, bytes: usize| {
        // Random bytes: nothing makes them shorter.
        let mut body = vec![0; bytes];
        getrandom::fill(&mut body).unwrap();
        let url = url.to_string();
        let name = AnswerName { url: &url, ..named(user) };
        let Some(place) = one.find(name).await.place else { return false };
        one.keep(name, place, Duration::ZERO, &body.into()).await;
        told(&one, name).await.is_some()
    };
    assert!(!keep("anna", 0, 65 * 1024).await);
    let (mut all, mut refused) = (0, 0);
    for user in 0..100 {
        let mut kept = 0;
        while keep(&user.to_string(), kept, 63 * 1024).await {
            kept += 1;
        }
        assert!(kept <= 32, "user {user}: {kept}");
        all += kept;
        refused += usize::from(kept == 0);
    }
    assert!((500..=520).contains(&all), "{all}");
    assert!(refused > 50, "{refused} users after it was full");
    time.pass(300_000);
    assert!(keep("anna", 1, 63 * 1024).await);
}

#[tokio::test]
async fn an_answer_of_a_clock_far_ahead_is_not_believed() {
    let (store, time, ahead) = (store(), Time::default(), Time::default());
    let ([one, _], [other, _]) = (answers(&store, &ahead), answers(&store, &time));
    for (ms, is_believed) in [(4_000, true), (6_000, false)] {
        ahead.0.store(ms, Ordering::SeqCst);
        tell(&one, named("anna"), "what Anna sees").await;
        assert_eq!(told(&other, named("anna")).await.is_some(), is_believed, "{ms} ms");
    }
}

async fn is_kept(store: &Store, name: &str) -> bool {
    store.get(&RecordKey::new("answers", &user(name).to_bytes()), 0).await.unwrap().is_some()
}

/// Gives up after a while, so that a fault fails and does not hang.
async fn until_forgotten(store: &Store, name: &str) {
    let forgotten = async {
        while is_kept(store, name).await {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), forgotten).await.expect("it is kept for ever");
}

#[tokio::test]
async fn what_could_not_be_forgotten_is_not_believed_and_tried_again() {
    let time = Time::default();
    let (backend, store) = ailing();
    let [one, other] = answers(&store, &time);
    for name in ["anna", "ben"] {
        tell(&one, named(name), "before").await;
    }
    one.forget(user("anna")).await;
    assert!(is_kept(&store, "anna").await);
    assert_eq!(told(&one, named("anna")).await, None);
    assert!(told(&one, named("ben")).await.is_some(), "another user's is believed");
    // The store is well again: what failed is done without a call of the user's.
    backend.is_ill.store(false, Ordering::SeqCst);
    until_forgotten(&store, "anna").await;
    assert_eq!(told(&other, named("anna")).await, None);
    tell(&one, named("anna"), "after").await;
    assert_eq!(told(&one, named("anna")).await.unwrap().1, "after");
}

#[tokio::test]
async fn who_does_not_wait_for_a_forgetting_does_not_undo_it() {
    let (store, time) = (store(), Time::default());
    let [one, other] = answers(&store, &time);
    tell(&one, named("anna"), "before").await;
    drop(one.forget(user("anna")));
    assert_eq!(told(&one, named("anna")).await, None);
    until_forgotten(&store, "anna").await;
    assert_eq!(told(&other, named("anna")).await, None);
}
