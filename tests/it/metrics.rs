//! What operators scrape after calls over real HTTP: the right numbers, under labels that no client
//! can add to.

use std::collections::BTreeSet;

use http::Method;
use serde_json::json;

use crate::support::{Bridge, Fault, gateway_secret};

const ADMIN: (&str, &str) = ("ADMIN_ADDR", "127.0.0.1:0");

/// The number of the one line that begins with this.
fn value(text: &str, series: &str) -> f64 {
    let line = text.lines().find_map(|line| line.strip_prefix(series)?.strip_prefix(' '));
    line.unwrap_or_else(|| panic!("no {series} in\n{text}")).parse().unwrap()
}

#[tokio::test]
async fn calls_are_counted_where_they_belong() {
    let bridge = Bridge::with(&[ADMIN]).await;
    bridge.anna("jira_get_issue", json!({"issue_key": "ACME-5"})).await;
    bridge.upstream.fail("/issue/ACME-5", Fault::Status(503, ""));
    bridge.anna("jira_get_issue", json!({"issue_key": "ACME-5"})).await;
    bridge.refused("jira_get_issue", json!({"issue_key": "ACME-9999"})).await;
    bridge.send(Method::POST, "/mcp", &[], "{}").await;
    let text = bridge.metrics().await;
    for (series, expected) in [
        ("jira_mcp_tool_calls_total{tool=\"jira_get_issue\",outcome=\"ok\"}", 2.0),
        ("jira_mcp_tool_calls_total{tool=\"jira_get_issue\",outcome=\"not_found\"}", 1.0),
        ("jira_mcp_tool_call_duration_seconds_count{tool=\"jira_get_issue\"}", 3.0),
        ("jira_mcp_tool_calls_in_flight", 0.0),
        ("jira_mcp_http_requests_total{route=\"/mcp\",status=\"2xx\"}", 3.0),
        ("jira_mcp_http_requests_total{route=\"/mcp\",status=\"4xx\"}", 1.0),
        ("jira_mcp_http_refusals_total{reason=\"unauthenticated\"}", 1.0),
        ("jira_mcp_upstream_requests_total{result=\"server\"}", 1.0),
        ("jira_mcp_upstream_requests_total{result=\"not_found\"}", 1.0),
        ("jira_mcp_upstream_retries_total{reason=\"server\"}", 1.0),
        ("jira_mcp_breakers_open", 0.0),
        ("jira_mcp_http_requests_in_flight", 0.0),
    ] {
        assert!(
            (value(&text, series) - expected).abs() < f64::EPSILON,
            "{series} is not {expected} in\n{text}"
        );
    }
    let seen = f64::from(u32::try_from(bridge.upstream.seen().len()).unwrap());
    let timed = value(&text, "jira_mcp_upstream_request_duration_seconds_count{effect=\"read\"}");
    assert!((timed - seen).abs() < f64::EPSILON, "every request to Jira is timed");
    for series in [
        "jira_mcp_upstream_response_bytes_total",
        "jira_mcp_tool_result_bytes_total",
        "jira_mcp_http_response_bytes_total",
        "jira_mcp_connections_total",
        "jira_mcp_connections_open",
        "process_resident_memory_bytes",
        "process_start_time_seconds",
        &format!("jira_mcp_build_info{{version=\"{}\"}}", env!("CARGO_PKG_VERSION")),
    ] {
        assert!(value(&text, series) > 0.0, "{series} in\n{text}");
    }
}

/// The code of an answer is the label it is counted under, whatever the status.
#[tokio::test]
async fn every_refusal_of_the_edge_is_counted_under_its_code() {
    let secret = gateway_secret();
    let gateway = ("x-gateway-token", secret.as_str());
    let bridge = Bridge::with(&[
        ADMIN,
        ("GATEWAY_SHARED_SECRET", &secret),
        ("UPSTREAM_401", "http_401"),
        ("PUBLIC_BASE_URL", "https://api.example.com/jira"),
        ("ALLOWED_ORIGINS", "https://pages.example.com"),
    ])
    .await;
    // Dana's token may not write.
    let call = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call",
        "params": {"name": "jira_add_comment", "arguments": {"issue_key": "ACME-1", "body": "x"}}});
    let answers = [
        bridge.post_to("/mcp", "dana", &[gateway], &call).await,
        bridge.post_to("/mcp", "anna", &[("x-gateway-token", "wrong")], &call).await,
        bridge.post_to("/mcp", "anna", &[gateway, ("origin", "https://evil.example")], &call).await,
        bridge.post_to("/mcp", "anna", &[gateway, ("host", "evil.example")], &call).await,
        bridge.post_to("/mcp/nowhere", "anna", &[gateway], &call).await,
        bridge.send(Method::POST, "/mcp", &[gateway], "{}").await,
    ];
    let text = bridge.metrics().await;
    let mut codes = BTreeSet::new();
    for answer in &answers {
        assert!((400..500).contains(&answer.status), "{}", answer.text);
        let said = answer.json();
        let code = said.pointer("/error/data/error").unwrap_or(&said["error"]);
        codes.insert(code.as_str().unwrap_or_else(|| panic!("{said}")).to_owned());
    }
    assert_eq!(codes.len(), answers.len(), "{codes:?}");
    for code in codes {
        let series = format!("jira_mcp_http_refusals_total{{reason=\"{code}\"}}");
        assert!((value(&text, &series) - 1.0).abs() < f64::EPSILON, "{series} in\n{text}");
    }
}

