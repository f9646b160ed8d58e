//! The keys of a directory that rolls them over, goes away, and is asked for keys it never had.

use std::time::Duration;

use metrics::{Names, labels::KeyFetchResult};

use super::*;

const REREAD: Duration = Duration::from_mins(5);

fn keys(directory: &Directory) -> Keys {
    counted(directory, &Signals::default())
}

fn counted(directory: &Directory, signals: &Signals) -> Keys {
    let upstream = upstream::Upstream::new(&upstream::Settings {
        retry_max: 0,
        breaker_failures: 10_000,
        ..upstream::Settings::new("test")
    });
    let tenant: TenantId = TENANT.parse().unwrap();
    let url = tenant.keys_url(&directory.authority);
    Keys::new(upstream.unwrap(), url, REREAD, signals.clone())
}

#[test]
fn documents_that_are_sets_of_keys_and_those_that_are_none() {
    let key = FIRST.web_key("a");
    let with = |name: &str, value: Value| {
        let mut key = key.clone();
        key[name] = value;
        if key[name].is_null() {
            key.as_object_mut().unwrap().remove(name);
        }
        key
    };
    let check = |document: &str, expected: Result<bool, KeySetFault>| {
        let set = KeySet::parse(document.as_bytes()).map(|set| set.find("a").is_some());
        assert_eq!(set, expected, "{document}");
    };
    check(&document(std::slice::from_ref(&key)), Ok(true));
    check(&document(&[with("alg", json!("RS256"))]), Ok(true));
    check(&document(&[with("use", Value::Null)]), Ok(true));
    check(&document(&[json!({"kty": "new"}), json!(7), key.clone()]), Ok(true));
    check(&document(&[with("kid", json!("b"))]), Ok(false));
    for bad in [
        with("kty", json!("EC")),
        with("kty", json!("oct")),
        with("use", json!("enc")),
        with("use", json!(["sig"])),
        with("alg", json!("RS512")),
        with("alg", json!("HS256")),
        with("kid", json!("")),
        with("kid", Value::Null),
        with("n", Value::Null),
        with("n", json!("")),
        with("n", json!("!")),
        with("e", json!("AQ")),
        with("e", json!("AA")),
        with("e", json!("Ag")),
        // 1024 bits, and 2048 of which the first is a zero.
        with("n", json!(URL_SAFE_NO_PAD.encode([0xff; 128]))),
        with("n", json!(URL_SAFE_NO_PAD.encode([[0x7f].as_slice(), &[0xff; 255]].concat()))),
        with("n", json!(URL_SAFE_NO_PAD.encode([[0].as_slice(), &[0xff; 255]].concat()))),
        with("n", json!(URL_SAFE_NO_PAD.encode([0xff; 1025]))),
    ] {
        check(&document(&[bad]), Err(KeySetFault::Empty));
    }
    check(&document(&[]), Err(KeySetFault::Empty));
    for bad in ["", "[]", "{}", "null", r#"{"keys":{}}"#, r#"{"keys":[],"keys":[]}"#, "<html>"] {
        check(bad, Err(KeySetFault::Form));
    }
}

#[tokio::test]
async fn a_key_that_was_rolled_over_is_found_at_once_and_the_set_replaced_as_a_whole() {
    let directory = Directory::start().await;
    let keys = keys(&directory);
    for _ in 0..25 {
        keys.find("first", NOW_MS).await.unwrap();
    }
    assert_eq!(directory.reads(), 1);
    directory.publish(200, &document(&[FIRST.web_key("first"), SECOND.web_key("second")]));
    // The first reading was no second one.
    keys.find("second", NOW_MS + 1).await.unwrap();
    keys.find("first", NOW_MS + 2).await.unwrap();
    assert_eq!(directory.reads(), 2);
    // A good set replaces all of the one before.
    directory.publish(200, &document(&[SECOND.web_key("second")]));
    let later = NOW_MS + 5 * MINUTE + 1;
    assert_eq!(keys.find("third", later).await.unwrap_err(), KeyError::Unknown);
    assert_eq!(keys.find("first", later).await.unwrap_err(), KeyError::Unknown);
    keys.find("second", later).await.unwrap();
    assert_eq!(directory.reads(), 3);
}

