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
