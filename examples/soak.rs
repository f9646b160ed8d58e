//! Long and hard use of the real binary: `soak` makes many calls under random faults, `agents` many
//! turns with an agent, `hang` a thousand calls at once against an upstream that never answers,
//! `amplify` weighs single requests that make much of little. Prints figures; ends with 1 when one
//! of them is out of bounds.
//!
//!     cargo build && cargo run --example soak -- soak --calls 200000
//!     cargo run --example soak -- agents --turns 10000
//!     cargo run --example soak -- hang --calls 1000
//!     cargo run --example soak -- amplify --binary target/release/jira-mcp-bridge
#![expect(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a test driver: it starts a process, sends requests, prints figures, and fails by panicking"
)]

#[path = "soak/agents.rs"]
mod agents;
#[path = "soak/amplify.rs"]
mod amplify;
#[path = "soak/child.rs"]
mod child;
#[path = "soak/hang.rs"]
mod hang;
#[path = "soak/load.rs"]
mod load;
#[path = "../tests/it/support/schedule.rs"]
#[expect(dead_code, reason = "shared with the tests, which use all of it")]
mod schedule;
#[path = "../tests/it/support/upstream.rs"]
#[expect(dead_code, reason = "shared with the tests, which use all of it")]
mod upstream;

use std::{path::PathBuf, process::ExitCode};

use clap::{Parser, Subcommand};
use schedule::Schedule;
use upstream::Fault;

#[derive(Debug, Parser)]
struct Arguments {
    /// The binary; by default the one that was built beside this example.
    #[arg(long, global = true)]
    binary: Option<PathBuf>,
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Many calls under random faults.
    Soak {
        #[arg(long, default_value_t = 200_000)]
        calls: u64,
        /// Of the requests to Jira, how many percent meet a fault.
        #[arg(long, default_value_t = 5)]
        percent: u64,
    },
    /// Many turns with the sandbox's agent, of 200 people at once.
    Agents {
        #[arg(long, default_value_t = 10_000)]
        turns: u64,
    },
    /// One request after the other that makes much of little.
    Amplify,
    /// Calls at once against an upstream that never answers.
    Hang {
        #[arg(long, default_value_t = 1_000)]
        calls: usize,
        #[arg(long, default_value_t = 40_000)]
        deadline_ms: u64,
    },
}

fn main() -> ExitCode {
    let Arguments { binary, what } = Arguments::parse();
    let beside = || std::env::current_exe().unwrap().with_file_name("../jira-mcp-bridge");
    let binary = binary.unwrap_or_else(beside);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let is_good = runtime.block_on(async {
        match what {
            What::Soak { calls, percent } => load::run(&binary, calls, percent).await,
            What::Agents { turns } => agents::run(&binary, turns).await,
            What::Amplify => amplify::run(&binary).await,
            What::Hang { calls, deadline_ms } => hang::run(&binary, calls, deadline_ms).await,
        }
    });
    println!("{}", if is_good { "good" } else { "OUT OF BOUNDS" });
    if is_good { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
