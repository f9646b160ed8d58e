//! Which tokens open `/mcp`, and what of them is ever seen at Jira.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::json;

use super::{Client, Tokens, World};
use crate::support::Bridge;

#[tokio::test]
async fn only_an_access_token_in_its_time_opens_the_door() {
    let world = World::start().await;
    let client = Client::new(&world).await;
    let code = client.code("anna").await;
    let tokens = Tokens::of(&client.redeem(&code, &[]).await);
    let waiting = client.code("anna").await;
    let seen = world.jira.seen().len();
    let relabelled = tokens.refresh.replacen("jmb_r", "jmb_a", 1);
    for token in [
        tokens.refresh.as_str(),
        &code,
        &waiting,
        &relabelled,
        &tokens.access[..tokens.access.len() - 1],
        &format!("{}A", tokens.access),
        "jmb_",
        "jmb_a",
        "jmb_x",
    ] {
        world.assert_out(&world.whoami(token).await);
    }
    World::assert_is(&world.whoami(&tokens.access).await, "Anna");
    world.advance_ms(60 * 60 * 1000);
    world.assert_out(&world.whoami(&tokens.access).await);
    // Jira saw the provider's token, and none of ours.
    let seen = world.jira.seen().split_off(seen);
    assert!(!seen.is_empty());
    let upstream = world.upstream_tokens();
    for request in seen {
        let token = request.authorization.strip_prefix("Bearer ").unwrap().to_owned();
        assert!(upstream.contains(&token), "{}", request.path);
    }
}

#[tokio::test]
async fn a_token_of_another_bridge_is_none() {
    let (world, other) = (World::start().await, World::start().await);
    let tokens = Client::new(&other).await.sign_in("anna").await;
    world.assert_out(&world.whoami(&tokens.access).await);
    let client = Client::new(&world).await;
    assert_eq!(client.refresh(&tokens.refresh, &[]).await.error().1, "invalid_grant");
    let stranger = Client::new(&other).await;
    client.ask(&[("client_id", Some(&stranger.id))]).await.assert_page(400);
}

#[tokio::test]
async fn kinds_that_are_off_are_refused_and_never_tried_at_jira() {
    let world = World::with(&[("AUTH", "signin")]).await;
    let tokens = Client::new(&world).await.sign_in("anna").await;
    let seen = world.jira.seen().len();
    for (_, token) in world.sandbox.tokens() {
        world.assert_out(&world.whoami(&token).await);
    }
    assert_eq!(world.jira.seen().len(), seen);
    World::assert_is(&world.whoami(&tokens.access).await, "Anna");

    let bridge = Bridge::start().await;
    let bearer = format!("Bearer {}", tokens.access);
    let headers = [("authorization", bearer.as_str()), ("content-type", "application/json")];
    let body = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/list"});
    let refused = bridge.send(http::Method::POST, "/mcp", &headers, body.to_string()).await;
    assert_eq!(refused.status, 401);
    assert!(bridge.upstream.seen().is_empty());
}

#[tokio::test]
async fn a_token_of_entra_is_never_sent_to_jira() {
    let world = World::start().await;
    let jwt = |issuer: &str| {
        let part = |json: serde_json::Value| URL_SAFE_NO_PAD.encode(json.to_string());
        let head = part(json!({"alg": "RS256", "typ": "JWT"}));
        let claims = part(json!({"iss": issuer, "aud": "api", "exp": 4_000_000_000_u64}));
        format!("{head}.{claims}.{}", URL_SAFE_NO_PAD.encode([7; 64]))
    };
    let tenant = "11111111-2222-3333-4444-555555555555";
    for issuer in [
        format!("https://login.microsoftonline.com/{tenant}/v2.0"),
        format!("https://sts.windows.net/{tenant}/"),
        format!("{}/{tenant}/v2.0", world.provider),
    ] {
        world.assert_out(&world.whoami(&jwt(&issuer)).await);
    }
    assert!(world.jira.seen().is_empty());
}

#[tokio::test]
async fn each_program_stays_its_own_person() {
    let world = World::start().await;
    let (one, other) = (Client::new(&world).await, Client::new(&world).await);
    let (anna, ben) = (one.sign_in("anna").await, other.sign_in("ben").await);
    for _ in 0..3 {
        World::assert_is(&world.whoami(&anna.access).await, "Anna");
        World::assert_is(&world.whoami(&ben.access).await, "Ben");
    }
    assert_eq!(one.revoke(&anna.access).await.status, 200);
    World::assert_is(&world.whoami(&ben.access).await, "Ben");
}

#[tokio::test]
async fn a_token_is_taken_from_the_header_alone() {
    let world = World::start().await;
    let tokens = Client::new(&world).await.sign_in("anna").await;
    let body = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/list"}).to_string();
    let path = format!("/mcp?access_token={}", tokens.access);
    let kind = [("content-type", "application/json")];
    assert_eq!(world.send(http::Method::POST, &path, &kind, body.clone()).await.status, 401);
    let cookie = format!("access_token={}", tokens.access);
    let headers = [kind[0], ("cookie", cookie.as_str())];
    assert_eq!(world.send(http::Method::POST, "/mcp", &headers, body).await.status, 401);
}
