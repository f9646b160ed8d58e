//! `check`: each mistake with how to fix it, the world outside tried, and no secret shown.

mod hosting;
mod one_user;

use std::{
    fs,
    net::SocketAddr,
    os::unix::fs::PermissionsExt,
    path::Path,
    process::Command,
    time::{Duration, SystemTime},
};

use axum::{Router, response::Response};
use base64::{Engine, engine::general_purpose::STANDARD};

use crate::support::{NOW_MS, Upstream, gateway_secret};

struct Run {
    code: Option<i32>,
    table: String,
}

impl Run {
    fn check(&self, step: &str, verdict: &str, detail: &str) {
        let mut lines = self.table.lines().filter(|line| line.starts_with(&format!("{step}  ")));
        let found =
            lines.any(|line| line.contains(&format!("  {verdict}")) && line.contains(detail));
        assert!(found, "no {step} {verdict} with '{detail}' in\n{}", self.table);
    }
}

/// The command in a folder, with exactly these settings.
async fn check_in(folder: &Path, arguments: &[&str], settings: &[(&str, &str)]) -> Run {
    let mut command = Command::new(env!("CARGO_BIN_EXE_jira-mcp-bridge"));
    command
        .arg("check")
        .args(arguments)
        .env_clear()
        .envs(settings.iter().copied())
        .current_dir(folder);
    let output = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
    let table = String::from_utf8(output.stdout).unwrap();
    assert!(
        !table.contains(&gateway_secret())
            && !String::from_utf8_lossy(&output.stderr).contains(&gateway_secret())
    );
    Run { code: output.status.code(), table: table + &String::from_utf8_lossy(&output.stderr) }
}

async fn check(settings: &[(&str, &str)]) -> Run {
    check_in(tempfile::tempdir().unwrap().path(), &[], settings).await
}

/// An upstream that answers everything with this status and, if named, this time.
async fn host(status: u16, date: Option<SystemTime>) -> (Upstream, String) {
    let answer = move || async move {
        let response =
            Response::builder().status(status).header("location", "https://elsewhere.example/");
        let dated = match date {
            Some(date) => response.header("date", httpdate::fmt_http_date(date)),
            None => response,
        };
        dated.body(axum::body::Body::from("{}")).unwrap()
    };
    let upstream = Upstream::start(Router::new().fallback(answer)).await;
    let url = format!("http://{}", upstream.address);
    (upstream, url)
}

#[tokio::test]
async fn good_settings_and_a_good_world_are_green() {
    let (upstream, url) = host(401, None).await;
    let run = check(&[("JIRA_API_BASE_URL", &url), ("READ_ONLY", "true")]).await;
    assert_eq!(run.code, Some(0), "{}", run.table);
    run.check("settings", "ok", "read only");
    run.check("gateway secret", "ok", "none is needed on loopback");
    run.check("TLS roots", "ok", "trusted certificates");
    run.check("Jira API host", "ok", "HTTP 401");
    run.check("clock", "ok", "within");
    assert!(upstream.seen().iter().all(|seen| seen.authorization.is_empty()), "a token was sent");
}

