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
mod floor;
mod measure;
mod peers;
mod process;
mod report;
mod serve;
mod servers;
mod upstream;

use std::{
    io::Write,
    path::{Path, PathBuf},
    process::{Command, ExitCode},
};

use clap::Parser;
use report::Run;
use servers::{Server, Task};
use tokio::task::LocalSet;

/// Measures the bridge against a bare proxy, and against a peer with --peers. Needs Linux and
/// taskset; wants two idle cores.
#[derive(Debug, Parser)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
struct Options {
    /// The bridge's binary; without it the release build is made and taken.
    #[arg(long)]
    bridge: Option<PathBuf>,
    /// Also install mcp-atlassian from PyPI into target/peers and measure it.
    #[arg(long)]
    peers: bool,
    /// Rounds after the one that warms up; medians count.
    #[arg(long, default_value_t = 7)]
    rounds: usize,
    /// Calls in a round; a quarter of it for searches.
    #[arg(long, default_value_t = 4000)]
    calls: usize,
    /// Calls for the latency of each server, 20 a second.
    #[arg(long, default_value_t = 400)]
    samples: usize,
    /// Calls of each of the 1,000 connections for the memory.
    #[arg(long, default_value_t = 20)]
    waves: usize,
    /// The core of the servers under test.
    #[arg(long, default_value_t = 0)]
    server_core: usize,
    /// The core of the driver and of the upstream.
    #[arg(long, default_value_t = 1)]
    driver_core: usize,
    /// Lets the driver's core sleep between two answers; each byte sent to it then costs the server
    /// the waking of a core.
    #[arg(long)]
    driver_sleeps: bool,
    /// Where the numbers go as JSON; beside the build's output by default.
    #[arg(long)]
    json: Option<PathBuf>,
    /// A few calls of each kind only: shows that the load works, and measures nothing of worth.
    #[arg(long)]
    smoke: bool,
    /// Set in the child that is pinned to the driver's core.
    #[arg(long, hide = true)]
    pinned: bool,
}

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
            let (fast, slow) = upstream::start().await;
            serve::announce(&format!("{fast} {slow}"));
            std::future::pending::<()>().await;
        }),
        Some("floor") => {
            let port = args.get(2).and_then(|port| port.parse().ok()).expect("floor PORT");
            local.block_on(&runtime, floor::run(port));
        }
        _ => return orchestrate(Options::parse(), &runtime, &local),
    }
    ExitCode::SUCCESS
}

/// Builds what is measured, then goes on as a child on the driver's core, so that no thread of it
/// strays.
fn orchestrate(
    mut options: Options,
    runtime: &tokio::runtime::Runtime,
    local: &LocalSet,
) -> ExitCode {
    if options.smoke {
        (options.rounds, options.calls, options.samples, options.waves) = (1, 64, 10, 1);
    }
    let binary = options.bridge.clone().unwrap_or_else(release_build);
    if options.pinned {
        local.block_on(runtime, measured(&options, &binary));
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
    let (fast, slow) = upstream::start().await;
    let core = options.server_core;

    let bridge = started(servers::bridge(core, binary, fast)).await;
    for task in Task::ALL {
        client::once(&bridge.call(task).expect("the bridge has all")).await;
    }
    let seen = servers::seen(fast).await;
    let mut under_test = vec![servers::floor(core, fast, seen.clone()), bridge];
    let peer = options.peers.then(|| peers::install(&target().join("peers"))).flatten();
    if let Some(program) = &peer {
        under_test.push(peers::start(core, program, fast).await);
    }

    let mut run = Run { cores: (core, options.driver_core), ..Run::default() };
    run.binary_bytes = std::fs::metadata(binary).map_or(0, |file| file.len());
    let bodies = bodies::Bodies::new();
    let bytes = |kind: &str| seen[kind]["bytes"].as_u64().unwrap_or_default();
    run.jira_bytes = [
        (bodies.issue(&[]).len(), bytes("issue")),
        (bodies.search(&[], servers::SEARCH_SIZE as usize).len(), bytes("search")),
    ];
    say("processor time");
    measure::processor_time(options, &under_test, &mut run).await;
    measure::reply_bytes(&under_test, &mut run).await;
    measure::memory_at_rest(&under_test, &mut run).await;
    say("latency");
    measure::added_latency(options, &under_test, fast, &seen, &mut run).await;
    drop(under_test);
    say("memory");
    let fresh =
        [servers::floor(core, slow, seen), started(servers::bridge(core, binary, slow)).await];
    measure::memory_in_flight(options, &fresh, &mut run).await;
    drop(fresh);
    say("cold start");
    measure::cold_start(options, binary, fast, &mut run).await;
    told(options, &run);
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
