//! The secrets of Direct Line: which is tried, how often, and whose matter it is when none works.

use std::fs;

use serde_json::json;

use super::{
    World, history, line,
    line::{SECRET, bridge_to},
    open, refused,
    stub::json as json_answer,
    texts,
};
use crate::support::until;

#[tokio::test]
async fn a_refusal_of_every_secret_is_the_operators_matter() {
    for status in [401, 403] {
        let (_, stub) = line(move |_, _| {
            Some(json_answer(status, &json!({"error": {"code": "Unauthorized"}})))
        })
        .await;
        let own = [("DIRECT_LINE_SECRET_PREVIOUS", "s2")];
        let bridge = bridge_to(&stub, &own).await;
        for tool in ["send_message", "start_conversation"] {
            let arguments =
                if tool == "send_message" { json!({"message": "hello"}) } else { json!({}) };
            let answer = bridge.call("anna", tool, arguments).await;
            let (code, hint) = (&answer.value["error"], answer.value["hint"].as_str().unwrap());
            assert_eq!((answer.is_error, code), (true, &json!("upstream_unavailable")));
            assert!(hint.contains("operator"), "{hint}");
            assert_eq!(answer.value["retryable"], false, "{}", answer.value);
            let shown = answer.value.to_string();
            assert!(!shown.contains("s1") && !shown.contains("s2"), "{shown}");
        }
        let bearers: Vec<_> = stub.seen().iter().map(|asked| asked.bearer().to_owned()).collect();
        assert_eq!(bearers, ["s1", "s2", "s1", "s2"], "each is tried once a call");
    }
}

#[tokio::test]
async fn secrets_that_are_refused_in_the_middle_are_no_fault_of_the_user() {
    let is_over = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false));
    let over = is_over.clone();
    let (_, stub) = line(move |_, _| {
        let refused = over.load(std::sync::atomic::Ordering::SeqCst);
        refused.then(|| json_answer(403, &json!({"error": {"code": "TokenExpired"}})))
    })
    .await;
    let bridge = bridge_to(&stub, &[]).await;
    let (id, _) = open(&bridge, "anna", "hello").await;
    is_over.store(true, std::sync::atomic::Ordering::SeqCst);
    let posts = stub.count("POST", "/activities");
    let message = json!({"conversationId": id, "message": "more"});
    let refusal = refused(&bridge, "anna", message).await;
    assert_eq!(refusal["error"], "upstream_unavailable", "{refusal}");
    assert_eq!(refusal["delivery"], "not_sent", "{refusal}");
    for tool in ["get_conversation_history", "end_conversation"] {
        let answer = bridge.call("anna", tool, json!({"conversationId": id})).await;
        let code = &answer.value["error"];
        assert_eq!((answer.is_error, code), (true, &json!("upstream_unavailable")), "{tool}");
    }
    assert_eq!(stub.count("POST", "/activities"), posts);
}

#[tokio::test]
async fn the_second_secret_is_tried_once_and_then_comes_first() {
    let (_, stub) = line(|_, _| None).await;
    let own = [("DIRECT_LINE_SECRET", "s0"), ("DIRECT_LINE_SECRET_PREVIOUS", SECRET)];
    let bridge = bridge_to(&stub, &own).await;
    for text in ["/end one", "/end two"] {
        open(&bridge, "anna", text).await;
    }
    let opened = stub.seen().into_iter().filter(|asked| asked.is("POST", "/conversations"));
    let bearers: Vec<_> = opened.map(|asked| asked.bearer().to_owned()).collect();
    assert_eq!(bearers, ["s0", SECRET, SECRET]);
}

#[tokio::test]
async fn a_file_of_secrets_is_replaced_without_a_restart() {
    let world = World::start().await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("secrets");
    let [older, newer] = world.agent.secrets();
    fs::write(&path, &older).unwrap();
    let own = [("DIRECT_LINE_SECRET", ""), ("DIRECT_LINE_SECRET_FILE", path.to_str().unwrap())];
    let bridge = world.bridge_with(&own).await;
    let (id, _) = open(&bridge, "anna", "one").await;
    // The older one goes, and the conversation with its token.
    world.agent.rotate_secret();
    world.agent.expire_tokens(None);
    assert!(!world.agent.secrets().contains(&older));
    fs::write(&path, format!("{newer}\n{older}\n")).unwrap();
    until("the new secret is read", async || {
        let arguments = json!({"conversationId": id});
        !bridge.call("anna", "get_conversation_history", arguments).await.is_error
    })
    .await;
    // An id that the old secret sealed opens as long as that one is named.
    assert_eq!(texts(&history(&bridge, "anna", &id).await).len(), 2);
    fs::write(&path, &newer).unwrap();
    until("the old secret is forgotten", async || {
        let message = json!({"conversationId": id});
        bridge.call("anna", "get_conversation_history", message).await.value["error"] == "not_found"
    })
    .await;
    // Nonsense in the file changes nothing.
    fs::write(&path, "not a secret\n").unwrap();
    open(&bridge, "anna", "/end").await;
}
