//! What holds for every backend.

use std::{cell::Cell, collections::BTreeSet};

use proptest::test_runner::{Config, TestRunner};
use tokio::task::JoinSet;

use super::{
    model::{acts, compare},
    place::{HOUR, NOW, Place, ring, run, runtime},
};
use crate::{Expected, RecordKey, StoreError};

const END: u64 = NOW + HOUR;

macro_rules! every_backend {
    ($($law:ident),* $(,)?) => {
        mod in_memory {
            $(#[test] fn $law() { super::$law(&super::Place::memory()); })*
        }
        mod in_files {
            $(#[test] fn $law() { super::$law(&super::Place::files()); })*
        }
        #[cfg(feature = "redis")]
        mod in_redis {
            $(#[test] fn $law() { super::$law(&super::Place::redis()); })*
        }
    };
}

every_backend!(
    a_backend_does_what_the_model_does,
    of_eight_who_expect_the_same_one_wins,
    no_increment_is_lost,
    a_record_does_not_stand_in_for_another,
    an_ended_record_is_absent,
    keys_are_replaced_without_a_loss,
    what_no_key_opens_is_not_absent,
    it_can_be_reached,
);

fn a_backend_does_what_the_model_does(place: &Place) {
    let (runtime, case) = (runtime(), Cell::new(0));
    let config = Config { cases: place.cases, failure_persistence: None, ..Config::default() };
    let result = TestRunner::new(config).run(&acts(), |acts| {
        case.set(case.get() + 1);
        runtime.block_on(compare(&*place.backends[0], case.get(), &acts, &|| ()))
    });
    result.unwrap_or_else(|error| panic!("{error}"));
}

/// Runs eight at once, through both doors, and tells what they got.
fn eight<T: Send + 'static, F: Future<Output = T> + Send + 'static>(
    place: &Place,
    act: impl Fn(std::sync::Arc<dyn crate::Backend>, u8) -> F,
) -> impl Future<Output = Vec<T>> {
    let mut tasks = Vec::new();
    for number in 0..8 {
        tasks.push(act(place.backends[usize::from(number % 2)].clone(), number));
    }
    async { tasks.into_iter().collect::<JoinSet<T>>().join_all().await }
}

fn wins(results: &[Result<bool, StoreError>]) -> usize {
    assert!(results.iter().all(Result::is_ok), "{results:?}");
    results.iter().filter(|result| **result == Ok(true)).count()
}

fn of_eight_who_expect_the_same_one_wins(place: &Place) {
    run(async {
        for round in 0..10 {
            let key = RecordKey::new("race", &[round]);
            let of = |expected: Expected, first: u8| {
                let key = key.clone();
                eight(place, move |backend, number| {
                    let (key, sealed) = (key.clone(), [first + number; 40]);
                    async move { backend.put(&key, expected, &sealed, END, NOW).await }
                })
            };
            assert_eq!(wins(&of(Expected::Absent, 0).await), 1);
            let found = place.backends[0].get(&key, NOW).await.unwrap().unwrap();
            let version = *found.first_chunk().unwrap();
            assert_eq!(wins(&of(Expected::Version(version), 8).await), 1);
            assert_eq!(wins(&of(Expected::Version(version), 16).await), 0);
            let found = place.backends[1].get(&key, NOW).await.unwrap().unwrap();
            let version = *found.first_chunk().unwrap();
            let removed = eight(place, move |backend, _| {
                let key = key.clone();
                async move { backend.remove(&key, Some(version), NOW).await }
            });
            assert_eq!(wins(&removed.await), 1);
        }
    });
}

fn no_increment_is_lost(place: &Place) {
    run(async {
        let counts = eight(place, |backend, _| async move {
            let mut counts = Vec::new();
            for _ in 0..5 {
                counts.push(backend.increment(&RecordKey::new("count", b"1"), END, NOW).await);
            }
            counts
        });
        let counts = counts.await.into_iter().flatten();
        let counts: BTreeSet<u64> = counts.map(Result::unwrap).collect();
        assert_eq!(counts, (1..=40).collect());
    });
}

fn a_record_does_not_stand_in_for_another(place: &Place) {
    run(async {
        let store = place.store(&ring(&[1]));
        let (anna, ben) = (RecordKey::new("session", b"anna"), RecordKey::new("session", b"ben"));
        store.put(&anna, Expected::Absent, b"text", END, NOW).await.unwrap().unwrap();
        let stolen = place.backends[0].get(&anna, NOW).await.unwrap().unwrap();
        assert_eq!(
            place.backends[0].put(&ben, Expected::Absent, &stolen, END, NOW).await,
            Ok(true)
        );
        assert_eq!(store.get(&ben, NOW).await.err(), Some(StoreError::Unreadable));
        assert_eq!(store.get(&anna, NOW).await.unwrap().unwrap().plain.as_slice(), b"text");
    });
}

fn an_ended_record_is_absent(place: &Place) {
    run(async {
        let store = place.store(&ring(&[1]));
        let key = RecordKey::new("session", b"anna");
        let version = store.put(&key, Expected::Absent, b"1", END, NOW).await.unwrap().unwrap();
        assert!(store.get(&key, END - 1).await.unwrap().is_some());
        assert!(store.get(&key, END).await.unwrap().is_none());
        assert_eq!(store.remove(&key, Some(version), END).await, Ok(false));
        let expected = Expected::Version(version);
        assert_eq!(store.put(&key, expected, b"2", END + HOUR, END).await, Ok(None));
        assert!(store.put(&key, Expected::Absent, b"3", END + HOUR, END).await.unwrap().is_some());
        assert_eq!(store.get(&key, END).await.unwrap().unwrap().plain.as_slice(), b"3");
        // Ends beyond all bounds are ends.
        let key = RecordKey::new("session", b"ben");
        assert!(store.put(&key, Expected::Absent, b"4", u64::MAX, NOW).await.unwrap().is_some());
        assert!(store.get(&key, u64::MAX - 1).await.unwrap().is_some());
    });
}

fn keys_are_replaced_without_a_loss(place: &Place) {
    run(async {
        let [old, both, new] = [&[1][..], &[2, 1], &[2]].map(|keys| place.store(&ring(keys)));
        let key = RecordKey::new("session", b"anna");
        old.put(&key, Expected::Absent, b"text", END, NOW).await.unwrap().unwrap();
        let found = both.get(&key, NOW).await.unwrap().unwrap();
        assert!(!found.is_current_key);
        let expected = Expected::Version(found.version);
        both.put(&key, expected, &found.plain, END, NOW).await.unwrap().unwrap();
        let found = new.get(&key, NOW).await.unwrap().unwrap();
        assert_eq!((found.plain.as_slice(), found.is_current_key), (&b"text"[..], true));
    });
}

fn what_no_key_opens_is_not_absent(place: &Place) {
    run(async {
        let (store, other) = (place.store(&ring(&[1])), place.store(&ring(&[2])));
        let key = RecordKey::new("session", b"anna");
        store.put(&key, Expected::Absent, b"text", END, NOW).await.unwrap().unwrap();
        assert_eq!(other.get(&key, NOW).await.err(), Some(StoreError::Unreadable));
        assert_eq!(other.put(&key, Expected::Absent, b"mine", END, NOW).await, Ok(None));
        assert_eq!(other.sweep(NOW).await, Ok(()));
        assert_eq!(store.get(&key, NOW).await.unwrap().unwrap().plain.as_slice(), b"text");
    });
}

fn it_can_be_reached(place: &Place) {
    run(async { assert!(place.store(&ring(&[1])).is_reachable().await) });
}
