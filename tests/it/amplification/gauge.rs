//! What a process takes: its peak of memory since a moment, and its time on a processor.

use std::fs;

/// A process that is looked at from outside.
pub(crate) struct Gauge {
    folder: String,
}

impl Gauge {
    pub(crate) fn of(process: u32) -> Self {
        Self { folder: format!("/proc/{process}") }
    }

    /// Begins a new peak.
    pub(crate) fn reset_peak(&self) {
        fs::write(format!("{}/clear_refs", self.folder), "5").unwrap();
    }

    /// The most memory since then, in KiB.
    pub(crate) fn peak_kib(&self) -> u64 {
        self.status("VmHWM:")
    }

    /// Memory now, in KiB.
    pub(crate) fn now_kib(&self) -> u64 {
        self.status("VmRSS:")
    }

    /// Time on a processor since it began, in milliseconds, to the nearest ten.
    pub(crate) fn cpu_ms(&self) -> u64 {
        let stat = fs::read_to_string(format!("{}/stat", self.folder)).unwrap();
        let behind_name = stat.rsplit_once(')').unwrap().1;
        let fields: Vec<&str> = behind_name.split_whitespace().collect();
        let ticks = |at: usize| fields[at].parse::<u64>().unwrap();
        10 * (ticks(11) + ticks(12))
    }

    fn status(&self, name: &str) -> u64 {
        let status = fs::read_to_string(format!("{}/status", self.folder)).unwrap();
        let line = status.lines().find(|line| line.starts_with(name)).unwrap();
        line.split_whitespace().nth(1).unwrap().parse().unwrap()
    }
}

/// The time that this thread was on a processor, in milliseconds: what others do at the same time
/// does not count.
pub(crate) fn own_cpu_ms() -> f64 {
    let stat = fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    stat.split_whitespace().next().unwrap().parse::<f64>().unwrap() / 1_000_000.0
}
