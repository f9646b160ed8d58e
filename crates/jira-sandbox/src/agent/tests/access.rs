//! Direct Line: secrets and tokens, what each opens and for how long.

use super::*;

/// `POST` without a body; the body of the answer.
async fn make(world: &World, path: &str, credential: &str) -> (u16, Json) {
    let reply = world.call(Method::POST, &format!("{DL}{path}"), credential, None).await;
    (reply.status, reply.json())
}

fn token(body: &Json) -> &str {
    body["token"].as_str().unwrap()
}

#[tokio::test]
async fn a_token_is_for_one_conversation_that_it_opens_once() {
    let world = World::open();
    let body = json!({ "user": { "id": "dl_me" } });
    let made = world.post(&format!("{DL}/tokens/generate"), &world.secret, body).await;
    assert_eq!(made.status, 200);
    let made = made.json();
    assert_eq!(made["expires_in"], 3600);
    assert_eq!(made.get("streamUrl"), None);
    let id = made["conversationId"].as_str().unwrap();
    // Nothing has begun yet.
    let path = format!("{DL}/conversations/{id}/activities");
    assert_eq!(world.get(&path, token(&made)).await.status, 404);
    for status in [201, 200, 200] {
        let (got, opened) = make(&world, "/conversations", token(&made)).await;
        assert_eq!(got, status);
        assert_eq!(opened["conversationId"], *id);
        assert!(opened["streamUrl"].as_str().unwrap().starts_with("ws://127.0.0.1:4000/v3/"));
        assert!(opened["expires_in"].is_u64());
    }
    assert_eq!(world.post(&path, token(&made), say("x")).await.status, 200);
    assert_eq!(world.agent.conversation(id).unwrap().user.as_deref(), Some("dl_me"));
    let again = world.get(&format!("{DL}/conversations/{id}"), token(&made)).await;
    assert_eq!(again.status, 200);
    assert_eq!(again.json()["conversationId"], *id);
}

#[tokio::test]
async fn what_opens_nothing_is_told_why() {
    let world = World::open();
    let id = world.start().await;
    let (_, other) = make(&world, "/tokens/generate", &world.secret).await;
    let path = format!("{DL}/conversations/{id}/activities");
    for (credential, expected) in [
        ("", (401, "BadArgument")),
        ("wrong", (403, "BadArgument")),
        (token(&other), (403, "BadArgument")),
    ] {
        let (status, code) = world.get(&path, credential).await.refusal();
        assert_eq!((status, code.as_str()), expected, "{credential}");
    }
    for header in ["Basic x", "Bearer", "Bearer  ", "x"] {
        let request = Request::get(&path).header(header::AUTHORIZATION, header);
        let reply = world.send(request.body(Body::empty()).unwrap()).await;
        assert_eq!(reply.status, 401, "{header}");
    }
    let (status, _) = make(&world, "/tokens/generate", token(&other)).await;
    assert_eq!(status, 403, "a token makes no tokens");
    let (status, _) = make(&world, "/tokens/refresh", &world.secret).await;
    assert_eq!(status, 403, "a secret is not refreshed");
    for unknown in ["/conversations/nope", "/conversations/nope/activities", "/nope"] {
        let reply = world.get(&format!("{DL}{unknown}"), &world.secret).await;
        assert_eq!(reply.refusal().0, 404, "{unknown}");
    }
}

#[tokio::test]
async fn a_token_ends_and_is_renewed_before() {
    let world = World::open();
    let (_, first) = make(&world, "/tokens/generate", &world.secret).await;
    make(&world, "/conversations", token(&first)).await;
    let id = first["conversationId"].as_str().unwrap();
    let path = format!("{DL}/conversations/{id}/activities");
    world.later(HOUR - 1);
    assert_eq!(world.get(&path, token(&first)).await.status, 200);
    let (status, second) = make(&world, "/tokens/refresh", token(&first)).await;
    assert_eq!((status, &second["conversationId"]), (200, &first["conversationId"]));
    assert_ne!(first["token"], second["token"]);
    world.later(1);
    let expired = (403, "TokenExpired".to_owned());
    assert_eq!(world.get(&path, token(&first)).await.refusal(), expired);
    let refresh = format!("{DL}/tokens/refresh");
    let reply = world.call(Method::POST, &refresh, token(&first), None).await;
    assert_eq!(reply.refusal(), expired);
    assert_eq!(world.get(&path, token(&second)).await.status, 200);
    // The secret still opens it, and gets a token for it.
    let again = world.get(&format!("{DL}/conversations/{id}"), &world.secret).await.json();
    assert_eq!(world.get(&path, token(&again)).await.status, 200);
    world.agent.expire_tokens(Some(id));
    for dead in [&second, &again] {
        assert_eq!(world.get(&path, token(dead)).await.refusal(), expired);
    }
}

