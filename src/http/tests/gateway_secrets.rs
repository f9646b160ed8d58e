//! Gateway secrets: rotation in the settings, rotation in a file, and files that go bad.

use std::{fs, path::Path};

use super::*;

async fn passes(bench: &Bench, sent: Option<&str>) -> bool {
    let mut request = call("/mcp", CALL);
    if let Some(sent) = sent {
        request.headers_mut().insert("x-gateway-token", sent.parse().unwrap());
    }
    let reply = bench.send(request).await;
    assert!(
        reply.status == 200 || reply.refusal()["error"] == "gateway_token_refused",
        "{}",
        reply.text
    );
    reply.status == 200
}

fn load(secrets: &[&str], file: Option<&Path>) -> Result<Gateway, GatewayError> {
    Gateway::load(&GatewaySource {
        secrets: secrets.iter().map(|secret| SecretString::from(*secret)).collect(),
        file: file.map(Path::to_owned),
        recheck: Duration::ZERO,
    })
}

fn bench(gateway: Gateway) -> Bench {
    Bench::new(Settings { gateway: Some(gateway), ..Settings::default() })
}

#[tokio::test]
async fn current_and_previous_pass_and_nothing_near_them() {
    let bench = bench(load(&[&secret('a'), &secret('b')], None).unwrap());
    assert!(passes(&bench, Some(&secret('a'))).await);
    assert!(passes(&bench, Some(&secret('b'))).await);
    let (shorter, longer) = (secret('a')[1..].to_owned(), format!("{}a", secret('a')));
    let joined = format!("{}, {}", secret('a'), secret('b'));
    for wrong in [&secret('c'), &shorter, &longer, &joined, &secret('A'), ""] {
        assert!(!passes(&bench, Some(wrong)).await, "{wrong}");
    }
    assert!(!passes(&bench, None).await);
}

#[tokio::test]
async fn what_stands_in_the_file_counts_at_once_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("secrets");
    fs::write(&file, format!("{}\r\n\n  {}  \n", secret('a'), secret('b'))).unwrap();
    let bench = bench(load(&[&secret('s')], Some(&file)).unwrap());
    let check = async |expected: &str| {
        for letter in "abcs".chars() {
            assert_eq!(
                passes(&bench, Some(&secret(letter))).await,
                expected.contains(letter),
                "{letter}"
            );
        }
    };
    check("abs").await;
    // The same length, and likely the same tick of the file system's clock.
    fs::write(&file, format!("{}\r\n\n  {}  \n", secret('c'), secret('b'))).unwrap();
    check("bcs").await;
    // A line that is no secret counts for nothing, and takes nothing from the others.
    fs::write(&file, format!("{}\nshort\n{}\n", secret('a'), "ä".repeat(40))).unwrap();
    check("as").await;
    // Neither does a line that is no text, nor what does not fit.
    let odd =
        [b"# Schl\xfcssel\n".as_slice(), secret('a').as_bytes(), b"\n", &b"x\n".repeat(40_000)]
            .concat();
    fs::write(&file, odd).unwrap();
    check("as").await;
    for bad in [Vec::new(), vec![0xff; 64], vec![b'x'; 70_000], b"short\n".to_vec()] {
        fs::write(&file, format!("{}\n", secret('b'))).unwrap();
        check("bs").await;
        fs::write(&file, bad).unwrap();
        check("s").await;
    }
    fs::write(&file, secret('b')).unwrap();
    check("bs").await;
    fs::remove_file(&file).unwrap();
    check("s").await;
    fs::write(&file, secret('a')).unwrap();
    check("as").await;
}