#[tokio::test]
async fn limits_and_breakers_are_seen() {
    let bridge = Bridge::with(&[
        ADMIN,
        ("RATE_LIMIT_PER_USER_PER_MINUTE", "3"),
        ("BREAKER_FAILURES", "2"),
        ("RETRY_MAX", "0"),
        ("JIRA_CLOUD_ID", "sandbox-one"),
    ])
    .await;
    bridge.upstream.fail("/", Fault::Down);
    for _ in 0..3 {
        bridge.refused("jira_get_issue", json!({"issue_key": "ACME-5"})).await;
    }
    bridge.refused("jira_get_issue", json!({"issue_key": "ACME-5"})).await;
    let text = bridge.metrics().await;
    assert!(
        (value(&text, "jira_mcp_limit_refusals_total{limit=\"rate\"}") - 1.0).abs() < f64::EPSILON,
        "{text}"
    );
    for series in [
        "jira_mcp_breakers_open",
        "jira_mcp_breaker_openings_total",
        "jira_mcp_breaker_refusals_total",
    ] {
        assert!(value(&text, series) >= 1.0, "{series} in\n{text}");
    }
}

#[tokio::test]
async fn no_client_can_add_a_label_or_get_its_words_into_one() {
    let bridge = Bridge::with(&[ADMIN]).await;
    bridge.anna("jira_whoami", json!({})).await;
    bridge.send(Method::GET, "/first", &[], "").await;
    bridge.send(Method::GET, "/mcp", &[], "").await;
    bridge.send(Method::GET, "/mcp/x/core", &[], "").await;
    bridge.tool_names("/mcp/x/core", &[]).await;
    unknown(&bridge, "first").await;
    let before = bridge.metrics().await;
    for name in ["hostile\"} 1\n", "jira_search{", "jira_SEARCH", &"h".repeat(5_000), "hostileé"] {
        unknown(&bridge, name).await;
    }
    for path in ["/hostile", "/mcp/hostile", "/mcp/x/hostile", "/hostile%0a%22%7d", "/metrics"] {
        bridge.post_to(path, "anna", &[("x-request-id", "hostile")], &json!({"hostile": 1})).await;
    }
    let method = Method::from_bytes(b"HOSTILE").unwrap();
    bridge.send(method, "/mcp", &[], "").await;
    bridge.refused("jira_search", json!({"jql": "hostile = hostile"})).await;
    let after = bridge.metrics().await;
    assert!(!after.contains("hostile") && !after.contains("hhhh"), "{after}");
    assert!(value(&after, "jira_mcp_tool_calls_unknown_total") >= 6.0);
    // Only the tool that was called is new, with its one outcome and its histogram.
    let series = |text: &str| text.lines().filter(|line| !line.starts_with('#')).count();
    assert_eq!(series(&after) - series(&before), 1 + 15 + 2, "{after}");
    for secret in bridge.tokens() {
        assert!(!after.contains(secret));
    }
}

async fn unknown(bridge: &Bridge, name: &str) {
    let body = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": name, "arguments": {}}});
    let reply = bridge.post("anna", &body).await;
    assert!(reply.json().get("error").is_some(), "{}", reply.text);
}

#[tokio::test]
async fn a_taken_admin_port_is_a_clear_start_error() {
    use jira_mcp_bridge::{
        config::{Config, Source},
        run,
    };
    let taken = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let source = Source::of([("PORT", "0"), ("ADMIN_ADDR", &address)]);
    let error = run::bind(Config::read(&source).unwrap()).await.unwrap_err().to_string();
    assert!(error.starts_with(&format!("ADMIN_ADDR: cannot listen on {address}")), "{error}");
}
