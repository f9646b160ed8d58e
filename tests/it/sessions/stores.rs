//! Stores that are down, full, spoiled, or sealed under other keys.

use std::{fs, path::Path, process::Command};

use http::header::RETRY_AFTER;
use jira_sandbox::{Endpoint, Fault};
use tempfile::TempDir;

use super::{
    RedisServer, World, key,
    rotation::walk,
    world::{HOUR, MINUTE},
};
use crate::support::{Process, until};

type Setting<'a> = (&'static str, &'a str);

/// A folder for sessions, which the first bridge makes.
pub(super) struct Folder {
    path: String,
    _around: TempDir,
}

impl Folder {
    pub(super) fn new() -> Self {
        let around = tempfile::tempdir().unwrap();
        Self { path: around.path().join("sessions").to_str().unwrap().to_owned(), _around: around }
    }

    pub(super) fn path(&self) -> &Path {
        Path::new(&self.path)
    }
}

/// Settings for sessions in a folder.
pub(super) fn files<'a>(folder: &'a Folder, keys: &'a str) -> [Setting<'a>; 3] {
    [
        ("SESSION_STORE_TYPE", "file"),
        ("SESSION_STORAGE_DIR", &folder.path),
        ("SESSION_ENCRYPTION_KEY", keys),
    ]
}

/// Settings for sessions in Redis.
pub(super) fn redis<'a>(url: &'a str, keys: &'a str) -> [Setting<'a>; 3] {
    [("SESSION_STORE_TYPE", "redis"), ("REDIS_URL", url), ("SESSION_ENCRYPTION_KEY", keys)]
}

/// What an operator asks of the server.
pub(super) fn operator(url: &str, command: &[&str]) -> Vec<u8> {
    let done = Command::new("redis-cli").args(["-u", url, "--raw"]).args(command).output();
    let done = done.expect("redis-cli, which comes with redis-server");
    assert!(done.status.success(), "{done:?}");
    done.stdout
}

#[tokio::test]
async fn a_process_with_other_keys_does_not_start() {
    let world = World::new().await;
    let (server, folder) = (RedisServer::start(&[]), Folder::new());
    let (url, right, wrong) = (server.url(), key(1), key(2));
    for store in [files(&folder, &right), redis(&url, &right)] {
        let bridge = world.replica(&store).await;
        let anna = bridge.door.sign_in("anna").await;
        let settings = world.settings();
        let mut all: Vec<_> =
            settings.iter().map(|(name, value)| (*name, value.as_str())).collect();
        all.extend(&store[..2]);
        all.push(("SESSION_ENCRYPTION_KEY", &wrong));
        let (code, log) = Process::start(&["serve"], &all).end().await;
        assert!(code.is_some_and(|code| code != 0), "{code:?}");
        assert!(log.contains("SESSION_ENCRYPTION_KEY: the session store was sealed with"), "{log}");
        assert!(!log.contains(&right) && !log.contains(&wrong), "{log}");
        bridge.door.works(&anna.access_token).await;
    }
}

/// The same, found out late: under the wrong keys every token looks like none, and a client that
/// heard so would throw its own away.
#[tokio::test]
async fn a_process_that_started_without_its_store_and_with_other_keys_turns_nobody_out() {
    let world = World::new().await;
    let mut server = RedisServer::start(&[]);
    let (url, right, wrong) = (server.url(), key(1), key(2));
    let good = world.replica(&redis(&url, &right)).await;
    let anna = good.door.sign_in("anna").await;
    server.kill();
    let (late, bad) =
        (world.replica(&redis(&url, &right)).await, world.replica(&redis(&url, &wrong)).await);
    for is_up in [false, true] {
        if is_up {
            server.restart();
            until("Redis is back", async || late.door.read(&anna.access_token).await.status == 200)
                .await;
        }
        let read = bad.door.read(&anna.access_token).await;
        assert_eq!((read.status, read.header(RETRY_AFTER).is_empty()), (503, false), "{read:?}");
        for reply in [bad.door.refresh(&anna).await, bad.door.revoke(&anna).await] {
            let said = (reply.status, reply.error());
            assert_eq!(said, (503, "temporarily_unavailable".to_owned()), "{reply:?}");
        }
        let client_id = bad.door.register().await;
        let reply = bad.door.authorize(&client_id).await;
        assert_eq!(reply.param("error").as_deref(), Some("temporarily_unavailable"));
    }
    late.door.works(&anna.access_token).await;
}

