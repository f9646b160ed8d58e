//! What a test makes go wrong, as a client sees it.

use std::{cell::Cell, time::Duration};

use tokio::task::yield_now;

use super::*;
use crate::identity::{Endpoint, Fault, Identity};

/// A signed-in world: its handle and a refresh token.
async fn opened(world: &World) -> (Identity, String) {
    let asked = [
        ("audience", "api.atlassian.com"),
        ("client_id", ID),
        ("scope", "read:jira-user offline_access"),
        ("redirect_uri", CALLBACK),
        ("state", "1"),
        ("response_type", "code"),
        ("prompt", "consent"),
        ("user", "anna"),
    ];
    let code = world.post("/authorize", &asked).await.param("code").unwrap();
    let body = json!({
        "grant_type": "authorization_code", "client_id": ID, "client_secret": SECRET,
        "code": code, "redirect_uri": CALLBACK,
    });
    let tokens = world.post_json("/oauth/token", body).await.json();
    (world.sandbox.identity(), tokens["refresh_token"].as_str().unwrap().to_owned())
}

fn renewal(token: &str) -> Request<Body> {
    let body = json!({
        "grant_type": "refresh_token", "client_id": ID, "client_secret": SECRET,
        "refresh_token": token,
    });
    Request::post("/oauth/token")
        .header(header::CONTENT_TYPE, "application/json")
        .body(Body::from(body.to_string()))
        .unwrap()
}

async fn refresh(world: &World, token: &str) -> Reply {
    world.send(world.router.clone(), renewal(token)).await
}

#[tokio::test]
async fn another_answer_leaves_the_tokens_alone() {
    let world = World::open();
    let (identity, token) = opened(&world).await;
    for (fault, status, part) in [
        (Fault::status(503), 503, "\"code\":503"),
        (Fault::html(200), 200, "<h1>"),
        (Fault::refusal(403, "unauthorized_client"), 403, "unauthorized_client"),
    ] {
        identity.fail_next(Endpoint::Token, fault);
        let reply = refresh(&world, &token).await;
        assert_eq!(reply.status, status);
        assert!(reply.body.contains(part), "{}", reply.body);
    }
    assert_eq!(identity.grants()[0].refreshes, 0);
    identity.fail_always(Endpoint::Token, Fault::status(500));
    assert_eq!(refresh(&world, &token).await.status, 500);
    assert_eq!(refresh(&world, &token).await.status, 500);
    identity.heal();
    assert_eq!(refresh(&world, &token).await.status, 200);
    assert_eq!((identity.requests(Endpoint::Token), identity.requests(Endpoint::Revoke)), (7, 0));
}

#[tokio::test]
async fn a_cut_answer_took_effect() {
    let world = World::open();
    let (identity, token) = opened(&world).await;
    identity.fail_next(Endpoint::Token, Fault::Cut);
    let response = world.router.clone().oneshot(renewal(&token)).await.unwrap();
    assert!(to_bytes(response.into_body(), usize::MAX).await.is_err());
    assert_eq!(identity.grants()[0].refreshes, 1);
    world.later(10 * MINUTE + 1);
    assert_eq!(refresh(&world, &token).await.status, 403, "it was replaced, and the leeway ended");
}

#[tokio::test]
async fn a_held_answer_comes_when_the_faults_are_healed() {
    let world = World::open();
    let (identity, token) = opened(&world).await;
    identity.fail_next(Endpoint::Token, Fault::Held);
    let answered = Cell::new(false);
    let held = async {
        let reply = refresh(&world, &token).await;
        answered.set(true);
        reply
    };
    let healing = async {
        while identity.grants()[0].refreshes == 0 {
            yield_now().await;
        }
        for _ in 0..10 {
            yield_now().await;
        }
        assert!(!answered.get());
        identity.heal();
    };
    let (reply, ()) = tokio::join!(held, healing);
    assert_eq!(reply.status, 200);
    identity.fail_next(Endpoint::Token, Fault::Late(Duration::ZERO));
    assert_eq!(refresh(&world, &token).await.status, 200);
}

#[tokio::test]
async fn a_refresh_token_can_be_kept() {
    let world = World::open();
    let (identity, token) = opened(&world).await;
    identity.fail_always(Endpoint::Token, Fault::KeepsRefreshToken);
    for _ in 0..2 {
        let reply = refresh(&world, &token).await;
        assert_eq!((reply.status, &reply.json()["refresh_token"]), (200, &Json::Null));
        world.later(11 * MINUTE);
    }
}

#[tokio::test]
async fn access_tokens_can_end_before_their_time() {
    let world = World::open();
    let (identity, token) = opened(&world).await;
    let access = |reply: Reply| reply.json()["access_token"].as_str().unwrap().to_owned();
    let first = access(refresh(&world, &token).await);
    identity.expire_access_tokens("ben");
    assert_eq!(world.jira(&first, &world.myself()).await.status, 200);
    identity.expire_access_tokens("anna");
    assert_eq!(world.jira(&first, &world.myself()).await.status, 401);
    let second = access(refresh(&world, &token).await);
    assert_eq!(world.jira(&second, &world.myself()).await.status, 200);
}

#[tokio::test]
async fn revocation_fails_alone() {
    let world = World::open();
    let (identity, token) = opened(&world).await;
    identity.fail_next(Endpoint::Revoke, Fault::status(503));
    let body = json!({ "client_id": ID, "client_secret": SECRET, "token": token });
    assert_eq!(world.post_json("/oauth/revoke", body.clone()).await.status, 503);
    assert!(!identity.grants()[0].revoked);
    assert_eq!(world.post_json("/oauth/revoke", body).await.status, 200);
    assert!(identity.grants()[0].revoked);
}
