//! Conversations in which nothing is said any more, by the clock of the service.

use serde_json::json;

use super::{World, ended, open, refused, say};

const MINUTE_MS: i64 = 60_000;

#[tokio::test(flavor = "multi_thread")]
async fn half_an_hour_without_a_word_ends_a_conversation_at_every_replica() {
    tokio::join!(nearly_is_not_enough(), enough_is_enough());
}

async fn nearly_is_not_enough() {
    let world = World::start().await;
    let bridge = world.bridge().await;
    world.set_ahead_ms(-29 * MINUTE_MS);
    let (id, _) = open(&bridge, "anna", "one").await;
    world.set_ahead_ms(0);
    assert_eq!(say(&bridge, "anna", &id, "/end").await["response"], "You said: /end");
}

async fn enough_is_enough() {
    let world = World::start().await;
    let bridge = world.bridge().await;
    world.set_ahead_ms(-31 * MINUTE_MS);
    let (id, _) = open(&bridge, "anna", "one").await;
    world.set_ahead_ms(0);
    let posts = world.posts().len();
    let (replica, patient) =
        tokio::join!(world.bridge(), world.bridge_with(&[("CONVERSATION_IDLE_MS", "3600000")]));
    for bridge in [&bridge, &replica] {
        let message = json!({"conversationId": id, "message": "more"});
        assert_eq!(refused(bridge, "anna", message).await["error"], "not_found");
        for tool in ["get_conversation_history", "end_conversation"] {
            let answer = bridge.call("anna", tool, json!({"conversationId": id})).await;
            assert_eq!((answer.is_error, &answer.value["error"]), (true, &json!("not_found")));
        }
    }
    assert_eq!(world.posts().len(), posts, "nothing is posted");
    // How long is a setting.
    ended(&patient, "anna", &id).await;
}
