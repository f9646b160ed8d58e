//! What strangers write stays text: on pages, in headers, in the log.

use std::{
    io,
    sync::{Arc, Mutex},
};

use serde_json::json;

use super::{Browser, CALLBACK, Client, Tokens, World, client::register};

async fn consent_of(world: &World, name: &str) -> String {
    let metadata = json!({"redirect_uris": [CALLBACK], "client_name": name});
    let answer = register(world, &metadata).await;
    assert_eq!(answer.status, 201, "{name:?}: {answer:?}");
    let id = answer.json()["client_id"].as_str().unwrap().to_owned();
    let client = Client::new(world).await;
    client.ask(&[("client_id", Some(&id))]).await.text
}

#[tokio::test]
async fn names_are_escaped_shortened_and_set_apart() {
    let world = World::start().await;
    let page = consent_of(&world, "<script>alert(1)</script><b>\"'&amp;").await;
    assert!(page.contains("<bdi>&lt;script&gt;alert(1)&lt;/script&gt;&lt;b&gt;&quot;'&amp;amp;"));
    assert!(!page.contains("<script"), "{page}");
    let page = consent_of(&world, "\u{202E}evil\u{2066} \u{200B}שלום\r\n\tname\u{0}").await;
    assert!(page.contains("<bdi>evil שלום name</bdi>"), "{page}");
    let page = consent_of(&world, &"long name ".repeat(1_000)).await;
    assert!(page.contains('…') && !page.contains(&"long name ".repeat(11)), "{page}");
    let page = consent_of(&world, "\u{202E}\u{200B} \n").await;
    assert!(page.contains("A program without a name"), "{page}");
    let page = consent_of(&world, "{{7*7}} ${7*7} %s").await;
    assert!(page.contains("<bdi>{{7*7}} ${7*7} %s</bdi>"), "{page}");
}

#[tokio::test]
async fn hosts_are_shown_in_punycode() {
    let world = World::start().await;
    let client = Client::with(&world, "none", "https://аtlassian.example/cb").await;
    let page = client.ask(&[]).await;
    assert!(page.text.contains("<bdi>xn--tlassian-"), "{page:?}");
    assert!(!page.text.contains("аtlassian"), "{page:?}");
    let app = Client::with(&world, "none", "cursor://anysphere.cursor-retrieval/cb").await;
    assert!(app.ask(&[]).await.text.contains("<bdi>cursor: (an app)</bdi>"));
}

#[tokio::test]
async fn errors_repeat_nothing_of_the_request() {
    let world = World::start().await;
    let client = Client::new(&world).await;
    let mark = "<i>mark\r\nSet-Cookie: mark=1";
    for changes in [
        ("client_id", Some(mark)),
        ("redirect_uri", Some(mark)),
        ("client_id", Some("https://mark.invalid:1/<i>mark")),
    ] {
        let page = client.ask(&[changes]).await;
        assert!(page.status >= 400 && !page.text.contains("mark"), "{changes:?}: {page:?}");
        assert!(page.headers("set-cookie").is_empty());
    }
    for name in ["response_type", "response_mode", "scope", "resource", "code_challenge_method"] {
        let answer = client.ask(&[(name, Some(mark))]).await;
        assert_eq!(answer.status, 303, "{name}");
        assert!(!answer.location().contains("mark"), "{name}: {}", answer.location());
    }
    for name in ["grant_type", "code", "code_verifier", "redirect_uri", "resource", "client_id"] {
        let answer = client.redeem("jmb_c", &[(name, Some(mark))]).await;
        assert!(answer.status >= 400 && !answer.text.contains("mark"), "{name}: {answer:?}");
    }
}

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn the_log_holds_no_secret_no_name_and_no_line_of_a_stranger() {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::DEBUG)
        .with_ansi(false)
        .with_writer(move || writer.clone());
    // While it is the only one, a line that another test reaches first would be off for good.
    let _second = tracing::Dispatch::new(tracing::subscriber::NoSubscriber::default());
    let guard = tracing::subscriber::set_default(subscriber.finish());

    let world = World::start().await;
    let mut client = Client::with(&world, "client_secret_post", CALLBACK).await;
    client.state = "a-state-of-its-own\nFORGED state".to_owned();
    let line = "x\nFORGED line \u{1b}[31m";
    for changes in [("client_id", Some(line)), ("redirect_uri", Some(line)), ("scope", Some(line))]
    {
        client.ask(&[changes]).await;
    }
    client.ask(&[("client_id", Some("https://forged.invalid/\nFORGED"))]).await;
    let mut browser = Browser::new(&world);
    browser.get("/auth/callback?error=x%0AFORGED&state=%0AFORGED").await;
    let back = browser.sign_in(&client.authorize(&[]), "anna").await;
    let code = back.param("code").unwrap();
    let tokens = Tokens::of(&client.redeem(&code, &[]).await);
    world.whoami(&tokens.access).await;
    let next = Tokens::of(&client.refresh(&tokens.refresh, &[]).await);
    client.refresh("x\nFORGED", &[]).await;
    client.redeem(&code, &[]).await;
    let status = browser.open("/auth/status").await;
    world.advance_ms(1);
    browser.submit(&status, ("x", ""), &[]).await;
    drop(guard);

    let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert!(log.contains("sign_in") && log.contains("code_reused"), "{log}");
    for line in log.lines() {
        assert!(line.starts_with("20") && !line.contains('\u{1b}'), "{line:?}");
        assert!(!line.contains("FORGED"), "{line:?}");
    }
    let mut secrets = world.upstream_tokens();
    secrets.extend([code, tokens.access, tokens.refresh, next.access, next.refresh]);
    secrets.extend([client.secret.clone().unwrap(), super::world::upstream_secret()]);
    secrets.extend([super::VERIFIER.to_owned(), "a-state-of-its-own".to_owned()]);
    secrets.extend(browser.jar.values().cloned());
    secrets.extend(["Anna".to_owned(), "sandbox-code-".to_owned()]);
    for secret in secrets {
        assert!(!log.contains(&secret), "{secret} is in the log");
    }
}
