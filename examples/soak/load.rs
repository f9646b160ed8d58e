//! Many calls under random faults: each answer is checked, memory is watched.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
};

use jira_sandbox::Sandbox;
use serde_json::{Value, json};
use tokio::time::Instant;

use super::{
    Schedule,
    child::{Bridge, call},
    upstream::Upstream,
};

const SEED: u64 = 7;
const WORKERS: u64 = 24;
/// What the issue allows, in percent.
const GROWTH_MAX: f64 = 5.0;
/// Short runs end before the first hostile bodies of 8 MiB have shaped the heap; a few of those are
/// allowed there, in KiB.
const SHORT_CALLS: u64 = 50_000;
const SHORT_SLACK_KIB: u64 = 32_768;

#[derive(Default)]
struct Tally {
    calls: AtomicU64,
    wrong: AtomicU64,
    codes: Mutex<BTreeMap<String, u64>>,
    rss_kib: Mutex<Vec<(u64, u64)>>,
}

pub(crate) async fn run(binary: &Path, calls: u64, percent: u64) -> bool {
    let schedule = Schedule::new(SEED, percent);
    let sandbox = Sandbox::with_clock(Arc::new(|| jiff::Timestamp::now().as_millisecond()));
    let tokens = sandbox.tokens();
    let upstream = Upstream::with_schedule(sandbox.router(), Some(Arc::clone(&schedule))).await;
    let settings = [
        ("JIRA_TIMEOUT_MS", "400"),
        ("CALL_DEADLINE_MS", "3000"),
        ("RETRY_BASE_MS", "2"),
        ("BREAKER_FAILURES", "50"),
        ("BREAKER_WINDOW_MS", "1000"),
        ("BREAKER_OPEN_MS", "50"),
        ("RATE_LIMIT_PER_USER_PER_MINUTE", "1000000"),
        ("MAX_CONCURRENT_PER_USER", "1000"),
    ]
    .map(|(name, value)| (name, value.to_owned()));
    let bridge =
        Arc::new(Bridge::start(binary, &format!("http://{}", upstream.address), &settings));
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let mut users = Vec::new();
    for (name, token) in &tokens {
        let (failed, who) = call(&client, &bridge.url, token, "jira_whoami", json!({})).await;
        if !failed && who["account_id"].is_string() {
            users.push((name.clone(), token.clone(), who["account_id"].clone()));
        }
    }
    let anna = users.iter().find(|(name, ..)| name == "anna").unwrap().1.clone();
    let started = Instant::now();
    schedule.switch(true);
    let tally = Arc::new(Tally::default());
    let workers: Vec<_> = (0..WORKERS)
        .map(|number| {
            let (_, token, account) = users[usize::try_from(number).unwrap() % users.len()].clone();
            let worker = Worker {
                number,
                calls,
                bridge: Arc::clone(&bridge),
                tally: Arc::clone(&tally),
                client: client.clone(),
                token,
                account,
                writer: anna.clone(),
                possible: BTreeSet::new(),
                late: BTreeSet::new(),
                last: Value::Null,
            };
            tokio::spawn(worker.work())
        })
        .collect();
    for worker in workers {
        worker.await.unwrap();
    }
    report(&tally, &schedule, &bridge, calls, started.elapsed().as_secs_f64())
}

fn report(tally: &Tally, schedule: &Schedule, bridge: &Bridge, calls: u64, seconds: f64) -> bool {
    let wrong = tally.wrong.load(Ordering::SeqCst);
    let samples = tally.rss_kib.lock().unwrap();
    let median = |from: u64, to: u64| {
        let mut within: Vec<u64> = samples
            .iter()
            .filter(|(at, _)| (from..=to).contains(at))
            .map(|(_, kib)| *kib)
            .collect();
        within.sort_unstable();
        within[within.len() / 2]
    };
    // Memory goes up and down with the faults, so that halves are compared: a leak shows in them
    // just as well.
    let (begin, middle) = (calls / 10, calls / 10 + calls * 9 / 20);
    let (early, late) = (median(begin, middle), median(middle, calls));
    #[expect(clippy::cast_precision_loss, reason = "memory in KiB is far below 2^52")]
    let growth = (late as f64 - early as f64) / early as f64 * 100.0;
    println!("calls             {calls} in {seconds:.0} s");
    println!("faults            {}", schedule.faults());
    println!("errors            {:?}", tally.codes.lock().unwrap());
    println!("wrong answers     {wrong}");
    println!("memory, 1st half  {early} KiB, without the first tenth");
    println!("memory, 2nd half  {late} KiB ({growth:+.1} %), peak {} KiB", bridge.peak_kib());
    let is_flat = growth < GROWTH_MAX || (calls < SHORT_CALLS && late < early + SHORT_SLACK_KIB);
    wrong == 0 && is_flat
}

