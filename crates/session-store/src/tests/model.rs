//! A backend as simple as can be, against which the real ones are held.

use std::collections::HashMap;

use proptest::prelude::*;

use super::place::{HOUR, NOW};
use crate::{Backend, Expected, RecordKey, StoreError, Version};

/// One thing that a caller does.
#[derive(Clone, Debug)]
pub(super) enum Act {
    Get(u8),
    Put { key: u8, expected: Which, bytes: usize, hours: u64 },
    Remove { key: u8, only: Option<Which> },
    Increment { key: u8, hours: u64 },
    Pass { hours: u64 },
    Sweep,
}

/// Which version a writer expects.
#[derive(Clone, Copy, Debug)]
pub(super) enum Which {
    Absent,
    Current,
    Former,
}

/// What came of it.
#[derive(Debug, PartialEq, Eq)]
enum Outcome {
    Bytes(Option<Vec<u8>>),
    Done(bool),
    Count(u64),
    Nothing,
}

pub(super) fn acts() -> impl Strategy<Value = Vec<Act>> {
    let which = prop_oneof![Just(Which::Absent), Just(Which::Current), Just(Which::Former)];
    let version = prop_oneof![Just(Which::Current), Just(Which::Former)];
    let act = prop_oneof![
        4 => (0_u8..3).prop_map(Act::Get),
        6 => (0_u8..3, which, 0_usize..90, 0_u64..6)
            .prop_map(|(key, expected, bytes, hours)| Act::Put { key, expected, bytes, hours }),
        3 => (0_u8..3, prop::option::of(version))
            .prop_map(|(key, only)| Act::Remove { key, only }),
        3 => (0_u8..4, 0_u64..6).prop_map(|(key, hours)| Act::Increment { key, hours }),
        2 => (0_u64..3).prop_map(|hours| Act::Pass { hours }),
        1 => Just(Act::Sweep),
    ];
    prop::collection::vec(act, 1..30)
}

#[derive(Clone)]
enum Kept {
    Record(Vec<u8>),
    Count(u64),
}

#[derive(Default)]
struct Model {
    kept: HashMap<u8, (Kept, u64)>,
    former: HashMap<u8, Version>,
    hours: u64,
    written: u32,
}

impl Model {
    fn live(&self, key: u8) -> Option<Kept> {
        let (kept, ends) = self.kept.get(&key)?;
        (*ends > self.hours).then(|| kept.clone())
    }

    fn version(&self, key: u8, which: Which) -> Option<Version> {
        let former = self.former.get(&key).copied().unwrap_or([0xff; 12]);
        match (which, self.live(key)) {
            (Which::Absent, _) => None,
            (Which::Current, Some(Kept::Record(bytes))) => bytes.first_chunk().copied(),
            _ => Some(former),
        }
    }

    fn is(&self, key: u8, version: Version) -> bool {
        matches!(self.live(key), Some(Kept::Record(bytes)) if bytes.starts_with(&version))
    }

    fn end(&mut self, key: u8) {
        if let Some((Kept::Record(bytes), _)) = self.kept.remove(&key) {
            self.former.insert(key, *bytes.first_chunk().unwrap());
        }
    }

    fn put(&mut self, key: u8, version: Option<Version>, sealed: &[u8], ends: u64) -> bool {
        let is_expected = match version {
            None => self.live(key).is_none(),
            Some(version) => self.is(key, version),
        };
        if is_expected {
            self.end(key);
            self.kept.insert(key, (Kept::Record(sealed.to_vec()), ends));
        }
        is_expected
    }

    fn remove(&mut self, key: u8, version: Option<Version>) -> bool {
        let is_removed = match version {
            None => self.live(key).is_some(),
            Some(version) => self.is(key, version),
        };
        if is_removed {
            self.end(key);
        }
        is_removed
    }

    fn increment(&mut self, key: u8, ends: u64) -> Result<u64, StoreError> {
        let (count, ends) = match (self.live(key), self.kept.get(&key)) {
            (Some(Kept::Record(_)), _) => return Err(StoreError::Unreadable),
            (Some(Kept::Count(count)), Some((_, ends))) => (count + 1, *ends),
            _ => (1, ends),
        };
        self.end(key);
        self.kept.insert(key, (Kept::Count(count), ends));
        Ok(count)
    }
}

/// Does all of it with the backend and the model, and fails where they differ. `case` keeps the
/// keys of one run from those of another; `after` looks at the backend after each act.
pub(super) async fn compare(
    backend: &dyn Backend,
    case: u32,
    acts: &[Act],
    after: &dyn Fn(),
) -> Result<(), TestCaseError> {
    let mut model = Model::default();
    for act in acts {
        let name = |key: &u8| RecordKey::new("law", &[&case.to_be_bytes()[..], &[*key]].concat());
        let now = NOW + model.hours * HOUR;
        let later = |hours: &u64| (model.hours + hours, now + hours * HOUR);
        let (own, theirs) = match act {
            Act::Get(key) => {
                let own = match model.live(*key) {
                    Some(Kept::Count(_)) => Err(StoreError::Unreadable),
                    Some(Kept::Record(bytes)) => Ok(Outcome::Bytes(Some(bytes))),
                    None => Ok(Outcome::Bytes(None)),
                };
                (own, backend.get(&name(key), now).await.map(Outcome::Bytes))
            }
            Act::Put { key, expected, bytes, hours } => {
                let version = model.version(*key, *expected);
                let (ends, ends_ms) = later(hours);
                model.written += 1;
                let mut sealed = [[0; 8], [1; 8]].concat();
                sealed[8..12].copy_from_slice(&model.written.to_be_bytes());
                sealed.resize(12 + bytes, 0);
                let own = model.put(*key, version, &sealed, ends);
                let expected = version.map_or(Expected::Absent, Expected::Version);
                let theirs = backend.put(&name(key), expected, &sealed, ends_ms, now).await;
                (Ok(Outcome::Done(own)), theirs.map(Outcome::Done))
            }
            Act::Remove { key, only } => {
                let version = only.and_then(|which| model.version(*key, which));
                let own = model.remove(*key, version);
                let theirs = backend.remove(&name(key), version, now).await;
                (Ok(Outcome::Done(own)), theirs.map(Outcome::Done))
            }
            Act::Increment { key, hours } => {
                let (ends, ends_ms) = later(hours);
                let own = model.increment(*key, ends);
                let theirs = backend.increment(&name(key), ends_ms, now).await;
                (own.map(Outcome::Count), theirs.map(Outcome::Count))
            }
            Act::Pass { hours } => {
                model.hours += hours;
                continue;
            }
            Act::Sweep => {
                (Ok(Outcome::Nothing), backend.sweep(now).await.map(|()| Outcome::Nothing))
            }
        };
        prop_assert_eq!(own, theirs, "{:?}", act);
        after();
    }
    Ok(())
}
