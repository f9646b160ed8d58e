//! What a provider's answer to a renewal does to a session.

use std::time::Duration;

use jira_sandbox::{Endpoint, Fault};

use super::{
    World,
    world::{HOUR, MINUTE},
};

/// Refusals of the grant, by status and by code.
#[tokio::test]
async fn a_refusal_ends_the_session() {
    let refusals = [
        Fault::refusal(400, "invalid_grant"),
        Fault::refusal(401, "invalid_grant"),
        Fault::refusal(403, "invalid_grant"),
        Fault::refusal(403, "unauthorized_client"),
        Fault::status(400),
        Fault::status(401),
        Fault::status(403),
    ];
    let world = World::new().await;
    let bridge = world.bridge().await;
    for (ended, fault) in (1..).zip(refusals) {
        let at_mcp = bridge.door.sign_in("anna").await;
        let at_token = bridge.door.sign_in("anna").await;
        world.advance(40 * MINUTE);
        world.identity.fail_always(Endpoint::Token, fault.clone());
        bridge.door.read(&at_mcp.access_token).await.says_sign_in_again();
        let reply = bridge.door.refresh(&at_token).await;
        assert_eq!((reply.status, reply.error().as_str()), (400, "invalid_grant"), "{fault:?}");
        world.identity.heal();
        for anna in [&at_mcp, &at_token] {
            bridge.door.read(&anna.access_token).await.says_sign_in_again();
            assert_eq!(bridge.door.refresh(anna).await.error(), "invalid_grant", "{fault:?}");
        }
        let all = bridge.metric("jira_mcp_sessions_ended_total{reason=\"provider\"}").await;
        assert_eq!(all, 2 * ended, "{fault:?}");
    }
}

/// All else says nothing of the grant.
#[tokio::test]
async fn any_other_fault_keeps_the_session() {
    let page = |status| Fault::html(status);
    let faults = [
        (Fault::status(500), "unavailable"),
        (Fault::status(503), "unavailable"),
        (Fault::refusal(429, "rate_limited"), "unavailable"),
        (Fault::refusal(400, "temporarily_unavailable"), "unavailable"),
        (Fault::refusal(401, "invalid_client"), "misconfigured"),
        (Fault::refusal(400, "invalid_client"), "misconfigured"),
        (page(200), "not_understood"),
        (page(403), "not_understood"),
        (page(502), "unavailable"),
        (Fault::status(404), "not_understood"),
    ];
    for (fault, result) in faults {
        let world = World::new().await;
        let day = [("ACCESS_TOKEN_TTL_MS", "86400000")];
        let bridge = world.replica(&day).await;
        let anna = bridge.door.sign_in("anna").await;
        world.identity.fail_always(Endpoint::Token, fault.clone());
        // A live token goes on.
        world.advance(40 * MINUTE);
        bridge.door.works(&anna.access_token).await;
        let anna = bridge.door.refresh(&anna).await.tokens(&anna.client_id);
        // One that has ended does not, and nobody has to sign in again for it.
        world.advance(HOUR);
        let outcome = bridge.door.read(&anna.access_token).await.outcome();
        assert_eq!(outcome, "upstream_unavailable", "{fault:?}");
        let anna = bridge.door.refresh(&anna).await.tokens(&anna.client_id);
        let series = format!("jira_mcp_grant_renewals_total{{result=\"{result}\"}}");
        assert!(bridge.metric(&series).await >= 1, "{fault:?}");
        world.identity.heal();
        world.advance(MINUTE);
        let since = tokio::time::Instant::now();
        bridge.door.works(&anna.access_token).await;
        assert!(since.elapsed() < Duration::from_secs(5), "{fault:?}");
        assert_eq!(world.refreshes(), 1, "{fault:?}");
    }
}

/// Calls that need no Jira are answered while the provider hangs.
#[tokio::test]
async fn a_list_of_tools_does_not_wait_for_a_provider_that_hangs() {
    let world = World::new().await;
    let bridge = world.replica(&[("ACCESS_TOKEN_TTL_MS", "86400000")]).await;
    let anna = bridge.door.sign_in("anna").await;
    world.advance(2 * HOUR);
    world.identity.fail_always(Endpoint::Token, Fault::Held);
    let since = tokio::time::Instant::now();
    let reply = bridge.door.list(&anna.access_token).await;
    assert_eq!(reply.status, 200, "{reply:?}");
    assert!(since.elapsed() < Duration::from_secs(7), "{:?}", since.elapsed());
    world.identity.heal();
    bridge.door.works(&anna.access_token).await;
}
