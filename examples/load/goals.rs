//! What a run is held against: what must hold, and what we aim at.

use std::fmt::Write;

use crate::{
    measure::Beginning,
    own_tokens,
    report::{Row, Run, ratio},
};

/// One line of the goals.
struct Goal {
    name: &'static str,
    value: Option<f64>,
    must: f64,
    aim: f64,
    /// More is better.
    rising: bool,
}

pub(crate) fn write(out: &mut String, run: &Run) -> std::fmt::Result {
    writeln!(out, "\n| Goal | must | aim | measured | |\n|---|---|---|---|---|")?;
    goals(run).iter().try_for_each(|goal| goal.write(out))
}

fn goals(run: &Run) -> Vec<Goal> {
    let low = |name, value, must, aim| Goal { name, value, must, aim, rising: false };
    let high = |name, value, must, aim| Goal { name, value, must, aim, rising: true };
    let plain = Rows(&run.rows);
    let deployed = Rows(run.deployed.as_ref().map_or(&[], |deployed| &deployed.rows));
    let bridge = |value: fn(&Row) -> Option<f64>| plain.value("bridge", value);
    #[expect(clippy::cast_precision_loss, reason = "some megabytes")]
    let binary_mib = run.binary_bytes as f64 / 1024.0 / 1024.0;
    let in_flight = run.deployed.iter().flat_map(|deployed| &deployed.in_flight);
    let peaks =
        in_flight.filter(|taken| taken.name == "bridge" && taken.beginning == Beginning::Warm);
    let deployed_peak = peaks.map(|taken| taken.peak_mb).reduce(f64::max);
    let streams = run.streams.as_ref().filter(|streams| streams.count == 5_000);
    let own_token = run.own_tokens.iter().find(|way| way.name == own_tokens::IN_MEMORY);
    let own_token = own_token.map(|way| (way.over - 1.0) * 100.0);
    vec![
        low("get_issue CPU, x floor", plain.over_floor(|r| r.issue), 4.0, 3.0),
        low("search 50 CPU, x floor", plain.over_floor(|r| r.search), 5.0, 4.0),
        low("get_issue CPU as deployed, x floor", deployed.over_floor(|r| r.issue), 3.0, 2.0),
        low("search 50 CPU as deployed, x floor", deployed.over_floor(|r| r.search), 4.0, 3.0),
        low(
            "tools/list CPU, x the floor's get_issue",
            ratio(bridge(|r| r.list), plain.value("floor", |r| r.issue)),
            1.0,
            0.5,
        ),
        low("own token instead of Atlassian's, % more CPU", own_token, 5.0, 1.0),
        low("peak MB, 1,000 calls in flight", bridge(|r| r.peak_mb), 80.0, 64.0),
        low("peak MB, 1,000 calls in flight as deployed", deployed_peak, 110.0, 80.0),
        low("MB at rest after load", bridge(|r| r.at_rest_mb), 14.0, 10.0),
        low("MB when fresh", bridge(|r| r.before_mb), 9.0, 8.0),
        low("MB with 5,000 idle streams", streams.map(|streams| streams.with_mb), 128.0, 90.0),
        low("binary, MiB", Some(binary_mib), 14.0, 11.0),
        low("cold start to the first tools/list, ms", bridge(|r| r.cold_start_ms), 15.0, 10.0),
        high("issues per CPU second, x mcp-atlassian", plain.over_peer(|r| r.issue), 100.0, 150.0),
        high(
            "searches per CPU second, x mcp-atlassian",
            plain.over_peer(|r| r.search),
            100.0,
            120.0,
        ),
    ]
}

/// The servers of one measurement.
struct Rows<'a>(&'a [Row]);

impl Rows<'_> {
    fn value(&self, name: &str, value: fn(&Row) -> Option<f64>) -> Option<f64> {
        self.0.iter().find(|row| row.name.starts_with(name)).and_then(value)
    }

    fn over_floor(&self, value: fn(&Row) -> Option<f64>) -> Option<f64> {
        ratio(self.value("bridge", value), self.value("floor", value))
    }

    /// Of what is made in the same time.
    fn over_peer(&self, value: fn(&Row) -> Option<f64>) -> Option<f64> {
        ratio(self.value("mcp-atlassian", value), self.value("bridge", value))
    }
}

impl Goal {
    fn write(&self, out: &mut String) -> std::fmt::Result {
        let Self { name, must, aim, rising, .. } = *self;
        let sign = if rising { ">=" } else { "<=" };
        let Some(value) = self.value else {
            return writeln!(out, "| {name} | {sign} {must} | {sign} {aim} | | not measured |");
        };
        let reaches = |goal: f64| if rising { value >= goal } else { value <= goal };
        let verdict = match () {
            () if reaches(aim) => "holds, and the aim",
            () if reaches(must) => "holds",
            () => "**misses**",
        };
        writeln!(out, "| {name} | {sign} {must} | {sign} {aim} | {value:.2} | {verdict} |")
    }
}
