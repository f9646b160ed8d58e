//! Event streams: for clients that take nothing else, and for those that want to know how far a
//! long call is.

use serde_json::{Value, json};

use crate::support::{Bridge, Fault, Modern, Reply};

/// The messages of an event stream, in order.
fn events(reply: &Reply) -> Vec<Value> {
    assert_eq!(
        (reply.status, reply.header("content-type")),
        (200, "text/event-stream"),
        "{}",
        reply.text
    );
    assert_eq!(
        (reply.header("x-accel-buffering"), reply.header("cache-control")),
        ("no", "no-cache")
    );
    assert!(reply.text.ends_with("\n\n"), "{:?}", reply.text);
    let data = reply.text.lines().filter_map(|line| line.strip_prefix("data:"));
    data.map(|data| serde_json::from_str(data).unwrap_or_else(|_| panic!("no JSON: {data}")))
        .collect()
}

async fn bulk() -> Bridge {
    Bridge::with(&[("TOOLSETS", "core,bulk,manage")]).await
}

async fn started(bridge: &Bridge) -> Value {
    let mut change = json!({"issue_keys": "MOB-1,MOB-2", "add_labels": ["x"]});
    change["confirm"] = bridge.anna("jira_bulk_edit", change.clone()).await["confirm"].clone();
    // The call that begins a task waits for its end, unless it cannot be looked at.
    bridge.upstream.fail("/bulk/queue/", Fault::Status(403, "{}"));
    bridge.anna("jira_bulk_edit", change).await["task_id"].clone()
}

fn call(tool: &str, arguments: &Value, token: Option<Value>) -> Value {
    let mut params = json!({"name": tool, "arguments": arguments});
    if let Some(token) = token {
        params["_meta"] = json!({"progressToken": token});
    }
    json!({"jsonrpc": "2.0", "id": 9, "method": "tools/call", "params": params})
}

#[tokio::test]
async fn a_client_that_takes_only_events_gets_them() {
    let bridge = Bridge::start().await;
    let only = [("accept", "text/event-stream")];
    let bearer = format!("Bearer {}", bridge.token("anna"));
    for (body, is_result) in [
        (json!({"jsonrpc": "2.0", "id": 9, "method": "tools/list"}), true),
        (call("jira_whoami", &json!({}), None), true),
        (call("no_such_tool", &json!({}), None), false),
        (
            json!({"jsonrpc": "2.0", "id": 9, "method": "initialize", "params": {"protocolVersion": "2025-11-25",
            "capabilities": {}, "clientInfo": {"name": "t", "version": "1"}}}),
            true,
        ),
    ] {
        let headers =
            [only[0], ("content-type", "application/json"), ("authorization", bearer.as_str())];
        let reply = bridge.send(http::Method::POST, "/mcp", &headers, body.to_string()).await;
        let messages = events(&reply);
        assert_eq!((messages.len(), &messages[0]["id"]), (1, &json!(9)), "{body}");
        assert_eq!(messages[0].get("result").is_some(), is_result, "{body}");
        assert!(reply.text.starts_with("event: message\ndata: {"), "{}", reply.text);
    }
    // A notification has no answer, and a refusal keeps its status.
    let headers =
        [only[0], ("content-type", "application/json"), ("authorization", bearer.as_str())];
    let note = r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#;
    let reply = bridge.send(http::Method::POST, "/mcp", &headers, note).await;
    assert_eq!((reply.status, reply.text.as_str()), (202, ""));
    assert_eq!(bridge.send(http::Method::POST, "/mcp", &headers, "{").await.status, 400);
    assert_eq!(bridge.send(http::Method::POST, "/mcp", &headers[..2], note).await.status, 401);
}