/// Who is to sign in here needs an app at the provider, a store, and the right addresses.
#[tokio::test]
async fn it_is_said_whether_people_can_sign_in() {
    let (upstream, url) = host(401, None).await;
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("sessions");
    let [key, other] = [1, 2].map(|first: u8| {
        let bytes: Vec<u8> = (0..32).map(|place| first.wrapping_add(place)).collect();
        STANDARD.encode(bytes)
    });
    let app = [
        ("AUTH", "signin"),
        ("JIRA_API_BASE_URL", url.as_str()),
        ("ATLASSIAN_AUTH_BASE_URL", url.as_str()),
        ("ATLASSIAN_CLIENT_ID", "an-app"),
        ("ATLASSIAN_CLIENT_SECRET", "the-apps-secret"),
    ];
    let with = |more: &[(&'static str, String)]| {
        let mut all: Vec<(&str, String)> =
            app.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
        all.extend_from_slice(more);
        all
    };
    let run = async |settings: Vec<(&'static str, String)>| {
        let pairs: Vec<(&str, &str)> =
            settings.iter().map(|(name, value)| (*name, value.as_str())).collect();
        check(&pairs).await
    };
    let found = run(with(&[])).await;
    assert_eq!(found.code, Some(0), "{}", found.table);
    found.check("sign-in address", "ok", "http://127.0.0.1:8080/auth/callback");
    found.check("session store", "warn", "every restart signs everybody out");
    found.check("Atlassian sign-in", "ok", "answers");
    assert!(!found.table.contains("the-apps-secret"));

    let public = ("PUBLIC_BASE_URL", "https://bridge.example.com".to_owned());
    run(with(&[public])).await.check("sign-in address", "warn", "ALLOWED_HOSTS lacks");

    let kind = ("SESSION_STORE_TYPE", "file".to_owned());
    let place = ("SESSION_STORAGE_DIR", place.to_str().unwrap().to_owned());
    let kept = with(&[kind.clone(), place.clone(), ("SESSION_ENCRYPTION_KEY", key)]);
    run(kept).await.check("session store", "ok", "the keys fit");
    let found = run(with(&[kind, place, ("SESSION_ENCRYPTION_KEY", other)])).await;
    assert_eq!(found.code, Some(1), "{}", found.table);
    found.check("session store", "FAILED", "sealed with a key that is not in");

    let redis = [
        ("SESSION_STORE_TYPE", "redis".to_owned()),
        ("REDIS_URL", format!("redis://:hidden-word@{}", unused_address())),
        ("SESSION_ENCRYPTION_KEY", STANDARD.encode((0..32).collect::<Vec<u8>>())),
    ];
    let found = run(with(&redis)).await;
    found.check("session store", "FAILED", "check REDIS_URL");
    assert!(!found.table.contains("hidden-word"), "{}", found.table);
    assert!(upstream.seen().iter().all(|seen| seen.authorization.is_empty()), "a secret was sent");
}

/// Which tokens are taken is a question of keys, and of what clients are told to ask for.
#[tokio::test]
async fn it_is_said_whether_tokens_of_entra_can_be_verified() {
    let (_upstream, jira) = host(401, None).await;
    let tenant = "5a9db0c1-0000-4000-8000-00000000e17a";
    let sandbox = jira_sandbox::Sandbox::seeded(NOW_MS);
    let settings = jira_sandbox::IdentitySettings::new("http://127.0.0.1:1", Vec::new());
    let directory = Upstream::start(sandbox.identity_router(settings)).await;
    let authority = format!("http://{}", directory.address);
    let with = |more: &[(&'static str, &'static str)]| {
        let base = [
            ("JIRA_API_BASE_URL", jira.clone()),
            ("ENTRA_AUTHORITY", authority.clone()),
            ("ENTRA_TENANT_ID", tenant.to_owned()),
        ];
        let more = more.iter().map(|(name, value)| (*name, (*value).to_owned()));
        base.into_iter().chain(more).collect::<Vec<_>>()
    };
    let run = async |settings: Vec<(&'static str, String)>| {
        let pairs: Vec<_> = settings.iter().map(|(name, value)| (*name, value.as_str())).collect();
        check(&pairs).await
    };
    let uri = ("ENTRA_AUDIENCE", "https://bridge.example.com/mcp");
    let found = run(with(&[("AUTH", "entra"), uri, ("ENTRA_REQUIRED_SCOPE", "access")])).await;
    assert_eq!(found.code, Some(0), "{}", found.table);
    found.check("Entra resource", "ok", "https://bridge.example.com/mcp/access");
    found.check("Entra keys", "ok", tenant);
    let roles = ("ENTRA_ROLE_TOOLSETS", "Reader=readonly");
    let found = run(with(&[
        ("AUTH", "atlassian,entra"),
        ("ENTRA_AUDIENCE", "api://bridge"),
        roles,
        ("ENTRA_TENANT_ID", "11111111-aaaa-4aaa-8aaa-000000000001"),
    ]))
    .await;
    assert_eq!(found.code, Some(1), "{}", found.table);
    found.check("Entra resource", "warn", "AADSTS9010010");
    found.check("Entra roles", "warn", "by atlassian of AUTH");
    found.check("Entra keys", "FAILED", "check ENTRA_TENANT_ID");
}

/// An address at which nobody listens any more.
fn unused_address() -> SocketAddr {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}

#[tokio::test]
async fn each_mistake_says_how_to_fix_it() {
    let table = [
        ("GATEWAY_SHARED_SECRET", "short", "openssl rand"),
        ("GATEWAY_SHARED_SECRET_FILE", "/nowhere/at/all", "one secret a line"),
        ("ALLOWED_ORIGINS", "*", "leave it unset"),
        ("ALLOWED_HOSTS", "https://x", "names by which the gateway calls"),
        ("PUBLIC_BASE_URL", "bridge", "https://contoso.azure-api.net/jira-mcp"),
        ("JIRA_API_BASE_URL", "http://jira.example", "https://api.atlassian.com"),
        ("TOOLSETS", "cores", "core,context,collab"),
        ("TOOLS_DENY", "jira_serch", "did you mean jira_search?"),
        ("PORT", "http", "every setting with its default"),
    ];
    for (name, value, fix) in table {
        let run = check(&[(name, value)]).await;
        assert_eq!(run.code, Some(64), "{name}: {}", run.table);
        run.check(name, "FAILED", fix);
    }
    let all: Vec<(&str, &str)> = table.iter().map(|(name, value, _)| (*name, *value)).collect();
    let run = check(&all).await;
    for (name, ..) in table.iter().filter(|(name, ..)| *name != "GATEWAY_SHARED_SECRET") {
        run.check(name, "FAILED", "Fix:");
    }
    assert!(
        !run.table.contains("short;"),
        "a secret is not shown, also when it is wrong: {}",
        run.table
    );
}

#[tokio::test]
async fn what_is_seldom_meant_is_a_warning() {
    let (_upstream, url) = host(401, None).await;
    let secret = gateway_secret();
    let settings = [
        ("JIRA_API_BASE_URL", url.as_str()),
        ("HOST", "0.0.0.0"),
        ("GATEWAY_SHARED_SECRET", &secret),
        ("CALL_DEADLINE_MS", "60000"),
        ("JIRA_TIMEOUT_MS", "90000"),
        ("JIRA_CLOUD_ID", "11111111-2222-3333-4444-555555555555"),
        ("JIRA_SITE_URL", "https://acme.atlassian.net"),
        ("LOG_LEVLE", "debug"),
    ];
    let run = check(&settings).await;
    assert_eq!(run.code, Some(0), "{}", run.table);
    for name in
        ["ALLOWED_HOSTS", "PUBLIC_BASE_URL", "CALL_DEADLINE_MS", "JIRA_TIMEOUT_MS", "JIRA_SITE_URL"]
    {
        run.check(name, "warning", "");
    }
    run.check("unknown name", "warning", "did you mean LOG_LEVEL?");
    let open =
        [("JIRA_API_BASE_URL", url.as_str()), ("HOST", "0.0.0.0"), ("INSECURE_NO_GATEWAY", "true")];
    check(&open).await.check("gateway secret", "warning", "may try tokens");
    let none = [("JIRA_API_BASE_URL", url.as_str()), ("TOOLSETS", "")];
    let run = check(&none).await;
    run.check("settings", "FAILED", "no tool is left");
    assert_eq!(run.code, Some(1));
}

#[tokio::test]
async fn files_are_looked_at() {
    let (_upstream, url) = host(401, None).await;
    let folder = tempfile::tempdir().unwrap();
    let secrets = folder.path().join("secrets");
    fs::write(&secrets, format!("{}\n{}x\n", gateway_secret(), gateway_secret())).unwrap();
    fs::write(folder.path().join(".env"), format!("JIRA_API_BASE_URL={url}\nTOOLSET=core\n"))
        .unwrap();
    fs::write(folder.path().join("bridge.toml"), "read_onyl = true\nsomething = 1\n").unwrap();
    let settings = [("GATEWAY_SHARED_SECRET_FILE", secrets.to_str().unwrap())];
    let mode = |mode: u32| fs::set_permissions(&secrets, fs::Permissions::from_mode(mode)).unwrap();
    mode(0o644);
    let run = check_in(folder.path(), &["--config", "bridge.toml"], &settings).await;
    assert_eq!(run.code, Some(0), "{}", run.table);
    run.check("gateway secret", "ok", "2 accepted");
    run.check("gateway file", "warning", "chmod o-r");
    run.check(
        "unknown name",
        "warning",
        "TOOLSET in .env is not a setting; did you mean TOOLSETS?",
    );
    run.check(
        "unknown name",
        "warning",
        "read_onyl in the configuration file is not a setting; did you mean READ_ONLY?",
    );
    run.check("unknown name", "warning", "something in the configuration file is not a setting");
    mode(0o600);
    check_in(folder.path(), &[], &settings).await.check("gateway file", "ok", "readable");
    fs::write(&secrets, format!("{0}a\n{0}b\n{0}c\n", gateway_secret())).unwrap();
    check_in(folder.path(), &[], &settings).await.check(
        "gateway secret",
        "warning",
        "3 are accepted",
    );
    fs::write(&secrets, "short\n").unwrap();
    let run = check_in(folder.path(), &[], &settings).await;
    assert_eq!(run.code, Some(64));
    run.check("GATEWAY_SHARED_SECRET_FILE", "FAILED", "shorter than 32 bytes");
}

#[tokio::test]
async fn a_wrong_world_is_red() {
    for (status, verdict, detail) in [
        (302, "FAILED", "never followed"),
        (404, "FAILED", "which Jira Cloud does not"),
        (407, "FAILED", "proxy in between"),
        (429, "warning", "limits this address"),
        (503, "FAILED", "is down"),
    ] {
        let (_upstream, url) = host(status, None).await;
        let run = check(&[("JIRA_API_BASE_URL", &url)]).await;
        run.check("Jira API host", verdict, detail);
        assert_eq!(run.code, Some(i32::from(verdict == "FAILED")), "{status}: {}", run.table);
    }
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let run = check(&[("JIRA_API_BASE_URL", &url)]).await;
    assert_eq!(run.code, Some(1));
    run.check("Jira API host", "FAILED", "allow TCP 443");
    run.check("clock", "skipped", "needs an answer");
}

#[tokio::test]
async fn clocks_that_differ_are_seen() {
    for (offset_secs, verdict) in [(0, "ok"), (120, "warning"), (900, "FAILED")] {
        for date in [
            SystemTime::now() + Duration::from_secs(offset_secs),
            SystemTime::now() - Duration::from_secs(offset_secs),
        ] {
            let (_upstream, url) = host(401, Some(date)).await;
            let run = check(&[("JIRA_API_BASE_URL", &url)]).await;
            run.check("clock", verdict, "");
        }
    }
}

#[tokio::test]
async fn no_trusted_certificate_is_said() {
    let (_upstream, url) = host(401, None).await;
    let folder = tempfile::tempdir().unwrap();
    let empty = folder.path().join("empty.pem");
    fs::write(&empty, "").unwrap();
    let settings =
        [("JIRA_API_BASE_URL", url.as_str()), ("SSL_CERT_FILE", empty.to_str().unwrap())];
    let run = check(&settings).await;
    assert_eq!(run.code, Some(1), "{}", run.table);
    run.check("TLS roots", "FAILED", "ca-certificates");
}
