//! The operator's console: what `/metrics` counts, as a page. It holds numbers and names of ours,
//! as the metrics do: nothing of Jira's and nobody's name.

use std::time::{SystemTime, UNIX_EPOCH};

use axum::{
    Router,
    extract::State,
    response::{IntoResponse, Response},
    routing::get,
};
use local_page::{Live, Page};
use maud::{Markup, html};
use metrics::{Definition, Histogram, Sample, Signals};

use super::readiness::Readiness;

/// It asks again after so many seconds.
const EVERY_S: u8 = 5;

/// The page's parts, by the beginnings of metrics' names; the first that fits has it, and the last
/// part has what fits nowhere.
const PARTS: &[(&str, &[&str])] = &[
    ("Calls of tools", &["jira_mcp_tool_"]),
    ("Limits and refusals", &["jira_mcp_limit_", "jira_mcp_http_refusals"]),
    ("Requests to Jira", &["jira_mcp_upstream_", "jira_mcp_breaker", "jira_mcp_caller_breakers"]),
    ("Connections and streams", &["jira_mcp_http_", "jira_mcp_connections", "jira_mcp_stream"]),
    (
        "Sign-in and sessions",
        &["jira_mcp_sign_ins", "jira_mcp_session", "jira_mcp_grant", "jira_mcp_entra"],
    ),
    ("Agents", &["jira_mcp_agent_"]),
    ("Process", &[""]),
];

/// `GET /` of the admin listener, at an IP address or at localhost.
pub(super) fn router(signals: Signals, readiness: Readiness) -> Router {
    local_page::guarded(Router::new().route("/", get(show)).with_state((signals, readiness)))
}

async fn show(State((signals, readiness)): State<(Signals, Readiness)>) -> Response {
    let read = Read::of(&signals);
    let ready = readiness.is_ready();
    let broken = read.number("jira_mcp_breakers_open");
    let news = format!("{}; breakers that are not closed: {broken:.0}.", state(ready));
    let main = html! {
        section #overview .card data-live aria-label="Overview" { (overview(&read, ready)) }
        @for part in 0..PARTS.len() { (read.part(part)) }
        p.soft {
            "Numbers since the process began, of this process alone; "
            a href="/metrics" { "/metrics" } " has the same for Prometheus."
        }
    };
    let page = Page {
        title: "Console",
        product: "jira-mcp-bridge",
        links: &[],
        live: Live::Every(EVERY_S),
        news: &news,
        main,
    };
    page.into_response()
}

fn state(ready: bool) -> &'static str {
    if ready { "Ready" } else { "Not ready" }
}

fn overview(read: &Read, ready: bool) -> Markup {
    let calls = read.sum("jira_mcp_tool_calls_total", |_| true);
    let failed = read.sum("jira_mcp_tool_calls_total", |labels| labels.last() != Some(&"ok"));
    let broken = read.number("jira_mcp_breakers_open");
    let version = read.labels("jira_mcp_build_info").first().copied().unwrap_or_default();
    let figures = [
        ("Calls", number(calls)),
        ("of them failed", number(failed)),
        ("Calls running", number(read.number("jira_mcp_tool_calls_in_flight"))),
        ("Connections open", number(read.number("jira_mcp_connections_open"))),
        ("of at most", number(read.number("jira_mcp_connections_max"))),
        ("Streams open", number(read.number("jira_mcp_streams_open"))),
        ("Breakers not closed", number(broken)),
        ("Version", version.to_owned()),
        ("Up for", up_for(read.number("process_start_time_seconds"))),
    ];
    html! {
        p {
            span.tag.good[ready].bad[!ready] { (state(ready)) }
            @if broken > 0.0 { " " span.tag.bad { "Jira fails for somebody" } }
        }
        dl.figures { @for (name, value) in figures { div { dt { (name) } dd { (value) } } } }
    }
}

/// One number of a metric, or one distribution.
struct Cell {
    labels: Vec<&'static str>,
    value: Value,
}

enum Value {
    Number(f64),
    Times { count: u64, mean_s: f64, half_s: f64, most_s: f64 },
}

