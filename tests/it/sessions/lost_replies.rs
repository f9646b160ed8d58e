//! The provider has renewed a grant, and its answer does not come.

use std::time::Duration;

use jira_sandbox::{Endpoint, Fault};

use super::{World, world::MINUTE};
use crate::support::until;

#[tokio::test]
async fn a_lost_reply_is_survived_within_the_providers_leeway() {
    let world = World::new().await;
    let bridge = world.bridge().await;
    let mut anna = bridge.door.sign_in("anna").await;
    for minutes in [40, 61] {
        // Whether the grant is still good or has ended.
        world.identity.fail_next(Endpoint::Token, Fault::Cut);
        world.advance(minutes * MINUTE);
        anna = bridge.door.refresh(&anna).await.tokens(&anna.client_id);
        bridge.door.works(&anna.access_token).await;
    }
    assert_eq!(world.refreshes(), 4);
}

#[tokio::test]
async fn without_leeway_a_lost_reply_ends_in_a_clear_sign_in_again() {
    let world = World::strict().await;
    let bridge = world.bridge().await;
    let anna = bridge.door.sign_in("anna").await;
    world.advance(40 * MINUTE);
    world.identity.fail_next(Endpoint::Token, Fault::Cut);
    bridge.door.read(&anna.access_token).await.says_sign_in_again();
    let reply = bridge.door.refresh(&anna).await;
    assert_eq!((reply.status, reply.error().as_str()), (400, "invalid_grant"));
    let again = bridge.door.sign_in("anna").await;
    bridge.door.works(&again.access_token).await;
}

/// The provider hangs: nobody waits long for what is not needed yet, and nothing is lost.
#[tokio::test]
async fn a_reply_that_is_held_keeps_nobody_whose_grant_is_good() {
    let world = World::new().await;
    let bridge = world.bridge().await;
    let anna = bridge.door.sign_in("anna").await;
    world.advance(40 * MINUTE);
    world.identity.fail_always(Endpoint::Token, Fault::Held);
    let since = tokio::time::Instant::now();
    for _ in 0..10 {
        bridge.door.works(&anna.access_token).await;
    }
    let taken = since.elapsed();
    assert!(taken < Duration::from_secs(6), "ten calls took {taken:?}");
    world.identity.heal();
    until("the answer is used", async || {
        bridge.metric("jira_mcp_grant_renewals_total{result=\"ok\"}").await == 1
    })
    .await;
    let requests = world.identity.requests(Endpoint::Token);
    bridge.door.works(&anna.access_token).await;
    assert_eq!(world.identity.requests(Endpoint::Token), requests, "one renewal was enough");
}
