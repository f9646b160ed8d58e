//! What the system says about this process, read from `/proc` when somebody asks.

use std::fs;

/// Kernel ticks in a second, as seen through `/proc` on every Linux platform that Rust supports
/// (proc(5), `USER_HZ`).
const TICKS_PER_S: f64 = 100.0;

pub(super) fn resident_bytes() -> Option<f64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kib: f64 = line.trim().trim_end_matches(" kB").parse().ok()?;
    Some(kib * 1024.0)
}

pub(super) fn cpu_seconds() -> Option<f64> {
    let (user, system) = (stat_field(14)?, stat_field(15)?);
    Some((user + system) / TICKS_PER_S)
}

#[expect(clippy::cast_precision_loss, reason = "a process has few files")]
pub(super) fn open_files() -> Option<f64> {
    // Sample the folder opens one more.
    Some(fs::read_dir("/proc/self/fd").ok()?.count().saturating_sub(1) as f64)
}

pub(super) fn started_at() -> Option<f64> {
    let stat = fs::read_to_string("/proc/stat").ok()?;
    let booted: f64 =
        stat.lines().find_map(|line| line.strip_prefix("btime "))?.trim().parse().ok()?;
    Some(booted + stat_field(22)? / TICKS_PER_S)
}

/// A field of `/proc/self/stat`, counted from 1. The second, a name in parentheses, may hold blanks
/// of its own.
fn stat_field(number: usize) -> Option<f64> {
    let stat = fs::read_to_string("/proc/self/stat").ok()?;
    let (_, rest) = stat.rsplit_once(')')?;
    rest.split_whitespace().nth(number.checked_sub(3)?)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_system_tells_plausible_numbers() {
        assert!(resident_bytes().unwrap() > 1e6, "a test binary is larger than a megabyte");
        assert!(open_files().unwrap() >= 3.0);
        assert!(cpu_seconds().unwrap() < 1e6);
        let now = std::time::SystemTime::UNIX_EPOCH.elapsed().unwrap().as_secs_f64();
        assert!((0.0..86_400.0).contains(&(now - started_at().unwrap())));
    }
}
