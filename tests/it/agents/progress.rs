//! Who wants to know how far an agent is, and how they are told.

use http::Method;
use serde_json::{Value, json};

use super::World;
use crate::support::{Bridge, Reply};

async fn call(bridge: &Bridge, accept: &str, text: &str, token: Option<Value>) -> Reply {
    let mut params = json!({"name": "send_message", "arguments": {"message": text}});
    if let Some(token) = token {
        params["_meta"] = json!({"progressToken": token});
    }
    let body = json!({"jsonrpc": "2.0", "id": 9, "method": "tools/call", "params": params});
    let bearer = format!("Bearer {}", bridge.token("anna"));
    let headers = [
        ("authorization", bearer.as_str()),
        ("content-type", "application/json"),
        ("accept", accept),
    ];
    bridge.send(Method::POST, "/mcp", &headers, body.to_string()).await
}

const BOTH: &str = "application/json, text/event-stream";

/// The progress of a stream, and the text of its result.
fn steps(reply: &Reply, token: &Value) -> (Vec<String>, String) {
    assert_eq!(reply.header("content-type"), "text/event-stream", "{}", reply.text);
    let data = reply.text.lines().filter_map(|line| line.strip_prefix("data:"));
    let messages: Vec<Value> = data.map(|data| serde_json::from_str(data).unwrap()).collect();
    let (last, steps) = messages.split_last().unwrap();
    let mut before = f64::NEG_INFINITY;
    let said = steps.iter().map(|step| {
        assert_eq!(step["method"], "notifications/progress", "{step}");
        assert_eq!(&step["params"]["progressToken"], token, "{step}");
        let done = step["params"]["progress"].as_f64().unwrap();
        assert!(done > before, "{step}");
        before = done;
        step["params"]["message"].as_str().unwrap().to_owned()
    });
    let said = said.collect();
    assert_eq!(last["id"], 9);
    (said, last["result"]["content"][0]["text"].as_str().unwrap().to_owned())
}

/// All at once: they mostly wait for the agent to be quiet.
#[tokio::test(flavor = "multi_thread")]
async fn who_wants_to_know_how_far_an_agent_is_is_told() {
    tokio::join!(
        typing_and_pieces_of_the_answer_are_told_while_it_is_written(),
        every_other_call_is_answered_as_json(),
        two_replicas_that_listen_both_answer(),
    );
}

async fn typing_and_pieces_of_the_answer_are_told_while_it_is_written() {
    let world = World::start().await;
    let bridge = world.bridge().await;
    let token = json!("t-1");
    let typing = async {
        let reply = call(&bridge, BOTH, "/typing", Some(token.clone())).await;
        let (said, result) = steps(&reply, &token);
        assert!(said.contains(&"The agent is typing.".to_owned()), "{said:?}");
        assert!(said.contains(&"1 message of the agent.".to_owned()), "{said:?}");
        assert!(result.contains("You said: /typing"), "{result}");
    };
    let chunks = async |order: &str| {
        let text = format!("/chunks {order} one two three");
        let reply = call(&bridge, BOTH, &text, Some(json!(7))).await;
        let (said, result) = steps(&reply, &json!(7));
        // Each tells what is written so far, whichever way the pieces come.
        let whole = format!("You said: {text}");
        let pieces: Vec<_> = said.iter().filter(|step| step.starts_with("You")).collect();
        assert!(pieces.len() >= 2, "{said:?}");
        assert!(pieces.iter().all(|piece| whole.starts_with(piece.as_str())), "{said:?}");
        assert_eq!(result.matches(&whole).count(), 2, "as response and as message: {result}");
    };
    let thoughts = async {
        for order in ["/chunks empty", "/plan"] {
            let reply = call(&bridge, BOTH, order, Some(token.clone())).await;
            assert!(!reply.text.contains("A secret"), "{}", reply.text);
        }
    };
    tokio::join!(typing, chunks("delta"), chunks("cumulative"), thoughts);
}

async fn every_other_call_is_answered_as_json() {
    let world = World::start().await;
    let bridge = world.bridge().await;
    let token = || Some(json!("t-1"));
    let (plain, silent, both) = tokio::join!(
        call(&bridge, "application/json", "/typing", token()),
        call(&bridge, BOTH, "/typing", None),
        call(&bridge, BOTH, "/typing", Some(json!(null))),
    );
    for reply in [plain, silent, both] {
        assert!(reply.header("content-type").starts_with("application/json"), "{}", reply.text);
        let text = reply.json()["result"]["content"][0]["text"].as_str().unwrap().to_owned();
        assert!(text.contains("You said: /typing"), "{text}");
    }
}

/// One socket a conversation: whoever wants to know takes the place of nobody else's answer.
async fn two_replicas_that_listen_both_answer() {
    let world = World::start().await;
    let (one, two) = tokio::join!(world.bridge(), world.bridge());
    let (id, _) = super::open(&one, "anna", "begin").await;
    let listen = async |bridge: &Bridge, text: &str| {
        let arguments = json!({"message": text, "conversationId": id});
        let params = json!({
            "name": "send_message", "arguments": arguments, "_meta": {"progressToken": 1},
        });
        let body = json!({"jsonrpc": "2.0", "id": 9, "method": "tools/call", "params": params});
        let (_, result) = steps(&bridge.post("anna", &body).await, &json!(1));
        let result: Value = serde_json::from_str(&result).unwrap();
        assert_eq!(super::texts(&result), [format!("You said: {text}")], "{result}");
        assert_eq!(result["status"], "completed", "{result}");
    };
    tokio::join!(listen(&one, "/slow 0.5"), listen(&two, "/typing"));
}
