//! Redis over TLS: a server is believed only if the system trusts its certificate.

use std::{env, fs, process::Command};

use super::{
    certificate,
    place::{NOW, run},
    redis::backend,
    redis_server::RedisServer,
};
use crate::{Backend, RecordKey, StoreError};

const URL: &str = "SESSION_STORE_TEST_URL";

/// Does nothing unless it was started by the other test, with an environment of its own.
#[test]
fn a_process_that_trusts_the_certificate() {
    let Some(url) = env::var_os(URL) else { return };
    let redis = backend(url.to_str().unwrap());
    run(async {
        assert_eq!(redis.increment(&RecordKey::new("count", b"1"), NOW + 1, NOW).await, Ok(1));
        let other = url.to_str().unwrap().replace("127.0.0.1", "localhost");
        assert!(!backend(&other).is_reachable().await, "the name is not in the certificate");
    });
}

#[test]
fn a_server_is_believed_only_if_its_certificate_is_trusted() {
    let folder = tempfile::tempdir().unwrap();
    let (certificate, key) = certificate::draw();
    let [certificate_path, key_path] =
        ["server.pem", "key.pem"].map(|name| folder.path().join(name));
    fs::write(&certificate_path, certificate).unwrap();
    fs::write(&key_path, key).unwrap();
    let server = RedisServer::start_with_tls(&[
        "--tls-auth-clients",
        "no",
        "--tls-cert-file",
        certificate_path.to_str().unwrap(),
        "--tls-key-file",
        key_path.to_str().unwrap(),
        "--requirepass",
        "secret",
    ]);
    let url = server.url_as(":secret@");
    let trusting = Command::new(env::current_exe().unwrap())
        .args(["--exact", "tests::redis_tls::a_process_that_trusts_the_certificate"])
        .env(URL, &url)
        .env("SSL_CERT_FILE", &certificate_path)
        .env_remove("SSL_CERT_DIR")
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&trusting.stdout);
    assert!(trusting.status.success() && told.contains("1 passed"), "{told}");
    run(async {
        let redis = backend(&url);
        assert!(!redis.is_reachable().await);
        let found = redis.get(&RecordKey::new("count", b"1"), NOW).await;
        assert_eq!(found, Err(StoreError::Unavailable));
        // Nor does it talk in the clear to a server that wants TLS.
        assert!(!backend(&url.replace("rediss:", "redis:")).is_reachable().await);
    });
}
