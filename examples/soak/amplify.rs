//! What one request may take, weighed on the build that ships: the shapes and answers of
//! `tests/it/amplification.rs`.

use std::path::Path;

use jira_sandbox::Sandbox;
use serde_json::{Value, json};

use crate::{child::Bridge, upstream::Upstream};

#[path = "../../tests/it/amplification/answers/mod.rs"]
mod answers;
#[path = "../../tests/it/amplification/drive.rs"]
mod drive;
#[path = "../../tests/it/amplification/gauge.rs"]
mod gauge;
#[path = "../../tests/it/amplification/shapes.rs"]
mod shapes;

use drive::Weighed;

const NOW_MS: i64 = 1_795_176_000_000;

/// Doors through which text becomes documents.
fn doors(text: &str) -> Vec<(&'static str, Value)> {
    let one =
        json!({"project_key": "ACME", "issue_type": "Task", "summary": "x", "description": text});
    let count = (900_000 / (text.len() + 100)).clamp(1, 50);
    vec![
        ("jira_add_comment", json!({"issue_key": "ACME-1", "body": text})),
        (
            "jira_update_issue",
            json!({"issue_key": "ACME-1", "append_description": text, "dry_run": true}),
        ),
        (
            "jira_update_issue",
            json!({"issue_key": "ACME-1", "fields": {"environment": text}, "dry_run": true}),
        ),
        ("jira_create_issues", json!({"issues": vec![one; count], "dry_run": true})),
    ]
}

async fn weighed(binary: &Path, router: axum::Router) -> (Bridge, Weighed) {
    let upstream = Upstream::start(router).await;
    let settings = [
        ("TOOLSETS", "core,context,collab,agile,bulk,manage,destructive".to_owned()),
        ("RATE_LIMIT_PER_USER_PER_MINUTE", "100000".to_owned()),
        ("BREAKER_FAILURES", "10000".to_owned()),
        ("_RJEM_MALLOC_CONF", "dirty_decay_ms:0,muzzy_decay_ms:0".to_owned()),
    ];
    let bridge = Bridge::start(binary, &format!("http://{}", upstream.address), &settings);
    let mut first = Weighed::new(bridge.url.clone(), bridge.id(), 1.0);
    first.call("first".to_owned(), "the-first-token-of-all", "jira_whoami", &json!({})).await;
    let weighed = Weighed::new(bridge.url.clone(), bridge.id(), 1.0);
    (bridge, weighed)
}

/// Prints what took most, and whether all kept to their share.
pub(crate) async fn run(binary: &Path) -> bool {
    let sandbox = Sandbox::seeded(NOW_MS);
    let token = sandbox.tokens().iter().find(|(name, _)| name == "anna").unwrap().1.clone();
    let (_bridge, mut texts) = weighed(binary, sandbox.router()).await;
    for chars in [32_700, 400_000] {
        for (name, text) in shapes::texts(chars) {
            for (tool, arguments) in doors(&text) {
                texts.call(format!("{} of {name}", text.len()), &token, tool, &arguments).await;
            }
        }
    }
    let held = answers::Held::default();
    let (_bridge, mut read) = weighed(binary, answers::router(&held)).await;
    for (at, case) in answers::cases().into_iter().enumerate() {
        *held.lock().unwrap() =
            case.answers.into_iter().map(|(end, status, text)| (end, (status, text))).collect();
        let token = format!("the-token-of-case-{at}");
        read.call(case.name.to_owned(), &token, case.tool, &case.arguments).await;
    }
    println!("{:.1} ms for the known work", known_work_ms());
    most("texts", &mut texts);
    most("answers", &mut read);
    let over = [texts.excesses(), read.excesses()].concat();
    for row in &over {
        println!("over: {row}");
    }
    over.is_empty()
}

/// What the tests count time in; only that of a release build of this example says anything.
fn known_work_ms() -> f64 {
    let begun = gauge::own_cpu_ms();
    shapes::known_work();
    gauge::own_cpu_ms() - begun
}

fn most(what: &str, weighed: &mut Weighed) {
    println!("{what}: {} requests", weighed.rows.len());
    weighed.rows.sort_by_key(|row| std::cmp::Reverse(row.peak_kib));
    for row in weighed.rows.iter().take(5) {
        println!("  {} KiB, {} ms: {}", row.peak_kib, row.cpu_ms, row.what);
    }
    weighed.rows.sort_by_key(|row| std::cmp::Reverse(row.cpu_ms));
    for row in weighed.rows.iter().take(5) {
        println!("  {} KiB, {} ms: {}", row.peak_kib, row.cpu_ms, row.what);
    }
}
