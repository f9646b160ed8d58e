//! The numbers in Prometheus's text format. Source: prometheus.io, "Exposition formats".

use std::fmt::Write as _;

use super::{Definition, Kind, Metrics, Sample};

impl Metrics {
    /// Every number, as `GET /metrics` answers it.
    pub fn to_text(&self) -> String {
        let mut text = String::with_capacity(16 * 1024);
        let mut last = "";
        self.read(&mut |definition, labels, sample| {
            if definition.name != last {
                last = definition.name;
                head(&mut text, definition);
            }
            lines(&mut text, definition, labels, &sample);
        });
        text
    }
}

// Writing to a string cannot fail, so results of `write!` are dropped below.

fn head(text: &mut String, definition: &Definition) {
    let (name, help, kind) = (definition.name, definition.help, definition.kind.word());
    let _ = writeln!(text, "# HELP {name} {help}\n# TYPE {name} {kind}");
}

fn lines(text: &mut String, definition: &Definition, values: &[&str], sample: &Sample<'_>) {
    let name = definition.name;
    let labels: Vec<String> = definition
        .labels
        .iter()
        .zip(values)
        .map(|(label, value)| format!("{label}=\"{}\"", escaped(value)))
        .collect();
    let labels = labels.join(",");
    match sample {
        Sample::Number(value) if labels.is_empty() => {
            let _ = writeln!(text, "{name} {value}");
        }
        Sample::Number(value) => {
            let _ = writeln!(text, "{name}{{{labels}}} {value}");
        }
        Sample::Histogram(times) => {
            debug_assert_eq!(definition.kind, Kind::Histogram);
            let mut total = 0;
            for (bound, count) in times.cumulative() {
                let bound = if bound.is_finite() { bound.to_string() } else { "+Inf".to_owned() };
                let _ = writeln!(text, "{name}_bucket{{{labels},le=\"{bound}\"}} {count}");
                total = count;
            }
            let _ = writeln!(
                text,
                "{name}_sum{{{labels}}} {}\n{name}_count{{{labels}}} {total}",
                times.sum_s()
            );
        }
    }
}

/// Our own label values need none of it; this holds also if one ever does.
fn escaped(value: &str) -> String {
    value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::Names;

    #[test]
    fn the_text_is_as_prometheus_reads_it() {
        let metrics = Metrics::new(&Names {
            version: "1.2.3",
            tools: vec!["jira_search", "jira_whoami"],
            outcomes: vec!["ok"],
        });
        metrics.tool_calls.add(["jira_search", "ok"], 2);
        metrics.tool_call_seconds.observe(["jira_search"], Duration::from_millis(30));
        let text = metrics.to_text();
        for line in [
            "jira_mcp_build_info{version=\"1.2.3\"} 1",
            "# TYPE jira_mcp_tool_calls_total counter",
            "jira_mcp_tool_calls_total{tool=\"jira_search\",outcome=\"ok\"} 2",
            "jira_mcp_tool_call_duration_seconds_bucket{tool=\"jira_search\",le=\"0.025\"} 0",
            "jira_mcp_tool_call_duration_seconds_bucket{tool=\"jira_search\",le=\"0.05\"} 1",
            "jira_mcp_tool_call_duration_seconds_bucket{tool=\"jira_search\",le=\"+Inf\"} 1",
            "jira_mcp_tool_call_duration_seconds_sum{tool=\"jira_search\"} 0.03",
            "jira_mcp_tool_call_duration_seconds_count{tool=\"jira_search\"} 1",
            "jira_mcp_breakers_open 0",
        ] {
            assert!(text.lines().any(|known| known == line), "{line} is missing in\n{text}");
        }
        assert!(text.ends_with('\n'));
        let types = text.lines().filter(|line| line.starts_with("# TYPE"));
        let mut seen: Vec<_> = types.collect();
        let count = seen.len();
        seen.sort_unstable();
        seen.dedup();
        assert_eq!(seen.len(), count, "a definition is told in one piece");
    }
}
