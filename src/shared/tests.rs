//! Two replicas over one store, told the time.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use auth::{KeyedHasher, PrincipalKey};
use bytes::Bytes;
use keyring::KeyRing;
use limit::{Refusal, SharedRate};
use session_store::{Backend, Expected, Memory, RecordKey, Store, StoreError, Version};
use tool_kit::{AnswerName, Claim, Settled, SharedAnswers, SharedClaims};

use super::{StoreAnswers, StoreClaims, StoreRate};

#[derive(Clone, Default)]
struct Time(Arc<AtomicU64>);

impl Time {
    fn pass(&self, ms: u64) {
        self.0.fetch_add(ms, Ordering::SeqCst);
    }

    fn clock(&self) -> impl Fn() -> u64 + Send + Sync + 'static {
        let time = Arc::clone(&self.0);
        move || 1_795_176_000_000 + time.load(Ordering::SeqCst)
    }
}

fn store() -> Store {
    Store::new(Arc::new(Memory::new(1 << 20)), KeyRing::random().unwrap())
}

fn user(name: &str) -> PrincipalKey {
    KeyedHasher::of_key([1; 32]).principal_key(b"test:", name.as_bytes())
}

#[tokio::test]
async fn replicas_admit_one_limit_together() {
    let (store, time) = (store(), Time::default());
    let replicas = [0, 1].map(|_| StoreRate::new(store.clone(), 5, time.clock()));
    for call in 0..20_u64 {
        let outcome = replicas[usize::try_from(call % 2).unwrap()].admit(&user("anna")).await;
        assert_eq!(outcome.is_ok(), call < 5, "call {call}: {outcome:?}");
        time.pass(100);
    }
    assert!(replicas[0].admit(&user("ben")).await.is_ok(), "another user has another count");
    let Err(Refusal::Rate { retry_after }) = replicas[0].admit(&user("anna")).await else {
        panic!("admitted")
    };
    assert_eq!(retry_after, Duration::from_secs(58), "the minute began with the first call");
    time.pass(57_999);
    assert!(replicas[1].admit(&user("anna")).await.is_err());
    time.pass(1);
    for call in 0..10 {
        let outcome = replicas[call % 2].admit(&user("anna")).await;
        assert_eq!(outcome.is_ok(), call < 5, "call {call} of the next minute");
    }
}

fn claims(store: &Store, time: &Time) -> [StoreClaims; 2] {
    [0, 1].map(|_| StoreClaims::new(store.clone(), Duration::from_secs(40), time.clock()))
}

#[tokio::test]
async fn one_replica_gets_a_claim_and_the_other_its_result() {
    let (store, time) = (store(), Time::default());
    let [one, other] = claims(&store, &time);
    let Claim::Mine(claimed) = one.claim(&[1; 32]).await else { panic!("not claimed") };
    assert!(matches!(other.claim(&[1; 32]).await, Claim::Running));
    assert!(matches!(other.claim(&[2; 32]).await, Claim::Mine(_)), "another id is free");
    claimed.settle(Settled::Made("A-1".to_owned())).await;
    for replica in [&one, &other] {
        assert!(matches!(replica.claim(&[1; 32]).await, Claim::Made(key) if key == "A-1"));
    }
    time.pass(10 * 60 * 1000);
    assert!(matches!(other.claim(&[1; 32]).await, Claim::Mine(_)), "it is forgotten");
}

#[tokio::test]
async fn a_claim_without_an_end_is_cut_and_a_failed_one_is_free() {
    let (store, time) = (store(), Time::default());
    let [one, other] = claims(&store, &time);
    // The replica dies.
    drop(one.claim(&[1; 32]).await);
    time.pass(44_999);
    assert!(matches!(other.claim(&[1; 32]).await, Claim::Running));
    time.pass(1);
    let Claim::Cut(claimed) = other.claim(&[1; 32]).await else { panic!("not cut") };
    claimed.settle(Settled::Made("A-1".to_owned())).await;
    assert!(matches!(one.claim(&[1; 32]).await, Claim::Made(_)), "it was found after all");
    for (settled, is_free) in [(Settled::NotDone, true), (Settled::Unknown, false)] {
        let id = [if is_free { 2 } else { 3 }; 32];
        let Claim::Mine(claimed) = one.claim(&id).await else { panic!("not claimed") };
        claimed.settle(settled).await;
        let again = other.claim(&id).await;
        assert!(matches!(again, Claim::Mine(_)) == is_free, "{again:?}");
        assert!(matches!(again, Claim::Cut(_)) != is_free, "{again:?}");
    }
}

