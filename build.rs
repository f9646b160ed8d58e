//! Says which commit the program is built from, for `--version`.
//!
//! `BRIDGE_COMMIT` and `SOURCE_DATE_EPOCH` come first, for builds without a `.git` (the image, a
//! source archive); else git is asked, else it is `unknown`. No clock is read: the same sources
//! give the same bytes. It runs again when one of the two changes or a commit is made or checked
//! out, not at each build. It cannot see files that were changed and not committed.

use std::{env, path::Path, process::Command};

/// What a name of a commit is cut to.
const COMMIT_CHARS: usize = 12;

const UNKNOWN: &str = "unknown";

fn main() {
    say("rerun-if-changed=build.rs");
    let (commit, epoch) = (variable("BRIDGE_COMMIT"), variable("SOURCE_DATE_EPOCH"));
    // Those who build an image without saying when leave it at 0.
    let date = epoch.and_then(|text| text.parse().ok()).filter(|seconds| *seconds > 0).map(day);
    if is_own_repository() {
        // A line is added to it by every commit, checkout, rebase and reset.
        for path in ["logs/HEAD", "HEAD"].into_iter().filter_map(git_path) {
            say(&format!("rerun-if-changed={path}"));
        }
    }
    let asked = |format: &str| {
        is_own_repository().then(|| git(&["log", "-1", &format!("--format={format}")])).flatten()
    };
    let commit = commit.filter(|text| text != UNKNOWN).or_else(|| asked("%H"));
    let date = date.or_else(|| asked("%ct").and_then(|text| text.parse().ok()).map(day));
    let commit = commit.map(|text| text.chars().take(COMMIT_CHARS).collect::<String>());
    say(&format!("rustc-env=BRIDGE_BUILD_COMMIT={}", or_unknown(commit)));
    say(&format!("rustc-env=BRIDGE_BUILD_DATE={}", or_unknown(date)));
}

fn or_unknown(text: Option<String>) -> String {
    text.unwrap_or_else(|| UNKNOWN.to_owned())
}

/// Whether git speaks of these sources, and not of a repository that they happen to lie in.
fn is_own_repository() -> bool {
    let here = env::var_os("CARGO_MANIFEST_DIR").map(|path| Path::new(&path).canonicalize());
    let top = git(&["rev-parse", "--show-toplevel"]).map(|path| Path::new(&path).canonicalize());
    matches!((here, top), (Some(Ok(here)), Some(Ok(top))) if here == top)
}

/// The path of one of git's own files, if it is there: one that is missing would make every build
/// run this again.
fn git_path(name: &str) -> Option<String> {
    git(&["rev-parse", "--git-path", name]).filter(|path| Path::new(path).is_file())
}

fn git(arguments: &[&str]) -> Option<String> {
    let done = Command::new("git").args(arguments).output().ok()?;
    let text = String::from_utf8(done.stdout).ok().filter(|_| done.status.success())?;
    Some(text.trim().to_owned()).filter(|text| !text.is_empty())
}

#[expect(clippy::disallowed_methods, reason = "a build script has no other settings")]
fn variable(name: &str) -> Option<String> {
    say(&format!("rerun-if-env-changed={name}"));
    env::var(name).ok().filter(|text| !text.is_empty())
}

fn say(line: &str) {
    println!("cargo::{line}");
}

/// The day of a Unix time in UTC, as `2026-11-29`.
/// Source: <https://howardhinnant.github.io/date_algorithms.html#civil_from_days>
fn day(seconds: u64) -> String {
    let days = seconds / 86_400 + 719_468;
    let (era, day_of_era) = (days / 146_097, days % 146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    // Months are counted from March.
    let month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month + 2) / 5 + 1;
    let year = era * 400 + year_of_era + u64::from(month >= 10);
    let month = if month < 10 { month + 3 } else { month - 9 };
    format!("{year:04}-{month:02}-{day:02}")
}
