//! Settings of the sign-in: what is missing is said, all of it at once, and no secret is shown.

use base64::{Engine, engine::general_purpose::STANDARD};

use super::{Config, Source, problems};

const APP: [(&str, &str); 3] = [
    ("AUTH", "signin"),
    ("ATLASSIAN_CLIENT_ID", "an-app"),
    ("ATLASSIAN_CLIENT_SECRET", "hunter2-hunter2"),
];

fn with<'a>(more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    APP.into_iter().chain(more.iter().copied()).collect()
}

fn key() -> String {
    STANDARD.encode((0..32_u8).collect::<Vec<_>>())
}

#[test]
fn an_app_is_enough_on_this_machine() {
    assert_eq!(problems(&APP), Vec::<String>::new());
    let config = Config::read(&Source::of(APP)).unwrap();
    assert!(!config.bearers.atlassian);
    let signin = config.bearers.signin.unwrap();
    assert!(signin.keys.is_none() && signin.public_base_url.is_none());
    assert_eq!(signin.scopes, config.http.scopes);
    assert!(!format!("{signin:?}").contains("hunter2"));
    // Whoever does not sign people in needs none of it.
    let config = Config::read(&Source::default()).unwrap();
    assert!(config.bearers.atlassian && config.bearers.signin.is_none());
}

#[test]
fn what_is_missing_is_said() {
    let check = |settings: &[(&str, &str)], expected: &[(&str, &str)]| {
        let found = problems(settings);
        assert_eq!(found.len(), expected.len(), "{settings:?}: {found:#?}");
        for (name, part) in expected {
            let is_said = found.iter().any(|line| line.starts_with(name) && line.contains(part));
            assert!(is_said, "{name} {part}: {found:#?}");
        }
        assert!(!found.concat().contains("hunter2"), "{found:#?}");
    };
    check(&[("AUTH", "basic")], &[("AUTH", "expected atlassian"), ("AUTH", "at least one")]);
    check(
        &[("AUTH", "signin")],
        &[("ATLASSIAN_CLIENT_ID", "needed"), ("ATLASSIAN_CLIENT_SECRET", "needed")],
    );
    let entra = [("AUTH", "signin"), ("SIGNIN_PROVIDER", "entra"), ("ENTRA_TENANT_ID", "common")];
    check(
        &entra,
        &[
            ("ENTRA_TENANT_ID", "the tenant's own id"),
            ("ENTRA_CLIENT_ID", "needed"),
            ("ENTRA_CLIENT_SECRET", "needed"),
        ],
    );
    check(&with(&[("SIGNIN_PROVIDER", "okta")]), &[("SIGNIN_PROVIDER", "atlassian or entra")]);
    check(
        &with(&[("ATLASSIAN_CLIENT_SECRET_FILE", "/nowhere")]),
        &[("ATLASSIAN_CLIENT_SECRET_FILE", "leave one of them out")],
    );
    check(
        &with(&[("HOST", "0.0.0.0"), ("INSECURE_NO_GATEWAY", "true")]),
        &[("PUBLIC_BASE_URL", "needed for AUTH=signin")],
    );
    let foreign = ("PUBLIC_BASE_URL", "http://bridge.example.com");
    check(&with(&[foreign]), &[("PUBLIC_BASE_URL", "expected an https URL")]);
    let public = ("PUBLIC_BASE_URL", "https://bridge.example.com");
    check(
        &with(&[public, ("CLIENT_METADATA_LOOPBACK", "true")]),
        &[("CLIENT_METADATA_LOOPBACK", "only for a PUBLIC_BASE_URL on this machine")],
    );
    check(
        &with(&[("ATLASSIAN_AUTH_BASE_URL", "http://auth.example.com")]),
        &[("ATLASSIAN_AUTH_BASE_URL", "http only to loopback")],
    );
}

#[test]
fn sessions_that_outlive_the_process_need_a_key() {
    let good = key();
    let key = ("SESSION_ENCRYPTION_KEY", good.as_str());
    for (kind, place) in [
        ("file", ("SESSION_STORAGE_DIR", "/var/lib/bridge")),
        ("redis", ("REDIS_URL", "redis://127.0.0.1:6379")),
    ] {
        let kind = ("SESSION_STORE_TYPE", kind);
        assert_eq!(problems(&with(&[kind, place, key])), Vec::<String>::new());
        let found = problems(&with(&[kind, place]));
        assert!(found.concat().contains("base64 of 32 random bytes"), "{found:#?}");
        let found = problems(&with(&[kind, key]));
        assert!(found.len() == 1 && found[0].starts_with(place.0), "{found:#?}");
    }
    let found = problems(&with(&[("SESSION_ENCRYPTION_KEY", "aHVudGVyMg==")]));
    assert!(found.len() == 1 && found[0].contains("7 bytes"), "{found:#?}");
    assert!(!found.concat().contains("aHVudGVyMg"), "{found:#?}");
}

#[test]
fn secrets_come_from_files_as_editors_write_them() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("secret");
    let path = file.to_str().unwrap();
    let settings = [
        ("AUTH", "signin"),
        ("ATLASSIAN_CLIENT_ID", "an-app"),
        ("ATLASSIAN_CLIENT_SECRET_FILE", path),
        ("SESSION_ENCRYPTION_KEY_FILE", path),
    ];
    std::fs::write(&file, format!("\u{feff}{}\r\n", key())).unwrap();
    assert_eq!(problems(&settings), Vec::<String>::new());
    std::fs::write(&file, "\n").unwrap();
    let found = problems(&settings);
    assert_eq!(found.len(), 2, "{found:#?}");
    assert!(found.iter().all(|line| line.contains("cannot be read, is empty")), "{found:#?}");
}
