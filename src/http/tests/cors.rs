//! Pages of other origins: what a browser asks first, and what it lets the page read.

use super::*;

const LISTED: &str = "https://claude.ai";

fn bench() -> Bench {
    Bench::new(Settings { allowed_origins: vec![LISTED.parse().unwrap()], ..Settings::default() })
}

/// As a browser asks before it sends a page's call.
async fn preflight(bench: &Bench, path: &str, lines: &[(&'static str, &str)]) -> Reply {
    let mut request = Request::options(path).body(Body::empty()).unwrap();
    for (name, value) in lines {
        request.headers_mut().append(*name, value.parse().unwrap());
    }
    bench.send(request).await
}

#[tokio::test]
async fn a_listed_page_may_ask_and_no_other() {
    let bench = bench();
    let asked = ("access-control-request-method", "POST");
    let headers = (
        "access-control-request-headers",
        "authorization,Content-Type,mcp-param-project_key,x-evil,x-gateway-token",
    );
    for path in ["/mcp", "/mcp/", "/mcp/readonly"] {
        let reply =
            preflight(&bench, path, &[("host", "localhost"), ("origin", LISTED), asked, headers])
                .await;
        assert_eq!((reply.status.as_u16(), reply.text.as_str()), (204, ""), "{path}");
        for (name, value) in [
            ("access-control-allow-origin", LISTED),
            ("access-control-allow-methods", "POST, GET, DELETE"),
            ("access-control-allow-headers", "authorization, Content-Type, mcp-param-project_key"),
            ("access-control-max-age", "7200"),
            ("vary", "Origin"),
        ] {
            assert_eq!(reply.header(name), value, "{path}");
        }
        assert!(!reply.headers.contains_key("access-control-allow-credentials"));
    }
    for (lines, status) in [
        (&[("host", "localhost"), ("origin", "https://evil.test"), asked][..], 403),
        (&[("host", "localhost"), ("origin", "null"), asked], 403),
        (&[("host", "localhost"), ("origin", LISTED), ("origin", "https://evil.test"), asked], 403),
        (&[("host", "evil.test"), ("origin", LISTED), asked], 403),
        (&[("host", "localhost"), ("origin", LISTED)], 401),
        (&[("host", "localhost"), asked], 401),
    ] {
        let reply = preflight(&bench, "/mcp", lines).await;
        assert_eq!(reply.status, status, "{lines:?}");
        assert!(!reply.headers.contains_key("access-control-allow-methods"), "{lines:?}");
    }
    assert_eq!(bench.reached(), 0);
}

#[tokio::test]
async fn every_page_may_ask_for_the_document() {
    let bench = bench();
    let asked = ("access-control-request-method", "GET");
    let headers = ("access-control-request-headers", "mcp-protocol-version,x-evil");
    let private = ("access-control-request-private-network", "true");
    for path in ["", "/", "/mcp", "/mcp/readonly/", "/mcp/x/core"] {
        let path = format!("/.well-known/oauth-protected-resource{path}");
        for (origin, may_reach_private) in [("https://unknown.test", false), (LISTED, true)] {
            let lines = [("host", "gateway.test"), ("origin", origin), asked, headers, private];
            let reply = preflight(&bench, &path, &lines).await;
            assert_eq!((reply.status.as_u16(), reply.text.as_str()), (204, ""), "{path}");
            assert_eq!(reply.header("access-control-allow-origin"), "*", "{path}");
            assert_eq!(reply.header("access-control-allow-headers"), "mcp-protocol-version");
            let allowed = reply.headers.contains_key("access-control-allow-private-network");
            assert_eq!(allowed, may_reach_private, "{path} {origin}");
        }
    }
}

#[tokio::test]
async fn a_listed_page_may_read_its_answers() {
    let bench = bench();
    let send = async |origin: Option<&str>, with_token: bool| {
        let mut request = call("/mcp", CALL);
        if let Some(origin) = origin {
            request.headers_mut().insert("origin", origin.parse().unwrap());
        }
        if !with_token {
            request.headers_mut().remove("authorization");
        }
        bench.send(request).await
    };
    for (with_token, status) in [(true, 200), (false, 401)] {
        let reply = send(Some(LISTED), with_token).await;
        assert_eq!(
            (reply.status.as_u16(), reply.header("access-control-allow-origin")),
            (status, LISTED)
        );
        assert!(reply.header("access-control-expose-headers").contains("WWW-Authenticate"));
        assert_eq!(reply.header("vary"), "Origin");
    }
    for origin in [None, Some("https://evil.test")] {
        let reply = send(origin, true).await;
        assert!(!reply.headers.contains_key("access-control-allow-origin"), "{origin:?}");
    }
}
