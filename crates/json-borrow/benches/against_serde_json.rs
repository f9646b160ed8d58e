//! Whether this reader is worth having: it and `serde_json` read the same page of issues into the
//! same shape, by turns in one process. Fails when `serde_json` needs less than 1.5 times as long.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a measurement")]
#![expect(clippy::disallowed_methods, reason = "what is measured is time")]

use std::{
    borrow::Cow,
    hint::black_box,
    process::ExitCode,
    time::{Duration, Instant},
};

use json_borrow::{Raw, Text};
use serde::Deserialize;
use serde_json::{json, value::RawValue};

const ISSUES: usize = 50;
const ROUNDS: usize = 200;

/// By how much `serde_json` must be slower for the reader to stay.
const WORTH: f64 = 1.5;

#[derive(Deserialize)]
struct Page<T> {
    issues: Vec<T>,
}

#[derive(Deserialize)]
struct Issue<'a> {
    #[serde(borrow)]
    key: Text<'a>,
    #[serde(borrow)]
    fields: Fields<'a>,
}

#[derive(Deserialize)]
struct Fields<'a> {
    #[serde(borrow)]
    summary: Text<'a>,
    #[serde(borrow)]
    status: Raw<'a>,
    #[serde(borrow)]
    description: Raw<'a>,
}

#[derive(Deserialize)]
struct UsualIssue<'a> {
    #[serde(borrow)]
    key: Cow<'a, str>,
    #[serde(borrow)]
    fields: UsualFields<'a>,
}

#[derive(Deserialize)]
struct UsualFields<'a> {
    #[serde(borrow)]
    summary: Cow<'a, str>,
    #[serde(borrow)]
    status: &'a RawValue,
    #[serde(borrow)]
    description: &'a RawValue,
}

/// A page as Jira Cloud answers `POST /rest/api/3/search/jql`: most of it is nobody's business.
fn page() -> String {
    let address = |rest: &str| format!("https://example.atlassian.net/rest/api/3/{rest}");
    let person = json!({
        "self": address("user?accountId=5b10a2844c20165700ede21g"),
        "accountId": "5b10a2844c20165700ede21g",
        "avatarUrls": {"48x48": "https://avatar.example.com/48", "24x24": "https://avatar.example.com/24"},
        "displayName": "Somebody \"Some\" Person", "active": true, "timeZone": "Europe/Berlin",
    });
    let text = |at: usize| {
        json!({"type": "paragraph", "content": [{"type": "text",
        "text": format!("Line {at}: the import fails with \"unexpected end\" \u{2013} see the log.")}]})
    };
    let issue = |at: usize| {
        json!({
            "id": at.to_string(), "self": address(&format!("issue/{at}")), "key": format!("ACME-{at}"),
            "fields": {
                "summary": format!("Import of partner {at} fails"),
                "status": {"self": address("status/3"), "name": "In Progress", "id": "3",
                    "statusCategory": {"id": 4, "key": "indeterminate", "colorName": "yellow"}},
                "assignee": person, "reporter": person, "creator": person,
                "description": {"type": "doc", "version": 1,
                    "content": (0..20).map(text).collect::<Vec<_>>()},
                "customfield_10020": [{"id": at, "name": "Sprint 7", "state": "active", "boardId": 1}],
            },
        })
    };
    json!({"isLast": true, "issues": (0..ISSUES).map(issue).collect::<Vec<_>>()}).to_string()
}

fn timed(work: impl FnOnce() -> usize) -> Duration {
    let begun = Instant::now();
    assert!(black_box(work()) > 0);
    begun.elapsed()
}

fn main() -> ExitCode {
    let page = page();
    let ours = || {
        let read: Page<Issue<'_>> = json_borrow::from_str(&page).unwrap();
        let weight = |issue: &Issue<'_>| {
            issue.key.len()
                + issue.fields.summary.len()
                + issue.fields.status.get().len()
                + issue.fields.description.get().len()
        };
        read.issues.iter().map(weight).sum()
    };
    let usual = || {
        let read: Page<UsualIssue<'_>> = serde_json::from_str(&page).unwrap();
        let weight = |issue: &UsualIssue<'_>| {
            issue.key.len()
                + issue.fields.summary.len()
                + issue.fields.status.get().len()
                + issue.fields.description.get().len()
        };
        read.issues.iter().map(weight).sum::<usize>()
    };
    assert_eq!(ours(), usual(), "both read the same");
    // The least of each is what the work takes; everything above it is what else the machine did.
    let (mut own, mut other) = (Duration::MAX, Duration::MAX);
    for _ in 0..ROUNDS {
        own = own.min(timed(ours));
        other = other.min(timed(usual));
    }
    let ratio = other.as_secs_f64() / own.as_secs_f64();
    println!("{} bytes: serde_json takes {ratio:.2} times as long", page.len());
    if ratio >= WORTH { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
