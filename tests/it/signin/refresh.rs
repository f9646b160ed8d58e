//! Refresh tokens rotate; one that was replaced long ago has been stolen.

use jira_sandbox::{Endpoint, Fault};

use super::{Client, Tokens, World};

const GRACE_MS: i64 = 30_000;

fn invalid_grant() -> (u16, String) {
    (400, "invalid_grant".to_owned())
}

#[tokio::test]
async fn within_the_grace_eight_at_once_are_answered() {
    let world = World::start().await;
    let client = Client::new(&world).await;
    let first = client.sign_in("anna").await;
    let answers =
        futures_util::future::join_all((0..8).map(|_| client.refresh(&first.refresh, &[]))).await;
    let tokens: Vec<Tokens> = answers.iter().map(Tokens::of).collect();
    for tokens in &tokens {
        World::assert_is(&world.whoami(&tokens.access).await, "Anna");
    }
    // A reply that was lost, and the last moment of it.
    world.advance_ms(GRACE_MS - 1);
    let again = Tokens::of(&client.refresh(&first.refresh, &[]).await);
    // Whichever of them the client kept is good.
    let next = Tokens::of(&client.refresh(&again.refresh, &[]).await);
    Tokens::of(&client.refresh(&tokens[3].refresh, &[]).await);
    Tokens::of(&client.refresh(&next.refresh, &[]).await);
    assert_eq!(world.sandbox.identity().requests(Endpoint::Revoke), 0);
}

#[tokio::test]
async fn after_the_grace_a_replaced_one_ends_the_family() {
    let world = World::start().await;
    let client = Client::new(&world).await;
    let first = client.sign_in("anna").await;
    let second = Tokens::of(&client.refresh(&first.refresh, &[]).await);
    world.advance_ms(GRACE_MS);
    assert_eq!(client.refresh(&first.refresh, &[]).await.error(), invalid_grant());
    for tokens in [&first, &second] {
        world.assert_out(&world.whoami(&tokens.access).await);
        assert_eq!(client.refresh(&tokens.refresh, &[]).await.error(), invalid_grant());
    }
    assert!(world.sandbox.identity().grants()[0].revoked);
}

#[tokio::test]
async fn an_older_one_ends_the_family_also_within_the_grace() {
    let world = World::start().await;
    let client = Client::new(&world).await;
    let first = client.sign_in("anna").await;
    let second = Tokens::of(&client.refresh(&first.refresh, &[]).await);
    let third = Tokens::of(&client.refresh(&second.refresh, &[]).await);
    // The provider is down, and is not asked.
    world.sandbox.identity().fail_always(Endpoint::Token, Fault::status(500));
    assert_eq!(client.refresh(&first.refresh, &[]).await.error(), invalid_grant());
    world.assert_out(&world.whoami(&third.access).await);
    assert_eq!(client.refresh(&third.refresh, &[]).await.error(), invalid_grant());
    assert!(world.sandbox.identity().grants()[0].revoked);
}

#[tokio::test]
async fn without_a_grace_the_second_use_is_the_end() {
    let world = World::with(&[("REFRESH_REUSE_GRACE_MS", "0")]).await;
    let client = Client::new(&world).await;
    let first = client.sign_in("anna").await;
    let second = Tokens::of(&client.refresh(&first.refresh, &[]).await);
    assert_eq!(client.refresh(&first.refresh, &[]).await.error(), invalid_grant());
    world.assert_out(&world.whoami(&second.access).await);
}

#[tokio::test]
async fn a_refresh_token_is_its_clients_and_of_its_kind() {
    let world = World::start().await;
    let (client, other) = (Client::new(&world).await, Client::new(&world).await);
    let code = client.code("anna").await;
    let tokens = Tokens::of(&client.redeem(&code, &[]).await);
    let spent = client.code("anna").await;
    let forged = format!("{}A", tokens.refresh);
    let relabelled = tokens.access.replacen("jmb_a", "jmb_r", 1);
    for (token, changes, error) in [
        (tokens.refresh.as_str(), ("client_id", Some(other.id.as_str())), "invalid_grant"),
        (&tokens.refresh, ("resource", Some("https://other.example/mcp")), "invalid_target"),
        (&tokens.refresh, ("scope", Some("read:jira-work admin")), "invalid_scope"),
        (&tokens.refresh, ("refresh_token", None), "invalid_request"),
        (&tokens.access, ("x", None), "invalid_grant"),
        (&relabelled, ("x", None), "invalid_grant"),
        (&spent, ("x", None), "invalid_grant"),
        (&forged, ("x", None), "invalid_grant"),
        ("jmb_r", ("x", None), "invalid_grant"),
    ] {
        let answer = client.refresh(token, &[changes]).await;
        assert_eq!(answer.error(), (400, error.to_owned()), "{changes:?}");
    }
    // None of it was the owner's fault.
    let next = Tokens::of(&client.refresh(&tokens.refresh, &[("extra", Some("1"))]).await);
    World::assert_is(&world.whoami(&next.access).await, "Anna");
}

#[tokio::test]
async fn a_sign_in_outlives_many_hours_and_ends_when_it_must() {
    let world = World::with(&[("SESSION_TIMEOUT", "86400000")]).await;
    let client = Client::new(&world).await;
    let mut tokens = client.sign_in("anna").await;
    for hour in 0..23 {
        world.advance_ms(60 * 60 * 1000);
        world.assert_out(&world.whoami(&tokens.access).await);
        let answer = client.refresh(&tokens.refresh, &[]).await;
        assert_eq!(answer.json()["expires_in"], 3_600, "{hour}");
        tokens = Tokens::of(&answer);
        World::assert_is(&world.whoami(&tokens.access).await, "Anna");
    }
    world.advance_ms(30 * 60 * 1000);
    let answer = client.refresh(&tokens.refresh, &[]).await;
    assert_eq!(answer.json()["expires_in"], 1_800);
    let tokens = Tokens::of(&answer);
    world.advance_ms(30 * 60 * 1000);
    world.assert_out(&world.whoami(&tokens.access).await);
    assert_eq!(client.refresh(&tokens.refresh, &[]).await.error(), invalid_grant());
}

#[tokio::test]
async fn a_sign_in_that_is_not_used_ends() {
    let world = World::with(&[("SESSION_IDLE_TIMEOUT", "7200000")]).await;
    let client = Client::new(&world).await;
    let tokens = client.sign_in("anna").await;
    world.advance_ms(7_199_999);
    let tokens = Tokens::of(&client.refresh(&tokens.refresh, &[]).await);
    world.advance_ms(7_200_000);
    assert_eq!(client.refresh(&tokens.refresh, &[]).await.error(), invalid_grant());
}

#[tokio::test]
async fn the_oldest_of_too_many_sessions_ends() {
    let world = World::with(&[("MAX_SESSIONS_PER_USER", "2")]).await;
    let client = Client::new(&world).await;
    let mut all = Vec::new();
    for user in ["anna", "ben", "anna", "anna"] {
        all.push(client.sign_in(user).await);
    }
    world.assert_out(&world.whoami(&all[0].access).await);
    World::assert_is(&world.whoami(&all[1].access).await, "Ben");
    for tokens in &all[2..] {
        World::assert_is(&world.whoami(&tokens.access).await, "Anna");
    }
    let revoked: Vec<bool> =
        world.sandbox.identity().grants().iter().map(|grant| grant.revoked).collect();
    assert_eq!(revoked, [true, false, false, false]);
}
