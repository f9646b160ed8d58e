//! Traces and metrics as a receiver gets them: one trace through all hops, nothing secret, no harm
//! when it is down.

use http::Method;
use jira_mcp_bridge::http::Drain;
use opentelemetry_proto::tonic::{metrics::v1::metric, trace::v1::Span};
use serde_json::json;
use tokio::net::TcpListener;

use crate::support::{Bridge, Fault, Receiver, attribute, gateway_secret, sum};

const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";
const OTHER: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const PARENT: &str = "b7ad6b7169203331";

fn traceparent(trace: &str, flags: &str) -> String {
    format!("00-{trace}-{PARENT}-{flags}")
}

async fn bridge(receiver: &Receiver, settings: &[(&str, &str)]) -> Bridge {
    let endpoint = format!("http://{}", receiver.address);
    let mut all = vec![
        ("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint.as_str()),
        ("SERVER_NAME", "bridge-of-the-test"),
    ];
    all.extend(settings);
    Bridge::with(&all).await
}

async fn call(bridge: &Bridge, headers: &[(&str, &str)], meta: serde_json::Value) {
    let params =
        json!({"name": "jira_get_issue", "arguments": {"issue_key": "ACME-5"}, "_meta": meta});
    let body = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params});
    let reply = bridge.post_to("/mcp", "anna", headers, &body).await;
    assert!(reply.text.contains("ACME-5"), "{}", reply.text);
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |text, byte| format!("{text}{byte:02x}"))
}

fn named<'a>(spans: &'a [Span], name: &str) -> &'a Span {
    spans
        .iter()
        .find(|span| span.name == name)
        .unwrap_or_else(|| panic!("no span {name} in {spans:#?}"))
}

#[tokio::test]
async fn one_trace_runs_from_the_client_through_the_bridge_to_jira() {
    let receiver = Receiver::start().await;
    let bridge = bridge(&receiver, &[]).await;
    call(
        &bridge,
        &[("traceparent", &traceparent(TRACE, "01")), ("baggage", "user=anna")],
        json!({}),
    )
    .await;
    let seen = bridge.upstream.seen();
    assert_eq!(bridge.stop().await, Drain::Finished);

    let (resource, spans) = receiver.spans();
    assert_eq!(attribute(&resource, "service.name"), "bridge-of-the-test");
    assert!(!attribute(&resource, "service.instance.id").is_empty());
    assert!(spans.iter().all(|span| hex(&span.trace_id) == TRACE), "{spans:#?}");
    let (edge, tool) = (named(&spans, "POST /mcp"), named(&spans, "tools/call jira_get_issue"));
    assert_eq!(hex(&edge.parent_span_id), PARENT);
    assert_eq!(tool.parent_span_id, edge.span_id);
    assert_eq!(attribute(&edge.attributes, "http.response.status_code"), "200");
    assert_eq!(attribute(&tool.attributes, "gen_ai.tool.name"), "jira_get_issue");
    assert_eq!(attribute(&tool.attributes, "jira_mcp.outcome"), "ok");
    assert!(!seen.is_empty());
    for request in &seen {
        let sent = request.traceparent.as_deref().unwrap();
        let span =
            spans.iter().find(|span| sent == format!("00-{TRACE}-{}-01", hex(&span.span_id)));
        let span = span.unwrap_or_else(|| panic!("{sent} is no span of the bridge"));
        assert_eq!(
            (span.name.as_str(), &span.parent_span_id),
            (request.method.as_str(), &tool.span_id)
        );
        assert!(
            !request
                .header_names
                .iter()
                .any(|name| matches!(name.as_str(), "baggage" | "tracestate"))
        );
    }

    let metrics = receiver.metrics();
    assert!(
        (sum(&metrics, "jira_mcp.tool_calls", "tool", "jira_get_issue") - 1.0).abs() < f64::EPSILON
    );
    let times = metrics.iter().find(|metric| metric.name == "jira_mcp.tool_call_duration").unwrap();
    let Some(metric::Data::Histogram(times)) = &times.data else {
        panic!("no histogram: {times:?}")
    };
    assert_eq!((times.data_points[0].count, times.data_points[0].explicit_bounds.len()), (1, 14));
}

#[tokio::test]
async fn the_messages_own_trace_goes_before_the_requests() {
    let receiver = Receiver::start().await;
    let bridge = bridge(&receiver, &[]).await;
    let meta = json!({"traceparent": traceparent(OTHER, "01"), "baggage": "user=anna"});
    call(&bridge, &[("traceparent", &traceparent(TRACE, "01"))], meta).await;
    let seen = bridge.upstream.seen();
    bridge.stop().await;
    let (_, spans) = receiver.spans();
    let (edge, tool) = (named(&spans, "POST /mcp"), named(&spans, "tools/call jira_get_issue"));
    assert_eq!((hex(&edge.trace_id), hex(&tool.trace_id)), (TRACE.to_owned(), OTHER.to_owned()));
    assert_eq!(
        (hex(&tool.parent_span_id), &tool.links[0].span_id),
        (PARENT.to_owned(), &edge.span_id)
    );
    assert!(seen.iter().all(|request| request.traceparent.as_deref().unwrap().contains(OTHER)));
}

#[tokio::test]
async fn a_trace_that_the_caller_does_not_keep_is_passed_on_and_not_sent() {
    let receiver = Receiver::start().await;
    let bridge = bridge(&receiver, &[]).await;
    call(&bridge, &[("traceparent", &traceparent(TRACE, "00"))], json!({})).await;
    let sent = bridge.upstream.seen().pop().unwrap().traceparent.unwrap();
    bridge.stop().await;
    assert!(sent.starts_with(&format!("00-{TRACE}-")) && sent.ends_with("-00"), "{sent}");
    assert_eq!(receiver.spans().1, []);
}

