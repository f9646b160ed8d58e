//! The same door with Entra ID behind it.

use jira_sandbox::{Endpoint, Fault};
use serde_json::json;

use super::{Browser, Client, Tokens, World};
use crate::support::NOW_MS;

#[tokio::test]
async fn behind_entra_programs_hold_tokens_of_ours_alone() {
    let world = World::with(&[("SIGNIN_PROVIDER", "entra")]).await;
    let client = Client::new(&world).await;
    let mut browser = Browser::new(&world);
    let back = browser.sign_in(&client.authorize(&[]), "anna").await;
    assert_eq!(back.param("iss").as_deref(), Some(world.url.as_str()));
    let tokens = Tokens::of(&client.redeem(&back.param("code").unwrap(), &[]).await);
    // Who has not connected Jira is told so by the tool, not by a 401.
    assert_eq!(world.whoami(&tokens.access).await.status, 200);
    assert!(world.jira.seen().is_empty());
    let next = Tokens::of(&client.refresh(&tokens.refresh, &[]).await);
    assert_eq!(client.revoke(&next.refresh).await.status, 200);
    world.assert_out(&world.whoami(&next.access).await);
    // Entra ID refuses requests with a client's `resource`.
    for seen in world.exchanges() {
        assert!(!seen.sent.contains("resource=") && !seen.sent.contains("jmb_"), "{seen:?}");
    }
    assert!(world.upstream_tokens().len() >= 3);
}

#[tokio::test]
async fn an_identity_token_counts_by_the_clock_of_the_sign_in() {
    let world = World::with(&[("SIGNIN_PROVIDER", "entra")]).await;
    let client = Client::new(&world).await;
    let now_s = NOW_MS / 1000;
    for (claims, is_good) in [
        (json!({"exp": now_s - 119}), true),
        (json!({"exp": now_s - 120}), false),
        (json!({"exp": null}), false),
        (json!({"nbf": now_s + 120}), true),
        (json!({"nbf": now_s + 121}), false),
        (json!({"nbf": null}), true),
    ] {
        let forged = Fault::Claims(claims.as_object().unwrap().clone());
        world.sandbox.identity().fail_next(Endpoint::Token, forged);
        let back = Browser::new(&world).sign_in(&client.authorize(&[]), "anna").await;
        assert_eq!(back.param("code").is_some(), is_good, "{claims}: {back:?}");
    }
}
