//! Agents over standard input and output: no Jira, one user, both back ends.

use serde_json::{Value, json};

use super::World;
use crate::support::Stdio;

/// A tool call: whether it failed, and what it says.
pub(super) fn call(stdio: &mut Stdio, id: u32, tool: &str, arguments: &Value) -> (bool, Value) {
    let params = json!({"name": tool, "arguments": arguments});
    let request = json!({"jsonrpc": "2.0", "id": id, "method": "tools/call", "params": params});
    let answer = stdio.ask(&request);
    let text = answer["result"]["content"][0]["text"].as_str();
    let text = text.unwrap_or_else(|| panic!("no tool result: {answer}"));
    (answer["result"]["isError"] == true, serde_json::from_str(text).unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn agents_alone_need_nothing_of_jira() {
    let world = World::start().await;
    let mut stdio = Stdio::start(&world.direct_line());
    let listed = stdio.ask(&json!({"jsonrpc": "2.0", "id": 1, "method": "tools/list"}));
    let tools = listed["result"]["tools"].as_array().unwrap();
    let names: Vec<_> = tools.iter().map(|tool| tool["name"].as_str().unwrap()).collect();
    let expected =
        ["start_conversation", "send_message", "get_conversation_history", "end_conversation"];
    assert_eq!(names, expected);
    let (is_error, said) = call(&mut stdio, 3, "send_message", &json!({"message": "hi"}));
    assert_eq!((is_error, &said["response"]), (false, &json!("You said: hi")));
    let id = json!({"conversationId": said["conversationId"]});
    assert_eq!(call(&mut stdio, 4, "get_conversation_history", &id).1["totalMessages"], 2);
    // The process after it is the same user.
    assert_eq!(stdio.end(), 0);
    let mut stdio = Stdio::start(&world.direct_line());
    assert_eq!(call(&mut stdio, 5, "end_conversation", &id).1["status"], "ended");
    assert_eq!(call(&mut stdio, 6, "get_conversation_history", &id).1["error"], "not_found");
    assert_eq!(stdio.end(), 0);
}

/// The settings with which the agent is spoken to directly.
pub(super) fn engine(world: &World) -> Vec<(&'static str, String)> {
    vec![("TOOLSETS", "agent".to_owned()), ("COPILOT_DIRECT_URL", world.settings.d2e_url())]
}

#[tokio::test(flavor = "multi_thread")]
async fn direct_to_engine_takes_a_token_of_the_settings_and_none_is_the_users_matter() {
    let world = World::start().await;
    let (_, token) = world.sandbox.tokens().swap_remove(0);
    let mut stdio = Stdio::start(&engine(&world));
    let (is_error, refusal) = call(&mut stdio, 1, "send_message", &json!({"message": "hi"}));
    assert_eq!((is_error, &refusal["error"]), (true, &json!("unauthenticated")), "{refusal}");
    assert!(world.seen().is_empty());
    assert_eq!(stdio.end(), 0);
    let mut settings = engine(&world);
    settings.push(("COPILOT_TOKEN", token.clone()));
    settings.push(("LOG_LEVEL", "trace".to_owned()));
    let mut stdio = Stdio::start(&settings);
    let (is_error, answer) = call(&mut stdio, 2, "send_message", &json!({"message": "quietword"}));
    assert_eq!((is_error, &answer["response"]), (false, &json!("You said: quietword")));
    let id = json!({"conversationId": answer["conversationId"]});
    let (is_error, refusal) = call(&mut stdio, 3, "get_conversation_history", &id);
    assert!(is_error && refusal["message"].as_str().unwrap().contains("keeps no history"));
    assert_eq!(call(&mut stdio, 4, "end_conversation", &id).1["messageCount"], 2);
    assert_eq!(call(&mut stdio, 5, "end_conversation", &id).1["error"], "not_found");
    assert_eq!(stdio.end(), 0);
    assert_eq!(world.bearers(), [format!("Bearer {token}")]);
    assert!(!stdio.everything().contains(&token), "a token is shown");
    let log = stdio.everything().lines().filter(|line| !line.starts_with('{')).collect::<String>();
    assert!(!log.contains("quietword"), "words are in the log");
}
