//! The load: the bridge's release binary between a driver and a fast loopback Jira, beside a bare
//! proxy that forwards the same bytes, all in one run. `cargo run --release --example load --
//! --help` tells the options.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a tool for developers, which ends at the first surprise and measures real time"
)]

mod bodies;
mod client;
mod deployed;
mod floor;
mod goals;
mod measure;
mod options;
mod own_tokens;
mod peers;
mod process;
mod report;
mod serve;
mod servers;
mod sign_in;
mod streams;
mod tls;
mod upstream;
mod wire;

use std::{
    io::Write,
    path::{Path, PathBuf},
    process::{Command, ExitCode},
    rc::Rc,
    time::Duration,
};

use clap::Parser;
use measure::Beginning;
use options::Options;
use report::Run;
use serde_json::Value;
use servers::{Server, Task};
use tls::Tls;
use tokio::task::LocalSet;
use upstream::Jira;

/// What is asked of the upstream without --away.
const SLOW: Duration = Duration::from_millis(80);

fn main() -> ExitCode {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("the system has threads");
    let local = LocalSet::new();
    let args: Vec<String> = std::env::args().collect();
    match args.get(1).map(String::as_str) {
        // By itself, for a profiler.
        Some("upstream") => local.block_on(&runtime, async {
            let (jira, tls) = (Jira::new(), Tls::new(options::STREAMS_MAX));
            let (fast, slow) = (jira.plain(Duration::ZERO).await, jira.plain(SLOW).await);
            let secure = jira.secure(&tls, Duration::ZERO).await;
            let trust = tls.authority().display();
            serve::announce(&format!("{} {}", fast.port, slow.port));
            serve::announce(&format!("{} {}={trust}", secure.base, tls::TRUST));
            std::future::pending::<()>().await;
        }),
        Some("floor") => {
            let upstream = args.get(2).expect("floor URL");
            local.block_on(&runtime, floor::run(upstream));
        }
        // For tests/counts: signs in at the bridge on PORT, which has this gateway secret.
        Some("bearer") => local.block_on(&runtime, async {
            let (port, secret) = (args.get(2).expect("PORT"), args.get(3).expect("a secret"));
            let gateway = ("x-gateway-token", secret.clone());
            let program = sign_in::Program::new(port.parse().expect("a port"), gateway);
            for bearer in sign_in::bearers(&program, vec![client::bearer(0)]).await {
                serve::announce(&bearer);
            }
        }),
        _ => return orchestrate(&Options::parse().settled(), &runtime, &local),
    }
    ExitCode::SUCCESS
}

/// Builds what is measured, then goes on as a child on the driver's core, so that no thread of it
/// strays.
fn orchestrate(options: &Options, runtime: &tokio::runtime::Runtime, local: &LocalSet) -> ExitCode {
    let binary = options.bridge.clone().unwrap_or_else(release_build);
    if options.pinned {
        local.block_on(runtime, measured(options, &binary));
        return ExitCode::SUCCESS;
    }
    let own = std::env::current_exe().expect("the system knows our own path");
    let core = options.driver_core.to_string();
    let again = Command::new("taskset")
        .args(["-c", &core])
        .arg(own)
        .args(std::env::args().skip(1))
        .arg("--pinned")
        .args(options.bridge.is_none().then(|| format!("--bridge={}", binary.display())))
        .status();
    if again.is_ok_and(|status| status.success()) { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// The folder that cargo builds into, above `release/examples/load`.
fn target() -> PathBuf {
    let own = std::env::current_exe().expect("the system knows our own path");
    own.ancestors().nth(3).expect("cargo put it three folders deep").to_owned()
}

fn release_build() -> PathBuf {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let args = ["build", "--release", "--locked", "--bin", "jira-mcp-bridge", "--target-dir"];
    let built = Command::new(cargo).args(args).arg(target()).status();
    assert!(built.is_ok_and(|status| status.success()), "the release build failed");
    target().join("release/jira-mcp-bridge")
}

async fn measured(options: &Options, binary: &Path) {
    let jira = Jira::new();
    let mut run = Run { cores: (options.server_core, options.driver_core), ..Run::default() };
    run.binary_bytes = std::fs::metadata(binary).map_or(0, |file| file.len());
    let seen = plain(options, binary, &jira, &mut run).await;
    if options.tls {
        deployed::measure(options, binary, &jira, &seen, &mut run).await;
    }
    if options.own_tokens {
        own_tokens::measure(options, binary, &jira, &mut run).await;
    }
    if let Some(count) = options.streams {
        streams::measure(options, binary, &jira, count, &mut run).await;
    }
    told(options, &run);
}

/// Everything over HTTP/1.1 in clear; answers with what the bridge asked Jira for.
async fn plain(options: &Options, binary: &Path, jira: &Rc<Jira>, run: &mut Run) -> Value {
    let fast = jira.plain(Duration::ZERO).await;
    let core = options.server_core;
    let bridge = started(servers::bridge(core, binary, &fast)).await;
    for task in Task::ALL {
        client::once(&bridge.call(task).expect("the bridge has all")).await;
    }
    let seen = servers::seen(fast.port).await;
    let mut under_test = vec![servers::floor(core, &fast, seen.clone()), bridge];
    let peer = options.peers.then(|| peers::install(&target().join("peers"))).flatten();
    if let Some(program) = &peer {
        under_test.push(peers::start(core, program, fast.port).await);
    }

    let bodies = bodies::Bodies::new();
    let bytes = |kind: &str| seen[kind]["bytes"].as_u64().unwrap_or_default();
    run.jira_bytes = [
        (bodies.issue(&[]).len(), bytes("issue")),
        (bodies.search(&[], servers::SEARCH_SIZE as usize).len(), bytes("search")),
    ];
    say("processor time");
    run.rows = measure::processor_time(options, &under_test).await;
    measure::reply_bytes(&under_test, &mut run.rows).await;
    measure::memory_at_rest(options, &under_test, &mut run.rows).await;
    say("latency");
    measure::added_latency(options, &under_test, fast.port, &seen, run).await;
    drop(under_test);
    say("memory");
    let away = options.away.first().copied().map_or(SLOW, Duration::from_millis);
    let slow = jira.plain(away).await;
    let fresh = [
        servers::floor(core, &slow, seen.clone()),
        started(servers::bridge(core, binary, &slow)).await,
    ];
    for server in &fresh {
        let taken = measure::memory_in_flight(options, server, &slow, Beginning::Warm).await;
        if let Some(row) = run.rows.iter_mut().find(|row| row.name == server.name) {
            row.before_mb = Some(taken.before_mb);
            row.peak_mb = Some(taken.peak_mb);
            row.after_mb = Some(taken.after_mb);
            row.in_flight_rate = Some(taken.rate);
        }
    }
    drop(fresh);
    say("cold start");
    measure::cold_start(options, binary, &fast, run).await;
    seen
}

async fn started(server: Server) -> Server {
    let call = server.call(Task::List).expect("the bridge has a tool list");
    client::until_answered(&call, std::time::Instant::now()).await;
    server
}

fn told(options: &Options, run: &Run) {
    let file = options.json.clone().unwrap_or_else(|| target().join("load.json"));
    std::fs::write(&file, serde_json::to_vec_pretty(run).expect("plain numbers"))
        .expect("the folder is writable");
    let text = run.tables();
    let mut out = std::io::stdout().lock();
    writeln!(out, "{text}\nas JSON: {}", file.display()).expect("stdout takes it");
}

fn say(line: &str) {
    // Nobody is left to tell when stderr is gone.
    let _ = writeln!(std::io::stderr(), "load: {line}");
}
