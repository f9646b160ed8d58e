//! Three replicas behind a balancer that knows nothing: each step of a sign-in meets another one.

use futures_util::future::join_all;

use super::{
    RedisServer, World,
    browser::finish,
    key,
    rotation::walk,
    stores::{Folder, files, operator, redis},
};

#[tokio::test]
async fn each_step_of_a_sign_in_may_meet_another_replica() {
    let (server, folder) = (RedisServer::start(&[]), Folder::new());
    let (url, keys) = (server.url(), key(1));
    for store in [redis(&url, &keys), files(&folder, &keys)] {
        let world = World::strict().await;
        let replicas = join_all((0..3).map(|_| world.replica(&store))).await;
        let doors: Vec<_> = replicas.iter().map(|replica| &replica.door).collect();
        for first in 0..3 {
            let at = |step: usize| doors[(first + step) % 3];
            let asked = at(0).ask().await;
            let anna = finish([at(1), at(2), at(0)], &asked, "anna").await;
            at(1).works(&anna.access_token).await;
            let anna = at(2).refresh(&anna).await.tokens(&anna.client_id);
            at(0).works(&anna.access_token).await;
            // A lost answer, asked for again elsewhere.
            let again = at(1).refresh(&anna).await.tokens(&anna.client_id);
            let anna = at(2).refresh(&anna).await.tokens(&anna.client_id);
            for token in [&again.access_token, &anna.access_token] {
                at(0).works(token).await;
            }
        }
    }
}

#[tokio::test]
async fn every_key_in_redis_has_an_end() {
    let (server, keys) = (RedisServer::start(&[]), key(1));
    let url = server.url();
    let world = World::new().await;
    let bridge = world.replica(&redis(&url, &keys)).await;
    let anna = bridge.door.sign_in("anna").await;
    let half = bridge.door.ask().await;
    assert_eq!(bridge.door.decide(&half, "allow").await.status, 303);
    world.advance(40 * super::world::MINUTE);
    let anna = bridge.door.refresh(&anna).await.tokens(&anna.client_id);
    bridge.door.works(&anna.access_token).await;
    let names = String::from_utf8(operator(&url, &["--scan"])).unwrap();
    let names: Vec<_> = names.lines().collect();
    for kind in ["session", "person", "pending", "keycheck"] {
        let prefix = format!("jmb:{kind}:");
        assert!(names.iter().any(|name| name.starts_with(&prefix)), "no {kind} in {names:?}");
    }
    for name in names {
        let life = String::from_utf8(operator(&url, &["PTTL", name])).unwrap();
        assert!(life.trim().parse::<i64>().unwrap() > 0, "{name} lives for {life}");
    }
}

/// A turn to renew that was not given back, as a process that died leaves it, holds nobody for
/// long; and one that was given back leaves nothing.
#[tokio::test]
async fn a_turn_that_is_over_leaves_no_record() {
    let (folder, keys) = (Folder::new(), key(1));
    let world = World::new().await;
    let bridge = world.replica(&files(&folder, &keys)).await;
    let anna = bridge.door.sign_in("anna").await;
    let before = walk(folder.path()).len();
    world.advance(40 * super::world::MINUTE);
    bridge.door.works(&anna.access_token).await;
    assert_eq!((walk(folder.path()).len(), world.refreshes()), (before, 1));
}