#[tokio::test]
async fn each_reading_is_counted_by_what_became_of_it() {
    let directory = Directory::start().await;
    let signals = Signals::new(&Names::default(), None);
    let keys = counted(&directory, &signals);
    let counts = || {
        let of = |result| signals.metrics().entra_key_fetches.at(result).unwrap().value();
        KeyFetchResult::ALL.iter().map(|result| of(*result)).collect::<Vec<_>>()
    };
    assert_eq!(counts(), [0, 0, 0]);
    for _ in 0..3 {
        keys.find("first", NOW_MS).await.unwrap();
    }
    assert_eq!(counts(), [1, 0, 0], "what is known costs no reading");
    for (at, (status, document), expected) in [
        (0, (503, "{}"), [1, 1, 0]),
        (1, (302, "{}"), [1, 2, 0]),
        (2, (200, "<html>"), [1, 2, 1]),
        (3, (200, r#"{"keys":[]}"#), [1, 2, 2]),
    ] {
        directory.publish(status, document);
        let now_ms = NOW_MS + at * (5 * MINUTE + 1);
        assert!(keys.find("second", now_ms).await.is_err());
        assert_eq!(counts(), expected, "{status} {document}");
    }
}

#[tokio::test]
async fn ten_thousand_unknown_keys_are_one_reading() {
    let directory = Directory::start().await;
    let keys = keys(&directory);
    keys.find("first", NOW_MS).await.unwrap();
    let mut tasks = Vec::new();
    for number in 0..10_000 {
        let keys = keys.clone();
        tasks.push(tokio::spawn(async move { keys.find(&format!("k{number}"), NOW_MS).await }));
    }
    for task in tasks {
        assert_eq!(task.await.unwrap().unwrap_err(), KeyError::Unknown);
    }
    assert_eq!(directory.reads(), 2);
    let almost = NOW_MS + 5 * MINUTE - 1;
    assert_eq!(keys.find("x", almost).await.unwrap_err(), KeyError::Unknown);
    assert_eq!(directory.reads(), 2);
    assert_eq!(keys.find("x", almost + 1).await.unwrap_err(), KeyError::Unknown);
    assert_eq!(directory.reads(), 3);
}

#[tokio::test]
async fn a_known_key_waits_for_nothing() {
    let directory = Directory::start().await;
    let keys = keys(&directory);
    keys.find("first", NOW_MS).await.unwrap();
    directory.hold();
    let unknown = tokio::spawn({
        let keys = keys.clone();
        async move { keys.find("second", NOW_MS).await }
    });
    directory.asked(2).await;
    for _ in 0..100 {
        keys.find("first", NOW_MS).await.unwrap();
    }
    // An old set is read again beside those who use it.
    keys.find("first", NOW_MS + 25 * 60 * MINUTE).await.unwrap();
    assert!(!unknown.is_finished());
    directory.publish(200, &document(&[SECOND.web_key("second")]));
    directory.release();
    unknown.await.unwrap().unwrap();
}

#[tokio::test]
async fn a_set_of_yesterday_is_read_again_and_kept_while_the_directory_is_away() {
    let directory = Directory::start().await;
    let keys = keys(&directory);
    keys.find("first", NOW_MS).await.unwrap();
    directory.publish(503, "");
    let tomorrow = NOW_MS + 24 * 60 * MINUTE;
    for minute in 0..60 {
        keys.find("first", tomorrow + minute * MINUTE).await.unwrap();
    }
    directory.asked(2).await;
    assert!(directory.reads() <= 13, "{} readings in an hour", directory.reads());
    directory.publish(200, &document(&[FIRST.web_key("first"), SECOND.web_key("second")]));
    keys.find("second", tomorrow + 70 * MINUTE).await.unwrap();
}

#[tokio::test]
async fn what_is_no_set_replaces_nothing() {
    let directory = Directory::start().await;
    let keys = keys(&directory);
    keys.find("first", NOW_MS).await.unwrap();
    let second = SECOND.web_key("second");
    let weak = json!({"kty": "RSA", "use": "sig", "kid": "second", "n": "AQAB", "e": "AQAB"});
    let padded = format!("{}{}", document(std::slice::from_ref(&second)), " ".repeat(256 * 1024));
    let good = document(&[second]);
    let broken = [
        (200, "{}".to_owned()),
        (200, "<html>".to_owned()),
        (200, document(&[])),
        (200, document(&[weak])),
        (200, padded),
        (302, good.clone()),
        (404, good.clone()),
        (500, good.clone()),
    ];
    let mut now_ms = NOW_MS;
    for (status, text) in broken {
        now_ms += 5 * MINUTE;
        directory.publish(status, &text);
        assert_eq!(keys.find("second", now_ms).await.unwrap_err(), KeyError::Stale, "{status}");
        let later = now_ms + 5_000;
        assert_eq!(keys.find("second", later).await.unwrap_err(), KeyError::Unknown, "{status}");
        keys.find("first", now_ms).await.unwrap();
    }
    assert!(directory.paths().iter().all(|path| path.ends_with("/discovery/v2.0/keys")));
    directory.publish(200, &good);
    keys.find("second", now_ms + 5 * MINUTE).await.unwrap();
}

#[tokio::test]
async fn without_any_keys_nobody_waits_twice_and_the_next_try_comes_soon() {
    let directory = Directory::start().await;
    let keys = keys(&directory);
    directory.publish(500, "");
    for _ in 0..100 {
        assert_eq!(keys.find("first", NOW_MS).await.unwrap_err(), KeyError::Unavailable);
    }
    assert_eq!(directory.reads(), 1);
    directory.publish(200, &document(&[FIRST.web_key("first")]));
    assert_eq!(keys.find("first", NOW_MS + 4_999).await.unwrap_err(), KeyError::Unavailable);
    keys.find("first", NOW_MS + 5_000).await.unwrap();
    assert_eq!(directory.reads(), 2);
}

#[tokio::test]
async fn the_first_reading_is_one_for_all_who_wait_and_is_finished_whoever_leaves() {
    let directory = Directory::start().await;
    let keys = keys(&directory);
    directory.hold();
    let mut waiting: Vec<_> = (0..50)
        .map(|_| {
            let keys = keys.clone();
            tokio::spawn(async move { keys.find("first", NOW_MS).await })
        })
        .collect();
    directory.asked(1).await;
    let left = waiting.remove(0);
    left.abort();
    directory.release();
    for task in waiting {
        task.await.unwrap().unwrap();
    }
    assert_eq!(directory.reads(), 1);
}
