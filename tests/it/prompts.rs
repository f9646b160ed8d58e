//! Prompts and completion: the jobs a person can pick, and what is suggested while they type.

use http::Method;
use serde_json::{Value, json};

use crate::support::{Bridge, Fault};

async fn listed(bridge: &Bridge, path: &str) -> Vec<Value> {
    let body = json!({ "jsonrpc": "2.0", "id": 1, "method": "prompts/list" });
    let reply = bridge.post_to(path, "anna", &[], &body).await;
    assert!(reply.text.len() <= 4_096, "{} bytes", reply.text.len());
    reply.json()["result"]["prompts"].as_array().unwrap_or_else(|| panic!("{}", reply.text)).clone()
}

fn names(prompts: &[Value]) -> Vec<&str> {
    prompts.iter().map(|prompt| prompt["name"].as_str().unwrap()).collect()
}

/// What a prompt needs to be told, for each of its arguments.
fn arguments(prompt: &Value) -> Value {
    let given = prompt["arguments"].as_array().into_iter().flatten().map(|argument| {
        let name = argument["name"].as_str().unwrap();
        let value = match name {
            "project_key" => "acme",
            "issue_key" => "ACME-5",
            "version" => "2.1",
            "person" => "Ben Developer",
            "transition" => "Done",
            "since" => "3d",
            _ => "The shop shows a wrong price.",
        };
        (name.to_owned(), json!(value))
    });
    Value::Object(given.collect())
}

#[tokio::test]
async fn every_job_is_described_and_its_queries_work() {
    let bridge = Bridge::start().await;
    let prompts = listed(&bridge, "/mcp").await;
    assert_eq!(
        names(&prompts),
        [
            "my_day",
            "standup",
            "triage",
            "report_bug",
            "issue_brief",
            "hand_over",
            "sprint_status",
            "release_blockers",
            "release_notes"
        ]
    );
    let mut queries = 0;
    for prompt in &prompts {
        assert!(prompt["title"].is_string() && prompt["description"].is_string(), "{prompt}");
        for argument in prompt["arguments"].as_array().unwrap() {
            assert!(
                argument["description"].is_string() && argument["required"].is_boolean(),
                "{argument}"
            );
        }
        let params = json!({ "name": prompt["name"], "arguments": arguments(prompt) });
        let got = bridge.rpc("anna", "prompts/get", params).await;
        let message = &got["result"]["messages"][0];
        assert_eq!(
            (&message["role"], &message["content"]["type"]),
            (&json!("user"), &json!("text")),
            "{got}"
        );
        let text = message["content"]["text"].as_str().unwrap();
        assert!(text.len() <= 2_048, "{} has {} bytes", prompt["name"], text.len());
        // What stands between backticks and compares something is JQL; the model fills in the words
        // to look for.
        for jql in text.split('`').skip(1).step_by(2).filter(|part| part.contains(" = ")) {
            let jql = jql.replace('…', "price");
            let found =
                bridge.call("anna", "jira_search", json!({ "jql": jql, "max_results": 1 })).await;
            assert!(!found.is_error, "{jql}: {}", found.value);
            queries += 1;
        }
    }
    assert!(queries >= 11, "{queries}");
}

#[tokio::test]
async fn a_prompt_goes_with_its_tools() {
    let bridge = Bridge::with(&[("TOOLS_DENY", "jira_create_issue")]).await;
    let open = listed(&bridge, "/mcp").await;
    assert!(names(&open).contains(&"triage") && !names(&open).contains(&"report_bug"), "{open:?}");
    let reading = listed(&bridge, "/mcp/readonly").await;
    assert!(
        names(&reading).contains(&"standup") && !names(&reading).contains(&"triage"),
        "{reading:?}"
    );
    assert_eq!(listed(&bridge, "/mcp/x/agile").await.len(), 0);
    let params =
        json!({ "name": "report_bug", "arguments": { "project_key": "ACME", "notes": "x" } });
    assert_eq!(bridge.rpc("anna", "prompts/get", params).await["error"]["code"], -32602);
    assert_eq!(bridge.upstream.seen().len(), 0, "prompts ask Jira nothing");
}

#[tokio::test]
async fn wrong_arguments_of_a_prompt_are_named() {
    let bridge = Bridge::start().await;
    for (params, part) in [
        (json!({ "name": "no_such" }), "Unknown prompt"),
        (json!({ "name": "issue_brief" }), "`issue_key` is required"),
        (json!({ "name": "issue_brief", "arguments": { "issue_key": 5 } }), "must be text"),
        (
            json!({ "name": "issue_brief", "arguments": { "issue_key": "x\ny" } }),
            "must be an issue key",
        ),
        (json!({ "name": "my_day", "arguments": { "project": "ACME" } }), "takes: project_key"),
    ] {
        let refused = bridge.rpc("anna", "prompts/get", params).await;
        assert_eq!(refused["error"]["code"], -32602, "{refused}");
        assert!(refused["error"]["message"].as_str().unwrap().contains(part), "{refused}");
    }
}

