//! The numbers of one run as tables and as JSON, and held against the goals.

use std::fmt::Write;

use serde::Serialize;

/// One server.
#[derive(Default, Serialize)]
pub(crate) struct Row {
    pub(crate) name: &'static str,
    /// Processor time of one call, in milliseconds.
    pub(crate) issue: Option<f64>,
    pub(crate) search: Option<f64>,
    pub(crate) list: Option<f64>,
    /// Milliseconds over asking Jira itself.
    pub(crate) added_p50: Option<f64>,
    pub(crate) added_p99: Option<f64>,
    /// After each round of calls.
    pub(crate) resident_mb: Vec<f64>,
    pub(crate) at_rest_mb: Option<f64>,
    pub(crate) before_mb: Option<f64>,
    pub(crate) peak_mb: Option<f64>,
    pub(crate) after_mb: Option<f64>,
    pub(crate) in_flight_rate: Option<f64>,
    pub(crate) cold_start_ms: Option<f64>,
    /// Of `get_issue`, a search and the tool list.
    pub(crate) bytes: [Option<usize>; 3],
}

/// One run of the load.
#[derive(Default, Serialize)]
pub(crate) struct Run {
    pub(crate) rows: Vec<Row>,
    pub(crate) binary_bytes: u64,
    /// What Jira sent for the issue and for the search, raw and with the needed fields.
    pub(crate) jira_bytes: [(usize, u64); 2],
    pub(crate) cores: (usize, usize),
}

/// One line of the goals: what must hold, what we aim at.
struct Goal {
    name: &'static str,
    value: Option<f64>,
    must: f64,
    aim: Option<f64>,
    /// More is better.
    rising: bool,
}

impl Run {
    pub(crate) fn tables(&self) -> String {
        let mut text = String::new();
        self.write(&mut text).expect("a String takes everything");
        text
    }

    fn write(&self, out: &mut String) -> std::fmt::Result {
        let floor = self.rows.first();
        writeln!(
            out,
            "\n| | get_issue CPU ms | x floor | search 50 CPU ms | x floor | tools/list CPU ms | x floor's get_issue |\n|---|---|---|---|---|---|---|"
        )?;
        for row in &self.rows {
            let over = |value: Option<f64>, of: Option<f64>| number(ratio(value, of), 1);
            writeln!(
                out,
                "| {} | {} | {} | {} | {} | {} | {} |",
                row.name,
                number(row.issue, 4),
                over(row.issue, floor.and_then(|floor| floor.issue)),
                number(row.search, 4),
                over(row.search, floor.and_then(|floor| floor.search)),
                number(row.list, 4),
                over(row.list, floor.and_then(|floor| floor.issue))
            )?;
        }
        writeln!(
            out,
            "\n| | added p50 ms | added p99 ms | MB after the first round | MB after the last | MB at rest after load | MB before | MB peak, 1,000 in flight | MB after | calls/s then | cold start ms |\n|---|---|---|---|---|---|---|---|---|"
        )?;
        for row in &self.rows {
            writeln!(
                out,
                "| {} | {} | {} | {} | {} | {} | {} | {} | {} | {} | {} |",
                row.name,
                number(row.added_p50, 2),
                number(row.added_p99, 2),
                number(row.resident_mb.first().copied(), 1),
                number(row.resident_mb.last().copied(), 1),
                number(row.at_rest_mb, 1),
                number(row.before_mb, 1),
                number(row.peak_mb, 1),
                number(row.after_mb, 1),
                number(row.in_flight_rate, 0),
                number(row.cold_start_ms, 1)
            )?;
        }
        writeln!(out, "\n| Reply bytes | get_issue | search 50 | tools/list |\n|---|---|---|---|")?;
        let [issue, search] = self.jira_bytes;
        writeln!(
            out,
            "| Jira, every field | {} | {} | |\n| Jira, needed fields | {} | {} | |",
            issue.0, search.0, issue.1, search.1
        )?;
        for row in &self.rows {
            let [issue, search, list] =
                row.bytes.map(|bytes| bytes.map_or_else(String::new, |bytes| bytes.to_string()));
            writeln!(out, "| {} | {issue} | {search} | {list} |", row.name)?;
        }
        writeln!(out, "\n| Goal | must | aim | measured | |\n|---|---|---|---|---|")?;
        for goal in self.goals() {
            goal.write(out)?;
        }
        Ok(())
    }

