//! Everything that can go wrong in Jira goes wrong at once, under many users: what must hold all
//! the same.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use jira_mcp_bridge::jira::tools::Code;
use jira_sandbox::Sandbox;
use serde_json::{Value, json};
use tokio::{runtime::Handle, time::timeout};

use crate::support::{Bridge, Schedule, Upstream, until};

const SEED: u64 = 20_261_120;
const PERCENT: u64 = 30;
const ROUNDS: usize = 60;
/// The call's own deadline is two seconds; what is not answered long after it is never answered.
const ANSWERED_WITHIN: Duration = Duration::from_secs(20);
/// Connections that both pools may keep open for later, three tasks each.
const POOLED_TASKS_MAX: usize = 3 * 2 * 64;

const SETTINGS: [(&str, &str); 6] = [
    ("JIRA_TIMEOUT_MS", "200"),
    ("CALL_DEADLINE_MS", "2000"),
    ("BREAKER_OPEN_MS", "50"),
    ("BREAKER_WINDOW_MS", "1000"),
    ("BREAKER_FAILURES", "12"),
    ("TOOLSETS", "core,collab"),
];

/// What was written, by its text, and what the bridge said became of it.
pub(crate) type Written = BTreeMap<String, String>;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn faults_of_every_kind_under_many_users() {
    let schedule = Schedule::new(SEED, PERCENT);
    let clock = Arc::clone(&schedule);
    let now_ms = move || jiff::Timestamp::now().as_millisecond() + clock.clock_ms();
    let sandbox = Sandbox::with_clock(Arc::new(now_ms));
    let upstream = Upstream::with_schedule(sandbox.router(), Some(Arc::clone(&schedule))).await;
    let bridge = Arc::new(Bridge::before(upstream, sandbox.tokens(), &SETTINGS).await);
    let mut users = Vec::new();
    for user in bridge.users() {
        let who = bridge.call(&user, "jira_whoami", json!({})).await;
        if !who.is_error && who.value["account_id"].is_string() {
            users.push((user, who.value["account_id"].clone()));
        }
    }
    assert!(users.len() >= 3, "{users:?}");
    let tasks = Handle::current().metrics().num_alive_tasks();

    schedule.switch(true);
    let working: Vec<_> = (0..4)
        .flat_map(|twin| users.iter().cloned().map(move |(user, account)| (twin, user, account)))
        .map(|(twin, user, account)| tokio::spawn(work(Arc::clone(&bridge), twin, user, account)))
        .collect();
    let mut written = Written::new();
    let mut codes = BTreeMap::<String, usize>::new();
    for worker in working {
        let (wrote, failed) = worker.await.unwrap();
        written.extend(wrote);
        for code in failed {
            *codes.entry(code).or_default() += 1;
        }
    }
    schedule.switch(false);
    *codes.entry("circuit_open".to_owned()).or_default() +=
        outage(&bridge, &schedule, &users).await;

    assert!(schedule.faults() > 100, "only {} faults", schedule.faults());
    for code in ["upstream_unavailable", "rate_limited", "circuit_open"] {
        assert!(codes.contains_key(code), "{code} never happened: {codes:?}");
    }
    assert!(!codes.contains_key("internal"), "{codes:?}");
    until("the breaker lets calls through again", async || {
        !bridge.call("anna", "jira_get_issue", json!({"issue_key": "ACME-1"})).await.is_error
    })
    .await;
    no_write_is_doubled_or_lied_about(&bridge, &written).await;
    until("no call is left behind", async || {
        bridge.upstream.waiting() == 0
            && Handle::current().metrics().num_alive_tasks() < tasks + POOLED_TASKS_MAX
    })
    .await;
}

/// Everything fails for everybody, until the breaker refuses a call.
async fn outage(bridge: &Bridge, schedule: &Schedule, users: &[(String, Value)]) -> usize {
    schedule.down(true);
    let mut callers = users.iter().map(|(user, _)| user).cycle();
    let mut refused = 0;
    until("the breaker refuses a call", async || {
        let user = callers.next().unwrap();
        let reply = bridge.call(user, "jira_get_issue", json!({"issue_key": "ACME-1"})).await;
        refused += usize::from(reply.value["error"] == "circuit_open");
        refused > 0
    })
    .await;
    schedule.down(false);
    refused
}

/// One user's day; what was written, and the codes of what failed.
async fn work(
    bridge: Arc<Bridge>,
    twin: usize,
    user: String,
    account: Value,
) -> (Written, Vec<String>) {
    let (mut written, mut failed) = (Written::new(), Vec::new());
    for round in 0..ROUNDS {
        let number = (twin * ROUNDS + round) % 30 + 1;
        let key = format!("ACME-{number}");
        let body = format!("Round {round} of {user} {twin}.");
        let (tool, arguments) = match round % 4 {
            0 => ("jira_whoami", json!({})),
            1 => ("jira_get_issue", json!({"issue_key": key})),
            2 => ("jira_search", json!({"jql": format!("key = {key}")})),
            _ => ("jira_add_comment", json!({"issue_key": "ACME-20", "body": body})),
        };
        let reply = timeout(ANSWERED_WITHIN, bridge.call(&user, tool, arguments)).await;
        let reply = reply.unwrap_or_else(|_| panic!("{tool} was not answered"));
        let said = &reply.value;
        assert!(!said.to_string().contains("internal-host"), "{said}");
        if reply.is_error {
            let code = said["error"].as_str().unwrap().to_owned();
            assert!(Code::ALL.iter().any(|known| known.row().code == code), "{said}");
            failed.push(code);
        } else {
            match round % 4 {
                0 => assert_eq!(said["account_id"], account, "somebody else's data: {said}"),
                1 => assert_eq!(said["key"], key, "{said}"),
                2 => assert!(
                    said["issues"].as_array().unwrap().iter().all(|issue| issue["key"] == key),
                    "{said}"
                ),
                _ => {}
            }
        }
        if tool == "jira_add_comment" {
            let outcome =
                if reply.is_error { said["outcome"].as_str().unwrap_or("refused") } else { "done" };
            written.insert(body, outcome.to_owned());
        }
    }
    (written, failed)
}

pub(crate) async fn no_write_is_doubled_or_lied_about(bridge: &Bridge, written: &Written) {
    let mut found = Vec::new();
    let mut start_at = json!(0);
    while !start_at.is_null() {
        let asked = json!({"issue_key": "ACME-20", "max_results": 50, "start_at": start_at});
        let page = bridge.anna("jira_get_comments", asked).await;
        found.extend(
            page["comments"].as_array().unwrap().iter().map(|comment| comment["body"].clone()),
        );
        start_at = page["next_start_at"].clone();
    }
    let mut done = 0;
    for (body, outcome) in written {
        let times = found.iter().filter(|seen| *seen == body).count();
        match outcome.as_str() {
            "done" => assert_eq!(times, 1, "{body} is called done"),
            "not_done" | "refused" => assert_eq!(times, 0, "{body} is called {outcome}"),
            _ => assert!(times <= 1, "{body} was written {times} times"),
        }
        done += times;
    }
    assert!(
        done > written.len() / 20,
        "too few writes arrived to tell anything: {done} of {}",
        written.len()
    );
}
