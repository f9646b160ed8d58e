//! Dashboards, alert rules and documents name only metrics that exist, and all of those that
//! operators need.

use std::{collections::BTreeSet, fs};

use metrics::{self, DEFINITIONS, Kind};
use serde_json::Value;

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
    for name in [
        "deploy/observability/grafana-dashboard.json",
        "deploy/observability/prometheus-rules.yaml",
    ] {
        let used = words(&file(name), &["jira_mcp_", "process_"]);
        assert!(used.len() > 5, "{name} uses {used:?}");
        for word in used {
            assert!(known.contains(&word), "{name}: {word} does not exist");
        }
    }
}

#[test]
fn the_workbook_names_metrics_and_attributes_that_exist() {
    let text = file("deploy/observability/azure-workbook.json");
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
    let book: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(book["version"], "Notebook/1.0");
}

#[test]
fn the_dashboard_is_one_that_grafana_imports() {
    let board: Value =
        serde_json::from_str(&file("deploy/observability/grafana-dashboard.json")).unwrap();
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
