//! What the memory of one process promises: its bound.

use std::cell::Cell;

use proptest::test_runner::{Config, TestRunner};

use super::{
    model::{acts, compare},
    place::{HOUR, NOW, run, runtime},
};
use crate::{Backend, Expected, Memory, RecordKey, StoreError};

const END: u64 = NOW + HOUR;

fn key(number: u8) -> RecordKey {
    RecordKey::new("session", &[number])
}

#[test]
fn its_bytes_are_those_of_what_is_kept() {
    let (runtime, case) = (runtime(), Cell::new(0));
    let config = Config { failure_persistence: None, ..Config::default() };
    let result = TestRunner::new(config).run(&acts(), |acts| {
        let memory = Memory::new(1 << 20);
        case.set(case.get() + 1);
        let check = || assert_eq!(memory.bytes(), memory.counted_bytes());
        runtime.block_on(compare(&memory, case.get(), &acts, &check))
    });
    result.unwrap_or_else(|error| panic!("{error}"));
}

#[test]
fn when_it_is_full_what_is_there_goes_on() {
    run(async {
        let memory = Memory::new(1000);
        let put = |number, expected, byte: u8, end, now| {
            let (key, memory) = (key(number), &memory);
            async move { memory.put(&key, expected, &[byte; 100], end, now).await }
        };
        for number in 0..3 {
            assert_eq!(put(number, Expected::Absent, 1, END, NOW).await, Ok(true));
        }
        assert_eq!(put(3, Expected::Absent, 1, END, NOW).await, Err(StoreError::Unavailable));
        assert_eq!(memory.increment(&key(3), END, NOW).await, Err(StoreError::Unavailable));
        assert_eq!(put(0, Expected::Version([1; 12]), 2, END + HOUR, NOW).await, Ok(true));
        assert_eq!(memory.get(&key(0), NOW).await, Ok(Some(vec![2; 100])));
        // Two have ended: their room is found when it is needed, or swept.
        assert_eq!(put(3, Expected::Absent, 1, END + HOUR, END).await, Ok(true));
        assert_eq!(memory.bytes(), 600);
        memory.sweep(END + HOUR).await.unwrap();
        assert_eq!(memory.bytes(), 0);
    });
}
