//! Consent as a multi round-trip request: clients of 2026-07-28 that can show a form ask their user
//! themselves.

use http::Method;
use jira_mcp_bridge::jira::tools;
use rmcp::model::{CallToolResult, ElicitRequestParams, InputRequest, InputRequiredResult};
use serde_json::{Value, json};

use crate::support::Bridge;

const SETS: (&str, &str) = ("TOOLSETS", "core,bulk,destructive");

/// A client of 2026-07-28 and what it says of itself.
struct Modern<'a> {
    bridge: &'a Bridge,
    user: &'a str,
    capabilities: Value,
    /// The bytes of the whole JSON-RPC reply; none in the default budget are too many.
    bytes_max: usize,
}

impl<'a> Modern<'a> {
    fn asking(bridge: &'a Bridge, user: &'a str) -> Self {
        Self { bridge, user, capabilities: json!({"elicitation": {}}), bytes_max: 90_000 }
    }

    async fn call(&self, tool: &str, arguments: &Value, retry: Value) -> Value {
        let mut params = retry;
        params["name"] = json!(tool);
        params["arguments"] = arguments.clone();
        params["_meta"] = json!({
            "io.modelcontextprotocol/protocolVersion": "2026-07-28",
            "io.modelcontextprotocol/clientCapabilities": self.capabilities,
        });
        let headers = [
            ("MCP-Protocol-Version", "2026-07-28"),
            ("Mcp-Method", "tools/call"),
            ("Mcp-Name", tool),
        ];
        let body = json!({"jsonrpc": "2.0", "id": 3, "method": "tools/call", "params": params});
        let reply = self.bridge.post_to("/mcp", self.user, &headers, &body).await;
        assert_eq!(reply.status, 200, "{}", reply.text);
        assert!(reply.text.len() <= self.bytes_max, "{} bytes: {}", reply.text.len(), reply.text);
        let result = reply.json()["result"].clone();
        assert_eq!(
            result["_meta"]["io.modelcontextprotocol/serverInfo"]["name"], "jira-mcp-bridge",
            "{result}"
        );
        result
    }

    async fn retry(&self, tool: &str, arguments: &Value, state: &str, response: Value) -> Value {
        let retry = json!({"requestState": state, "inputResponses": {"confirm": response}});
        self.call(tool, arguments, retry).await
    }
}

fn yes() -> Value {
    json!({"action": "accept", "content": {"confirm": true}})
}

/// The message and the state of a question, which must be one.
fn question(result: &Value) -> (String, String) {
    let asked: InputRequiredResult = serde_json::from_value(result.clone())
        .unwrap_or_else(|fault| panic!("no question ({fault}): {result}"));
    let requests = asked.input_requests.unwrap();
    let [(name, InputRequest::Elicitation(request))] = requests.iter().collect::<Vec<_>>()[..]
    else {
        panic!("not one form: {result}")
    };
    assert_eq!(name, "confirm");
    let ElicitRequestParams::FormElicitationParams { message, requested_schema, .. } =
        &request.params
    else {
        panic!("no form: {result}")
    };
    assert_eq!(
        serde_json::to_value(requested_schema).unwrap(),
        json!({
            "type": "object", "required": ["confirm"],
            "properties": {"confirm": {"type": "boolean", "title": "Yes, do it"}},
        })
    );
    assert!(result.get("content").is_none(), "{result}");
    (message.clone(), asked.request_state.unwrap())
}

/// The JSON of a complete result, and whether it is an error.
fn complete(result: &Value) -> (Value, bool) {
    assert_eq!(result["resultType"], "complete", "{result}");
    let read: CallToolResult = serde_json::from_value(result.clone()).unwrap();
    let text = result["content"][0]["text"].as_str().unwrap();
    (serde_json::from_str(text).unwrap(), read.is_error.unwrap_or(false))
}

fn deletions(bridge: &Bridge) -> usize {
    bridge.upstream.count(&Method::DELETE, "")
}

#[tokio::test]
async fn an_issue_goes_in_two_rounds() {
    let bridge = Bridge::with(&[SETS]).await;
    let client = Modern::asking(&bridge, "anna");
    let asked = json!({"issue_key": "ACME-30", "delete_subtasks": true});
    let (message, state) = question(&client.call("jira_delete_issue", &asked, json!({})).await);
    assert!(
        message.starts_with("Delete issue? Nothing is done unless you agree.\nkey: \"ACME-30\"\n")
    );
    assert!(message.contains("lost: {\"comments\":120"), "{message}");
    assert_eq!(deletions(&bridge), 0);
    let (done, is_error) =
        complete(&client.retry("jira_delete_issue", &asked, &state, yes()).await);
    assert_eq!((&done["deleted"], is_error), (&json!(true), false), "{done}");
    assert_eq!(deletions(&bridge), 1);
}

