//! Which answers a page of another origin may read in somebody's browser: what is told to
//! everybody, and no page.

use http::Method;

use super::{Answer, Browser, Client, World};
use crate::support::gateway_secret;

const DOCUMENTS: [&str; 4] = [
    "/.well-known/oauth-authorization-server",
    "/.well-known/oauth-authorization-server/mcp",
    "/.well-known/openid-configuration",
    "/.well-known/jwks.json",
];
const POSTED: [&str; 3] = ["/token", "/register", "/revoke"];
const PAGES: [&str; 5] =
    ["/authorize", "/auth/callback", "/auth/login", "/auth/status", "/auth/logout"];

#[track_caller]
fn assert_open(answer: &Answer) {
    assert_eq!(answer.headers("access-control-allow-origin"), ["*"], "{answer:?}");
    assert!(!answer.headers.contains_key("access-control-allow-credentials"), "{answer:?}");
}

#[track_caller]
fn assert_closed(answer: &Answer) {
    let named = answer.headers.keys().any(|name| name.as_str().starts_with("access-control-"));
    assert!(!named, "{answer:?}");
}

/// An origin of somebody's, and one that the bridge takes at `/mcp` while it is on loopback.
const ORIGINS: [&str; 3] = ["https://app.example", "http://localhost:6274", "null"];

#[tokio::test]
async fn documents_and_tokens_may_be_read_from_everywhere_also_when_refused() {
    let world = World::start().await;
    for origin in ORIGINS {
        let headers = [("origin", origin)];
        for path in DOCUMENTS {
            let answer = world.send(Method::GET, path, &headers, "").await;
            assert_eq!(answer.status, 200, "{path}");
            assert_open(&answer);
            assert_open(&world.send(Method::POST, path, &headers, "").await);
            let head = world.send(Method::HEAD, path, &headers, "").await;
            assert_eq!((head.status, head.text.as_str()), (200, ""));
            assert_open(&head);
        }
        for path in POSTED {
            let refused = world.send(Method::POST, path, &headers, "").await;
            assert_eq!(refused.status, 400, "{path}");
            assert_open(&refused);
            let wrong = world.send(Method::GET, path, &headers, "").await;
            assert_eq!(wrong.error(), (405, "invalid_request".to_owned()), "{path}");
            assert_eq!(wrong.header("allow"), "POST", "{path}");
            assert_open(&wrong);
        }
    }
}

#[tokio::test]
async fn a_preflight_is_answered_for_programs_and_not_for_pages() {
    let world = World::start().await;
    for origin in ORIGINS {
        let headers = [
            ("origin", origin),
            ("access-control-request-method", "POST"),
            ("access-control-request-headers", "authorization, content-type"),
        ];
        for path in DOCUMENTS.into_iter().chain(POSTED) {
            let answer = world.send(Method::OPTIONS, path, &headers, "").await;
            assert_eq!(answer.status, 204, "{path}");
            assert_open(&answer);
            assert!(answer.header("access-control-allow-methods").contains("POST"));
            let allowed = answer.header("access-control-allow-headers");
            assert!(allowed.contains("authorization") && allowed.contains("content-type"));
        }
        for path in PAGES {
            assert_closed(&world.send(Method::OPTIONS, path, &headers, "").await);
        }
    }
}

#[tokio::test]
async fn no_page_may_be_read_by_another_one() {
    let world =
        World::with(&[("ALLOWED_ORIGINS", "https://app.example,http://localhost:6274")]).await;
    let client = Client::new(&world).await;
    let mut browser = Browser::new(&world);
    browser.sign_in(&client.authorize(&[]), "anna").await;
    for origin in ORIGINS {
        let headers = [("origin", origin)];
        let url = client.authorize(&[]);
        for path in PAGES.into_iter().chain([url.as_str()]) {
            assert_closed(&browser.go(Method::GET, path, String::new(), &headers).await);
            assert_closed(&browser.go(Method::POST, path, String::new(), &headers).await);
        }
    }
}

#[tokio::test]
async fn what_the_edge_refuses_may_be_read_as_well() {
    let secret = gateway_secret();
    let world = World::with(&[("GATEWAY_SHARED_SECRET", &secret)]).await;
    let origin = ("origin", "https://app.example");
    for headers in [vec![origin, ("host", "evil.example")], vec![origin]] {
        for path in POSTED {
            let answer = world.send(Method::POST, path, &headers, "").await;
            assert!(matches!(answer.status, 403 | 421), "{answer:?}");
            assert_open(&answer);
        }
        assert_closed(&world.send(Method::GET, "/auth/status", &headers, "").await);
    }
}

#[tokio::test]
async fn pages_keep_frames_caches_and_scripts_out() {
    let world = World::start().await;
    let client = Client::new(&world).await;
    let mut browser = Browser::new(&world);
    browser.sign_in(&client.authorize(&[]), "anna").await;
    let url = client.authorize(&[]);
    for path in PAGES.into_iter().chain([url.as_str()]) {
        let page = browser.go(Method::GET, path, String::new(), &[]).await;
        if page.status == 303 {
            continue;
        }
        page.assert_page(page.status);
        let policy = page.header("content-security-policy");
        assert!(policy.contains("default-src 'none'") && policy.contains("base-uri 'none'"));
        assert!(!policy.contains("form-action") && !policy.contains("unsafe"), "{policy}");
        assert_eq!(page.header("x-frame-options"), "DENY");
        assert_eq!(page.header("x-content-type-options"), "nosniff");
        assert_eq!(page.header("referrer-policy"), "same-origin");
        assert!(!page.text.contains("<script"), "{path}");
    }
}
