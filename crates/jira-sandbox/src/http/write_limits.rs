//! How often Jira lets one issue be written: 20 times in 2 seconds, 100 times in 30.
//!
//! Source: "Rate limiting" in Atlassian's developer documents, per-issue write limits.

use crate::{
    answer::{Fault, Reply},
    model::Site,
};

/// How many writes, within how many milliseconds.
const WINDOWS: [(usize, i64); 2] = [(20, 2_000), (100, 30_000)];
const LONGEST_MS: i64 = 30_000;

/// Counts a write to an issue.
///
/// # Errors
/// 429 when there were too many just now; it says when the next one may come, and is not counted.
pub(crate) fn count(site: &mut Site, issue: u64, now: i64) -> Result<(), Fault> {
    let writes = site.recent_writes.entry(issue).or_default();
    writes.retain(|at| now - at < LONGEST_MS);
    for (most, span_ms) in WINDOWS {
        // Times are in ascending order: the first one inside is the next to leave.
        let mut inside = writes.iter().filter(|at| now - **at < span_ms);
        let count = inside.clone().count();
        let Some(oldest) = inside.next().filter(|_| count >= most) else { continue };
        let wait_ms = span_ms - (now - oldest);
        let wait_secs = u64::try_from(wait_ms).unwrap_or(0).div_ceil(1_000).max(1);
        let body = serde_json::json!({ "errorMessages": ["Rate limit exceeded."], "errors": {} });
        return Err(Fault(
            Reply::json(429, body)
                .with_header("retry-after", wait_secs.to_string())
                .with_header("ratelimit-reason", "jira-per-issue-on-write"),
        ));
    }
    writes.push_back(now);
    Ok(())
}
