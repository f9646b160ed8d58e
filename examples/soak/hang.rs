//! Calls at once against an upstream that never answers: does health still answer, is each call
//! answered in time, does the memory come back?

use std::{collections::BTreeMap, path::Path, time::Duration};

use axum::Router;
use serde_json::json;
use tokio::time::{Instant, sleep};

use super::{
    child::{Bridge, call},
    upstream::Upstream,
};

const HEALTH_P99_MAX: Duration = Duration::from_millis(50);
const HEALTH_PAUSE: Duration = Duration::from_millis(10);
const MEMORY_PERCENT_MAX: f64 = 10.0;
/// The edge closes idle connections after ten seconds; after that nothing is left of a call.
const SETTLE: Duration = Duration::from_secs(15);
const SLACK: Duration = Duration::from_secs(2);

pub(crate) async fn run(binary: &Path, calls: usize, deadline_ms: u64) -> bool {
    let upstream =
        Upstream::start(Router::new().fallback(async || -> () { std::future::pending().await }))
            .await;
    let settings = [
        ("CALL_DEADLINE_MS", deadline_ms.to_string()),
        ("LOG_LEVEL", "info".to_owned()),
        // With the breaker all but the first calls would be refused, and the second burst would not
        // hang.
        ("BREAKER_FAILURES", "10000".to_owned()),
    ];
    let bridge = Bridge::start(binary, &format!("http://{}", upstream.address), &settings);
    sleep(SETTLE).await;
    let fresh_kib = bridge.rss_kib();
    // A process that has never worked has neither its code nor its tables in memory: what it falls
    // back to is what it weighs once it has.
    burst(&bridge, calls).await;
    sleep(SETTLE).await;
    let idle_kib = bridge.rss_kib();
    let seen = burst(&bridge, calls).await;
    sleep(SETTLE).await;
    let after_kib = bridge.rss_kib();
    #[expect(clippy::cast_precision_loss, reason = "memory in KiB is far below 2^52")]
    let growth = (after_kib as f64 - idle_kib as f64) / idle_kib as f64 * 100.0;
    let Seen { health, codes, slowest, peak_kib } = seen;
    let p99 = health[health.len() * 99 / 100];
    println!("calls at once     {calls}, each answered: {codes:?}");
    println!("slowest answer    {slowest:.1?} (deadline {deadline_ms} ms)");
    println!(
        "health            {} probes, p50 {:.1?}, p99 {p99:.1?}, worst {:.1?}",
        health.len(),
        health[health.len() / 2],
        health[health.len() - 1]
    );
    println!(
        "memory            fresh {fresh_kib} KiB, idle {idle_kib} KiB, under load {peak_kib} KiB, after {after_kib} KiB ({growth:+.1} %)"
    );
    p99 < HEALTH_P99_MAX
        && slowest < Duration::from_millis(deadline_ms) + SLACK
        && growth < MEMORY_PERCENT_MAX
        && !codes.contains_key("none")
}

/// What a burst of calls showed.
struct Seen {
    /// How long each probe of health took, sorted.
    health: Vec<Duration>,
    codes: BTreeMap<String, usize>,
    slowest: Duration,
    peak_kib: u64,
}

async fn burst(bridge: &Bridge, calls: usize) -> Seen {
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let begun = Instant::now();
    let running: Vec<_> = (0..calls)
        .map(|number| {
            let (client, url) = (client.clone(), bridge.url.clone());
            tokio::spawn(async move {
                let token = format!("token-of-user-{number:05}");
                let said = call(&client, &url, &token, "jira_whoami", json!({})).await.1;
                (said["error"].as_str().unwrap_or("none").to_owned(), begun.elapsed())
            })
        })
        .collect();
    let mut seen =
        Seen { health: Vec::new(), codes: BTreeMap::new(), slowest: Duration::ZERO, peak_kib: 0 };
    while running.iter().any(|call| !call.is_finished()) {
        let asked = Instant::now();
        let answer = reqwest::Client::builder().no_proxy().build().unwrap();
        let answer = answer.get(format!("{}/healthz", bridge.url)).send().await.unwrap();
        assert_eq!(answer.status(), 200);
        seen.health.push(asked.elapsed());
        seen.peak_kib = seen.peak_kib.max(bridge.rss_kib());
        sleep(HEALTH_PAUSE).await;
    }
    for call in running {
        let (code, elapsed) = call.await.unwrap();
        *seen.codes.entry(code).or_default() += 1;
        seen.slowest = seen.slowest.max(elapsed);
    }
    seen.health.sort_unstable();
    seen
}
