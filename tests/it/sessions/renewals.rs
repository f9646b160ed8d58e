//! When grants are renewed, and how often.

use futures_util::future::join_all;
use http::Method;
use jira_sandbox::{Endpoint, Fault};
use serde_json::json;

use super::{
    RedisServer, World,
    browser::Reply,
    key,
    stores::{Folder, files, redis},
    world::{HOUR, MINUTE},
};
use crate::support;

#[tokio::test]
async fn a_grant_is_renewed_when_half_of_its_life_is_over() {
    let world = World::strict().await;
    let bridge = world.replica(&[("ACCESS_TOKEN_TTL_MS", "86400000")]).await;
    let anna = bridge.door.sign_in("anna").await;
    for (minutes, refreshes) in [(0, 0), (29, 0), (2, 1), (0, 1), (28, 1), (3, 2)] {
        world.advance(minutes * MINUTE);
        bridge.door.works(&anna.access_token).await;
        assert_eq!(world.refreshes(), refreshes, "after {minutes} minutes more");
    }
}

#[tokio::test]
async fn many_who_ask_at_once_renew_once() {
    let (server, keys) = (RedisServer::start(&[]), key(1));
    let (url, folder) = (server.url(), Folder::new());
    let memory = [("SESSION_ENCRYPTION_KEY", keys.as_str()); 3];
    for (store, replicas) in [(redis(&url, &keys), 2), (files(&folder, &keys), 2), (memory, 1)] {
        let world = World::strict().await;
        let day = [("ACCESS_TOKEN_TTL_MS", "86400000")];
        let own = [store.as_slice(), &day].concat();
        let bridges = join_all((0..replicas).map(|_| world.replica(&own))).await;
        let anna = bridges[0].door.sign_in("anna").await;
        // While the one before is good, and after it has ended.
        for (refreshes, minutes) in (1..).zip([40, 61, 31]) {
            world.advance(minutes * MINUTE);
            let calls = (0..24).map(|at| bridges[at % replicas].door.read(&anna.access_token));
            let outcomes: Vec<_> = join_all(calls).await.iter().map(Reply::outcome).collect();
            assert!(outcomes.iter().all(|outcome| outcome == "ok"), "{store:?}: {outcomes:?}");
            assert_eq!(world.refreshes(), refreshes, "{store:?}");
            // None was refused, either: the first request was for the code.
            let requests = world.identity.requests(Endpoint::Token);
            assert_eq!(requests, 1 + refreshes, "{store:?}");
        }
    }
}

#[tokio::test]
async fn a_reply_without_a_refresh_token_keeps_the_old_one() {
    let world = World::strict().await;
    let bridge = world.bridge().await;
    let anna = bridge.door.sign_in("anna").await;
    for refreshes in 1..4 {
        world.identity.fail_next(Endpoint::Token, Fault::KeepsRefreshToken);
        world.advance(10 * MINUTE);
        world.identity.expire_access_tokens("anna");
        bridge.door.works(&anna.access_token).await;
        assert_eq!(world.refreshes(), refreshes);
    }
    assert_eq!(world.identity.requests(Endpoint::Token), 4);
}

#[tokio::test]
async fn jiras_401_renews_once_and_repeats_reads_only() {
    let world = World::strict().await;
    let bridge = world.bridge().await;
    let anna = bridge.door.sign_in("anna").await;
    bridge.door.works(&anna.access_token).await;
    let reads = || world.jira.count(&Method::GET, "/issue/ACME-5");
    let before = reads();
    world.identity.expire_access_tokens("anna");
    bridge.door.works(&anna.access_token).await;
    assert_eq!((reads() - before, world.refreshes()), (2, 1));
    // A write is sent once. What was said of it is said to the client, and the next finds a good
    // token.
    world.identity.expire_access_tokens("anna");
    let work = json!({"issue_key": "ACME-5", "time_spent": "1h", "started": "2026-11-19T10:00Z"});
    let write = bridge.door.call(&anna.access_token, "jira_add_worklog", work.clone()).await;
    write.says_sign_in_again();
    assert_eq!(world.jira.count(&Method::POST, "/worklog"), 1);
    assert_eq!(world.refreshes(), 2);
    let write = bridge.door.call(&anna.access_token, "jira_add_worklog", work).await;
    assert_eq!(write.outcome(), "ok", "{write:?}");
    assert_eq!((world.jira.count(&Method::POST, "/worklog"), world.refreshes()), (2, 2));
    // A new token that is refused as well is Jira's last word.
    world.jira.fail_always("/issue/ACME-5", support::Fault::Status(401, "{}"));
    let before = reads();
    bridge.door.read(&anna.access_token).await.says_sign_in_again();
    assert_eq!((reads() - before, world.refreshes()), (2, 3));
}

#[tokio::test]
async fn a_grant_that_is_gone_at_the_provider_ends_the_session() {
    for is_deleted in [false, true] {
        let world = World::new().await;
        let bridge = world.bridge().await;
        let anna = bridge.door.sign_in("anna").await;
        bridge.door.works(&anna.access_token).await;
        if is_deleted {
            world.identity.delete_user("anna");
        } else {
            assert!(world.identity.revoke(0));
        }
        // Before the time to renew, Jira is the first to say so.
        world.identity.expire_access_tokens("anna");
        bridge.door.read(&anna.access_token).await.says_sign_in_again();
        let reply = bridge.door.refresh(&anna).await;
        assert_eq!((reply.status, reply.error().as_str()), (400, "invalid_grant"));
        assert_eq!(bridge.metric("jira_mcp_sessions_ended_total{reason=\"provider\"}").await, 1);
        world.advance(HOUR);
    }
}
