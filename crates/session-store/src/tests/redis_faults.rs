//! Redis that is down, silent, full, a replica, or killed under load.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use redis::cmd;
use tokio::{
    net::TcpListener,
    task::{JoinSet, yield_now},
    time::{Instant, timeout},
};

use super::{
    place::{HOUR, NOW, ring, run},
    redis::{backend, operator},
    redis_server::{RedisServer, free_port},
};
use crate::{Backend, Expected, RecordKey, Store, StoreError};

const END: u64 = NOW + HOUR;
const LONG: Duration = Duration::from_secs(30);

fn key(number: u8) -> RecordKey {
    RecordKey::new("session", &[number])
}

#[test]
fn a_server_that_comes_late_is_used_when_it_comes() {
    let mut server = RedisServer::start(&[]);
    server.kill();
    run(async {
        let redis = backend(&server.url());
        let since = Instant::now();
        for _ in 0..20 {
            assert!(!redis.is_reachable().await);
            assert_eq!(redis.get(&key(1), NOW).await, Err(StoreError::Unavailable));
        }
        assert!(since.elapsed() < Duration::from_secs(2), "{:?}", since.elapsed());
        server.restart();
        timeout(LONG, until_reachable(&redis)).await.unwrap();
        assert_eq!(redis.get(&key(1), NOW).await, Ok(None));
        // The old connection is noticed, and no command is lost in it twice.
        server.kill();
        assert_eq!(redis.get(&key(1), NOW).await, Err(StoreError::Unavailable));
        server.restart();
        timeout(LONG, until_reachable(&redis)).await.unwrap();
    });
}

async fn until_reachable(redis: &crate::Redis) {
    while !redis.is_reachable().await {
        yield_now().await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_silent_server_is_not_waited_for() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let redis = backend(&format!("redis://{}", listener.local_addr().unwrap()));
    let since = Instant::now();
    assert_eq!(redis.get(&key(1), NOW).await, Err(StoreError::Unavailable));
    assert!(since.elapsed() <= Duration::from_secs(5), "{:?}", since.elapsed());
    // The next does not wait at all.
    let since = Instant::now();
    assert_eq!(redis.get(&key(1), NOW).await, Err(StoreError::Unavailable));
    assert!(since.elapsed() < Duration::from_millis(10), "{:?}", since.elapsed());
    let nowhere = backend(&format!("redis://127.0.0.1:{}", free_port()));
    assert!(!nowhere.is_reachable().await);
}

#[test]
fn a_connection_that_was_ended_while_idle_costs_no_command() {
    let server = RedisServer::start(&[]);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let redis = backend(&server.url());
        assert_eq!(redis.increment(&key(1), END, NOW).await, Ok(1));
        let mut operator = operator(&server).await;
        let kill = cmd("CLIENT").arg(&["KILL", "SKIPME", "yes", "TYPE", "normal"]).clone();
        kill.exec_async(&mut operator).await.unwrap();
        tokio::time::pause();
        tokio::time::advance(Duration::from_secs(6)).await;
        tokio::time::resume();
        assert_eq!(redis.increment(&key(1), END, NOW).await, Ok(2));
    });
}

#[test]
fn a_full_server_refuses_and_loses_nothing() {
    let server = RedisServer::start(&[]);
    run(async {
        let redis = backend(&server.url());
        let put = |number, expected, byte: u8| {
            let (key, redis) = (key(number), &redis);
            async move { redis.put(&key, expected, &[byte; 40], END, NOW).await }
        };
        assert_eq!(put(1, Expected::Absent, 1).await, Ok(true));
        let mut operator = operator(&server).await;
        let limit = |bytes: &'static str| {
            let (mut operator, mut command) = (operator.clone(), cmd("CONFIG"));
            command.arg("SET").arg("maxmemory").arg(bytes);
            async move { command.exec_async(&mut operator).await.unwrap() }
        };
        limit("1mb").await;
        assert_eq!(put(2, Expected::Absent, 1).await, Err(StoreError::Unavailable));
        let replaced = put(1, Expected::Version([1; 12]), 2).await;
        assert_eq!(replaced, Err(StoreError::Unavailable));
        let counted = redis.increment(&key(3), END, NOW).await;
        assert_eq!(counted, Err(StoreError::Unavailable));
        assert_eq!(redis.get(&key(1), NOW).await, Ok(Some(vec![1; 40])));
        limit("0").await;
        assert_eq!(put(1, Expected::Version([1; 12]), 2).await, Ok(true));

        // A replica that has lost its master.
        let mut replica = cmd("REPLICAOF");
        replica.arg("127.0.0.1").arg(free_port()).exec_async(&mut operator).await.unwrap();
        let replaced = put(1, Expected::Version([2; 12]), 3).await;
        assert_eq!(replaced, Err(StoreError::Unavailable));
        let mut master = cmd("REPLICAOF");
        master.arg("NO").arg("ONE").exec_async(&mut operator).await.unwrap();
        assert_eq!(put(1, Expected::Version([2; 12]), 3).await, Ok(true));
    });
}

/// What the writers of the next test share.
struct Load {
    store: Store,
    confirmed: AtomicU64,
    is_over: AtomicBool,
}

impl Load {
    /// Writes one number after the other into its record; gives the last that was confirmed.
    async fn write(self: Arc<Self>, writer: u8) -> (u8, u64) {
        let (mut number, mut expected) = (0_u64, Expected::Absent);
        while !self.is_over.load(Ordering::Relaxed) {
            let next = number + 1;
            let text = next.to_be_bytes();
            match self.store.put(&key(writer), expected, &text, END, NOW).await {
                Ok(Some(version)) => {
                    (number, expected) = (next, Expected::Version(version));
                    self.confirmed.fetch_add(1, Ordering::Relaxed);
                }
                Ok(None) => {
                    // The answer to the last writing was lost, and the writing was not.
                    let Ok(Some(found)) = self.store.get(&key(writer), NOW).await else { continue };
                    let read = u64::from_be_bytes(found.plain.as_slice().try_into().unwrap());
                    assert!(read == next, "{read} after {number}");
                    (number, expected) = (read, Expected::Version(found.version));
                }
                Err(error) => {
                    assert_eq!(error, StoreError::Unavailable);
                    yield_now().await;
                }
            }
        }
        (writer, number)
    }

    async fn until_confirmed(&self, more: u64) {
        let from = self.confirmed.load(Ordering::Relaxed);
        while self.confirmed.load(Ordering::Relaxed) < from + more {
            yield_now().await;
        }
    }
}

#[test]
fn no_confirmed_write_is_lost_when_the_server_is_killed() {
    let mut server = RedisServer::start(&[]);
    run(async {
        let redis = Arc::new(backend(&server.url()));
        let load = Arc::new(Load {
            store: Store::new(redis, ring(&[1])),
            confirmed: AtomicU64::new(0),
            is_over: AtomicBool::new(false),
        });
        let writers = (0..4).map(|writer| load.clone().write(writer));
        let writers: JoinSet<_> = writers.collect();
        for _ in 0..3 {
            timeout(LONG, load.until_confirmed(50)).await.unwrap();
            server.kill();
            server.restart();
        }
        timeout(LONG, load.until_confirmed(50)).await.unwrap();
        load.is_over.store(true, Ordering::Relaxed);
        for (writer, number) in writers.join_all().await {
            let found = load.store.get(&key(writer), NOW).await.unwrap().unwrap();
            let found = u64::from_be_bytes(found.plain.as_slice().try_into().unwrap());
            assert!(found == number || found == number + 1, "{found} after {number}");
        }
    });
}
