//! What is measured, each as one number of one server in one run.

use std::{path::Path, time::Instant};

use serde::Serialize;
use serde_json::Value;

use crate::{
    client::{self, Call, median, percentile},
    options::Options,
    process::Process,
    report::{InFlight, Row, Run},
    servers::{self, Server, Task},
    upstream::Site,
};

/// Connections of the closed loop.
pub(crate) const WIDTH: usize = 16;
/// Calls of each server a second for the latency.
const RATE: u32 = 20;
const COLD_STARTS: usize = 9;

/// Processor time for each call, in interleaved rounds, so that whatever else the machine does hits
/// all alike.
pub(crate) async fn processor_time(options: &Options, servers: &[Server]) -> Vec<Row> {
    // Sending to a core that sleeps costs the sender the waking, several times what the sending
    // costs. The floor keeps this core busy and never pays that; a server that takes longer would
    // pay it for each of its answers and requests, and no server pays it whose clients are other
    // machines.
    let awake = tokio::task::spawn_local(stay_awake(!options.driver_sleeps));
    let mut spent = vec![[Vec::new(), Vec::new(), Vec::new()]; servers.len()];
    let mut resident = vec![Vec::new(); servers.len()];
    for round in 0..=options.rounds {
        for ((server, spent), resident) in servers.iter().zip(&mut spent).zip(&mut resident) {
            for (task, spent) in Task::ALL.into_iter().zip(spent) {
                let Some(call) = server.call(task) else { continue };
                let count = calls(options, server, task);
                let each = each_ms(&server.process, &call, count).await;
                // The first round warms up.
                if round > 0 {
                    spent.push(each);
                }
            }
            resident.push(server.process.resident_mb());
        }
    }
    awake.abort();
    let measured = servers.iter().zip(spent).zip(resident);
    let row = |((server, spent), resident_mb): ((&Server, [Vec<f64>; 3]), Vec<f64>)| {
        let [issue, search, list] =
            spent.map(|rounds| (!rounds.is_empty()).then(|| median(rounds)));
        Row { name: server.name, issue, search, list, resident_mb, ..Row::default() }
    };
    measured.map(row).collect()
}

/// Processor time of a call in each round, of one way to call after the other.
pub(crate) async fn alternating(options: &Options, ways: &[(&Process, Call)]) -> Vec<Vec<f64>> {
    let awake = tokio::task::spawn_local(stay_awake(!options.driver_sleeps));
    let mut rounds = vec![Vec::new(); ways.len()];
    for round in 0..=options.rounds {
        for ((process, call), spent) in ways.iter().zip(&mut rounds) {
            let each = each_ms(process, call, options.calls.max(WIDTH)).await;
            if round > 0 {
                spent.push(each);
            }
        }
    }
    awake.abort();
    rounds
}

async fn each_ms(process: &Process, call: &Call, count: usize) -> f64 {
    let before = process.cpu_ms();
    client::closed_loop(call, WIDTH, count).await;
    #[expect(clippy::cast_precision_loss, reason = "a few thousand calls")]
    let count = count as f64;
    (process.cpu_ms() - before) / count
}

/// Lets this thread look for what has come again and again instead of waiting for it.
async fn stay_awake(is_wanted: bool) {
    if is_wanted {
        loop {
            tokio::task::yield_now().await;
        }
    }
}

/// A peer takes a hundred times longer; fewer calls tell as much.
fn calls(options: &Options, server: &Server, task: Task) -> usize {
    let share = if task == Task::Search { 4 } else { 1 };
    let share = if server.is_peer() { share * 25 } else { share };
    (options.calls / share).max(WIDTH)
}

/// Bytes of each answer.
pub(crate) async fn reply_bytes(servers: &[Server], rows: &mut [Row]) {
    for (server, row) in servers.iter().zip(rows) {
        for (task, bytes) in Task::ALL.into_iter().zip(&mut row.bytes) {
            if let Some(call) = server.call(task) {
                *bytes = Some(client::once(&call).await.len());
            }
        }
    }
}

/// What a server adds to the latency of Jira itself when it has little to do.
pub(crate) async fn added_latency(
    options: &Options,
    servers: &[Server],
    upstream: u16,
    seen: &Value,
    run: &mut Run,
) {
    let mut calls = vec![servers::direct(upstream, seen, Task::Issue)];
    calls.extend(servers.iter().filter_map(|server| server.call(Task::Issue)));
    let latencies = client::at_rate(&calls, RATE, options.samples).await;
    let Some((direct, others)) = latencies.split_first() else { return };
    for (row, latencies) in run.rows.iter_mut().zip(others) {
        let added = |share| percentile(latencies, share) - percentile(direct, share);
        row.added_p50 = Some(added(0.5));
        row.added_p99 = Some(added(0.99));
    }
}

/// Memory at rest after the load that went before.
pub(crate) async fn memory_at_rest(options: &Options, servers: &[Server], rows: &mut [Row]) {
    options.rest().await;
    for (server, row) in servers.iter().zip(rows) {
        row.at_rest_mb = Some(server.process.resident_mb());
    }
}

/// How a thousand calls begin.
#[derive(Clone, Copy, PartialEq, Eq, Serialize)]
pub(crate) enum Beginning {
    /// One call has opened a connection to Jira before.
    Warm,
    /// All at once at a process that has called nobody, as after a restart.
    Cold,
}

/// Memory of a fresh server with a thousand calls in flight, before, at the peak, and some seconds
/// after.
pub(crate) async fn memory_in_flight(
    options: &Options,
    fresh: &Server,
    site: &Site,
    beginning: Beginning,
) -> InFlight {
    let call = fresh.call(Task::Issue).expect("whom we measure has issues");
    if beginning == Beginning::Warm {
        client::once(&call).await;
    }
    let before_mb = fresh.process.resident_mb();
    let started = Instant::now();
    // What a cold beginning costs is over with the first of them.
    let waves = if beginning == Beginning::Warm { options.waves } else { options.waves.min(2) };
    let count = options.in_flight * waves;
    client::closed_loop(&call, options.in_flight, count).await;
    #[expect(clippy::cast_precision_loss, reason = "a few thousand calls")]
    let rate = count as f64 / started.elapsed().as_secs_f64();
    let connections = site.wire.read();
    options.rest().await;
    InFlight {
        name: fresh.name,
        beginning,
        away_ms: u64::try_from(site.away.as_millis()).unwrap_or(u64::MAX),
        before_mb,
        peak_mb: fresh.process.peak_mb(),
        after_mb: fresh.process.resident_mb(),
        rate,
        connections,
    }
}

/// From the start of the process to the first tool list.
pub(crate) async fn cold_start(options: &Options, binary: &Path, site: &Site, run: &mut Run) {
    let mut took = Vec::new();
    for _ in 0..COLD_STARTS.min(options.rounds + 2) {
        let started = Instant::now();
        let server = servers::bridge(options.server_core, binary, site);
        if let Some(call) = server.call(Task::List) {
            took.push(client::until_answered(&call, started).await);
        }
    }
    if let Some(row) = run.rows.iter_mut().find(|row| row.name == "bridge") {
        row.cold_start_ms = Some(median(took));
    }
}