#[tokio::test]
async fn spoiled_records_let_nobody_in_and_keep_nobody_out() {
    let world = World::new().await;
    let (folder, keys) = (Folder::new(), key(1));
    let bridge = world.replica(&files(&folder, &keys)).await;
    let anna = bridge.door.sign_in("anna").await;
    bridge.door.works(&anna.access_token).await;
    for path in walk(folder.path()) {
        let mut bytes = fs::read(&path).unwrap();
        if let Some(byte) = bytes.last_mut() {
            *byte ^= 1;
            fs::write(&path, bytes).unwrap();
        }
    }
    // What was read before is believed for some seconds.
    world.advance(6_000);
    bridge.door.read(&anna.access_token).await.says_sign_in_again();
    assert_eq!(bridge.door.refresh(&anna).await.error(), "invalid_grant");
    assert!(bridge.metric("jira_mcp_session_store_failures_total{fault=\"unreadable\"}").await > 0);
    let again = bridge.door.sign_in("anna").await;
    bridge.door.works(&again.access_token).await;
}

/// A store that takes nothing new: those who are in go on, and no grant is renewed that could not
/// be written down.
#[tokio::test]
async fn a_full_store_ends_no_session_and_loses_no_grant() {
    let world = World::strict().await;
    let (server, keys) = (RedisServer::start(&[]), key(1));
    let url = server.url();
    let settings = [redis(&url, &keys).as_slice(), &[("ACCESS_TOKEN_TTL_MS", "86400000")]].concat();
    let bridge = world.replica(&settings).await;
    let anna = bridge.door.sign_in("anna").await;
    operator(&url, &["CONFIG", "SET", "maxmemory", "1"]);
    world.advance(40 * MINUTE);
    let asked = bridge.door.ask().await;
    bridge.door.works(&anna.access_token).await;
    let reply = bridge.door.refresh(&anna).await;
    assert_eq!((reply.status, reply.error().as_str()), (503, "temporarily_unavailable"));
    let reply = bridge.door.decide(&asked, "allow").await;
    assert_eq!(reply.param("error").as_deref(), Some("temporarily_unavailable"));
    world.advance(HOUR);
    let outcome = bridge.door.read(&anna.access_token).await.outcome();
    assert_eq!((outcome.as_str(), world.refreshes()), ("upstream_unavailable", 0));
    operator(&url, &["CONFIG", "SET", "maxmemory", "0"]);
    bridge.door.works(&anna.access_token).await;
    assert_eq!(world.refreshes(), 1);
}

#[tokio::test]
async fn a_revocation_is_seen_at_the_other_replica_within_five_seconds() {
    let world = World::new().await;
    let (server, folder) = (RedisServer::start(&[]), Folder::new());
    let (url, keys) = (server.url(), key(1));
    for store in [files(&folder, &keys), redis(&url, &keys)] {
        let (here, there) = (world.replica(&store).await, world.replica(&store).await);
        // Or Jira would be the first to say so.
        world.identity.fail_always(Endpoint::Revoke, Fault::status(503));
        let anna = here.door.sign_in("anna").await;
        let ben = here.door.sign_in("ben").await;
        there.door.works(&anna.access_token).await;
        world.advance(1_000);
        assert_eq!(here.door.revoke(&anna).await.status, 200);
        here.door.read(&anna.access_token).await.says_sign_in_again();
        world.advance(4_000);
        there.door.read(&anna.access_token).await.says_sign_in_again();
        assert_eq!(there.door.refresh(&anna).await.error(), "invalid_grant");
        there.door.works(&ben.access_token).await;
    }
}
