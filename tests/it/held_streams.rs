//! Event streams that stay open without a call, over real HTTP: who gets one of Atlassian's users,
//! what clients of each revision are told, and what is counted.

use http::Method;
use jira_mcp_bridge::http::Drain;
use serde_json::{Value, json};

use crate::support::{Bridge, Fault, Modern, Reply};

const QUICK: [(&str, &str); 4] = [
    ("ADMIN_ADDR", "127.0.0.1:0"),
    ("COMPAT_STREAM", "true"),
    ("STREAM_HEARTBEAT_MS", "100"),
    ("STREAM_MAX_MS", "350"),
];

const STREAM: &str = "/api/mcp/stream";

async fn stream(bridge: &Bridge, token: &str) -> Reply {
    let bearer = format!("Bearer {token}");
    bridge.send(Method::GET, STREAM, &[("authorization", bearer.as_str())], "").await
}

/// The messages of an event stream, in order.
fn messages(reply: &Reply) -> Vec<Value> {
    assert_eq!((reply.status, reply.header("content-type")), (200, "text/event-stream"));
    let data = reply.text.lines().filter_map(|line| line.strip_prefix("data: "));
    data.map(|data| serde_json::from_str(data).unwrap()).collect()
}

#[tokio::test]
async fn atlassian_is_asked_once_for_each_token_and_its_no_is_ours() {
    let cloud_id = Bridge::start().await.anna("jira_whoami", json!({})).await;
    let cloud_id = cloud_id["site"]["id"].as_str().unwrap_or("sandbox-one").to_owned();
    for pin in [None, Some(("JIRA_CLOUD_ID", cloud_id.as_str()))] {
        let settings: Vec<_> = QUICK.into_iter().chain(pin).collect();
        let bridge = Bridge::with(&settings).await;
        for invented in ["invented-one", "invented-two"] {
            let reply = stream(&bridge, invented).await;
            assert_eq!(reply.status, 401, "{pin:?} {}", reply.text);
            assert!(reply.header("www-authenticate").contains("invalid_token"));
        }
        let before = bridge.upstream.seen().len();
        for _ in 0..3 {
            let reply = stream(&bridge, bridge.token("anna")).await;
            assert!(reply.text.starts_with("event: connected\n"), "{}", reply.text);
            assert!(reply.text.contains("event: heartbeat\n") && reply.text.contains("retry: "));
        }
        assert_eq!(bridge.upstream.seen().len(), before + 1, "{pin:?}");
        let metrics = bridge.metrics().await;
        for line in [
            "jira_mcp_streams_open 0",
            "jira_mcp_streams_ended_total{end=\"time\"} 3",
            "jira_mcp_stream_duration_seconds_count{end=\"time\"} 3",
            "jira_mcp_http_requests_total{route=\"/api/mcp/stream\",status=\"2xx\"} 3",
            "jira_mcp_http_requests_in_flight 0",
            "jira_mcp_connections_max 8192",
        ] {
            assert!(metrics.lines().any(|known| known == line), "no {line} in\n{metrics}");
        }
    }
}

#[tokio::test]
async fn a_subscription_is_acknowledged_first_and_answered_at_its_end() {
    let bridge = Bridge::with(&QUICK).await;
    let wanted = json!({"notifications": {"toolsListChanged": true, "resourceSubscriptions": []}});
    for path in ["/mcp", "/mcp/readonly", "/api/mcp/command"] {
        let request = Modern::new("subscriptions/listen", wanted.clone());
        let reply = request.send_to(&bridge, path, "anna").await;
        let [first, last] = messages(&reply).try_into().expect("two messages");
        assert_eq!(first["method"], "notifications/subscriptions/acknowledged");
        assert_eq!(first["params"]["notifications"], json!({}), "nothing of ours ever changes");
        let key = "io.modelcontextprotocol/subscriptionId";
        assert_eq!((&first["params"]["_meta"][key], first.get("id")), (&json!(3), None));
        assert_eq!((&last["id"], &last["result"]["resultType"]), (&json!(3), &json!("complete")));
        assert_eq!(last["result"]["_meta"][key], 3);
        assert!(last["result"]["_meta"]["io.modelcontextprotocol/serverInfo"].is_object());
        assert!(reply.text.contains("\n: heartbeat\n\n"), "{}", reply.text);
    }
}