#[tokio::test]
async fn the_life_of_tokens_is_a_setting() {
    let mut settings = AgentSettings::new(BASE);
    settings.token_life = std::time::Duration::from_mins(30);
    let world = World::of(settings);
    let (_, made) = make(&world, "/conversations", &world.secret).await;
    assert_eq!(made["expires_in"], 1800);
    let path = format!("{DL}/conversations/{}", made["conversationId"].as_str().unwrap());
    world.later(HOUR / 2);
    assert_eq!(world.get(&path, token(&made)).await.status, 403);
}

#[tokio::test]
async fn two_secrets_are_good_and_the_older_is_replaced() {
    let world = World::open();
    let [first, second] = world.agent.secrets();
    let third = world.agent.rotate_secret();
    assert_eq!(world.agent.secrets(), [second.clone(), third.clone()]);
    for (secret, status) in [(&first, 403), (&second, 201), (&third, 201)] {
        assert_eq!(make(&world, "/conversations", secret).await.0, status, "{secret}");
    }
}

#[tokio::test]
async fn user_ids_begin_as_they_must() {
    let world = World::open();
    for path in ["/tokens/generate", "/conversations"] {
        for (user, fits) in [
            (json!({ "id": "dl_x" }), true),
            (Json::Null, true),
            (json!({ "id": "x" }), false),
            (json!({ "name": "x" }), true),
            (json!({ "id": 7 }), false),
            (json!("dl_x"), false),
        ] {
            let body = json!({ "user": user });
            let reply = world.post(&format!("{DL}{path}"), &world.secret, body).await;
            assert_eq!(reply.status < 300, fits, "{path} {user}");
            assert!(fits || reply.status == 400, "{path} {user}");
        }
    }
}

#[tokio::test]
async fn a_gone_conversation_has_no_tokens() {
    let world = World::open();
    let (_, made) = make(&world, "/tokens/generate", &world.secret).await;
    assert!(world.agent.forget(made["conversationId"].as_str().unwrap()));
    for path in ["/tokens/refresh", "/conversations"] {
        assert_eq!(make(&world, path, token(&made)).await.0, 404, "{path}");
    }
}

#[tokio::test]
async fn a_session_is_for_trusted_pages() {
    let world = World::open();
    let body = json!({ "trustedOrigins": ["https://page.example"] });
    let made = world.post(&format!("{DL}/tokens/generate"), &world.secret, body).await.json();
    for (origin, status) in
        [("https://page.example", 200), ("https://other.example", 400), ("", 400)]
    {
        let mut request = Request::get(format!("{DL}/session/getsessionid"))
            .header(header::AUTHORIZATION, format!("Bearer {}", token(&made)));
        if !origin.is_empty() {
            request = request.header(header::ORIGIN, origin);
        }
        let reply = world.send(request.body(Body::empty()).unwrap()).await;
        assert_eq!(reply.status, status, "{origin}");
        assert_eq!(reply.json()["sessionId"].is_string(), status == 200);
    }
}

#[tokio::test]
async fn the_agent_s_own_endpoint_needs_no_secret() {
    let world = World::open();
    let settings = AgentSettings::new(BASE);
    let endpoint = settings.token_endpoint();
    let path = endpoint.strip_prefix(BASE).unwrap();
    let made = world.get(path, "").await;
    assert_eq!(made.status, 200, "{made:?}");
    let made = made.json();
    assert_eq!(make(&world, "/conversations", token(&made)).await.0, 201);
    let id = made["conversationId"].as_str().unwrap();
    let posts = format!("{DL}/conversations/{id}/activities");
    assert_eq!(world.post(&posts, token(&made), say("x")).await.status, 200);
    let own = &world.read(id).await[0];
    assert_ne!(own["from"]["id"], "dl_me", "the service has its own name for its user");
    assert_eq!(own["from"].get("role"), None);
    let (bare, _) = path.split_once('?').unwrap();
    assert_eq!(world.get(bare, "").await.status, 400);
    assert_eq!(world.get(&path.replace("cr123", "cr124"), "").await.status, 404);
    world.agent.require_secured_access(true);
    assert_eq!(world.get(path, "").await.status, 403);
    let region = "/powervirtualagents/regionalchannelsettings";
    let region = world.get(&format!("{region}?api-version=2022-03-01-preview"), "").await.json();
    let directline = region["channelUrlsById"]["directline"].as_str().unwrap();
    assert_eq!(format!("{directline}v3/directline"), settings.directline_url());
}