#[tokio::test]
async fn without_a_receiver_jira_is_told_nothing() {
    let bridge = Bridge::start().await;
    call(&bridge, &[("traceparent", &traceparent(TRACE, "01"))], json!({})).await;
    assert!(bridge.upstream.seen().iter().all(|request| request.traceparent.is_none()));
}

#[tokio::test]
async fn nothing_secret_and_no_content_is_sent() {
    let receiver = Receiver::start().await;
    let secret = gateway_secret();
    let bridge = bridge(&receiver, &[("GATEWAY_SHARED_SECRET", &secret)]).await;
    let headers = [
        ("x-gateway-token", secret.as_str()),
        ("tracestate", "vendor=quietword"),
        ("baggage", "user=quietword"),
        ("user-agent", "quietword"),
    ];
    for (tool, arguments) in [
        ("jira_search", json!({"jql": "project = ACME AND summary ~ \"quietword\""})),
        ("jira_add_comment", json!({"issue_key": "ACME-5", "body": "quietword"})),
        ("jira_find_users", json!({"query": "anna@example.com"})),
        ("jira_get_issue", json!({"issue_key": "quietword"})),
        ("jira_list_attachments", json!({"issue_key": "ACME-5"})),
        ("quietword", json!({})),
    ] {
        let params =
            json!({"name": tool, "arguments": arguments, "_meta": {"tracestate": "a=quietword"}});
        let body =
            json!({"jsonrpc": "2.0", "id": "quietword", "method": "tools/call", "params": params});
        assert_eq!(bridge.post_to("/mcp", "anna", &headers, &body).await.status, 200);
    }
    bridge.upstream.fail("/issue/ACME-5", Fault::Html(500));
    let body = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params":
        {"name": "jira_add_comment", "arguments": {"issue_key": "ACME-5", "body": "quietword"}}});
    bridge.post_to("/mcp/x/quietword?quietword", "anna", &headers, &body).await;
    bridge.send(Method::GET, "/quietword", &[("authorization", "Bearer quietword")], "").await;
    let tokens: Vec<String> = bridge.tokens().map(str::to_owned).collect();
    bridge.stop().await;
    let sent = receiver.bytes();
    assert!(receiver.spans().1.len() > 10);
    let hidden = ["quietword", "@example.com", "ACME", "Bearer", "internal-host", &secret];
    for word in hidden.into_iter().map(str::to_owned).chain(tokens) {
        let found = sent.windows(word.len()).any(|window| window == word.as_bytes());
        assert!(!found, "{word} was sent");
    }
}

#[tokio::test]
async fn a_receiver_that_never_answers_harms_no_call_and_no_stop() {
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}", silent.local_addr().unwrap());
    let insights = format!("InstrumentationKey=k;IngestionEndpoint={endpoint}/");
    let settings = [
        ("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint.as_str()),
        ("APPLICATIONINSIGHTS_CONNECTION_STRING", &insights),
        ("SHUTDOWN_GRACE_MS", "500"),
    ];
    let bridge = Bridge::with(&settings).await;
    for _ in 0..50 {
        call(&bridge, &[], json!({})).await;
    }
    assert_eq!(bridge.stop().await, Drain::Finished);
}

#[tokio::test]
async fn application_insights_gets_requests_dependencies_and_metrics() {
    let receiver = Receiver::start().await;
    let insights = format!(
        "InstrumentationKey=key-of-the-test;IngestionEndpoint=http://{}/;",
        receiver.address
    );
    let settings = [
        ("APPLICATIONINSIGHTS_CONNECTION_STRING", insights.as_str()),
        ("SERVER_NAME", "bridge-of-the-test"),
    ];
    let bridge = Bridge::with(&settings).await;
    call(&bridge, &[("traceparent", &traceparent(TRACE, "01"))], json!({})).await;
    bridge.stop().await;
    let envelopes = receiver.envelopes();
    let of = |kind: &str| {
        envelopes.iter().filter(|one| one["data"]["baseType"] == kind).collect::<Vec<_>>()
    };
    for envelope in of("RequestData").into_iter().chain(of("RemoteDependencyData")) {
        assert_eq!(envelope["tags"]["ai.operation.id"], TRACE, "{envelope:#}");
        assert_eq!(envelope["tags"]["ai.cloud.role"], "bridge-of-the-test");
        assert_eq!(envelope["iKey"], "key-of-the-test");
    }
    let requests = of("RequestData");
    let names: Vec<_> =
        requests.iter().map(|one| one["data"]["baseData"]["name"].as_str().unwrap()).collect();
    assert!(
        names.contains(&"POST /mcp") && names.contains(&"tools/call jira_get_issue"),
        "{names:?}"
    );
    // What queries and alerts go by.
    let properties = requests.iter().map(|one| &one["data"]["baseData"]["properties"]);
    let tools: Vec<_> = properties.filter(|p| p["gen_ai.tool.name"] == "jira_get_issue").collect();
    assert_eq!(tools.len(), 1, "{requests:#?}");
    assert_eq!(tools[0]["jira_mcp.outcome"], "ok");
    let asked = of("RemoteDependencyData");
    assert!(asked.iter().all(|one| one["data"]["baseData"]["resultCode"] == "200"), "{asked:#?}");
    let metrics = of("MetricData");
    let name = |one: &serde_json::Value| one["data"]["baseData"]["metrics"][0]["name"].clone();
    assert!(metrics.iter().any(|one| name(one) == "jira_mcp.tool_calls"), "{metrics:#?}");
}
