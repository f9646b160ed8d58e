//! Every way to fail happens, under the code and with the advice that docs/ERRORS.md names.

use std::{collections::BTreeSet, process::Command, sync::Arc};

use error_doc::{ErrorDoc, Retryable};
use jira_mcp_bridge::{
    jira::{JiraError, tools::Code},
    mcp,
};
use serde_json::{Value, json};
use tool_kit::ToolError;

use crate::support::{Bridge, Fault, until};

const ISSUE: &str = "/issue/ACME-1";

fn row(code: &str) -> ErrorDoc {
    let found = Code::ALL.iter().map(|code| code.row()).find(|row| row.code == code);
    found.unwrap_or_else(|| panic!("{code} is not in the table"))
}

/// What a call answers when Jira fails like this.
async fn after(fault: Fault, settings: &[(&str, &str)]) -> Value {
    let bridge = Bridge::with(settings).await;
    bridge.upstream.fail(ISSUE, fault);
    bridge.refused("jira_get_issue", json!({"issue_key": "ACME-1"})).await
}

async fn cancelled() -> Value {
    let bridge = Arc::new(Bridge::start().await);
    bridge.upstream.fail(ISSUE, Fault::Hang);
    let client = Arc::clone(&bridge);
    let call = tokio::spawn(async move {
        client.call("anna", "jira_get_issue", json!({"issue_key": "ACME-1"})).await.value
    });
    until("the call waits", async || bridge.upstream.waiting() == 1).await;
    let notice = json!({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": "7"}});
    bridge.post("anna", &notice).await;
    call.await.unwrap()
}

#[tokio::test]
async fn every_tool_error_is_reachable_and_in_the_table() {
    let once = ("RETRY_MAX", "0");
    let plain = Bridge::with(&[("TOOLSETS", "core,context,manage,destructive")]).await;
    let scopes = r#"{"code":401,"message":"Unauthorized; scope does not match"}"#;
    let late = Fault::Header(429, "retry-after", "1200".to_owned());
    let mut told = vec![
        plain.call("emil", "jira_whoami", json!({})).await.value,
        after(Fault::Status(403, "{}"), &[]).await,
        after(Fault::Status(401, scopes), &[]).await,
        plain.refused("jira_get_issue", json!({"issue_key": "ACME-99999"})).await,
        plain.refused("jira_get_issue", json!({})).await,
        plain
            .refused("jira_add_comment", json!({"issue_key": "OPS-1", "body": "Ask @[Ben]."}))
            .await,
        plain
            .refused("jira_delete_issue", json!({"issue_key": "ACME-1", "confirm": "nonsense"}))
            .await,
        after(Fault::Status(409, "{}"), &[]).await,
        after(late, &[]).await,
        after(Fault::Status(500, ""), &[once]).await,
        after(Fault::Hang, &[once, ("JIRA_TIMEOUT_MS", "100")]).await,
        after(Fault::Huge(9 << 20), &[]).await,
        cancelled().await,
        ToolError::from(JiraError::NotConnected { connect_url: None }).envelope("r-1"),
    ];
    for (user, value) in plain_users(&plain).await {
        assert_ne!(user, "anna");
        told.push(value);
    }
    let fragile = Bridge::with(&[once, ("BREAKER_FAILURES", "1")]).await;
    fragile.upstream.fail(ISSUE, Fault::Status(500, ""));
    fragile.refused("jira_get_issue", json!({"issue_key": "ACME-1"})).await;
    told.push(fragile.refused("jira_get_issue", json!({"issue_key": "ACME-1"})).await);
    let narrow = Bridge::with(&[("RATE_LIMIT_PER_USER_PER_MINUTE", "1")]).await;
    narrow.anna("jira_whoami", json!({})).await;
    told.push(narrow.refused("jira_whoami", json!({})).await);
    // Jira's list of versions comes first, then the project itself.
    plain.upstream.fail("/project/ACME/version", Fault::Status(200, "[]"));
    plain
        .upstream
        .fail("/project/ACME", Fault::Status(200, r#"{"id":"odd","key":"ACME","name":"A"}"#));
    told.push(
        plain.refused("jira_save_version", json!({"project_key": "ACME", "name": "fresh"})).await,
    );

    let mut codes = BTreeSet::new();
    for envelope in &told {
        let row = row(envelope["error"].as_str().unwrap());
        codes.insert(row.code);
        match row.retryable {
            Retryable::No => assert_eq!(envelope["retryable"], false, "{envelope}"),
            Retryable::Later => assert_eq!(envelope["retryable"], true, "{envelope}"),
            Retryable::AsItSays => {}
        }
    }
    let listed: BTreeSet<&str> = Code::ALL.iter().map(|code| code.row().code).collect();
    assert_eq!(codes, listed);
}

/// The users of the sandbox who cannot read an issue without naming a site.
async fn plain_users(bridge: &Bridge) -> Vec<(String, Value)> {
    let mut found = Vec::new();
    for user in bridge.users() {
        let reply = bridge.call(&user, "jira_get_issue", json!({"issue_key": "ACME-1"})).await;
        if reply.value["error"] == "ambiguous_site" {
            found.push((user, reply.value));
        }
    }
    found
}

#[tokio::test]
async fn every_json_rpc_error_is_reachable_and_in_the_table() {
    let bridge = Bridge::start().await;
    let bearer = format!("Bearer {}", bridge.token("anna"));
    let list = r#"{"jsonrpc":"2.0","id":1,"method":"tools/list"}"#;
    let modern = r#"{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}}}}"#;
    let unknown = modern.replace("2026-07-28", "2031-01-01");
    let mut told = BTreeSet::new();
    for (more, body) in [
        (&[][..], "{"),
        (&[], "[]"),
        (&[], r#"{"jsonrpc":"2.0","id":1,"method":"no/such"}"#),
        (
            &[],
            r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"no_such","arguments":{}}}"#,
        ),
        (
            &[],
            r#"{"jsonrpc":"2.0","id":1,"method":"resources/read","params":{"uri":"jira://issue/NOPE-5"}}"#,
        ),
        (&[("MCP-Protocol-Version", "2026-07-28"), ("Mcp-Method", "ping")], modern),
        (&[("MCP-Protocol-Version", "2031-01-01"), ("Mcp-Method", "tools/list")], unknown.as_str()),
        (&[], list),
    ] {
        let mut headers =
            vec![("authorization", bearer.as_str()), ("content-type", "application/json")];
        headers.extend(more);
        let reply = bridge.send(http::Method::POST, "/mcp", &headers, body.to_owned()).await;
        if let Some(code) = reply.json()["error"]["code"].as_i64() {
            let rows = mcp::errors();
            let row = rows.iter().find(|row| row.code == code.to_string());
            let row = row.unwrap_or_else(|| panic!("{code} is not in the table: {}", reply.text));
            assert_eq!(row.status, Some(reply.status), "{}", reply.text);
            told.insert(row.code);
        }
    }
    // -32603 stands for a fault of the bridge; http::tests::messages provokes it behind the edge.
    let listed: BTreeSet<&str> =
        mcp::errors().iter().map(|row| row.code).filter(|code| *code != "-32603").collect();
    assert_eq!(told, listed);
}

#[test]
fn the_document_is_the_table() {
    let made = Command::new(env!("CARGO_BIN_EXE_jira-mcp-bridge"))
        .arg("errors")
        .env_clear()
        .output()
        .unwrap();
    let made = String::from_utf8(made.stdout).unwrap();
    let kept =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/ERRORS.md")).unwrap();
    assert_eq!(made, kept, "run `cargo run -- errors > docs/ERRORS.md`");
}
