//! The custom events that Application Insights is sent, one for each tool call, when it is asked
//! for them; never anything that opens or tells more than a trace.

use http::Method;
use serde_json::{Value, json};

use crate::support::{Bridge, Receiver};

async fn bridge(receiver: &Receiver, settings: &[(&str, &str)]) -> Bridge {
    let insights = format!("InstrumentationKey=k;IngestionEndpoint=http://{}/", receiver.address);
    let mut all = vec![
        ("APPLICATIONINSIGHTS_CONNECTION_STRING", insights.as_str()),
        ("COMPAT_STREAM", "true"),
        ("STREAM_HEARTBEAT_MS", "100"),
        ("STREAM_MAX_MS", "200"),
    ];
    all.extend(settings);
    Bridge::with(&all).await
}

/// Calls a tool and does not care what it says.
async fn call(bridge: &Bridge, path: &str, headers: &[(&str, &str)], tool: &str, issue_key: &str) {
    let params = json!({"name": tool, "arguments": {"issue_key": issue_key}});
    let body = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params});
    assert_eq!(bridge.post_to(path, "anna", headers, &body).await.status, 200);
}

/// The session that a stream of anna's begins with.
async fn session(bridge: &Bridge) -> String {
    let bearer = format!("Bearer {}", bridge.token("anna"));
    let reply =
        bridge.send(Method::GET, "/api/mcp/stream", &[("authorization", &bearer)], "").await;
    let data = reply.text.lines().find_map(|line| line.strip_prefix("data: ")).unwrap();
    let connected: Value = serde_json::from_str(data).unwrap();
    connected["session_id"].as_str().unwrap().to_owned()
}

fn of<'a>(envelopes: &'a [Value], kind: &str) -> Vec<&'a Value> {
    envelopes.iter().filter(|one| one["data"]["baseType"] == kind).collect()
}

#[tokio::test]
async fn each_tool_call_is_one_event_where_they_are_wanted() {
    let receiver = Receiver::start().await;
    let bridge = bridge(&receiver, &[("APPLICATIONINSIGHTS_CUSTOM_EVENTS", "true")]).await;
    let session = session(&bridge).await;
    call(&bridge, "/mcp", &[], "jira_get_issue", "ACME-5").await;
    // An address that knows of no sessions takes the header for nothing.
    call(&bridge, "/mcp", &[("x-session-id", &session)], "jira_get_issue", "ACME-999").await;
    for _ in 0..2 {
        let headers = [("x-session-id", session.as_str())];
        call(&bridge, "/api/mcp/command", &headers, "jira_get_issue", "ACME-5").await;
    }
    call(&bridge, "/mcp", &[], "jira_list_links", "ACME-5").await;
    // Neither is a call of a tool.
    call(&bridge, "/mcp", &[], "no_such_tool", "ACME-5").await;
    bridge.post("anna", &json!({"jsonrpc": "2.0", "id": 1, "method": "tools/list"})).await;
    let token = bridge.token("anna").to_owned();
    bridge.stop().await;

    let envelopes = receiver.envelopes();
    let events = of(&envelopes, "EventData");
    let said: Vec<&Value> = events.iter().map(|one| &one["data"]["baseData"]).collect();
    assert!(said.iter().all(|event| event["name"] == "MCPEvent"), "{said:#?}");
    let said: Vec<_> = said.into_iter().map(|event| &event["properties"]).collect();
    let outcomes: Vec<_> = said.iter().map(|event| (&event["Tool"], &event["Outcome"])).collect();
    let get = json!("jira_get_issue");
    let (ok, lost) = (json!("ok"), json!("not_found"));
    let links = json!("jira_list_links");
    let expected = [(&get, &ok), (&get, &lost), (&get, &ok), (&get, &ok), (&links, &ok)];
    assert_eq!(outcomes, expected);
    let user = said[0]["UserId"].as_str().unwrap();
    assert!(user.len() == 16 && user.bytes().all(|b| b.is_ascii_hexdigit()), "{user}");
    for event in &said {
        assert_eq!((&event["Type"], &event["UserId"]), (&json!("tool"), &json!(user)));
        event["Duration"].as_str().unwrap().parse::<u32>().expect("milliseconds");
    }
    let sessions: Vec<_> = said.iter().map(|event| event.get("SessionId")).collect();
    let shown = sessions[2].and_then(Value::as_str).unwrap();
    assert!(shown.len() == 16 && !session.contains(shown), "{shown}");
    let shown = json!(shown);
    assert_eq!(sessions, [None, None, Some(&shown), Some(&shown), None]);
    // The exporter's own names, and nothing that was not asked for.
    let known = ["Type", "Tool", "UserId", "SessionId", "Outcome", "Duration"];
    for name in said.iter().flat_map(|event| event.as_object().unwrap().keys()) {
        assert!(known.contains(&name.as_str()), "{name}");
    }
    // Each belongs to the request that its call is.
    for event in events {
        let operation = &event["tags"]["ai.operation.id"];
        let requests = of(&envelopes, "RequestData");
        assert!(requests.iter().any(|one| &one["tags"]["ai.operation.id"] == operation));
    }
    let everything = receiver.everything().concat();
    for hidden in [session.as_str(), token.as_str(), "ACME-5", "@example.com"] {
        assert!(!everything.contains(hidden), "{hidden} was sent");
    }
}

#[tokio::test]
async fn unasked_none_is_sent() {
    let receiver = Receiver::start().await;
    let bridge = bridge(&receiver, &[]).await;
    call(&bridge, "/mcp", &[], "jira_get_issue", "ACME-5").await;
    bridge.stop().await;
    let envelopes = receiver.envelopes();
    assert!(!of(&envelopes, "RequestData").is_empty());
    assert_eq!(of(&envelopes, "EventData"), Vec::<&Value>::new());
}
