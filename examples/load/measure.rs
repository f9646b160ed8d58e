//! What is measured, each as one number of one server in one run.

use std::{
    path::Path,
    time::{Duration, Instant},
};

use serde_json::Value;

use crate::{
    Options,
    client::{self, median, percentile},
    report::{Row, Run},
    servers::{self, Server, Task},
};

/// Connections of the closed loop.
const WIDTH: usize = 16;
/// Calls in flight for the memory.
const IN_FLIGHT: usize = 1_000;
/// Calls of each server a second for the latency.
const RATE: u32 = 20;
/// What a server is given to fall back to after the load.
const REST: Duration = Duration::from_secs(5);
const COLD_STARTS: usize = 9;

/// Processor time for each call, in interleaved rounds, so that whatever else the machine does hits
/// all alike.
pub(crate) async fn processor_time(options: &Options, servers: &[Server], run: &mut Run) {
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
                let before = server.process.cpu_ms();
                client::closed_loop(&call, WIDTH, count).await;
                #[expect(clippy::cast_precision_loss, reason = "a few thousand calls")]
                let each = (server.process.cpu_ms() - before) / count as f64;
                // The first round warms up.
                if round > 0 {
                    spent.push(each);
                }
            }
            resident.push(server.process.resident_mb());
        }
    }
    awake.abort();
    for ((server, spent), resident_mb) in servers.iter().zip(spent).zip(resident) {
        let [issue, search, list] =
            spent.map(|rounds| (!rounds.is_empty()).then(|| median(rounds)));
        run.rows.push(Row {
            name: server.name,
            issue,
            search,
            list,
            resident_mb,
            ..Row::default()
        });
    }
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
pub(crate) async fn reply_bytes(servers: &[Server], run: &mut Run) {
    for (server, row) in servers.iter().zip(&mut run.rows) {
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
pub(crate) async fn memory_at_rest(servers: &[Server], run: &mut Run) {
    tokio::time::sleep(REST).await;
    for (server, row) in servers.iter().zip(&mut run.rows) {
        row.at_rest_mb = Some(server.process.resident_mb());
    }
}

/// Memory of fresh servers with a thousand calls in flight, before, at the peak, and some seconds
/// after.
pub(crate) async fn memory_in_flight(options: &Options, fresh: &[Server], run: &mut Run) {
    for server in fresh {
        let Some(call) = server.call(Task::Issue) else { continue };
        client::once(&call).await;
        let before = server.process.resident_mb();
        let started = Instant::now();
        let count = IN_FLIGHT * options.waves;
        client::closed_loop(&call, IN_FLIGHT, count).await;
        #[expect(clippy::cast_precision_loss, reason = "a few thousand calls")]
        let rate = count as f64 / started.elapsed().as_secs_f64();
        tokio::time::sleep(REST).await;
        if let Some(row) = run.rows.iter_mut().find(|row| row.name == server.name) {
            row.before_mb = Some(before);
            row.peak_mb = Some(server.process.peak_mb());
            row.after_mb = Some(server.process.resident_mb());
            row.in_flight_rate = Some(rate);
        }
    }
}

/// From the start of the process to the first tool list.
pub(crate) async fn cold_start(options: &Options, binary: &Path, upstream: u16, run: &mut Run) {
    let mut took = Vec::new();
    for _ in 0..COLD_STARTS {
        let started = Instant::now();
        let server = servers::bridge(options.server_core, binary, upstream);
        if let Some(call) = server.call(Task::List) {
            took.push(client::until_answered(&call, started).await);
        }
    }
    if let Some(row) = run.rows.iter_mut().find(|row| row.name == "bridge") {
        row.cold_start_ms = Some(median(took));
    }
}