/// All metrics as they are now.
struct Read(Vec<(&'static Definition, Vec<Cell>)>);

impl Read {
    fn of(signals: &Signals) -> Self {
        let mut all: Vec<(&'static Definition, Vec<Cell>)> = Vec::new();
        signals.metrics().read(&mut |definition, labels, sample| {
            let value = match sample {
                Sample::Number(number) => Value::Number(number),
                Sample::Histogram(times) => Value::times(times),
            };
            let cell = Cell { labels: labels.to_vec(), value };
            match all.last_mut().filter(|(last, _)| *last == definition) {
                Some((_, cells)) => cells.push(cell),
                None => all.push((definition, vec![cell])),
            }
        });
        Self(all)
    }

    fn cells(&self, name: &str) -> &[Cell] {
        let found = self.0.iter().find(|(definition, _)| definition.name == name);
        found.map(|(_, cells)| cells.as_slice()).unwrap_or_default()
    }

    fn sum(&self, name: &str, counts: impl Fn(&[&str]) -> bool) -> f64 {
        let number = |cell: &Cell| match cell.value {
            Value::Number(number) if counts(&cell.labels) => number,
            _ => 0.0,
        };
        self.cells(name).iter().map(number).sum()
    }

    fn number(&self, name: &str) -> f64 {
        self.sum(name, |_| true)
    }

    fn labels(&self, name: &str) -> &[&'static str] {
        self.cells(name).first().map(|cell| cell.labels.as_slice()).unwrap_or_default()
    }

    /// A part of the page: single numbers first, then a table for each metric with labels.
    fn part(&self, at: usize) -> Markup {
        let title = PARTS.get(at).map_or("", |(title, _)| *title);
        let all = || self.0.iter().filter(move |(definition, _)| part_of(definition.name) == at);
        let (single, tables): (Vec<_>, Vec<_>) =
            all().partition(|(definition, _)| definition.labels.is_empty());
        html! {
            section .card id=(format!("part-{at}")) data-live {
                h2 { (title) }
                @if !single.is_empty() {
                    dl.facts {
                        @for (definition, cells) in single {
                            div {
                                dt { (definition.help) }
                                @for cell in cells { dd { (shown(definition, &cell.value)) } }
                            }
                        }
                    }
                }
                @for (definition, cells) in tables { (table(definition, cells)) }
            }
        }
    }
}

fn part_of(name: &str) -> usize {
    let fits = |(_, starts): &(&str, &[&str])| starts.iter().any(|start| name.starts_with(start));
    PARTS.iter().position(fits).unwrap_or(0)
}

impl Value {
    fn times(times: &Histogram) -> Self {
        let count = times.count();
        let within = |share: u64| {
            let wanted = (count * share).div_ceil(100);
            let found = times.cumulative().find(|(_, counted)| *counted >= wanted);
            found.map_or(f64::INFINITY, |(bound, _)| bound)
        };
        let (half_s, most_s) = (within(50), within(95));
        #[expect(clippy::cast_precision_loss, reason = "a mean for people to read")]
        let mean_s = times.sum_s() / (count.max(1) as f64);
        Self::Times { count, mean_s, half_s, most_s }
    }

    /// What the rows of a table are sorted by; none of it, no row.
    fn weight(&self) -> f64 {
        match self {
            Self::Number(number) => *number,
            #[expect(clippy::cast_precision_loss, reason = "only compared")]
            Self::Times { count, .. } => *count as f64,
        }
    }
}

/// The rows that have counted anything, the largest first.
fn table(definition: &Definition, cells: &[Cell]) -> Markup {
    let mut rows: Vec<&Cell> = cells.iter().filter(|cell| cell.value.weight() > 0.0).collect();
    rows.sort_by(|a, b| b.value.weight().total_cmp(&a.value.weight()));
    let is_times = rows.iter().any(|cell| matches!(cell.value, Value::Times { .. }));
    let columns: &[&str] =
        if is_times { &["count", "mean", "half within", "95 % within"] } else { &["count"] };
    html! {
        h3 { (definition.help) }
        @if rows.is_empty() { p.soft { "None so far." } }
        @else {
            div.wide tabindex="0" role="group" aria-label=(definition.help) {
                table {
                    thead { tr {
                        @for label in definition.labels { th scope="col" { (label) } }
                        @for column in columns { th.number scope="col" { (column) } }
                    } }
                    tbody { @for cell in rows { tr {
                        @for label in &cell.labels { td { (label) } }
                        @match &cell.value {
                            Value::Number(_) => td.number { (shown(definition, &cell.value)) },
                            Value::Times { count, mean_s, half_s, most_s } => {
                                td.number { (grouped(&count.to_string())) }
                                @for seconds in [mean_s, half_s, most_s] { td.number { (duration(*seconds)) } }
                            },
                        }
                    } } }
                }
            }
        }
    }
}

fn shown(definition: &Definition, value: &Value) -> String {
    match value {
        Value::Number(at) if definition.name == "process_start_time_seconds" => {
            format!("{} ago", up_for(*at))
        }
        Value::Number(value) => match definition.unit() {
            "s" => duration(*value),
            "By" => bytes(*value),
            _ => number(*value),
        },
        Value::Times { count, .. } => grouped(&count.to_string()),
    }
}

fn number(value: f64) -> String {
    grouped(&format!("{value:.0}"))
}

/// Digits with a comma between the thousands.
fn grouped(digits: &str) -> String {
    let first = digits.len() % 3;
    let (head, rest) = digits.split_at_checked(first).unwrap_or((digits, ""));
    let mut parts = vec![head];
    parts.extend((0..rest.len()).step_by(3).filter_map(|at| rest.get(at..at + 3)));
    parts.retain(|part| !part.is_empty());
    parts.join(",")
}

fn bytes(value: f64) -> String {
    let units = [(1e9, "GB"), (1e6, "MB"), (1e3, "kB")];
    let unit = units.into_iter().find(|(size, _)| value >= *size);
    unit.map_or_else(
        || format!("{value:.0} B"),
        |(size, name)| format!("{:.1} {name}", value / size),
    )
}

fn duration(seconds: f64) -> String {
    if seconds.is_infinite() {
        "longer".to_owned()
    } else if seconds < 1.0 {
        format!("{:.0} ms", seconds * 1e3)
    } else {
        format!("{seconds:.1} s")
    }
}

/// Since a moment in seconds since 1970; nothing where the system does not tell.
fn up_for(start_s: f64) -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs_f64();
    if start_s <= 0.0 || now < start_s {
        return "unknown".to_owned();
    }
    let minutes = (now - start_s) / 60.0;
    match minutes {
        ..1.0 => "less than a minute".to_owned(),
        ..120.0 => format!("{:.0} min", minutes.floor()),
        ..2880.0 => format!("{:.0} h", (minutes / 60.0).floor()),
        _ => format!("{:.0} days", (minutes / 1440.0).floor()),
    }
}

#[cfg(test)]
mod tests {
    use metrics::DEFINITIONS;

    use super::*;

    #[test]
    fn every_metric_has_a_part_and_every_part_a_metric() {
        let mut counts = vec![0; PARTS.len()];
        for definition in DEFINITIONS {
            counts[part_of(definition.name)] += 1;
        }
        assert!(counts.iter().all(|count| *count > 0), "{counts:?}");
        let of = |name| PARTS[part_of(name)].0;
        assert_eq!(of("jira_mcp_sessions_ended_total"), "Sign-in and sessions");
        assert_eq!(of("jira_mcp_breakers_open"), "Requests to Jira");
        assert_eq!(of("jira_mcp_http_refusals_total"), "Limits and refusals");
        assert_eq!(of("jira_mcp_build_info"), "Process");
    }

    #[test]
    fn numbers_are_written_for_people() {
        for (value, expected) in
            [(0.0, "0"), (999.0, "999"), (12_345.0, "12,345"), (1e6, "1,000,000")]
        {
            assert_eq!(number(value), expected);
        }
        assert_eq!((bytes(999.0), bytes(1.5e6)), ("999 B".to_owned(), "1.5 MB".to_owned()));
        assert_eq!((duration(0.25), duration(2.5)), ("250 ms".to_owned(), "2.5 s".to_owned()));
        assert_eq!(duration(f64::INFINITY), "longer");
    }
}