#[cfg(unix)]
#[tokio::test]
async fn no_request_waits_for_a_pipe_in_place_of_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("secrets");
    fs::write(&file, secret('a')).unwrap();
    let bench = bench(load(&[&secret('s')], Some(&file)).unwrap());
    fs::remove_file(&file).unwrap();
    rustix::fs::mknodat(
        rustix::fs::CWD,
        &file,
        rustix::fs::FileType::Fifo,
        rustix::fs::Mode::RUSR | rustix::fs::Mode::WUSR,
        0,
    )
    .unwrap();
    assert!(passes(&bench, Some(&secret('s'))).await);
    assert!(!passes(&bench, Some(&secret('a'))).await);
}

#[cfg(unix)]
#[tokio::test]
async fn a_swapped_symlink_is_followed() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    for letter in ['a', 'b'] {
        fs::create_dir(at(&format!("v{letter}"))).unwrap();
        fs::write(at(&format!("v{letter}/secrets")), secret(letter)).unwrap();
    }
    // As a mounted secret volume does it: the file is a link through a folder link that is swapped
    // by rename.
    std::os::unix::fs::symlink("va", at("data")).unwrap();
    std::os::unix::fs::symlink("data/secrets", at("secrets")).unwrap();
    let bench = bench(load(&[], Some(&at("secrets"))).unwrap());
    assert!(passes(&bench, Some(&secret('a'))).await);
    std::os::unix::fs::symlink("vb", at("new")).unwrap();
    fs::rename(at("new"), at("data")).unwrap();
    assert!(passes(&bench, Some(&secret('b'))).await);
    assert!(!passes(&bench, Some(&secret('a'))).await);
}

#[test]
fn weak_or_missing_secrets_stop_the_start() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("secrets");
    assert!(matches!(load(&[], None), Err(GatewayError::Empty)));
    assert!(matches!(load(&["a".repeat(31).as_str()], None), Err(GatewayError::Short)));
    assert!(matches!(load(&[&secret('a'), "short"], None), Err(GatewayError::Short)));
    assert!(matches!(load(&[&format!("{} b", secret('a'))], None), Err(GatewayError::Unsendable)));
    assert!(matches!(load(&[&secret('a')], Some(&file)), Err(GatewayError::Unreadable(_))));
    fs::write(&file, "\n \n").unwrap();
    assert!(matches!(load(&[&secret('a')], Some(&file)), Err(GatewayError::Empty)));
    fs::write(&file, format!("{}\n\nshort\n", secret('b'))).unwrap();
    assert!(matches!(load(&[&secret('a')], Some(&file)), Err(GatewayError::Line { line: 3, .. })));
    assert!(matches!(
        load(&[&secret('a')], Some(folder.path())),
        Err(GatewayError::NotAFile | GatewayError::Unreadable(_))
    ));
    fs::write(&file, secret('b')).unwrap();
    let gateway = load(&[&secret('a')], Some(&file)).unwrap();
    assert_eq!(format!("{gateway:?}"), "Gateway(***)");
}

#[tokio::test]
async fn keys_follow_from_the_secrets_and_lead_nowhere_else() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("secrets");
    fs::write(&file, secret('c')).unwrap();
    let one = load(&[&secret('a'), &secret('b')], Some(&file)).unwrap();
    let other = load(&[&secret('c'), &secret('a')], None).unwrap();
    let (keys, others) = (one.derived_keys("x").await, other.derived_keys("x").await);
    assert_eq!((keys.len(), others.len()), (3, 2));
    assert_eq!((&keys[0], &keys[2]), (&others[1], &others[0]));
    assert_ne!(keys[0], one.derived_keys("y").await[0]);
    let cheap = blake3::derive_key("x", blake3::hash(secret('a').as_bytes()).as_bytes());
    assert_ne!(*keys[0], cheap, "nobody tries a thousand secrets in a second");
    assert_ne!(*keys[0], *blake3::hash(secret('a').as_bytes()).as_bytes());
    fs::write(&file, secret('d')).unwrap();
    let bench = bench(one.clone());
    assert!(passes(&bench, Some(&secret('d'))).await);
    assert_ne!(one.derived_keys("x").await[2], keys[2], "a rotated file counts without a restart");
}
