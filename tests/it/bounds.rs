//! The most memory that all limits together come to, against what the document says and what is
//! shipped.

use std::{fmt::Write as _, fs, path::Path};

use jira_mcp_bridge::{
    bounds::{self, Deployment},
    http,
};
use serde_json::Value;

fn file(path: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

/// The value that a container's manifest sets, by the name before it.
fn set_in(manifest: &str, name: &str) -> Option<usize> {
    let after = manifest.split_once(&format!("- name: {name}\n"))?.1;
    after.lines().next()?.trim().strip_prefix("value:")?.trim().trim_matches('"').parse().ok()
}

fn mib(memory: &str) -> usize {
    let (number, unit) = memory.split_at(memory.find(['M', 'G']).unwrap());
    let number: f64 = number.parse().unwrap();
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a few thousand at most"
    )]
    match unit {
        "Mi" => number as usize,
        "Gi" => (number * 1024.0) as usize,
        _ => panic!("{memory}"),
    }
}

fn connections() -> usize {
    http::ConnectionSettings::default().connections_max
}

fn kubernetes() -> (Deployment, usize) {
    let manifest = file("deploy/kubernetes/base/deployment.yaml");
    let limits = manifest.split_once("limits:").unwrap().1;
    let memory = limits.split_once("memory:").unwrap().1.lines().next().unwrap().trim();
    // Without a limit of processors there may be any number of threads.
    let threads = set_in(&manifest, "TOKIO_WORKER_THREADS").expect("a number of threads");
    let requests =
        set_in(&manifest, "MAX_IN_FLIGHT").unwrap_or(http::Settings::default().in_flight_max);
    let connections = set_in(&manifest, "MAX_CONNECTIONS").unwrap_or_else(connections);
    (Deployment { connections, requests, threads, has_signin: true }, mib(memory))
}

fn azure(environment: &str) -> (Deployment, usize) {
    let sizes: Value =
        serde_json::from_str(&file(&format!("deploy/azure/environments/{environment}.json")))
            .unwrap();
    let cores: f64 = sizes["cpu"].as_str().unwrap().parse().unwrap();
    assert!(cores <= 2.0, "more threads than are reckoned with");
    let requests = sizes["settings"]["MAX_IN_FLIGHT"].as_str().map_or_else(
        || http::Settings::default().in_flight_max,
        |requests| requests.parse().unwrap(),
    );
    let connections = sizes["settings"]["MAX_CONNECTIONS"]
        .as_str()
        .map_or_else(connections, |connections| connections.parse().unwrap());
    let deployment = Deployment { connections, requests, threads: 2, has_signin: true };
    (deployment, mib(sizes["memory"].as_str().unwrap()))
}

/// What is shipped, by the name that the document gives it, and its memory in MiB.
fn shipped() -> [(&'static str, Deployment, usize); 3] {
    let named = |name, (deployment, memory)| (name, deployment, memory);
    [
        named("Kubernetes", kubernetes()),
        named("Azure, dev", azure("dev")),
        named("Azure, prod", azure("prod")),
    ]
}

/// Whatever `TOOLSETS` and `AUTH` an operator chooses: nobody thinks of the memory then.
#[test]
fn all_limits_together_fit_the_memory_that_is_shipped() {
    for (name, deployment, memory) in shipped() {
        let most = bounds::total(deployment) + bounds::agent_total();
        assert!(most <= memory << 20, "{name} may take {} of {memory} MiB", most.div_ceil(1 << 20));
    }
}

#[test]
fn the_document_shows_what_they_come_to() {
    let columns = shipped().map(|(name, deployment, memory)| {
        let Deployment { requests, threads, .. } = deployment;
        (format!("{name}: {requests} requests, {threads} threads, {memory} MiB"), deployment)
    });
    let columns: Vec<_> = columns.iter().map(|(name, one)| (name.as_str(), *one)).collect();
    let table = bounds::table(&columns);
    assert!(file("docs/RELIABILITY.md").contains(&table), "the table is now\n{table}");
    let table = bounds::agent_table();
    assert!(file("docs/RELIABILITY.md").contains(&table), "the table of agents is now\n{table}");
}

/// Which sets of tools fit which size.
#[test]
fn the_document_says_what_fits_which_size() {
    let mib = |bytes: usize| bytes.div_ceil(1 << 20);
    let agents = bounds::agent_total();
    let mut table = String::from(
        "| Where | Memory, MiB | without `signin` | with it | `agent` in `TOOLSETS` as well |\n|---|---|---|---|---|\n",
    );
    for (name, deployment, memory) in shipped() {
        let without = bounds::total(Deployment { has_signin: false, ..deployment });
        let with = bounds::total(deployment);
        let (without, with, all) = (mib(without), mib(with), mib(with + agents));
        writeln!(table, "| {name} | {memory} | {without} | {with} | {all} |").unwrap();
    }
    assert!(file("docs/RELIABILITY.md").contains(&table), "the table is now\n{table}");
}
