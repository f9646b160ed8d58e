//! Whether a process with other keys is kept from starting.

use std::sync::Arc;

use async_trait::async_trait;
use tokio::task::JoinSet;

use super::place::{NOW, Place, ring, run};
use crate::{Backend, Expected, KeyCheckError, RecordKey, Store, StoreError, Version};

const YEAR: u64 = 365 * 24 * 3_600_000;

/// What keeps keys from one start to the next.
fn places() -> Vec<Place> {
    vec![
        Place::files(),
        #[cfg(feature = "redis")]
        Place::redis(),
    ]
}

#[test]
fn other_keys_are_refused_and_replaced_ones_pass() {
    for place in places() {
        run(async {
            let check = |keys: &[u8], at| {
                let store = place.store(&ring(keys));
                async move { store.check_keys(at).await }
            };
            assert_eq!(check(&[1], NOW).await, Ok(()));
            assert_eq!(check(&[1], NOW + YEAR).await, Ok(()));
            assert_eq!(check(&[2], NOW).await, Err(KeyCheckError::WrongKeys));
            assert_eq!(check(&[2, 1], NOW).await, Ok(()));
            // The first key has sealed it anew: the old one alone no longer does.
            assert_eq!(check(&[1], NOW).await, Err(KeyCheckError::WrongKeys));
            assert_eq!(check(&[2], NOW).await, Ok(()));
        });
    }
}

#[test]
fn of_replicas_that_start_at_once_those_with_one_key_go_on() {
    for place in places() {
        run(async {
            let checks = (0..8).map(|number| {
                let store = place.store(&ring(&[number % 2]));
                async move { (number % 2, store.check_keys(NOW).await) }
            });
            let mut results = checks.collect::<JoinSet<_>>().join_all().await;
            results.sort_by_key(|(key, _)| *key);
            let results: Vec<_> = results.into_iter().map(|(_, result)| result).collect();
            let (ok, wrong) = ([Ok(()); 4], [Err(KeyCheckError::WrongKeys); 4]);
            assert!(
                results == [ok, wrong].concat() || results == [wrong, ok].concat(),
                "{results:?}"
            );
        });
    }
}

#[test]
fn a_store_that_does_not_answer_is_asked_again_later() {
    let store = Store::new(Arc::new(Down), ring(&[1]));
    assert_eq!(run(store.check_keys(NOW)), Err(KeyCheckError::Unavailable));
    let told = KeyCheckError::WrongKeys.to_string();
    assert!(told.contains("SESSION_ENCRYPTION_KEY") && !told.contains("  "), "{told}");
}

/// Never answers.
struct Down;

#[async_trait]
impl Backend for Down {
    async fn get(&self, _: &RecordKey, _: u64) -> Result<Option<Vec<u8>>, StoreError> {
        Err(StoreError::Unavailable)
    }

    async fn put(
        &self,
        _: &RecordKey,
        _: Expected,
        _: &[u8],
        _: u64,
        _: u64,
    ) -> Result<bool, StoreError> {
        Err(StoreError::Unavailable)
    }

    async fn remove(&self, _: &RecordKey, _: Option<Version>, _: u64) -> Result<bool, StoreError> {
        Err(StoreError::Unavailable)
    }

    async fn increment(&self, _: &RecordKey, _: u64, _: u64) -> Result<u64, StoreError> {
        Err(StoreError::Unavailable)
    }

    async fn sweep(&self, _: u64) -> Result<(), StoreError> {
        Err(StoreError::Unavailable)
    }

    fn is_shared(&self) -> bool {
        true
    }
}

/// Down until it is told otherwise, and shared with who tells it.
struct LateBackend(Arc<dyn Backend>, Arc<std::sync::atomic::AtomicBool>);

impl LateBackend {
    fn up(&self) -> Result<&Arc<dyn Backend>, StoreError> {
        let is_up = self.1.load(std::sync::atomic::Ordering::Relaxed);
        is_up.then_some(&self.0).ok_or(StoreError::Unavailable)
    }
}

