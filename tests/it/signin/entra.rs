//! The same door with Entra ID behind it.

use super::{Browser, Client, Tokens, World};

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