#[tokio::test]
async fn a_no_deletes_nothing() {
    let bridge = Bridge::with(&[SETS]).await;
    let client = Modern::asking(&bridge, "anna");
    let asked = json!({"issue_key": "ACME-8"});
    let (_, state) = question(&client.call("jira_delete_issue", &asked, json!({})).await);
    for no in [
        json!({"action": "decline"}),
        json!({"action": "cancel"}),
        json!({"action": "accept", "content": {"confirm": false}}),
        json!({"action": "accept"}),
    ] {
        let (fault, is_error) =
            complete(&client.retry("jira_delete_issue", &asked, &state, no).await);
        assert!(is_error, "{fault}");
        assert_eq!(fault["error"], "confirmation_required");
        assert!(fault["message"].as_str().unwrap().contains("nothing was done"), "{fault}");
        assert!(fault.get("confirm").is_none(), "a no hands out no token: {fault}");
    }
    assert_eq!(deletions(&bridge), 0);
}

#[tokio::test]
async fn a_state_is_good_only_for_what_it_was_signed_for() {
    let bridge = Bridge::with(&[SETS]).await;
    let (anna, ben) = (Modern::asking(&bridge, "anna"), Modern::asking(&bridge, "ben"));
    let asked = json!({"issue_key": "ACME-8"});
    let (_, state) = question(&anna.call("jira_delete_issue", &asked, json!({})).await);
    let (head, tail) = state.split_at(state.len() / 2);
    let tampered = format!("{head}{}{}", if tail.starts_with('A') { 'B' } else { 'A' }, &tail[1..]);
    let other = json!({"issue_key": "ACME-9"});
    for (client, arguments, state) in [
        (&anna, &asked, tampered.as_str()),
        (&anna, &asked, ""),
        (&anna, &asked, "yes"),
        (&anna, &other, state.as_str()),
        (&ben, &asked, state.as_str()),
    ] {
        let again = client.retry("jira_delete_issue", arguments, state, yes()).await;
        assert_ne!(question(&again).1, state, "asked again with the state that was refused");
    }
    // A retry that answers nothing is asked again, too.
    question(&anna.call("jira_delete_issue", &asked, json!({"requestState": state})).await);
    let stray = json!({"requestState": state, "inputResponses": {"other": yes()}});
    question(&anna.call("jira_delete_issue", &asked, stray).await);
    question(
        &anna
            .call("jira_delete_issue", &asked, json!({"inputResponses": {"confirm": yes()}}))
            .await,
    );
    assert_eq!(deletions(&bridge), 0);
    let (done, _) = complete(&anna.retry("jira_delete_issue", &asked, &state, yes()).await);
    assert_eq!(done["deleted"], true);
}

#[tokio::test]
async fn clients_that_cannot_ask_get_the_preview_as_before() {
    let bridge = Bridge::with(&[SETS]).await;
    let asked = json!({"issue_key": "ACME-8"});
    for capabilities in [json!({}), json!({"elicitation": {"url": {}}})] {
        let client = Modern { capabilities, ..Modern::asking(&bridge, "anna") };
        let (preview, is_error) =
            complete(&client.call("jira_delete_issue", &asked, json!({})).await);
        assert!(!is_error && preview["preview"]["key"] == "ACME-8", "{preview}");
        let token = preview["confirm"].as_str().unwrap();
        let (again, _) = complete(&client.retry("jira_delete_issue", &asked, token, yes()).await);
        assert!(
            again.get("preview").is_some(),
            "a client that cannot ask cannot have been answered: {again}"
        );
    }
    let legacy = json!({
        "name": "jira_delete_issue", "arguments": asked, "inputResponses": {"confirm": yes()}, "requestState": "x",
        "_meta": {"io.modelcontextprotocol/clientCapabilities": {"elicitation": {}}},
    });
    let result = bridge.rpc("anna", "tools/call", legacy).await["result"].clone();
    assert!(result.get("resultType").is_none() && result["isError"] != true, "{result}");
    let preview: Value =
        serde_json::from_str(result["content"][0]["text"].as_str().unwrap()).unwrap();
    let agreed = json!({"issue_key": "ACME-8", "confirm": preview["confirm"]});
    assert_eq!(deletions(&bridge), 0);
    assert_eq!(bridge.anna("jira_delete_issue", agreed).await["deleted"], true);
}

