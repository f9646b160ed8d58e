//! Dashboards, alert rules and documents name only metrics that exist, and all of those that
//! operators need.

use std::{collections::BTreeSet, fs};

use error_doc::Severity;
use metrics::{self, DEFINITIONS, Kind};
use serde_json::Value;
use tool_kit::Code;

const BOARD: &str = "deploy/observability/grafana-dashboard.json";

fn file(name: &str) -> String {
    let path = format!("{}/{name}", env!("CARGO_MANIFEST_DIR"));
    fs::read_to_string(&path).unwrap_or_else(|fault| panic!("{path}: {fault}"))
}

/// Every word of a text that looks like one of our metrics.
fn words(text: &str, prefixes: &[&str]) -> BTreeSet<String> {
    text.split(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '_' | '.'))
        .filter(|word| prefixes.iter().any(|prefix| word.starts_with(prefix)))
        .map(|word| word.trim_end_matches('.').to_owned())
        .collect()
}

/// The names of the series that Prometheus stores.
fn series() -> BTreeSet<String> {
    let endings =
        |kind| if kind == Kind::Histogram { &["_bucket", "_sum", "_count"][..] } else { &[""][..] };
    DEFINITIONS
        .iter()
        .flat_map(|definition| {
            endings(definition.kind).iter().map(|end| format!("{}{end}", definition.name))
        })
        .collect()
}

#[test]
fn prometheus_files_name_series_that_exist() {
    let known = series();
    for name in [BOARD, "deploy/observability/prometheus-rules.yaml"] {
        let used = words(&file(name), &["jira_mcp_", "process_"]);
        assert!(used.len() > 5, "{name} uses {used:?}");
        for word in used {
            assert!(known.contains(&word), "{name}: {word} does not exist");
        }
    }
}

/// Nobody should have to guess what else there is.
#[test]
fn the_dashboard_shows_every_metric() {
    let board = words(&file(BOARD), &["jira_mcp_", "process_"]);
    for definition in DEFINITIONS {
        let is_shown = board.iter().any(|word| word.starts_with(definition.name));
        // Only its changes mean anything: the alert on restarts has them.
        let is_start = definition.name == "process_start_time_seconds";
        assert!(is_shown || is_start, "{} is shown nowhere", definition.name);
    }
}

/// Who is told that calls fail must be told the same everywhere: it is what an operator can do
/// something about.
#[test]
fn all_files_mean_the_same_by_a_call_that_failed() {
    let errors: BTreeSet<&str> = Code::ALL
        .iter()
        .map(|code| code.row())
        .filter(|row| row.severity == Severity::Error)
        .map(|row| row.code)
        .collect();
    let rules = "deploy/observability/prometheus-rules.yaml";
    let workbook = "deploy/observability/azure-workbook.json";
    for (name, before, after, least) in [
        (rules, "outcome=~\"", '"', 4),
        (BOARD, "outcome=~\\\"", '\\', 1),
        (workbook, "outcome in (", ')', 2),
        ("deploy/azure/modules/alerts.bicep", "outcome in (", ')', 1),
    ] {
        let text = file(name);
        let lists: Vec<&str> =
            text.split(before).skip(1).map(|rest| rest.split(after).next().unwrap()).collect();
        assert!(lists.len() >= least, "{name}: {lists:?}");
        for list in lists {
            let codes: BTreeSet<&str> =
                list.split(['|', ',', '\'', ' ']).filter(|code| !code.is_empty()).collect();
            assert_eq!(codes, errors, "{name}");
        }
    }
}

#[test]
fn azures_files_name_metrics_and_attributes_that_exist() {
    let workbook = file("deploy/observability/azure-workbook.json");
    let text = format!("{workbook}{}", file("deploy/azure/modules/alerts.bicep"));
    let known: BTreeSet<String> =
        DEFINITIONS.iter().map(|definition| definition.otel_name()).collect();
    let attributes = [
        "jira_mcp.outcome",
        "jira_mcp.request_id",
        "jira_mcp.upstream_requests",
        "jira_mcp.upstream_bytes",
        "jira_mcp.result_bytes",
        "jira_mcp.effect",
    ];
    let used = words(&text, &["jira_mcp."]);
    assert!(used.len() > 3, "{used:?}");
    for word in used {
        assert!(
            known.contains(&word) || attributes.contains(&word.as_str()),
            "{word} does not exist"
        );
    }
    let book: Value = serde_json::from_str(&workbook).unwrap();
    assert_eq!(book["version"], "Notebook/1.0");
}

#[test]
fn the_dashboard_is_one_that_grafana_imports() {
    let board: Value = serde_json::from_str(&file(BOARD)).unwrap();
    let panels = board["panels"].as_array().unwrap();
    assert!(panels.len() > 8 && board["uid"].is_string() && board["schemaVersion"].is_u64());
    for panel in panels.iter().filter(|panel| panel["type"] != "row") {
        assert!(panel["gridPos"]["w"].is_u64() && panel["title"].is_string(), "{panel}");
        let queries = panel["targets"].as_array().unwrap();
        assert!(
            queries.iter().all(|query| query["expr"].as_str().is_some_and(|text| !text.is_empty())),
            "{panel}"
        );
    }
}

#[test]
fn the_document_holds_the_table_of_the_code() {
    let text = file("docs/TELEMETRY.md");
    assert!(
        text.contains(&metrics::document()),
        "paste the output of `jira-mcp-bridge metrics` into it"
    );
    for definition in DEFINITIONS {
        assert!(text.contains(definition.name));
    }
}
