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
use keyring::KeyRing;
use limit::{Refusal, SharedRate};
use session_store::{Backend, Expected, Memory, RecordKey, Store, StoreError, Version};
use tokio::sync::{Notify, Semaphore};
use tool_kit::{Claim, Settled, SharedClaims};

use super::{StoreClaims, StoreRate};

mod answers;

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

/// A store that takes nothing away while it is ill, and counts only when it is let.
struct Ailing {
    memory: Memory,
    is_ill: AtomicBool,
    counting: Semaphore,
    counted: Notify,
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
        let _permit = self.counting.acquire().await.unwrap();
        self.counted.notify_one();
        self.memory.increment(key, ends_ms, now_ms).await
    }

    async fn sweep(&self, now_ms: u64) -> Result<(), StoreError> {
        self.memory.sweep(now_ms).await
    }

    fn is_shared(&self) -> bool {
        true
    }
}

fn ailing() -> (Arc<Ailing>, Store) {
    let backend = Arc::new(Ailing {
        memory: Memory::new(1 << 20),
        is_ill: AtomicBool::new(true),
        counting: Semaphore::new(0),
        counted: Notify::new(),
    });
    (backend.clone(), Store::new(backend, KeyRing::random().unwrap()))
}

/// A connection that has gone silent is noticed by who asks to the end, and by nobody else.
#[tokio::test]
async fn a_question_that_is_not_waited_for_runs_to_its_end() {
    let time = Time::default();
    let (backend, store) = ailing();
    let rate = StoreRate::new(store, 5, time.clock());
    assert!(rate.admit(&user("anna")).await.is_ok(), "the store does not answer");
    backend.counting.add_permits(1);
    let counted = backend.counted.notified();
    tokio::time::timeout(Duration::from_secs(20), counted).await.expect("it was never counted");
}
