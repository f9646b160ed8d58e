//! The options of the command line.

use std::{path::PathBuf, time::Duration};

use clap::Parser;

/// What many servers allow. Source: RFC 9113 section 6.5.2, which recommends no fewer.
pub(crate) const STREAMS_MAX: u32 = 100;

/// Measures the bridge against a bare proxy, and against a peer with --peers. Needs Linux and
/// taskset; wants two idle cores.
#[derive(Debug, Parser)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
pub(crate) struct Options {
    /// The bridge's binary; without it the release build is made and taken.
    #[arg(long)]
    pub(crate) bridge: Option<PathBuf>,
    /// Also install mcp-atlassian from PyPI into target/peers and measure it.
    #[arg(long)]
    pub(crate) peers: bool,
    /// Also measure the bridge as deployed: its upstream speaks TLS, HTTP/2 and gzip.
    #[arg(long)]
    pub(crate) tls: bool,
    /// With --tls: the HTTP/2 streams that the upstream allows at a time on one connection.
    #[arg(long, default_value_t = STREAMS_MAX)]
    pub(crate) http2_streams: u32,
    /// How far away the upstream is with a thousand calls in flight, in milliseconds; without --tls
    /// the first counts.
    #[arg(long, value_delimiter = ',', default_value = "80,250")]
    pub(crate) away: Vec<u64>,
    /// Also measure the bridge's own tokens beside Atlassian's; with redis-server also in Redis.
    #[arg(long)]
    pub(crate) own_tokens: bool,
    /// Also measure with so many idle event streams open; the goal is that of 5000.
    #[arg(long)]
    pub(crate) streams: Option<usize>,
    /// Rounds after the one that warms up; medians count.
    #[arg(long, default_value_t = 7)]
    pub(crate) rounds: usize,
    /// Calls in a round; a quarter of it for searches.
    #[arg(long, default_value_t = 4000)]
    pub(crate) calls: usize,
    /// Calls for the latency of each server, 20 a second.
    #[arg(long, default_value_t = 400)]
    pub(crate) samples: usize,
    /// Calls of each of the 1,000 connections for the memory.
    #[arg(long, default_value_t = 20)]
    pub(crate) waves: usize,
    /// The core of the servers under test.
    #[arg(long, default_value_t = 0)]
    pub(crate) server_core: usize,
    /// The core of the driver and of the upstream.
    #[arg(long, default_value_t = 1)]
    pub(crate) driver_core: usize,
    /// Lets the driver's core sleep between two answers; each byte sent to it then costs the server
    /// the waking of a core.
    #[arg(long)]
    pub(crate) driver_sleeps: bool,
    /// Where the numbers go as JSON; beside the build's output by default.
    #[arg(long)]
    pub(crate) json: Option<PathBuf>,
    /// A few calls of each kind only: shows that the load works, and measures nothing of worth.
    #[arg(long)]
    pub(crate) smoke: bool,
    /// Calls in flight for the memory; the goals are those of 1,000.
    #[arg(long, default_value_t = 1_000, hide = true)]
    pub(crate) in_flight: usize,
    /// What a server is given to fall back to after a load, in milliseconds.
    #[arg(long, default_value_t = 5_000, hide = true)]
    pub(crate) rest: u64,
    /// Set in the child that is pinned to the driver's core.
    #[arg(long, hide = true)]
    pub(crate) pinned: bool,
}

impl Options {
    /// A few calls of each kind, where only a sign of life is wanted.
    pub(crate) fn settled(mut self) -> Self {
        if self.smoke {
            (self.rounds, self.calls, self.samples, self.waves) = (1, 16, 5, 1);
            (self.in_flight, self.rest) = (100, 50);
            (self.tls, self.away) = (true, vec![20]);
            (self.own_tokens, self.streams) = (true, Some(40));
        }
        self
    }

    /// Waits until a server has fallen back to what it keeps.
    pub(crate) async fn rest(&self) {
        tokio::time::sleep(Duration::from_millis(self.rest)).await;
    }
}
