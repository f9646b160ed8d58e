//! Paths and methods: MCP, health, metadata, and everything that is not there.

use super::*;

fn get(path: &str) -> Request {
    Request::get(path).header("host", "localhost:8080").body(Body::empty()).unwrap()
}

#[tokio::test]
async fn mcp_takes_post_only_and_asks_for_a_token_first() {
    let bench = Bench::new(Settings::default());
    for method in ["GET", "DELETE", "PUT", "OPTIONS", "HEAD", "BREW"] {
        for path in ["/mcp", "/mcp/readonly", "/mcp/x/core", "/mcp/"] {
            let request = || {
                let request =
                    Request::builder().method(method).uri(path).header("host", "localhost");
                request.header("accept", "text/event-stream").body(Body::empty()).unwrap()
            };
            let reply = bench.send(request()).await;
            assert_eq!(
                (reply.status.as_u16(), reply.header("allow")),
                (401, ""),
                "{method} {path}"
            );
            assert!(reply.header("www-authenticate").starts_with("Bearer resource_metadata="));
            assert_eq!(reply.header("content-type"), "application/json");
            let mut request = request();
            request
                .headers_mut()
                .insert("authorization", format!("Bearer {}", token()).parse().unwrap());
            let reply = bench.send(request).await;
            assert_eq!(
                (reply.status.as_u16(), reply.header("allow")),
                (405, "POST"),
                "{method} {path}"
            );
            assert_eq!(reply.header("content-type"), "application/json");
        }
    }
    assert_eq!(bench.reached(), 0);
}

#[tokio::test]
async fn a_browser_is_told_what_this_is() {
    let base = Some("https://api.example.com/jira".parse().unwrap());
    let public = Bench::new(Settings { public_base_url: base, ..Settings::default() });
    let laptop = Bench::new(Settings::default());
    let browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
    let open = async |bench: &Bench, path: &str, accept: &str| {
        let mut request = get(path);
        request.headers_mut().insert("accept", accept.parse().unwrap());
        bench.send(request).await
    };
    for path in ["/", "/mcp", "/mcp/", "/mcp/readonly"] {
        for (bench, url) in [
            (&public, "https://api.example.com/jira/mcp\n"),
            (&laptop, "http://localhost:8080/mcp\n"),
        ] {
            let reply = open(bench, path, browser).await;
            assert_eq!(
                (reply.status.as_u16(), reply.header("content-type")),
                (200, "text/plain; charset=utf-8")
            );
            assert!(
                reply.text.contains(url) && reply.text.contains("MCP server"),
                "{path}: {}",
                reply.text
            );
            assert_eq!(reply.header("x-content-type-options"), "nosniff");
            let stays_https = reply.headers.get("strict-transport-security");
            assert_eq!(stays_https.is_some(), url.starts_with("https"), "{stays_https:?}");
        }
    }
    assert_eq!(open(&laptop, "/other", browser).await.status, 404);
    assert_eq!(open(&laptop, "/", "*/*").await.status, 404);
    assert_eq!(open(&laptop, "/mcp", "text/event-stream").await.status, 401);
    let mut foreign = get("/");
    foreign.headers_mut().insert("accept", browser.parse().unwrap());
    foreign.headers_mut().insert("host", "evil.test".parse().unwrap());
    assert_eq!(laptop.send(foreign).await.status, 403);
}

#[tokio::test]
async fn the_path_narrows() {
    let bench = Bench::new(Settings::default());
    let check = async |path: &str, readonly: bool, toolsets: &[&str]| {
        let seen = bench.send(call(path, CALL)).await.json();
        assert_eq!(
            (&seen["readonly"], &seen["toolsets"]),
            (&json!(readonly), &json!(toolsets)),
            "{path}"
        );
    };
    check("/mcp", false, &[]).await;
    check("/mcp?readonly=1", false, &[]).await;
    check("/mcp/readonly", true, &[]).await;
    check("/mcp/x/core,agile", false, &["core,agile"]).await;
    check("/mcp/x/core%2Cagile", false, &["core,agile"]).await;
    check("/mcp/x/readonly", false, &["readonly"]).await;
    // A slash at the end is the same address.
    check("/mcp/", false, &[]).await;
    check("/mcp/readonly/", true, &[]).await;
    check("/mcp/x/core,agile/", false, &["core,agile"]).await;
}