#[tokio::test]
async fn what_cannot_be_read_is_not_taken_for_absent() {
    let (backend, time) = (Arc::new(Memory::new(1 << 20)), Time::default());
    let [one, other] = [0, 1].map(|_| Store::new(backend.clone(), KeyRing::random().unwrap()));
    let ([one, _], [other, _]) = (claims(&one, &time), claims(&other, &time));
    assert!(matches!(one.claim(&[1; 32]).await, Claim::Mine(_)));
    assert!(matches!(other.claim(&[1; 32]).await, Claim::Cut(_)));
}

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

/// A store that takes nothing away while it is ill.
struct Ailing {
    memory: Memory,
    is_ill: AtomicBool,
}

#[async_trait]
impl Backend for Ailing {
    async fn get(&self, key: &RecordKey, now_ms: u64) -> Result<Option<Vec<u8>>, StoreError> {
        self.memory.get(key, now_ms).await
    }

    async fn put(
        &self,
        key: &RecordKey,
        expected: Expected,
        sealed: &[u8],
        expires_at_ms: u64,
        now_ms: u64,
    ) -> Result<bool, StoreError> {
        self.memory.put(key, expected, sealed, expires_at_ms, now_ms).await
    }

    async fn remove(
        &self,
        key: &RecordKey,
        version: Option<Version>,
        now_ms: u64,
    ) -> Result<bool, StoreError> {
        if self.is_ill.load(Ordering::SeqCst) {
            return Err(StoreError::Unreadable);
        }
        self.memory.remove(key, version, now_ms).await
    }

    async fn increment(
        &self,
        key: &RecordKey,
        ends_ms: u64,
        now_ms: u64,
    ) -> Result<u64, StoreError> {
        self.memory.increment(key, ends_ms, now_ms).await
    }

    async fn sweep(&self, now_ms: u64) -> Result<(), StoreError> {
        self.memory.sweep(now_ms).await
    }

    fn is_shared(&self) -> bool {
        true
    }
}

fn ailing(time: &Time) -> (Arc<Ailing>, Store, [StoreAnswers; 2]) {
    let memory = Memory::new(1 << 20);
    let backend = Arc::new(Ailing { memory, is_ill: AtomicBool::new(true) });
    let store = Store::new(backend.clone(), KeyRing::random().unwrap());
    let replicas = answers(&store, time);
    (backend, store, replicas)
}

async fn is_kept(store: &Store, name: &str) -> bool {
    store.get(&RecordKey::new("answers", &user(name).to_bytes()), 0).await.unwrap().is_some()
}

#[tokio::test]
async fn what_could_not_be_forgotten_is_not_believed_and_tried_again() {
    let time = Time::default();
    let (backend, store, [one, other]) = ailing(&time);
    for name in ["anna", "ben"] {
        tell(&one, named(name), "before").await;
    }
    one.forget(user("anna")).await;
    assert!(is_kept(&store, "anna").await);
    assert_eq!(told(&one, named("anna")).await, None);
    assert!(told(&one, named("ben")).await.is_some(), "another user's is believed");
    // The store is well again: what failed is done without a call of the user's.
    backend.is_ill.store(false, Ordering::SeqCst);
    while is_kept(&store, "anna").await {
        tokio::task::yield_now().await;
    }
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
    while is_kept(&store, "anna").await {
        tokio::task::yield_now().await;
    }
    assert_eq!(told(&other, named("anna")).await, None);
}
