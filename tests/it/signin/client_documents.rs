//! Clients that are known by the address of their document: what is fetched, and what is believed.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use axum::{
    Router,
    extract::Request,
    response::{IntoResponse, Response},
};
use http::StatusCode;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use super::{Browser, CALLBACK, Client, Tokens, World};

/// Where clients publish their documents.
struct Publisher {
    base: String,
    asked: Arc<AtomicUsize>,
}

impl Publisher {
    async fn start(own_callback: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let document = |name: &str, changes: Value| {
            let mut document = json!({
                "client_id": format!("{base}/{name}"),
                "client_name": "A published program",
                "redirect_uris": [CALLBACK, "https://client.example/cb"],
            });
            document.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
            (format!("/{name}"), document.to_string())
        };
        let documents = BTreeMap::from([
            document("good", json!({})),
            document("other", json!({})),
            document("secret", json!({"client_secret": "x"})),
            document("method", json!({"token_endpoint_auth_method": "client_secret_basic"})),
            document("mismatch", json!({"client_id": format!("{base}/good")})),
            document("query", json!({"client_id": format!("{base}/query?")})),
            document("large", json!({"padding": "x".repeat(70_000)})),
            document("own", json!({"redirect_uris": [own_callback]})),
            document("script", json!({"redirect_uris": ["javascript:alert(1)"]})),
            ("/page".to_owned(), "<!doctype html><title>no document</title>".to_owned()),
        ]);
        let asked = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&asked);
        let answer = move |request: Request| -> Response {
            count.fetch_add(1, Ordering::SeqCst);
            let json = [("content-type", "application/json")];
            match (request.uri().path(), documents.get(request.uri().path())) {
                ("/moved", _) => (StatusCode::FOUND, [("location", "/good")]).into_response(),
                (_, Some(document)) => (json, document.clone()).into_response(),
                (_, None) => StatusCode::NOT_FOUND.into_response(),
            }
        };
        let router: Router = Router::new().fallback(async move |request| answer(request));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { base, asked }
    }

    fn id(&self, name: &str) -> String {
        format!("{}/{name}", self.base)
    }
}

async fn both(settings: &[(&str, &str)]) -> (World, Publisher) {
    let world = World::with(settings).await;
    let publisher = Publisher::start(&format!("{}/auth/callback", world.url)).await;
    (world, publisher)
}

#[tokio::test]
async fn a_published_client_signs_in_and_shows_where_it_is_from() {
    let (world, publisher) = both(&[("CLIENT_METADATA_LOOPBACK", "true")]).await;
    let mut client = Client::new(&world).await;
    client.id = publisher.id("good");
    let consent = client.ask(&[]).await;
    let host = publisher.base.trim_start_matches("http://");
    assert!(consent.text.contains("<bdi>A published program</bdi>"), "{consent:?}");
    assert!(consent.text.contains(&format!("Described by <bdi>{host}</bdi>")), "{consent:?}");
    let mut browser = Browser::new(&world);
    let back = browser.sign_in(&client.authorize(&[]), "anna").await;
    let code = back.param("code").unwrap();
    let other = [("client_id", Some(publisher.id("other")))];
    let other = other.each_ref().map(|(name, id)| (*name, id.as_deref()));
    assert_eq!(client.redeem(&code, &other).await.error(), (400, "invalid_grant".to_owned()));
    let tokens = Tokens::of(&client.redeem(&code, &[]).await);
    World::assert_is(&world.whoami(&tokens.access).await, "Anna");
    let refused = client.refresh(&tokens.refresh, &other).await;
    assert_eq!(refused.error(), (400, "invalid_grant".to_owned()));
    Tokens::of(&client.refresh(&tokens.refresh, &[]).await);
    // It is asked for once.
    client.ask(&[]).await;
    assert_eq!(publisher.asked.load(Ordering::SeqCst), 1);
    for redirect in ["https://evil.example/cb", "https://client.example/cb2"] {
        client.ask(&[("redirect_uri", Some(redirect))]).await.assert_page(400);
    }
}

#[tokio::test]
async fn a_document_that_is_not_the_clients_own_gets_a_page() {
    let (world, publisher) = both(&[("CLIENT_METADATA_LOOPBACK", "true")]).await;
    let client = Client::new(&world).await;
    for name in [
        "secret",
        "method",
        "mismatch",
        "query",
        "large",
        "own",
        "script",
        "page",
        "moved",
        "none",
        "",
        "a/../good",
        "good#x",
        "%2e%2e/good",
    ] {
        let page = client.ask(&[("client_id", Some(&publisher.id(name)))]).await;
        assert!(matches!(page.status, 400 | 502), "{name}: {page:?}");
        page.assert_page(page.status);
        assert!(page.header("set-cookie").is_empty());
    }
}

#[tokio::test]
async fn nobody_makes_the_bridge_call_this_machine() {
    let (world, publisher) = both(&[]).await;
    let client = Client::new(&world).await;
    let port = publisher.base.rsplit(':').next().unwrap();
    for host in ["127.0.0.1", "localhost", "[::1]", "0.0.0.0", "127.1", "2130706433", "a.localhost"]
    {
        for scheme in ["http", "https"] {
            let id = format!("{scheme}://{host}:{port}/good");
            client.ask(&[("client_id", Some(&id))]).await.assert_page(400);
        }
    }
    for id in ["https://10.0.0.1/x", "https://169.254.169.254/latest", "file:///etc/passwd"] {
        client.ask(&[("client_id", Some(id))]).await.assert_page(400);
    }
    assert_eq!(publisher.asked.load(Ordering::SeqCst), 0);
}