#[tokio::test]
async fn where_the_user_can_be_asked_no_argument_speaks_for_them() {
    let bridge = Bridge::with(&[SETS]).await;
    let client = Modern::asking(&bridge, "anna");
    let bulk = json!({"issue_keys": ["ACME-8"], "add_labels": "x"});
    let comments =
        bridge.anna("jira_get_comments", json!({"issue_key": "ACME-30", "max_results": 1})).await;
    let comment = comments["comments"][0]["id"].clone();
    for (tool, asked) in [
        ("jira_delete_issue", json!({"issue_key": "ACME-8"})),
        ("jira_delete_comment", json!({"issue_key": "ACME-30", "comment_id": comment})),
        ("jira_bulk_edit", bulk),
    ] {
        let shown = bridge.call("anna", tool, asked.clone()).await.value;
        let Some(token) = shown["confirm"].as_str() else { panic!("{tool}: {shown}") };
        for rehearsal in [None, Some(json!(false)), Some(json!("false"))] {
            let mut agreed = asked.clone();
            agreed["confirm"] = json!(token);
            if let (Some(rehearsal), "jira_bulk_edit") = (rehearsal, tool) {
                agreed["dry_run"] = rehearsal;
            }
            question(&client.call(tool, &agreed, json!({})).await);
        }
    }
    for write in [Method::DELETE, Method::PUT] {
        assert_eq!(bridge.upstream.count(&write, "/rest/"), 0);
    }
    assert_eq!(bridge.upstream.count(&Method::POST, "/bulk/issues/fields"), 0);
}

#[tokio::test]
async fn a_dry_run_signs_no_token() {
    let bridge = Bridge::with(&[SETS]).await;
    for rehearsal in [json!(true), json!("true"), json!("yes"), json!(1)] {
        let asked = json!({"issue_keys": ["ACME-8"], "add_labels": "x", "dry_run": rehearsal});
        let shown = bridge.call("anna", "jira_bulk_edit", asked).await.value;
        assert!(shown.get("confirm").is_none(), "{rehearsal}: {shown}");
    }
}

#[tokio::test]
async fn many_issues_change_in_two_rounds_within_the_budget() {
    let bridge = Bridge::with(&[SETS, ("MAX_RESPONSE_BYTES", "2000")]).await;
    let forms = json!({"elicitation": {"form": {}, "url": {}}});
    let client =
        Modern { capabilities: forms, bytes_max: 2_000, ..Modern::asking(&bridge, "anna") };
    let mut asked =
        json!({"jql": "project = ACME", "fields": {"labels": ["seen"]}, "dry_run": true});
    let (shown, is_error) = complete(&client.call("jira_bulk_edit", &asked, json!({})).await);
    assert!(!is_error && shown.get("preview").is_some(), "a rehearsal asks nobody: {shown}");
    assert!(shown.get("confirm").is_none(), "a rehearsal opens nothing: {shown}");
    asked["dry_run"] = json!(false);
    let (message, state) = question(&client.call("jira_bulk_edit", &asked, json!({})).await);
    assert!(message.contains("\ncount: "), "{message}");
    let (task, is_error) = complete(&client.retry("jira_bulk_edit", &asked, &state, yes()).await);
    assert!(!is_error && task["task_id"].is_string(), "{task}");
}

#[tokio::test]
async fn what_was_read_in_jira_says_so() {
    let bridge = Bridge::start().await;
    let provenance = json!({"source": "jira", "untrusted": true});
    for (tool, arguments) in [
        ("jira_search", json!({"jql": "project = ACME", "max_results": 1})),
        ("jira_get_issue", json!({"issue_key": "ACME-1"})),
    ] {
        assert!(tools::named(tool).unwrap().effect.is_read());
        let legacy =
            bridge.rpc("anna", "tools/call", json!({"name": tool, "arguments": arguments})).await;
        let expected = json!({"jira-mcp-bridge/provenance": provenance});
        assert_eq!(legacy["result"]["_meta"], expected, "{legacy}");
        let modern = Modern::asking(&bridge, "anna").call(tool, &arguments, json!({})).await;
        assert_eq!(modern["_meta"]["jira-mcp-bridge/provenance"], provenance, "{modern}");
    }
    let comment = json!({"name": "jira_add_comment", "arguments": {"issue_key": "ACME-5", "body": "words of our own"}});
    let written = bridge.rpc("anna", "tools/call", comment).await;
    assert!(written["result"].get("_meta").is_none(), "{written}");
}

#[tokio::test]
async fn no_wrapping_of_another_servers_call_speaks_for_the_user() {
    let bridge = Bridge::with(&[SETS]).await;
    let client = Modern::asking(&bridge, "anna");
    for (at, runner) in [None, Some("execute"), Some("executeWrite")].into_iter().enumerate() {
        let id = 10_300 + at;
        let called = |inner: Value| match runner {
            None => ("jira_remove_issue_link", inner),
            Some(runner) => (runner, json!({"name": "jira_remove_issue_link", "inputs": inner})),
        };
        let before = deletions(&bridge);
        let (tool, asked) = called(json!({"link_id": id}));
        let (_, state) = question(&client.call(tool, &asked, json!({})).await);
        let (_, forged) = called(json!({"link_id": id, "confirm": state}));
        question(&client.call(tool, &forged, json!({})).await);
        assert_eq!(deletions(&bridge), before, "{runner:?}: nobody was asked");
        let (done, is_error) = complete(&client.retry(tool, &asked, &state, yes()).await);
        assert!(!is_error, "{runner:?}: {done}");
        assert_eq!(deletions(&bridge), before + 1, "{runner:?}");
    }
}