struct Worker {
    number: u64,
    calls: u64,
    bridge: Arc<Bridge>,
    tally: Arc<Tally>,
    client: reqwest::Client,
    token: String,
    account: Value,
    writer: String,
    /// What the summary of this worker's own issue may be; empty when nothing is known.
    possible: BTreeSet<String>,
    /// What a write that was given up may still make of it at any later time: Jira goes on working
    /// on it.
    late: BTreeSet<String>,
    /// What the last write that failed was answered with.
    last: Value,
}

impl Worker {
    async fn work(mut self) {
        let key = format!("ACME-{}", self.number + 1);
        for round in 0_u64.. {
            let number = self.tally.calls.fetch_add(1, Ordering::SeqCst);
            if number >= self.calls {
                break;
            }
            if number.is_multiple_of(self.calls.div_ceil(200).max(1)) {
                self.tally.rss_kib.lock().unwrap().push((number, self.bridge.rss_kib()));
            }
            let is_right = match round % 8 {
                0 | 4 => self.who().await,
                1 | 5 => self.search(&key).await,
                7 => self.write(&key, round).await,
                _ => self.read(&key).await,
            };
            if !is_right {
                println!("wrong: call {number}, step {} of worker {}", round % 8, self.number);
                self.tally.wrong.fetch_add(1, Ordering::SeqCst);
            }
        }
    }

    /// What a call answered; none when it failed, which is counted.
    async fn ask(&self, token: &str, tool: &str, arguments: Value) -> Result<Value, Value> {
        let (failed, said) = call(&self.client, &self.bridge.url, token, tool, arguments).await;
        if !failed {
            return Ok(said);
        }
        let code = said["error"].as_str().unwrap_or("none").to_owned();
        *self.tally.codes.lock().unwrap().entry(code).or_default() += 1;
        Err(said)
    }

    async fn who(&self) -> bool {
        let said = self.ask(&self.token, "jira_whoami", json!({})).await;
        said.map_or_else(|error| is_clean(&error), |said| said["account_id"] == self.account)
    }

    async fn search(&self, key: &str) -> bool {
        match self.ask(&self.token, "jira_search", json!({"jql": format!("key = {key}")})).await {
            Ok(said) => said["issues"].as_array().unwrap().iter().all(|issue| issue["key"] == key),
            Err(error) => is_clean(&error),
        }
    }

    async fn read(&mut self, key: &str) -> bool {
        match self
            .ask(&self.writer, "jira_get_issue", json!({"issue_key": key, "fields": "summary"}))
            .await
        {
            Ok(said) => {
                let shown = said["summary"].as_str().unwrap_or_default().to_owned();
                let is_known = self.possible.is_empty()
                    || self.possible.contains(&shown)
                    || self.late.contains(&shown);
                if !is_known {
                    let (possible, late) = (&self.possible, &self.late);
                    println!(
                        "{key} says {shown:?}, not one of {possible:?} or {late:?}; last write {}",
                        self.last
                    );
                }
                self.possible = BTreeSet::from([shown]);
                is_known
            }
            Err(error) => is_clean(&error),
        }
    }

    async fn write(&mut self, key: &str, round: u64) -> bool {
        if self.possible.is_empty() {
            return true;
        }
        let summary = format!("Round {round} of worker {}", self.number);
        let asked = json!({"issue_key": key, "summary": summary});
        match self.ask(&self.writer, "jira_update_issue_summary", asked).await {
            Ok(_) => {
                self.possible = BTreeSet::from([summary]);
                true
            }
            Err(error) => {
                self.last = error.clone();
                if error["outcome"] == "unknown" || error["error"] == "upstream_timeout" {
                    self.late.insert(summary);
                }
                is_clean(&error)
            }
        }
    }
}

/// Errors of the upstream are expected here, faults of the bridge and words from inside the
/// upstream are not.
fn is_clean(error: &Value) -> bool {
    let text = error.to_string();
    error["error"] != "internal"
        && error["error"] != "invalid_argument"
        && !text.contains("internal-host")
}
