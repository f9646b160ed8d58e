//! Redis is killed and started again while clients work.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use futures_util::future::join_all;
use http::header::RETRY_AFTER;

use super::{RedisServer, SignedIn, World, key, stores::redis, world::MINUTE};
use crate::support::until;

#[tokio::test]
async fn while_redis_is_down_known_sessions_go_on_and_nobody_is_turned_out() {
    let world = World::new().await;
    let mut server = RedisServer::start(&[]);
    let (url, keys) = (server.url(), key(1));
    let (here, there) =
        (world.replica(&redis(&url, &keys)).await, world.replica(&redis(&url, &keys)).await);
    let known = here.door.sign_in("anna").await;
    here.door.works(&known.access_token).await;
    let asked = here.door.ask().await;
    server.kill();
    for _ in 0..4 {
        world.advance(MINUTE);
        here.door.works(&known.access_token).await;
        let unknown = there.door.read(&known.access_token).await;
        assert_eq!((unknown.status, unknown.header(RETRY_AFTER).is_empty()), (503, false));
    }
    let reply = here.door.refresh(&known).await;
    assert_eq!((reply.status, reply.error().as_str()), (503, "temporarily_unavailable"));
    assert!(!reply.header(RETRY_AFTER).is_empty());
    assert_eq!(here.door.revoke(&known).await.status, 503);
    let decided = here.door.decide(&asked, "allow").await;
    let begun = here.door.authorize(&known.client_id).await;
    for reply in [decided, begun] {
        assert_eq!(reply.param("error").as_deref(), Some("temporarily_unavailable"), "{reply:?}");
    }
    // Nobody is let in who should not be.
    let (head, tail) = known.access_token.split_at(40);
    let forged = format!("{head}{}{}", if tail.starts_with('A') { 'B' } else { 'A' }, &tail[1..]);
    for stranger in [&forged, &known.refresh_token, "jmb_a"] {
        assert_eq!(here.door.read(stranger).await.status, 401);
    }
    // Nor is anybody believed for ever.
    world.advance(2 * MINUTE);
    let late = here.door.read(&known.access_token).await;
    assert_eq!((late.status, late.header(RETRY_AFTER).is_empty()), (503, false));
    server.restart();
    until("Redis is back", async || here.door.refresh(&known).await.status == 200).await;
    // Each leaves a store that failed alone for a moment.
    for replica in [&here, &there] {
        let works = async || replica.door.read(&known.access_token).await.status == 200;
        until("the replica sees Redis", works).await;
    }
    assert!(here.metric("jira_mcp_session_store_failures_total{fault=\"unavailable\"}").await > 3);
}

const CLIENTS: usize = 10;
const RESTARTS: usize = 4;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_confirmed_session_is_lost_when_redis_restarts_under_load() {
    let world = World::new().await;
    let mut server = RedisServer::start(&[]);
    let (url, keys) = (server.url(), key(1));
    let replicas =
        [world.replica(&redis(&url, &keys)).await, world.replica(&redis(&url, &keys)).await];
    let (stop, done, failed) = (AtomicBool::new(false), AtomicUsize::new(0), AtomicUsize::new(0));
    let clients = join_all((0..CLIENTS).map(|client| {
        let (replicas, stop, done, failed) = (&replicas, &stop, &done, &failed);
        async move {
            let user = ["anna", "ben"][client % 2];
            let mut session = replicas[client % 2].door.sign_in(user).await;
            for round in client.. {
                if stop.load(Ordering::SeqCst) {
                    break;
                }
                let door = &replicas[round % 2].door;
                if round % 3 == 0 {
                    let reply = door.refresh(&session).await;
                    match reply.status {
                        200 => session = reply.tokens(&session.client_id),
                        503 => assert_eq!(reply.error(), "temporarily_unavailable"),
                        _ => panic!("{reply:?}"),
                    }
                } else {
                    let outcome = door.read(&session.access_token).await.outcome();
                    let fine = ["ok", "503", "upstream_unavailable"];
                    assert!(fine.contains(&outcome.as_str()), "{outcome}");
                    failed.fetch_add(usize::from(outcome != "ok"), Ordering::SeqCst);
                }
                done.fetch_add(1, Ordering::SeqCst);
            }
            session
        }
    }));
    let operator = async {
        for _ in 0..RESTARTS {
            let so_far = done.load(Ordering::SeqCst);
            until("the clients work", async || done.load(Ordering::SeqCst) > so_far + 6 * CLIENTS)
                .await;
            server.kill();
            // What was read is not new any more, and each must ask.
            world.advance(5_000);
            let so_far = done.load(Ordering::SeqCst);
            until("the clients meet a closed port", async || {
                done.load(Ordering::SeqCst) > so_far + 6 * CLIENTS
            })
            .await;
            server.restart();
        }
        stop.store(true, Ordering::SeqCst);
    };
    let (sessions, ()): (Vec<SignedIn>, ()) = tokio::join!(clients, operator);
    until("Redis is back", async || replicas[0].door.refresh(&sessions[0]).await.status == 200)
        .await;
    for session in &sessions {
        let session = replicas[0].door.refresh(session).await.tokens(&session.client_id);
        for replica in &replicas {
            replica.door.works(&session.access_token).await;
        }
    }
}
