//! A program gives up its own sign-in, and no other's.

use http::Method;
use jira_sandbox::{Endpoint, Fault};

use super::{Client, Tokens, World, world::encoded};

#[tokio::test]
async fn either_token_ends_both_and_the_grant_upstream() {
    let world = World::start().await;
    let client = Client::new(&world).await;
    for round in 0..2 {
        let tokens = client.sign_in("anna").await;
        let token = [&tokens.access, &tokens.refresh][round];
        let answer = client.revoke(token).await;
        assert_eq!((answer.status, answer.text.as_str()), (200, ""));
        world.assert_out(&world.whoami(&tokens.access).await);
        let error = client.refresh(&tokens.refresh, &[]).await.error();
        assert_eq!(error, (400, "invalid_grant".to_owned()));
        assert!(world.sandbox.identity().grants()[round].revoked);
        // Revoked again, it is still as the client wants it.
        assert_eq!(client.revoke(token).await.status, 200);
    }
    // The provider hears its own token, never ours (fastmcp #5120).
    let exchanges = world.exchanges();
    assert!(exchanges.iter().all(|seen| !seen.sent.contains("jmb_")));
    let revoked: Vec<_> = exchanges.iter().filter(|seen| seen.path == "/oauth/revoke").collect();
    assert_eq!(revoked.len(), 2);
    let tokens = world.upstream_tokens();
    for seen in revoked {
        assert!(tokens.iter().any(|token| seen.sent.contains(token)), "{}", seen.sent);
    }
}

#[tokio::test]
async fn nobody_ends_the_sign_in_of_another_program() {
    let world = World::start().await;
    let (client, other) = (Client::new(&world).await, Client::new(&world).await);
    let tokens = client.sign_in("anna").await;
    for token in [&tokens.access, &tokens.refresh] {
        assert_eq!(other.revoke(token).await.error(), (400, "invalid_grant".to_owned()));
    }
    let nobody = world.post("/revoke", &[("token", &tokens.access)]).await;
    assert_eq!(nobody.error(), (401, "invalid_client".to_owned()));
    World::assert_is(&world.whoami(&tokens.access).await, "Anna");
    Tokens::of(&client.refresh(&tokens.refresh, &[]).await);
}

#[tokio::test]
async fn what_is_no_token_is_as_good_as_revoked() {
    let world = World::start().await;
    let client = Client::new(&world).await;
    let tokens = client.sign_in("anna").await;
    let (_, jira_token) = world.sandbox.tokens().swap_remove(0);
    let damaged = format!("{}x", tokens.access);
    for token in ["jmb_a", "jmb_", "x", damaged.as_str(), &jira_token, &client.id] {
        assert_eq!(client.revoke(token).await.status, 200, "{token}");
    }
    let missing = client.post("/revoke", &[("token_type_hint", "access_token")], &[]).await;
    assert_eq!(missing.error(), (400, "invalid_request".to_owned()));
    let form = [("token", "jmb_x"), ("token", "jmb_y")];
    assert_eq!(client.post("/revoke", &form, &[]).await.error().0, 400);
    let hinted = [("token", tokens.refresh.as_str()), ("token_type_hint", "access_token")];
    World::assert_is(&world.whoami(&tokens.access).await, "Anna");
    assert_eq!(client.post("/revoke", &hinted, &[]).await.status, 200);
    world.assert_out(&world.whoami(&tokens.access).await);
}

#[tokio::test]
async fn an_expired_token_still_ends_its_session_and_a_query_does_not() {
    let world = World::start().await;
    let client = Client::new(&world).await;
    let tokens = client.sign_in("anna").await;
    let query = encoded(&[("token", &tokens.refresh), ("client_id", &client.id)]);
    let kind = [("content-type", "application/x-www-form-urlencoded")];
    let answer = world.send(Method::POST, &format!("/revoke?{query}"), &kind, "").await;
    assert_eq!(answer.status, 401);
    world.advance_ms(2 * 60 * 60 * 1000);
    assert_eq!(client.revoke(&tokens.access).await.status, 200);
    assert_eq!(client.refresh(&tokens.refresh, &[]).await.error().1, "invalid_grant");
}

#[tokio::test]
async fn a_provider_that_does_not_hear_of_it_keeps_nobody_in() {
    let world = World::start().await;
    let client = Client::new(&world).await;
    let tokens = client.sign_in("anna").await;
    world.sandbox.identity().fail_always(Endpoint::Revoke, Fault::status(500));
    assert_eq!(client.revoke(&tokens.refresh).await.status, 200);
    world.assert_out(&world.whoami(&tokens.access).await);
}
