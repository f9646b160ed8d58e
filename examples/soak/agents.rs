//! Many turns with the sandbox's agent: is each answer its own, does the memory stay as it was?

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use axum::{Json, Router, routing::get};
use http::{HeaderMap, header};
use jira_sandbox::{AgentCall, AgentSettings, Sandbox};
use serde_json::json;
use tokio::{net::TcpListener, task::JoinSet, time::Instant};

use super::{
    child::{Bridge, call},
    upstream::Upstream,
};

const AT_ONCE: u64 = 200;
/// Turns of one conversation before the next one begins.
const TURNS_EACH: u64 = 10;
/// What is remembered of conversations has its bound; beyond it nothing may grow.
const GROWTH_KIB_MAX: u64 = 48 * 1024;

/// Jira's `/me`, where a token's own name is its account.
fn accounts() -> Router {
    let me = async |headers: HeaderMap| {
        let bearer = headers.get(header::AUTHORIZATION).unwrap().to_str().unwrap();
        Json(json!({"account_id": bearer.replace("Bearer ", "account-of-")}))
    };
    Router::new().route("/me", get(me))
}

pub(crate) async fn run(binary: &Path, turns: u64) -> bool {
    let clock = || jiff::Timestamp::now().as_millisecond();
    let sandbox = Sandbox::with_clock(Arc::new(clock));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let agent = AgentSettings::new(&format!("http://{}", listener.local_addr().unwrap()));
    let [secret, _] = sandbox.agent().secrets();
    let settings = [
        ("TOOLSETS", "agent".to_owned()),
        ("DIRECT_LINE_ENDPOINT", agent.directline_url()),
        ("DIRECT_LINE_SECRET", secret),
        ("LOG_LEVEL", "info".to_owned()),
        ("MAX_IN_FLIGHT", "1000".to_owned()),
        ("RATE_LIMIT_PER_USER_PER_MINUTE", "100000".to_owned()),
    ];
    let router = sandbox.agent_router(agent);
    tokio::spawn(async move { axum::serve(listener, router).await });
    let jira = Upstream::start(accounts()).await;
    let bridge = Bridge::start(binary, &format!("http://{}", jira.address), &settings);
    let (begun, done) = (Instant::now(), Arc::new(AtomicU64::new(0)));
    let mut people = JoinSet::new();
    for person in 0..AT_ONCE {
        let (url, done) = (bridge.url.clone(), Arc::clone(&done));
        people.spawn(async move { talk(&url, person, turns, &done).await });
    }
    let mut early_kib = 0;
    let mut wrong = 0;
    while !people.is_empty() {
        tokio::select! {
            Some(ended) = people.join_next() => wrong += ended.unwrap(),
            () = tokio::time::sleep(std::time::Duration::from_millis(200)) => {}
        }
        // By then everybody has begun a second conversation.
        if early_kib == 0 && done.load(Ordering::Relaxed) >= turns / 4 {
            early_kib = bridge.rss_kib();
        }
    }
    let (late_kib, count) = (bridge.rss_kib(), done.load(Ordering::Relaxed));
    let tokens: u64 =
        [AgentCall::Open, AgentCall::Generate, AgentCall::Refresh, AgentCall::Reconnect]
            .into_iter()
            .map(|call| sandbox.agent().count(call))
            .sum();
    let conversations = sandbox.agent().conversations().len() as u64;
    println!("turns             {count} in {:.1?}, {wrong} with another answer", begun.elapsed());
    println!("conversations     {conversations}, calls for tokens {tokens}");
    println!("memory            {early_kib} KiB after a quarter, {late_kib} KiB at the end");
    wrong == 0 && tokens == conversations && late_kib <= early_kib + GROWTH_KIB_MAX
}

/// One person, until all turns are done: how many answers were not their own.
async fn talk(url: &str, person: u64, turns: u64, done: &AtomicU64) -> u64 {
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let token = format!("token-of-person-{person:05}");
    let mut id = None;
    let mut wrong = 0;
    loop {
        let turn = done.fetch_add(1, Ordering::Relaxed);
        if turn >= turns {
            done.fetch_sub(1, Ordering::Relaxed);
            return wrong;
        }
        let text = format!("person {person} turn {turn}");
        let mut arguments = json!({"message": text});
        if let Some(id) = &id {
            arguments["conversationId"] = json!(id);
        }
        let (_, said) = call(&client, url, &token, "send_message", arguments).await;
        wrong += u64::from(said["response"] != format!("You said: {text}"));
        let is_last = (turn / AT_ONCE).is_multiple_of(TURNS_EACH);
        id = said["conversationId"].as_str().filter(|_| !is_last).map(str::to_owned);
    }
}
