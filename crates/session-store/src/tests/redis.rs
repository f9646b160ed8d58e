//! What Redis promises: an end to every key, no secret in any, and no word of a password.

use std::{
    io,
    sync::{Arc, Mutex},
};

use redis::cmd;
use secrecy::SecretString;

use super::{
    place::{HOUR, NOW, ring, run},
    redis_server::{RedisServer, free_port},
};
use crate::{Backend, Expected, RecordKey, Redis, RedisUrlError, Store, StoreError};

const END: u64 = NOW + HOUR;

fn key(id: &[u8]) -> RecordKey {
    RecordKey::new("session", id)
}

pub(super) fn backend(url: &str) -> Redis {
    Redis::new(&SecretString::from(url.to_owned())).unwrap()
}

/// What an operator sees of the server.
pub(super) async fn operator(server: &RedisServer) -> redis::aio::MultiplexedConnection {
    let client = redis::Client::open(server.url()).unwrap();
    client.get_multiplexed_async_connection().await.unwrap()
}

#[test]
fn addresses_are_read_by_the_letter() {
    let check = |url: &str, expected: Result<(), RedisUrlError>| {
        let found = Redis::new(&SecretString::from(url.to_owned())).map(|_| ());
        assert_eq!(found, expected, "{url}");
    };
    check("redis://127.0.0.1", Ok(()));
    check("redis://cache.example:6380/1\n", Ok(()));
    check("rediss://anna:p%40ss@cache.example:6380", Ok(()));
    check("rediss://:pass@[::1]:6380/0", Ok(()));
    check("", Err(RedisUrlError::Form));
    check("cache.example:6379", Err(RedisUrlError::Form));
    check("http://cache.example", Err(RedisUrlError::Form));
    check("unix:///run/redis.sock", Err(RedisUrlError::Form));
    check("redis:///1", Err(RedisUrlError::Form));
    check("rediss://cache.example/#insecure", Err(RedisUrlError::Fragment));
    check("rediss://:pa#ss@cache.example", Err(RedisUrlError::Form));
    check("redis://cache.example/one", Err(RedisUrlError::Part));
    check("redis://0.0.0.0", Err(RedisUrlError::Part));
}

#[test]
fn every_key_has_an_end_and_holds_no_secret() {
    let server = RedisServer::start(&[]);
    run(async {
        let redis = Arc::new(backend(&server.url()));
        let store = Store::new(redis.clone(), ring(&[1]));
        let id = key(b"anna-id");
        let put = store.put(&id, Expected::Absent, b"refresh-token", END, NOW).await;
        let version = Expected::Version(put.unwrap().unwrap());
        store.put(&id, version, b"refresh-token", END, NOW).await.unwrap().unwrap();
        store.put(&key(b"ever"), Expected::Absent, b"", u64::MAX, NOW).await.unwrap().unwrap();
        store.put(&key(b"over"), Expected::Absent, b"", NOW, NOW).await.unwrap().unwrap();
        for _ in 0..2 {
            store.increment(&RecordKey::new("count", b"1"), END, NOW).await.unwrap();
        }
        store.check_keys(NOW).await.unwrap();

        let mut operator = operator(&server).await;
        let keys: Vec<String> = cmd("KEYS").arg("*").query_async(&mut operator).await.unwrap();
        assert_eq!(keys.len(), 4, "{keys:?}");
        for key in keys {
            assert!(key.starts_with("jmb:"), "{key}");
            let life: i64 = cmd("PTTL").arg(&key).query_async(&mut operator).await.unwrap();
            assert!(life > 0, "{key} {life}");
            let is_short = key.starts_with("jmb:count:");
            assert!(!is_short || life <= i64::try_from(HOUR).unwrap(), "{key} {life}");
            let value: Vec<u8> = cmd("GET").arg(&key).query_async(&mut operator).await.unwrap();
            let whole = [key.as_bytes(), &value].concat();
            for secret in [&b"refresh"[..], b"anna", b"616e6e61"] {
                assert!(!whole.windows(secret.len()).any(|part| part == secret), "{key}");
            }
        }
    });
}

#[test]
fn what_is_not_ours_is_unreadable_and_stays() {
    let server = RedisServer::start(&[]);
    run(async {
        let redis = backend(&server.url());
        redis.put(&key(b"1"), Expected::Absent, &[1; 40], END, NOW).await.unwrap();
        let mut operator = operator(&server).await;
        let names: Vec<String> = cmd("KEYS").arg("*").query_async(&mut operator).await.unwrap();
        let name = &names[0];
        let whole: Vec<u8> = cmd("GET").arg(name).query_async(&mut operator).await.unwrap();
        let mut form = whole.clone();
        *form.last_mut().unwrap() = b'z';
        for foreign in [&b""[..], b"text", &whole[..whole.len() - 1], &form] {
            let set = cmd("SET").arg(name).arg(foreign).exec_async(&mut operator).await;
            set.unwrap();
            assert_unreadable(&redis).await;
            let kept: Vec<u8> = cmd("GET").arg(name).query_async(&mut operator).await.unwrap();
            assert_eq!(kept, foreign);
        }
        cmd("DEL").arg(name).exec_async(&mut operator).await.unwrap();
        cmd("LPUSH").arg(name).arg("item").exec_async(&mut operator).await.unwrap();
        assert_unreadable(&redis).await;
    });
}

