//! A tool of a set that is off: what the caller, the agent and the operator are told.

use std::process::Command;

use serde_json::json;

use crate::support::Bridge;

#[tokio::test]
async fn a_call_names_the_set_and_the_setting() {
    let bridge = Bridge::with(&[("TOOLS_DENY", "jira_find_users")]).await;
    let call = async |name: &str| {
        let params = json!({ "name": name, "arguments": {} });
        bridge.rpc("anna", "tools/call", params).await["error"]["message"].to_string()
    };
    let off = call("jira_list_boards").await;
    assert!(off.contains("set agile") && off.contains("TOOLSETS"), "{off}");
    // Its set is on, so this is another's decision.
    let denied = call("jira_find_users").await;
    assert!(denied.contains("switched off") && !denied.contains("TOOLSETS"), "{denied}");
    let me = bridge.anna("jira_whoami", json!({})).await;
    let group = &me["hidden_tools"][0];
    let off = group["sets_off"].as_array().unwrap();
    assert!(off.contains(&json!("agile")) && !off.contains(&json!("core")), "{me}");
    assert!(group["how"].as_str().unwrap().contains("TOOLSETS"), "{me}");
    assert!(group["tools"].to_string().contains("jira_find_users"), "{me}");
}

#[test]
fn the_tools_command_names_sets_that_are_off() {
    let tools = |sets: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_jira-mcp-bridge"));
        let done = command.arg("tools").env_clear().env("TOOLSETS", sets).output().unwrap();
        String::from_utf8(done.stdout).unwrap()
    };
    let text = tools("core,agile");
    let off = text.lines().find(|line| line.starts_with("off, with their tools: ")).unwrap();
    assert!(off.contains("bulk (") && off.contains("context (") && !off.contains("agile"), "{off}");
    assert!(text.contains("TOOLSETS=core,agile,"), "{text}");
}