#[tokio::test]
async fn unknown_paths_and_methods_are_answered_in_json() {
    let bench = Bench::new(Settings::default());
    for path in [
        "/",
        "/mcp//",
        "/mcp/x",
        "/mcp/x/",
        "/healthz//",
        "/mcp/x/a/b",
        "/MCP",
        "/metrics",
        "/mcp/x/%ff",
        "/mcp/other",
    ] {
        let reply = bench.send(call(path, CALL)).await;
        assert_eq!(
            (reply.status.as_u16(), &reply.refusal()["error"]),
            (404, &json!("not_found")),
            "{path}"
        );
    }
    for path in ["/healthz", "/readyz/", "/.well-known/oauth-protected-resource/mcp"] {
        let reply = bench.send(call(path, CALL)).await;
        assert_eq!((reply.status.as_u16(), reply.header("allow")), (405, "GET, HEAD"), "{path}");
        assert_eq!(reply.refusal()["error"], "method_not_allowed");
    }
}

#[tokio::test]
async fn health_follows_the_life_of_the_process() {
    let bench = Bench::new(Settings {
        server_name: "bridge".into(),
        version: "1.2.3".into(),
        ..Settings::default()
    });
    let alive = async || {
        // Probes come by address and carry no token.
        let reply = bench.send(Request::get("/healthz").body(Body::empty()).unwrap()).await;
        assert_eq!(reply.text, r#"{"status":"ok","version":"1.2.3"}"#);
    };
    let ready = async || bench.send(Request::get("/readyz/").body(Body::empty()).unwrap()).await;
    alive().await;
    let starting = ready().await;
    assert_eq!((starting.status.as_u16(), starting.header("retry-after")), (503, "1"));
    bench.readiness.ready();
    let reply = ready().await;
    assert_eq!(reply.json(), json!({ "status": "ready", "server": "bridge" }));
    bench.readiness.drain();
    bench.readiness.ready();
    let draining = ready().await;
    assert_eq!((draining.status.as_u16(), &draining.json()["error"]), (503, &json!("draining")));
    alive().await;
}

#[tokio::test]
async fn metadata_names_the_resource_and_where_to_sign_in() {
    let base = "https://api.example.com/jira-mcp";
    let public = Bench::new(Settings {
        public_base_url: Some(base.parse().unwrap()),
        ..Settings::default()
    });
    let laptop = Bench::new(Settings::default());
    let root = "/.well-known/oauth-protected-resource";
    let check = async |bench: &Bench, path: &str, resource: &str| {
        let reply = bench.send(get(&format!("{root}{path}"))).await;
        let expected = json!({
            "resource": resource,
            "authorization_servers": ["https://auth.atlassian.com"],
            "scopes_supported": ["read:jira-work", "write:jira-work", "read:jira-user"],
            "bearer_methods_supported": ["header"],
            "resource_name": "jira-mcp-bridge",
        });
        let mut document = reply.json();
        document["resource_name"] = json!("jira-mcp-bridge");
        assert_eq!((reply.status.as_u16(), document), (200, expected));
    };
    check(&public, "", &format!("{base}/mcp")).await;
    check(&public, "/mcp", &format!("{base}/mcp")).await;
    check(&public, "/mcp/readonly", &format!("{base}/mcp/readonly")).await;
    check(&public, "/mcp/x/core", &format!("{base}/mcp/x/core")).await;
    check(&public, "/", &format!("{base}/mcp")).await;
    check(&public, "/mcp/", &format!("{base}/mcp")).await;
    check(&public, "/mcp/readonly/", &format!("{base}/mcp/readonly")).await;
    check(&laptop, "/mcp", "http://localhost:8080/mcp").await;
    assert_eq!(laptop.send(get(&format!("{root}/other"))).await.status, 404);

    let foreign = || Request::get(root).header("host", "evil.test").body(Body::empty()).unwrap();
    assert_eq!(laptop.send(foreign()).await.status, 403);
    assert_eq!(public.send(foreign()).await.json()["resource"], format!("{base}/mcp"));
}

#[tokio::test]
async fn every_answer_carries_one_request_id() {
    let bench = Bench::new(Settings::default());
    let trace = "0af7651916cd43dd8448eb211c80319c";
    let check = async |name: &'static str, value: &str, expected: Option<&str>| {
        for path in ["/mcp", "/healthz", "/nowhere"] {
            let mut request = get(path);
            request.headers_mut().insert(name, value.parse().unwrap());
            let reply = bench.send(request).await;
            let id = reply.header("x-request-id");
            assert!(
                expected.map_or(id.len() == 32 && !id.contains(value), |expected| id == expected),
                "{path} {id}"
            );
            assert_eq!(reply.headers.get_all("x-request-id").iter().count(), 1);
        }
    };
    check("x-request-id", "client-1", Some("client-1")).await;
    check("x-request-id", "not sane", None).await;
    check("traceparent", &format!("00-{trace}-b7ad6b7169203331-01"), Some(trace)).await;
}