async fn assert_unreadable(redis: &Redis) {
    let key = key(b"1");
    assert_eq!(redis.get(&key, NOW).await, Err(StoreError::Unreadable));
    for expected in [Expected::Absent, Expected::Version([1; 12])] {
        let put = redis.put(&key, expected, &[2; 40], END, NOW).await;
        assert_eq!(put, Err(StoreError::Unreadable));
    }
    assert_eq!(redis.remove(&key, Some([1; 12]), NOW).await, Err(StoreError::Unreadable));
    assert_eq!(redis.increment(&key, END, NOW).await, Err(StoreError::Unreadable));
}

/// The README names these rights.
#[test]
fn a_user_with_few_rights_is_enough() {
    let with_user = |rights: &str| {
        RedisServer::start(
            &["--user", "bridge", "on", ">pw"]
                .into_iter()
                .chain(rights.split(' '))
                .collect::<Vec<_>>(),
        )
    };
    let server = with_user("~jmb:* +eval +get +set +del +ping");
    let log = logged(async {
        let redis = backend(&server.url_as("bridge:pw@"));
        assert!(redis.is_reachable().await);
        let (id, version) = (key(b"1"), Expected::Version([1; 12]));
        assert_eq!(redis.put(&id, Expected::Absent, &[1; 40], END, NOW).await, Ok(true));
        assert_eq!(redis.put(&id, version, &[2; 40], END, NOW).await, Ok(true));
        assert_eq!(redis.get(&id, NOW).await, Ok(Some(vec![2; 40])));
        assert_eq!(redis.remove(&id, Some([2; 12]), NOW).await, Ok(true));
        for count in 1..3 {
            assert_eq!(redis.increment(&id, END, NOW).await, Ok(count));
        }
    });
    assert!(!log.contains("WARN"), "{log}");
    let server = with_user("~other:* +eval +get");
    let log = logged(async {
        let redis = backend(&server.url_as("bridge:pw@"));
        assert_eq!(redis.get(&key(b"1"), NOW).await, Err(StoreError::Unavailable));
    });
    assert!(log.contains("the user may not run a command or use a key"), "{log}");
}

/// What a log would hold.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What is logged while this runs, on whatever level.
fn logged(future: impl Future<Output = ()>) -> String {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(move || writer.clone())
        .finish();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    // While it is the only one, a line that another test reaches first would be off for good.
    let _second = tracing::Dispatch::new(tracing::subscriber::NoSubscriber::default());
    tracing::subscriber::with_default(subscriber, || runtime.block_on(future));
    String::from_utf8(log.0.lock().unwrap().clone()).unwrap()
}

#[test]
fn an_operator_is_told_of_a_server_that_throws_sessions_away() {
    let check = |options: &[&str], is_told: bool| {
        let server = RedisServer::start(options);
        let log = logged(async { assert!(backend(&server.url()).is_reachable().await) });
        assert_eq!(log.contains("noeviction"), is_told, "{options:?} {log}");
    };
    check(&[], false);
    check(&["--maxmemory", "100mb"], false);
    check(&["--maxmemory-policy", "volatile-lru"], false);
    check(&["--maxmemory", "100mb", "--maxmemory-policy", "volatile-lru"], true);
}

#[test]
fn a_password_is_told_to_the_server_and_to_nobody_else() {
    let server = RedisServer::start(&["--requirepass", "right-secret"]);
    let log = logged(async {
        let right = backend(&server.url_as(":right-secret@"));
        assert!(right.is_reachable().await);
        let named = backend(&server.url_as("default:right-secret@"));
        assert_eq!(named.get(&key(b"1"), NOW).await, Ok(None));
        for user in [":wrong-secret@", "anna:wrong-secret@", ""] {
            let wrong = backend(&server.url_as(user));
            assert!(!wrong.is_reachable().await);
            assert_eq!(wrong.get(&key(b"1"), NOW).await, Err(StoreError::Unavailable));
            let put = wrong.put(&key(b"1"), Expected::Absent, &[1; 40], END, NOW).await;
            assert_eq!(put, Err(StoreError::Unavailable));
            assert_eq!(format!("{wrong:?}"), "Redis(***)");
        }
        let nowhere = format!("redis://:wrong-secret@127.0.0.1:{}", free_port());
        assert!(!backend(&nowhere).is_reachable().await);
    });
    assert!(log.contains("Redis refuses the user or the password"), "{log}");
    assert!(log.contains("nothing listens at the address"), "{log}");
    assert!(!log.contains("secret") && !log.contains("127.0.0.1"), "{log}");
}
