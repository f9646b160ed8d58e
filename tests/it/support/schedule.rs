//! A schedule of faults that a seed decides: which request meets which fault, the same in every
//! run.

use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering},
};

use http::Method;

use super::Fault;

/// Faults for a share of all requests, as long as it is switched on.
#[derive(Debug)]
pub(crate) struct Schedule {
    seed: u64,
    percent: u64,
    is_on: AtomicBool,
    is_down: AtomicBool,
    requests: AtomicU64,
    faults: AtomicU64,
    clock_ms: AtomicI64,
}

impl Schedule {
    pub(crate) fn new(seed: u64, percent: u64) -> Arc<Self> {
        Arc::new(Self {
            seed,
            percent,
            is_on: AtomicBool::new(false),
            is_down: AtomicBool::new(false),
            requests: AtomicU64::new(0),
            faults: AtomicU64::new(0),
            clock_ms: AtomicI64::new(0),
        })
    }

    pub(crate) fn switch(&self, on: bool) {
        self.is_on.store(on, Ordering::SeqCst);
    }

    /// From now on everything fails, or not everything any more.
    pub(crate) fn down(&self, is_down: bool) {
        self.is_down.store(is_down, Ordering::SeqCst);
    }

    /// How many requests met a fault.
    pub(crate) fn faults(&self) -> u64 {
        self.faults.load(Ordering::SeqCst)
    }

    /// By how much Jira's clock is off at this moment; it jumps back and forth.
    pub(crate) fn clock_ms(&self) -> i64 {
        self.clock_ms.load(Ordering::SeqCst)
    }

    /// The fault for the next request, if it meets one.
    pub(crate) fn next(&self, method: &Method, path: &str) -> Option<Fault> {
        if self.is_down.load(Ordering::SeqCst) {
            return Some(Fault::Html(502));
        }
        if !self.is_on.load(Ordering::SeqCst) {
            return None;
        }
        let mut chance =
            Chance(self.seed ^ self.requests.fetch_add(1, Ordering::SeqCst).wrapping_mul(0x9e37));
        if chance.below(100) >= self.percent {
            return None;
        }
        self.faults.fetch_add(1, Ordering::SeqCst);
        // Less than what a look for a lost write allows for.
        self.clock_ms
            .store(i64::try_from(chance.below(100_000)).unwrap() - 50_000, Ordering::SeqCst);
        let is_write = *method != Method::GET && !path.contains("search") && !path.contains("jql");
        let fault = match fault(&mut chance) {
            // That nothing was written although Jira said so cannot be noticed by anybody.
            Fault::Status(200, "") if is_write => Fault::NotJson,
            fault => fault,
        };
        let is_answered = matches!(fault, Fault::Header(429 | 503, ..) | Fault::Reason(_));
        let is_lost_after = is_write && !is_answered && chance.below(2) == 0;
        Some(if is_lost_after { Fault::LostAfter(Box::new(fault)) } else { fault })
    }
}

fn fault(chance: &mut Chance) -> Fault {
    let wait = |date: &str| Fault::Header(429, "retry-after", date.to_owned());
    match chance.below(20) {
        0 => wait("0"),
        1 => wait("1200"),
        // Dates as two clocks that disagree by a day would write them.
        2 => wait("Thu, 19 Nov 2026 12:00:00 GMT"),
        3 => wait("Sat, 01 Jan 2050 00:00:00 GMT"),
        4 => Fault::Reason("jira-burst-based"),
        5 => Fault::Reason("jira-per-issue-on-write"),
        6 => Fault::Reason("jira-quota-global-based"),
        7 => Fault::Status(500, r#"{"errorMessages":["boom at internal-host-17"]}"#),
        8 => Fault::Html(502),
        9 => Fault::Header(503, "retry-after", "0".to_owned()),
        10 => Fault::Status(504, ""),
        11 | 12 => Fault::Hang,
        13 | 14 => Fault::Cut,
        15 => Fault::Drip,
        16 => Fault::NotJson,
        17 => Fault::Html(200),
        18 if chance.below(8) == 0 => Fault::Huge(9 << 20),
        18 => Fault::Status(200, ""),
        _ => Fault::Redirect("http://127.0.0.1:9/".to_owned()),
    }
}

/// SplitMix64: a few good numbers from one seed.
struct Chance(u64);

impl Chance {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % limit
    }
}
