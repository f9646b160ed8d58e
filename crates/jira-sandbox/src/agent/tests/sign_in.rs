//! Cards that ask the user to sign in, and what answers them.

use super::*;

/// Orders the card; the id of its exchange and its connection.
async fn card(world: &World, id: &str, text: &str) -> Json {
    assert_eq!(world.say(id, text).await.status, 200);
    let mut card = world.read(id).await.pop().unwrap();
    let attachment = card["attachments"][0].take();
    assert_eq!(attachment["contentType"], "application/vnd.microsoft.card.oauth");
    let link = attachment["content"]["buttons"][0]["value"].as_str().unwrap();
    assert!(link.starts_with("https://token.botframework.com/"), "{link}");
    attachment["content"].clone()
}

fn invoke(id: &Json, connection: &Json, token: &str) -> Json {
    json!({
        "type": "invoke", "name": "signin/tokenExchange", "from": { "id": "dl_me" },
        "value": { "id": id, "connectionName": connection, "token": token },
    })
}

#[tokio::test]
async fn a_token_for_the_card_s_api_signs_in() {
    let world = World::open();
    let id = world.start().await;
    let content = card(&world, &id, "/sso").await;
    let resource = &content["tokenExchangeResource"];
    let (exchange, connection) = (&resource["id"], &content["connectionName"]);
    let uri = resource["uri"].as_str().unwrap();
    let user = |audience: &str| {
        world.entra(&json!({ "aud": audience, "oid": "o", "scp": "access_as_user" }))
    };
    let good = user(uri);
    let expired = world.entra(&json!({ "aud": uri, "scp": "access_as_user", "exp": NOW / 1000 }));
    let path = format!("{DL}/conversations/{id}/activities");
    for (what, body) in [
        ("the token of another API", invoke(exchange, connection, &user("api://other"))),
        ("a program's token", invoke(exchange, connection, &world.entra(&json!({ "aud": uri })))),
        ("an expired token", invoke(exchange, connection, &expired)),
        ("no token", invoke(exchange, connection, "")),
        ("a forged token", invoke(exchange, connection, &format!("{good}x"))),
        ("another card's id", invoke(&json!("other"), connection, &good)),
        ("another connection", invoke(exchange, &json!("other"), &good)),
        (
            "no value",
            json!({ "type": "invoke", "name": "signin/tokenExchange", "from": { "id": "dl_me" } }),
        ),
        ("another invoke", json!({ "type": "invoke", "name": "other", "from": { "id": "dl_me" } })),
    ] {
        let reply = world.post(&path, &world.secret, body).await;
        assert_eq!(reply.refusal(), (502, "BotRejectedActivity".to_owned()), "{what}");
    }
    let reply = world.post(&path, &world.secret, invoke(exchange, connection, &good)).await;
    assert_eq!(reply.status, 200, "{reply:?}");
    let all = world.read(&id).await;
    assert_eq!(said(&all).last(), Some(&"You are signed in."));
    assert!(!json!(all).to_string().contains(&good), "the token is not shown to anybody");
    let reply = world.post(&path, &world.secret, invoke(exchange, connection, &good)).await;
    assert_eq!(reply.status, 502, "once");
}

#[tokio::test]
async fn without_an_exchange_a_code_is_typed() {
    let world = World::open();
    let id = world.start().await;
    world.say(&id, "123456").await;
    assert_eq!(said(&world.read(&id).await), ["You said: 123456"]);
    let content = card(&world, &id, "/oauth").await;
    assert_eq!(content.get("tokenExchangeResource"), None);
    let path = format!("{DL}/conversations/{id}/activities");
    let token =
        world.entra(&json!({ "aud": AgentSettings::new(BASE).token_exchange_uri, "scp": "s" }));
    let reply =
        world.post(&path, &world.secret, invoke(&Json::Null, &content["connectionName"], &token));
    assert_eq!(reply.await.status, 502);
    world.say(&id, "12345").await;
    world.say(&id, "654321").await;
    let all = world.read(&id).await;
    let answers = said(&all);
    assert_eq!(answers[answers.len() - 2..], ["You said: 12345", "You are signed in."]);
}
