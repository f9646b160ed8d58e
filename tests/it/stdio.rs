//! The binary's `stdio` command: the same tools as over HTTP, on the real process's own standard
//! streams.

use http::Method;
use serde_json::{Value, json};

use crate::support::{Bridge, Fault, Stdio, basic, sandbox};

const MODERN: &str = "2026-07-28";

fn request(id: u32, method: &str, params: &Value) -> Value {
    json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params })
}

fn call(id: u32, tool: &str, arguments: &Value) -> Value {
    request(id, "tools/call", &json!({ "name": tool, "arguments": arguments }))
}

fn modern(id: u32, method: &str, mut params: Value) -> Value {
    params["_meta"] = json!({
        "io.modelcontextprotocol/protocolVersion": MODERN,
        "io.modelcontextprotocol/clientCapabilities": {},
    });
    request(id, method, &params)
}

fn payload(reply: &Value) -> Value {
    let text = reply["result"]["content"][0]["text"].as_str();
    serde_json::from_str(text.unwrap_or_else(|| panic!("no tool result: {reply}"))).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_api_token_goes_to_its_own_site_and_no_further() {
    let (upstream, settings) = basic().await;
    let mut stdio = Stdio::start(&settings);
    let me = payload(&stdio.ask(&call(1, "jira_whoami", &json!({}))));
    assert_eq!(me["name"], "Anna Admin");
    assert_eq!(
        me["site"],
        json!({ "name": "127.0.0.1", "url": format!("http://{}", upstream.address) })
    );
    assert!(me.get("scopes").is_none(), "{me}");
    let issue = payload(&stdio.ask(&call(2, "jira_get_issue", &json!({ "issue_key": "ACME-1" }))));
    assert_eq!(issue["url"], format!("http://{}/browse/ACME-1", upstream.address));
    let comment = json!({ "issue_key": "ACME-1", "body": "by *hand*" });
    assert!(payload(&stdio.ask(&call(3, "jira_add_comment", &comment)))["comment_id"].is_string());
    assert_eq!(stdio.end(), 0);
    let seen = upstream.seen();
    assert!(seen.len() >= 3);
    for request in seen {
        assert!(request.path.starts_with("/rest/api/3/"), "{}", request.path);
        assert!(request.authorization.starts_with("Basic "), "{}", request.path);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn boards_work_with_an_api_token_too() {
    let (upstream, mut settings) = basic().await;
    settings.push(("TOOLSETS", "core,agile".to_owned()));
    let mut stdio = Stdio::start(&settings);
    let boards = payload(&stdio.ask(&call(1, "jira_list_boards", &json!({}))));
    assert!(!boards["boards"].as_array().unwrap().is_empty(), "{boards}");
    assert_eq!(upstream.count(&Method::GET, "/rest/agile/1.0/board"), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_access_token_goes_the_way_it_goes_over_http() {
    let (upstream, settings) = sandbox().await;
    let mut stdio = Stdio::start(&settings);
    let me = payload(&stdio.ask(&call(1, "jira_whoami", &json!({}))));
    assert_eq!(me["site"]["url"], "https://sandbox.atlassian.net");
    let listed = stdio.ask(&request(2, "tools/list", &json!({})));
    let bridge = Bridge::start().await;
    bridge.anna("jira_whoami", json!({})).await;
    assert_eq!(listed["result"], bridge.rpc("anna", "tools/list", json!({})).await["result"]);
    let fault = json!({ "issue_key": "ACME-99999" });
    let (mut here, mut there) = (
        payload(&stdio.ask(&call(3, "jira_get_issue", &fault))),
        bridge.refused("jira_get_issue", fault).await,
    );
    assert_eq!(here["request_id"], "stdio-3");
    for envelope in [&mut here, &mut there] {
        envelope["request_id"] = json!(null);
    }
    assert_eq!(here, there);
    assert_eq!(upstream.count(&Method::GET, "/oauth/token/accessible-resources"), 1);
    assert!(upstream.seen().iter().all(|request| request.authorization.starts_with("Bearer ")));
}

#[tokio::test(flavor = "multi_thread")]
async fn both_eras_are_spoken_on_one_stream() {
    let (_upstream, settings) = sandbox().await;
    let mut stdio = Stdio::start(&settings);
    for version in ["2024-11-05", "2025-11-25", MODERN, "1999-01-01"] {
        let hello = json!({
            "protocolVersion": version, "capabilities": {}, "clientInfo": { "name": "t", "version": "1" },
        });
        let answer = stdio.ask(&request(1, "initialize", &hello));
        let agreed =
            if version.starts_with("202") && version != MODERN { version } else { "2025-11-25" };
        assert_eq!(answer["result"]["protocolVersion"], agreed, "{answer}");
        stdio.say(&json!({ "jsonrpc": "2.0", "method": "notifications/initialized" }).to_string());
        for (method, params) in [
            ("tools/list", json!({})),
            ("tools/call", json!({ "name": "jira_whoami", "arguments": {} })),
        ] {
            let text = stdio.ask(&request(2, method, &params)).to_string();
            for new in ["resultType", "ttlMs", "cacheScope", "io.modelcontextprotocol"] {
                assert!(!text.contains(new), "after {version}, {method} answers {new}");
            }
        }
        assert_eq!(stdio.ask(&request(3, "ping", &json!({})))["result"], json!({}));
    }
    let found = stdio.ask(&modern(4, "server/discover", json!({})));
    assert!(
        found["result"]["supportedVersions"].as_array().unwrap().contains(&json!(MODERN)),
        "{found}"
    );
    let listed = stdio.ask(&modern(5, "tools/list", json!({})));
    assert_eq!(listed["result"]["resultType"], "complete", "{listed}");
    let called =
        stdio.ask(&modern(6, "tools/call", json!({ "name": "jira_whoami", "arguments": {} })));
    assert_eq!(
        called["result"]["_meta"]["io.modelcontextprotocol/serverInfo"]["name"],
        "jira-mcp-bridge"
    );
    assert_eq!(stdio.ask(&modern(7, "ping", json!({})))["error"]["code"], -32601);
    let mut future = modern(8, "tools/list", json!({}));
    future["params"]["_meta"]["io.modelcontextprotocol/protocolVersion"] = json!("2099-01-01");
    assert_eq!(stdio.ask(&future)["error"]["code"], -32022);
    assert_eq!(stdio.end(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_that_is_no_message_is_answered_and_the_next_one_is_read() {
    let (upstream, settings) = sandbox().await;
    let mut stdio = Stdio::start(&settings);
    let long = format!("\"{}\"", "x".repeat(1 << 20));
    let deep = format!("{{\"a\":{}{}}}", "[".repeat(100), "]".repeat(100));
    for (line, code, id) in [
        ("garbage", -32700, json!(null)),
        ("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"", -32700, json!(null)),
        ("\u{feff}garbage", -32700, json!(null)),
        (
            "{\"jsonrpc\":\"2.0\",\"id\":3,\"method\":\"tools/list\",\"params\":{\"cursor\":5}}",
            -32602,
            json!(3),
        ),
        (deep.as_str(), -32700, json!(null)),
        ("[]", -32600, json!(null)),
        ("\"text\"", -32600, json!(null)),
        (long.as_str(), -32600, json!(null)),
        ("{\"jsonrpc\":\"1.0\",\"id\":1,\"method\":\"ping\"}", -32600, json!(1)),
        ("{\"jsonrpc\":\"2.0\",\"id\":null,\"method\":\"ping\"}", -32600, json!(null)),
        ("{\"jsonrpc\":\"2.0\",\"id\":\"a\",\"method\":\"no/such\"}", -32601, json!("a")),
        (
            "{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"tools/call\",\"params\":{\"name\":7}}",
            -32602,
            json!(2),
        ),
    ] {
        stdio.say(line);
        let answer = stdio.next();
        assert_eq!((&answer["error"]["code"], &answer["id"]), (&json!(code), &id), "{answer}");
    }
    // Nobody waits for an answer to these.
    for line in [
        "",
        "\u{feff}  \r",
        "{\"jsonrpc\":\"2.0\",\"id\":null,\"method\":\"notifications/initialized\"}",
        "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/no-such\"}",
        "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/cancelled\",\"params\":{\"requestId\":99}}",
        "{\"jsonrpc\":\"2.0\",\"id\":9,\"result\":{}}",
        "{\"jsonrpc\":\"2.0\",\"id\":9,\"error\":{\"code\":1,\"message\":\"x\"}}",
    ] {
        stdio.say(line);
    }
    // An id that waits for its answer already cannot be told apart from itself.
    upstream.fail("/search/jql", Fault::Hang);
    stdio.say(&call(7, "jira_search", &json!({ "jql": "project = ACME" })).to_string());
    let again = stdio.ask(&request(7, "ping", &json!({})));
    assert_eq!((&again["error"]["code"], &again["id"]), (&json!(-32600), &json!(7)), "{again}");
    // Neither a byte order mark before a line nor a carriage return behind it does any harm.
    stdio.say("\u{feff}{\"jsonrpc\":\"2.0\",\"id\":8,\"method\":\"ping\"}\r");
    assert_eq!(stdio.next(), json!({ "jsonrpc": "2.0", "id": 8, "result": {} }));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_read_stops_and_is_not_answered() {
    for params in [
        json!({}),
        json!({ "_meta": {
        "io.modelcontextprotocol/protocolVersion": MODERN, "io.modelcontextprotocol/clientCapabilities": {},
    } }),
    ] {
        let (upstream, mut settings) = sandbox().await;
        // Nothing but the cancellation would end the call before the test gives up.
        for name in ["SHUTDOWN_GRACE_MS", "JIRA_TIMEOUT_MS", "CALL_DEADLINE_MS"] {
            settings.push((name, "600000".to_owned()));
        }
        let mut stdio = Stdio::start(&settings);
        upstream.fail("/search/jql", Fault::Hang);
        let mut params = params;
        params["name"] = json!("jira_search");
        params["arguments"] = json!({ "jql": "project = ACME" });
        stdio.say(&request(1, "tools/call", &params).to_string());
        upstream.saw(&Method::POST, "/search/jql").await;
        let note = json!({ "jsonrpc": "2.0", "method": "notifications/cancelled", "params": { "requestId": 1 } });
        stdio.say(&note.to_string());
        let pong = stdio.ask(&request(2, "no/such", &json!({})));
        assert_eq!(pong["id"], 2, "{pong}");
        assert_eq!(stdio.end(), 0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_runs_is_answered_before_the_end() {
    let (upstream, settings) = basic().await;
    for by_signal in [false, true] {
        let mut stdio = Stdio::start(&settings);
        let issue =
            json!({ "project_key": "ACME", "issue_type": "Task", "summary": "the last word" });
        let before = upstream.count(&Method::POST, "/issue");
        stdio.say(&call(1, "jira_create_issue", &issue).to_string());
        if by_signal {
            // Only what has begun is finished.
            upstream.saw_more(&Method::POST, "/issue", before).await;
            stdio.terminate();
        } else {
            stdio.close_input();
        }
        assert_eq!(payload(&stdio.next())["created"], true);
        assert_eq!(stdio.exit_code(), 0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_operators_policy_and_limits_hold() {
    let (_upstream, mut settings) = basic().await;
    for (name, value) in [
        ("READ_ONLY", "true"),
        ("PROJECTS_ALLOW", "ACME"),
        ("TOOLS_DENY", "jira_search"),
        ("RATE_LIMIT_PER_USER_PER_MINUTE", "2"),
    ] {
        settings.push((name, value.to_owned()));
    }
    let mut stdio = Stdio::start(&settings);
    let listed = stdio.ask(&request(1, "tools/list", &json!({}))).to_string();
    assert!(listed.contains("jira_get_issue"));
    for gone in ["jira_create_issue", "jira_search", "\"site\""] {
        assert!(!listed.contains(gone), "{gone} is listed");
    }
    let refused = stdio.ask(&call(2, "jira_create_issue", &json!({})));
    assert_eq!(refused["error"]["code"], -32602, "{refused}");
    let key = json!({ "issue_key": "OPS-1" });
    assert_eq!(payload(&stdio.ask(&call(3, "jira_get_issue", &key)))["error"], "forbidden");
    stdio.ask(&call(4, "jira_whoami", &json!({})));
    assert_eq!(payload(&stdio.ask(&call(5, "jira_whoami", &json!({}))))["error"], "overloaded");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_stream_ever_shows_a_credential() {
    for (_upstream, mut settings) in [basic().await, sandbox().await] {
        settings.push(("LOG_LEVEL", "trace".to_owned()));
        let secrets: Vec<String> = settings
            .iter()
            .filter(|(name, _)| name.ends_with("_TOKEN") || *name == "JIRA_EMAIL")
            .map(|(_, value)| value.clone())
            .collect();
        assert!(!secrets.is_empty());
        let mut stdio = Stdio::start(&settings);
        stdio.ask(&call(1, "jira_search", &json!({ "jql": "project = ACME" })));
        stdio.ask(&call(2, "jira_get_issue", &json!({ "issue_key": "ACME-1" })));
        stdio.close_input();
        assert_eq!(stdio.exit_code(), 0);
        let shown = stdio.everything();
        assert!(shown.contains("\"audit\"") && shown.contains("ACME-1"), "{shown}");
        for secret in &secrets {
            assert!(!shown.contains(secret.as_str()), "a stream shows a credential");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_credential_nothing_is_said_on_stdout() {
    let mut stdio = Stdio::start(&[("JIRA_EMAIL", "a@example.com".to_owned())]);
    assert_eq!(stdio.exit_code(), 64);
    let shown = stdio.everything();
    assert!(shown.contains("JIRA_API_TOKEN: needed beside JIRA_EMAIL"), "{shown}");
    assert_eq!(stdio.rest(), [""; 0]);
}

#[tokio::test]
async fn serve_never_speaks_with_a_local_credential() {
    let (upstream, local) = basic().await;
    let local: Vec<(&str, &str)> = local
        .iter()
        .filter(|(name, _)| *name != "JIRA_SITE_URL")
        .map(|(name, value)| (*name, value.as_str()))
        .chain([("JIRA_ACCESS_TOKEN", "a-token-of-somebody")])
        .collect();
    let bridge = Bridge::with(&local).await;
    let body = call(1, "jira_whoami", &json!({})).to_string();
    let reply =
        bridge.send(Method::POST, "/mcp", &[("content-type", "application/json")], body).await;
    assert_eq!(reply.status, 401);
    bridge.anna("jira_whoami", json!({})).await;
    let anna = format!("Bearer {}", bridge.token("anna"));
    assert!(bridge.upstream.seen().iter().all(|request| request.authorization == anna));
    assert_eq!(upstream.seen().len(), 0);
}