#[tokio::test]
async fn who_brings_a_token_follows_a_task_to_its_end() {
    let bridge = bulk().await;
    for token in [json!("t-1"), json!(7)] {
        let task = json!({"task_id": started(&bridge).await});
        let reply = bridge.post("anna", &call("jira_get_task", &task, Some(token.clone()))).await;
        let messages = events(&reply);
        let (last, steps) = messages.split_last().unwrap();
        assert!(steps.len() >= 2, "{}", reply.text);
        let mut before = -1.0;
        for step in steps {
            assert_eq!(step["method"], "notifications/progress", "{step}");
            assert!(step.get("id").is_none(), "{step}");
            assert_eq!(step["params"]["progressToken"], token);
            let done = step["params"]["progress"].as_f64().unwrap();
            assert!(done > before && done <= step["params"]["total"].as_f64().unwrap(), "{step}");
            assert!(step["params"]["message"].is_string(), "{step}");
            before = done;
        }
        assert_eq!(last["id"], 9);
        let shown: Value =
            serde_json::from_str(last["result"]["content"][0]["text"].as_str().unwrap()).unwrap();
        assert_eq!(
            (&shown["percent"], &shown["status"]),
            (&json!(100), &json!("complete")),
            "{shown}"
        );
    }
}

#[tokio::test]
async fn who_brings_no_token_gets_one_look_as_plain_json() {
    let bridge = bulk().await;
    let task = json!({"task_id": started(&bridge).await});
    let reply = bridge.post("anna", &call("jira_get_task", &task, None)).await;
    assert_eq!(reply.header("content-type"), "application/json");
    let shown = reply.json()["result"]["content"][0]["text"].as_str().unwrap().to_owned();
    assert!(shown.contains("\"enqueued\""), "{shown}");
}

#[tokio::test]
async fn a_short_call_stays_json_also_with_a_token() {
    let bridge = Bridge::start().await;
    for (tool, arguments) in [
        ("jira_whoami", json!({})),
        ("jira_search", json!({"jql": "project = ACME"})),
        ("jira_get_issue", json!({"issue_key": "ACME-1"})),
    ] {
        let reply = bridge.post("anna", &call(tool, &arguments, Some(json!("t")))).await;
        assert_eq!(
            (reply.status, reply.header("content-type")),
            (200, "application/json"),
            "{tool}"
        );
    }
}

#[tokio::test]
async fn looking_for_the_issues_of_a_bulk_edit_is_told() {
    let bridge = bulk().await;
    let change = json!({"jql": "project = MOB", "add_labels": ["x"]});
    let messages =
        events(&bridge.post("anna", &call("jira_bulk_edit", &change, Some(json!("t")))).await);
    assert_eq!(messages[0]["method"], "notifications/progress");
    assert!(messages[0]["params"]["message"].as_str().unwrap().ends_with("issues found."));
    let preview = messages.last().unwrap()["result"]["content"][0]["text"].as_str().unwrap();
    assert!(preview.contains("\"confirm\""), "{preview}");
}

#[tokio::test]
async fn new_clients_get_their_progress_too() {
    let bridge = bulk().await;
    let task = json!({"task_id": started(&bridge).await});
    let asked = Modern::call("jira_get_task", task).meta("progressToken", Some(json!("t")));
    let messages = events(&asked.send(&bridge).await);
    assert!(messages.len() >= 3, "{messages:?}");
    assert_eq!(messages.last().unwrap()["result"]["resultType"], "complete");
    for step in messages.iter().take(messages.len() - 1) {
        assert_eq!(step["method"], "notifications/progress", "no request and no log line: {step}");
    }
}

#[tokio::test]
async fn a_read_whose_client_has_gone_is_given_up() {
    let bridge = Bridge::start().await;
    bridge.call("anna", "jira_whoami", json!({})).await;
    for request in [
        call("jira_get_issue", &json!({"issue_key": "ACME-1"}), None),
        Modern::call("jira_get_issue", json!({"issue_key": "ACME-2"})).body,
    ] {
        let key = request["params"]["arguments"]["issue_key"].as_str().unwrap().to_owned();
        bridge.upstream.fail(&key, Fault::Hang);
        let headers = Modern::call("jira_get_issue", json!({})).headers;
        let headers: Vec<(&str, &str)> =
            headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let headers = if request["params"].get("_meta").is_some() { &headers[..] } else { &[] };
        let abandoned = bridge.post_to("/mcp", "anna", headers, &request);
        tokio::select! {
            reply = abandoned => panic!("an answer without Jira's: {}", reply.text),
            () = bridge.upstream.reached(&key) => {}
        }
        bridge.upstream.given_up(&key).await;
    }
}