#[tokio::test]
async fn what_is_no_subscription_is_told_what_is_wrong() {
    let bridge = Bridge::with(&QUICK).await;
    let listen = |params: Value| Modern::new("subscriptions/listen", params);
    let good = || listen(json!({"notifications": {}}));
    for (request, status, code) in [
        (listen(json!({})), 200, -32602),
        (listen(json!({"notifications": []})), 200, -32602),
        (listen(json!({"notifications": {"toolsListChanged": "yes"}})), 200, -32602),
        (good().without("Mcp-Method"), 400, -32020),
        (good().without("MCP-Protocol-Version"), 400, -32020),
        (good().meta("io.modelcontextprotocol/clientCapabilities", None), 400, -32602),
    ] {
        let reply = request.send(&bridge).await;
        let error = &reply.json()["error"];
        assert_eq!((reply.status, &error["code"]), (status, &json!(code)), "{}", reply.text);
    }
    // Before 2026-07-28 there is no such method.
    let reply = bridge.rpc("anna", "subscriptions/listen", json!({"notifications": {}})).await;
    assert_eq!(reply["error"]["code"], -32601);
}

#[tokio::test]
async fn a_stop_ends_streams_in_good_order() {
    let bridge = Bridge::with(&[("COMPAT_STREAM", "true")]).await;
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let request = client.get(format!("{}{STREAM}", bridge.url)).bearer_auth(bridge.token("anna"));
    let mut open = request.send().await.unwrap();
    let first = open.chunk().await.unwrap().unwrap();
    assert!(first.starts_with(b"event: connected"), "{first:?}");
    let (drain, rest) = tokio::join!(bridge.stop(), async {
        let rest = open.chunk().await.unwrap().unwrap();
        let end = open.chunk().await.unwrap();
        drop((open, client));
        (rest, end)
    });
    assert!(rest.0.starts_with(b"retry: ") && rest.1.is_none(), "{rest:?}");
    assert_eq!(drain, Drain::Finished);
}

#[tokio::test]
async fn a_token_that_jira_refuses_opens_no_stream_although_its_sites_were_known() {
    let bridge = Bridge::with(&QUICK).await;
    let lists = || {
        let seen = bridge.upstream.seen();
        seen.iter().filter(|seen| seen.path.ends_with("accessible-resources")).count()
    };
    assert_eq!(stream(&bridge, bridge.token("anna")).await.status, 200);
    bridge.anna("jira_whoami", json!({})).await;
    assert_eq!(lists(), 1);
    bridge.upstream.fail("/issue/ACME-1", Fault::Status(401, "{}"));
    let refused = bridge.refused("jira_get_issue", json!({"issue_key": "ACME-1"})).await;
    assert_eq!(refused["error"], "unauthenticated", "{refused}");
    assert_eq!(stream(&bridge, bridge.token("anna")).await.status, 401);
    assert_eq!(lists(), 1, "a refusal is believed for a while");
    bridge.anna("jira_get_issue", json!({"issue_key": "ACME-2"})).await;
    assert_eq!(lists(), 2, "what the token reaches is asked anew");
    assert_eq!(stream(&bridge, bridge.token("anna")).await.status, 200);
}

#[tokio::test]
async fn calls_have_connections_when_streams_have_all_of_theirs() {
    let settings =
        [("COMPAT_STREAM", "true"), ("MAX_CONNECTIONS", "4"), ("ADMIN_ADDR", "127.0.0.1:0")];
    let bridge = Bridge::with(&settings).await;
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let request =
        || client.get(format!("{}{STREAM}", bridge.url)).bearer_auth(bridge.token("anna"));
    let mut open = Vec::new();
    for _ in 0..3 {
        let mut stream = request().send().await.unwrap();
        assert!(stream.chunk().await.unwrap().unwrap().starts_with(b"event: connected"));
        open.push(stream);
    }
    let refused = request().header("connection", "close").send().await.unwrap();
    assert_eq!((refused.status().as_u16(), &refused.headers()["retry-after"] == "5"), (503, true));
    assert!(refused.text().await.unwrap().contains("streams_full"));
    assert_eq!(
        bridge.anna("jira_get_issue", json!({"issue_key": "ACME-1"})).await["key"],
        "ACME-1"
    );
    let metrics = bridge.metrics().await;
    let line = "jira_mcp_limit_refusals_total{limit=\"streams\"} 1";
    assert!(metrics.lines().any(|known| known == line), "{metrics}");
    drop(open);
}