    fn goals(&self) -> Vec<Goal> {
        let row = |name: &str| self.rows.iter().find(|row| row.name.starts_with(name));
        let (floor, bridge, peer) = (row("floor"), row("bridge"), row("mcp-atlassian"));
        let of = |row: Option<&Row>, value: fn(&Row) -> Option<f64>| row.and_then(value);
        let low = |name, value, must, aim| Goal { name, value, must, aim, rising: false };
        let high =
            |name, value, must, aim| Goal { name, value, must, aim: Some(aim), rising: true };
        let mut goals = vec![
            low(
                "get_issue CPU, x floor",
                ratio(of(bridge, |r| r.issue), of(floor, |r| r.issue)),
                7.0,
                Some(3.5),
            ),
            low(
                "search 50 CPU, x floor",
                ratio(of(bridge, |r| r.search), of(floor, |r| r.search)),
                8.0,
                Some(5.0),
            ),
            low(
                "tools/list CPU, x the floor's get_issue",
                ratio(of(bridge, |r| r.list), of(floor, |r| r.issue)),
                2.5,
                Some(1.0),
            ),
        ];
        if peer.is_some() {
            goals.push(high(
                "issues per CPU second, x mcp-atlassian",
                ratio(of(peer, |r| r.issue), of(bridge, |r| r.issue)),
                80.0,
                150.0,
            ));
            goals.push(high(
                "searches per CPU second, x mcp-atlassian",
                ratio(of(peer, |r| r.search), of(bridge, |r| r.search)),
                60.0,
                120.0,
            ));
        }
        #[expect(clippy::cast_precision_loss, reason = "some megabytes")]
        let binary_mb = self.binary_bytes as f64 / 1024.0 / 1024.0;
        goals.extend([
            low("added latency at 20/s, p50 ms", of(bridge, |r| r.added_p50), 1.0, Some(0.6)),
            low("added latency at 20/s, p99 ms", of(bridge, |r| r.added_p99), 3.0, None),
            low("peak MB, 1,000 calls in flight", of(bridge, |r| r.peak_mb), 128.0, Some(64.0)),
            low("MB at rest after load", of(bridge, |r| r.at_rest_mb), 24.0, Some(12.0)),
            low(
                "cold start to the first tools/list, ms",
                of(bridge, |r| r.cold_start_ms),
                50.0,
                Some(15.0),
            ),
            low("binary, MB", Some(binary_mb), 16.0, Some(10.0)),
        ]);
        goals
    }
}

impl Goal {
    fn write(&self, out: &mut String) -> std::fmt::Result {
        let Self { name, must, rising, .. } = *self;
        let Some(value) = self.value else {
            return writeln!(out, "| {name} | {must} | | not measured | |");
        };
        let reaches = |goal: f64| if rising { value >= goal } else { value <= goal };
        let verdict = match self.aim {
            Some(aim) if reaches(aim) => "holds, and the aim",
            _ if reaches(must) => "holds",
            _ => "**misses**",
        };
        let sign = if rising { ">=" } else { "<=" };
        let aim = self.aim.map_or_else(String::new, |aim| format!("{sign} {aim}"));
        writeln!(out, "| {name} | {sign} {must} | {aim} | {value:.2} | {verdict} |")
    }
}

fn ratio(value: Option<f64>, of: Option<f64>) -> Option<f64> {
    Some(value? / of.filter(|of| *of > 0.0)?)
}

fn number(value: Option<f64>, digits: usize) -> String {
    value.map_or_else(String::new, |value| format!("{value:.digits$}"))
}