#[async_trait]
impl Backend for LateBackend {
    async fn get(&self, key: &RecordKey, now_ms: u64) -> Result<Option<Vec<u8>>, StoreError> {
        self.up()?.get(key, now_ms).await
    }

    async fn put(
        &self,
        key: &RecordKey,
        expected: Expected,
        sealed: &[u8],
        expires_at_ms: u64,
        now_ms: u64,
    ) -> Result<bool, StoreError> {
        self.up()?.put(key, expected, sealed, expires_at_ms, now_ms).await
    }

    async fn remove(
        &self,
        key: &RecordKey,
        version: Option<Version>,
        now_ms: u64,
    ) -> Result<bool, StoreError> {
        self.up()?.remove(key, version, now_ms).await
    }

    async fn increment(
        &self,
        key: &RecordKey,
        expires_at_ms: u64,
        now_ms: u64,
    ) -> Result<u64, StoreError> {
        self.up()?.increment(key, expires_at_ms, now_ms).await
    }

    async fn sweep(&self, now_ms: u64) -> Result<(), StoreError> {
        self.up()?.sweep(now_ms).await
    }

    fn is_shared(&self) -> bool {
        false
    }
}

/// A process that started while its store was down learns later that its keys are wrong. Until
/// then, and from then on, it neither fills the store nor calls a record lost.
#[test]
fn a_guarded_store_does_nothing_under_keys_that_were_not_found_right() {
    run(async {
        let kept: Arc<dyn Backend> = Arc::new(crate::Memory::new(1 << 20));
        let right = Store::new(kept.clone(), ring(&[1]));
        right.check_keys(NOW).await.unwrap();
        let key = RecordKey::new("session", &[7; 16]);
        right.put(&key, Expected::Absent, b"kept", NOW + YEAR, NOW).await.unwrap();
        let is_up = Arc::new(std::sync::atomic::AtomicBool::new(false));
        let late = |keys: &[u8]| {
            let backend = LateBackend(kept.clone(), is_up.clone());
            Store::new(Arc::new(backend), ring(keys)).guarded()
        };
        let (wrong, good) = (late(&[2]), late(&[1]));
        for store in [&wrong, &good] {
            assert_eq!(store.check_keys(NOW).await, Err(KeyCheckError::Unavailable));
            assert_eq!(store.get(&key, NOW).await.err(), Some(StoreError::Unavailable));
        }
        is_up.store(true, std::sync::atomic::Ordering::Relaxed);
        let other = RecordKey::new("session", &[8; 16]);
        assert_eq!(wrong.get(&key, NOW).await.err(), Some(StoreError::Unavailable));
        let put = wrong.put(&other, Expected::Absent, b"new", NOW + YEAR, NOW).await;
        assert_eq!(put, Err(StoreError::Unavailable));
        assert_eq!(wrong.remove(&key, None, NOW).await, Err(StoreError::Unavailable));
        assert_eq!(wrong.check_keys(NOW).await, Err(KeyCheckError::WrongKeys));
        assert_eq!(*good.get(&key, NOW).await.unwrap().unwrap().plain, b"kept");
        assert!(good.get(&other, NOW).await.unwrap().is_none());
    });
}

#[test]
fn each_failure_is_told_once() {
    run(async {
        let told = Arc::new(std::sync::Mutex::new(Vec::new()));
        let hears = told.clone();
        let down = LateBackend(Arc::new(crate::Memory::new(1 << 20)), Arc::default());
        let store = Store::new(Arc::new(down), ring(&[1]))
            .guarded()
            .watched(move |error| hears.lock().unwrap().push(error));
        let key = RecordKey::new("session", &[7; 16]);
        assert!(store.get(&key, NOW).await.is_err());
        assert!(store.remove(&key, None, NOW).await.is_err());
        assert_eq!(*told.lock().unwrap(), [StoreError::Unavailable; 2]);
    });
}
