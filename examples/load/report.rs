//! The numbers of one run as tables and as JSON, and held against the goals.

use std::fmt::Write;

use serde::Serialize;

use crate::{goals, measure::Beginning, wire::Connections};

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

/// A fresh server with a thousand calls in flight.
#[derive(Serialize)]
pub(crate) struct InFlight {
    pub(crate) name: &'static str,
    pub(crate) beginning: Beginning,
    /// How many milliseconds the upstream was away.
    pub(crate) away_ms: u64,
    pub(crate) before_mb: f64,
    pub(crate) peak_mb: f64,
    pub(crate) after_mb: f64,
    /// Calls a second.
    pub(crate) rate: f64,
    pub(crate) connections: Connections,
}

/// The floor and the bridge before an upstream with TLS, HTTP/2 and gzip.
#[derive(Serialize)]
pub(crate) struct Deployed {
    /// What Jira sent for the issue and for the search, compressed.
    pub(crate) jira_bytes: [u64; 2],
    pub(crate) rows: Vec<Row>,
    /// Of each row, while its processor time was measured.
    pub(crate) connections: [Connections; 2],
    pub(crate) in_flight: Vec<InFlight>,
}

/// `get_issue` with one kind of token.
#[derive(Serialize)]
pub(crate) struct OwnToken {
    pub(crate) name: &'static str,
    /// Processor time in milliseconds.
    pub(crate) issue: f64,
    /// Times that of a token passed on in the same round.
    pub(crate) over: f64,
}

/// Idle event streams of one process, beside another without any.
#[derive(Serialize)]
pub(crate) struct Streams {
    pub(crate) count: usize,
    pub(crate) opened_s: f64,
    pub(crate) before_mb: f64,
    pub(crate) with_mb: f64,
    pub(crate) after_mb: f64,
    /// Processor time of `get_issue` in milliseconds.
    pub(crate) issue_without: f64,
    pub(crate) issue_with: f64,
    /// Times that without streams in the same round.
    pub(crate) over: f64,
}

/// One run of the load.
#[derive(Default, Serialize)]
pub(crate) struct Run {
    pub(crate) rows: Vec<Row>,
    pub(crate) deployed: Option<Deployed>,
    /// The first is Atlassian's own token, which is passed on.
    pub(crate) own_tokens: Vec<OwnToken>,
    pub(crate) streams: Option<Streams>,
    pub(crate) binary_bytes: u64,
    /// What Jira sent for the issue and for the search, raw and with the needed fields.
    pub(crate) jira_bytes: [(usize, u64); 2],
    pub(crate) cores: (usize, usize),
}

impl Run {
    pub(crate) fn tables(&self) -> String {
        let mut text = String::new();
        self.write(&mut text).expect("a String takes everything");
        text
    }