async fn suggested(
    bridge: &Bridge,
    reference: &Value,
    argument: (&str, &str),
    known: &Value,
) -> Vec<String> {
    let params = json!({
        "ref": reference, "argument": { "name": argument.0, "value": argument.1 },
        "context": { "arguments": known },
    });
    let reply = bridge.rpc("anna", "completion/complete", params).await;
    let values =
        reply["result"]["completion"]["values"].as_array().unwrap_or_else(|| panic!("{reply}"));
    assert!(values.len() <= 50);
    values.iter().map(|value| value.as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn arguments_are_completed_from_what_the_user_may_see() {
    let bridge = Bridge::start().await;
    let prompt = |name: &str| json!({ "type": "ref/prompt", "name": name });
    let none = json!({});
    let notes = prompt("release_notes");
    assert_eq!(
        suggested(&bridge, &notes, ("project_key", ""), &none).await,
        ["ACME", "MOB", "OPS"]
    );
    assert_eq!(suggested(&bridge, &notes, ("project_key", "mob"), &none).await, ["MOB"]);
    let versions =
        suggested(&bridge, &notes, ("version", "2."), &json!({ "project_key": "ACME" })).await;
    assert!(
        !versions.is_empty() && versions.iter().all(|name| name.starts_with("2.")),
        "{versions:?}"
    );
    assert_eq!(suggested(&bridge, &notes, ("version", "2."), &none).await, [""; 0]);
    let hand_over = prompt("hand_over");
    let issue = json!({ "issue_key": "ACME-5" });
    let steps = suggested(&bridge, &hand_over, ("transition", ""), &issue).await;
    assert!(
        steps.contains(&"In Progress".to_owned()) || steps.contains(&"Done".to_owned()),
        "{steps:?}"
    );
    let some = suggested(&bridge, &hand_over, ("transition", &steps[0][..2]), &issue).await;
    assert!(some.contains(&steps[0]) && some.len() <= steps.len(), "{some:?}");
    let people = suggested(&bridge, &hand_over, ("person", "ben"), &none).await;
    assert!(people.contains(&"Ben Developer".to_owned()), "{people:?}");
    assert_eq!(suggested(&bridge, &prompt("standup"), ("since", "3"), &none).await, ["3d"]);
    let template = json!({ "type": "ref/resource", "uri": "jira://issue/{issue_key}" });
    let keys = suggested(&bridge, &template, ("issue_key", "acme-1"), &none).await;
    assert!(!keys.is_empty() && keys.iter().all(|key| key.starts_with("ACME-1")), "{keys:?}");
    assert!(!suggested(&bridge, &template, ("issue_key", ""), &none).await.is_empty());
}

#[tokio::test]
async fn suggestions_hold_to_the_policy_and_fail_quietly() {
    let bridge =
        Bridge::with(&[("PROJECTS_ALLOW", "OPS"), ("TOOLS_DENY", "jira_find_users")]).await;
    let notes = json!({ "type": "ref/prompt", "name": "release_notes" });
    assert_eq!(suggested(&bridge, &notes, ("project_key", ""), &json!({})).await, ["OPS"]);
    let known = json!({ "project_key": "ACME" });
    assert_eq!(suggested(&bridge, &notes, ("version", ""), &known).await, [""; 0]);
    let standup = json!({ "type": "ref/prompt", "name": "standup" });
    assert_eq!(suggested(&bridge, &standup, ("person", "ben"), &json!({})).await, [""; 0]);
    bridge.upstream.fail_on(&Method::GET, "/project/search", Fault::Status(403, "{}"));
    assert_eq!(suggested(&bridge, &notes, ("project_key", ""), &json!({})).await, [""; 0]);
    assert_eq!(suggested(&bridge, &notes, ("no_such", ""), &json!({})).await, [""; 0]);
    let headers = [("MCP-Protocol-Version", "2026-07-28"), ("Mcp-Method", "completion/complete")];
    let meta = json!({
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientCapabilities": {},
    });
    let params =
        json!({ "ref": notes, "argument": { "name": "no_such", "value": "" }, "_meta": meta });
    let body =
        json!({ "jsonrpc": "2.0", "id": 1, "method": "completion/complete", "params": params });
    let refused = bridge.post_to("/mcp", "anna", &headers, &body).await.json();
    assert_eq!(refused["error"]["code"], -32602, "{refused}");
}

#[tokio::test]
async fn a_first_hello_stays_small_and_an_icon_is_for_those_who_know_it() {
    let bridge = Bridge::start().await;
    for (version, has_icon) in
        [("2024-11-05", false), ("2025-03-26", false), ("2025-06-18", false), ("2025-11-25", true)]
    {
        let params = json!({ "protocolVersion": version, "capabilities": {}, "clientInfo": { "name": "t", "version": "1" } });
        let hello = bridge.rpc("anna", "initialize", params).await;
        assert!(hello.to_string().len() <= 1_400, "{} bytes", hello.to_string().len());
        let server = &hello["result"]["serverInfo"];
        assert_eq!(server["icons"].is_array(), has_icon, "{hello}");
        for declared in ["completions", "prompts", "resources", "tools"] {
            assert!(hello["result"]["capabilities"][declared].is_object(), "{hello}");
        }
        for undeclared in ["logging", "tasks", "experimental"] {
            assert!(hello["result"]["capabilities"].get(undeclared).is_none(), "{hello}");
        }
    }
}