    fn write(&self, out: &mut String) -> std::fmt::Result {
        processor_time(out, "", &self.rows)?;
        writeln!(
            out,
            "\n| | added p50 ms | added p99 ms | MB after the first round | MB after the last | MB at rest after load | MB before | MB peak, 1,000 in flight | MB after | calls/s then | cold start ms |\n|---|---|---|---|---|---|---|---|---|---|---|"
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
        if let Some(deployed) = &self.deployed {
            let [issue, search] = deployed.jira_bytes;
            writeln!(out, "| Jira, needed fields, gzip | {issue} | {search} | |")?;
        }
        if let Some(deployed) = &self.deployed {
            deployed.write(out)?;
        }
        self.write_own_tokens(out)?;
        if let Some(streams) = &self.streams {
            streams.write(out)?;
        }
        goals::write(out, self)
    }

    fn write_own_tokens(&self, out: &mut String) -> std::fmt::Result {
        if !self.own_tokens.is_empty() {
            writeln!(out, "\n| Tokens | get_issue CPU ms | x passed on |\n|---|---|---|")?;
        }
        for OwnToken { name, issue, over } in &self.own_tokens {
            writeln!(out, "| {name} | {issue:.4} | {over:.3} |")?;
        }
        Ok(())
    }
}

/// Beside the first row, which is the floor.
fn processor_time(out: &mut String, title: &str, rows: &[Row]) -> std::fmt::Result {
    let floor = rows.first();
    writeln!(
        out,
        "\n| {title} | get_issue CPU ms | x floor | search 50 CPU ms | x floor | tools/list CPU ms | x floor's get_issue |\n|---|---|---|---|---|---|---|"
    )?;
    for row in rows {
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
    Ok(())
}

impl Deployed {
    fn write(&self, out: &mut String) -> std::fmt::Result {
        processor_time(out, "As deployed", &self.rows)?;
        writeln!(
            out,
            "\n| As deployed | upstream away | calls in flight | MB before | MB peak | MB after | calls/s |\n|---|---|---|---|---|---|---|"
        )?;
        for row in &self.rows {
            let [first, at_rest] =
                [row.resident_mb.first().copied(), row.at_rest_mb].map(|mb| number(mb, 1));
            writeln!(out, "| {} | 0 ms | 16 | {first} | | {at_rest} | |", row.name)?;
        }
        for taken in &self.in_flight {
            let InFlight { name, away_ms, before_mb, peak_mb, after_mb, rate, .. } = taken;
            let calls = taken.calls();
            writeln!(
                out,
                "| {name} | {away_ms} ms | {calls} | {before_mb:.1} | {peak_mb:.1} | {after_mb:.1} | {rate:.0} |"
            )?;
        }
        writeln!(
            out,
            "\n| Connections | upstream away | calls in flight | opened | of them HTTP/2 | TLS in full | TLS resumed | calls | head bytes of a connection's first call | of the later ones | other requests | their head bytes |\n|---|---|---|---|---|---|---|---|---|---|---|---|"
        )?;
        for (row, connections) in self.rows.iter().zip(&self.connections) {
            connections.write(out, row.name, 0, "16")?;
        }
        for taken in &self.in_flight {
            taken.connections.write(out, taken.name, taken.away_ms, taken.calls())?;
        }
        Ok(())
    }
}

impl Streams {
    fn write(&self, out: &mut String) -> std::fmt::Result {
        let Self { count, opened_s, before_mb, with_mb, after_mb, .. } = self;
        let Self { issue_without, issue_with, over, .. } = self;
        writeln!(
            out,
            "\n| Idle streams | opened in s | MB before | MB with them | MB after | get_issue CPU ms without | with them | x |\n|---|---|---|---|---|---|---|---|\n\
             | {count} | {opened_s:.1} | {before_mb:.1} | {with_mb:.1} | {after_mb:.1} | {issue_without:.4} | {issue_with:.4} | {over:.3} |"
        )
    }
}

impl InFlight {
    fn calls(&self) -> &'static str {
        match self.beginning {
            Beginning::Warm => "1,000",
            Beginning::Cold => "1,000 at once when cold",
        }
    }
}

impl Connections {
    fn write(&self, out: &mut String, name: &str, away_ms: u64, calls: &str) -> std::fmt::Result {
        let Self { opened, http2, handshakes_full, handshakes_resumed, first, later, others } =
            self;
        writeln!(
            out,
            "| {name} | {away_ms} ms | {calls} | {opened} | {http2} | {handshakes_full} | {handshakes_resumed} | {} | {} | {} | {} | {} |",
            first.count + later.count,
            number(first.mean(), 0),
            number(later.mean(), 0),
            others.count,
            number(others.mean(), 0)
        )
    }
}

pub(crate) fn ratio(value: Option<f64>, of: Option<f64>) -> Option<f64> {
    Some(value? / of.filter(|of| *of > 0.0)?)
}

fn number(value: Option<f64>, digits: usize) -> String {
    value.map_or_else(String::new, |value| format!("{value:.digits$}"))
}
