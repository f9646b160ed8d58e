//! Who gets in: one request with everything wrong, repaired step by step, and the details of each
//! question.

use http::Method;

use super::*;

#[tokio::test]
async fn everything_wrong_is_repaired_one_thing_at_a_time() {
    let allowed_origins = vec!["https://maker.example.com".parse().unwrap()];
    let bench = Bench::new(Settings {
        gateway: Some(gateway(&['a'])),
        allowed_origins,
        ..Settings::default()
    });
    let mut method = Method::PUT;
    let mut headers: Vec<(&str, String)> = vec![
        ("host", "evil.test".into()),
        ("origin", "https://evil.test".into()),
        ("x-gateway-token", secret('z')),
        ("authorization", "Basic abcdefgh".into()),
        ("x-jira-site", "zo\u{eb}".into()),
        ("content-type", "text/plain".into()),
        ("accept", "text/html".into()),
    ];
    let mut body = "[]".to_owned();
    let steps: [(&str, &str, u16, &str); 10] = [
        ("host", "localhost", 403, "host_not_allowed"),
        ("origin", "https://maker.example.com", 403, "origin_not_allowed"),
        ("x-gateway-token", &secret('a'), 403, "gateway_token_refused"),
        ("authorization", &format!("Bearer {}", token()), 401, "unauthenticated"),
        ("method", "POST", 405, "method_not_allowed"),
        ("x-jira-site", "acme", 400, "invalid_request"),
        ("content-type", "application/json", 415, "unsupported_media_type"),
        ("accept", "application/json", 406, "not_acceptable"),
        ("body", CALL, 400, "-32600"),
        ("", "", 200, ""),
    ];
    for (repair, value, status, code) in steps {
        let mut request = Request::builder().method(method.clone()).uri("/mcp");
        for (name, value) in &headers {
            request = request.header(*name, value);
        }
        let reply = bench.send(request.body(Body::from(body.clone())).unwrap()).await;
        assert_eq!(reply.status, status, "before mending {repair}: {}", reply.text);
        assert_eq!(bench.reached(), usize::from(status == 200));
        let json = reply.json();
        if code == "-32600" {
            assert_eq!(json["error"]["code"].to_string(), code);
        } else if status != 200 {
            let said = reply.refusal();
            assert_eq!((&said["error"], &said["status"]), (&json!(code), &json!(status)));
            assert_eq!(said["request_id"], reply.header("x-request-id"));
            let (message, hint) =
                (said["message"].as_str().unwrap(), said["hint"].as_str().unwrap());
            assert!(!message.is_empty() && !hint.is_empty());
            assert_eq!(json["error"]["message"], format!("{message} {hint}"));
        }
        assert!(!reply.text.contains("tok3n") && !reply.text.contains(&secret('a')));
        match repair {
            "method" => method = value.parse().unwrap(),
            "body" => value.clone_into(&mut body),
            _ => {
                headers
                    .iter_mut()
                    .filter(|(name, _)| *name == repair)
                    .for_each(|(_, v)| value.clone_into(v));
            }
        }
    }
}

#[tokio::test]
async fn secrets_stay_behind_and_the_rest_arrives() {
    let bench = Bench::new(Settings { gateway: Some(gateway(&['a'])), ..Settings::default() });
    let mut request = call("/mcp", CALL);
    for (name, value) in [
        ("x-gateway-token", secret('a')),
        ("cookie", "a=b".into()),
        ("proxy-authorization", "Basic abcdefgh".into()),
        ("x-jira-site", "acme.atlassian.net".into()),
        ("mcp-protocol-version", "2025-11-25".into()),
        ("x-request-id", "r-7".into()),
    ] {
        request.headers_mut().insert(name, value.parse().unwrap());
    }
    let reply = bench.send(request).await;
    let seen = reply.json();
    assert_eq!(reply.status, 200);
    for name in ["authorization", "x-gateway-token", "cookie", "proxy-authorization"] {
        assert!(seen["headers"].get(name).is_none(), "{name}");
    }
    assert_eq!(seen["headers"]["mcp-protocol-version"], "2025-11-25");
    assert_eq!(seen["headers"]["accept"], "application/json, text/event-stream");
    assert_eq!(seen["headers"]["content-type"], "application/json");
    assert_eq!((&seen["token_arrived"], &seen["id_agrees"]), (&json!(true), &json!(true)));
    assert_eq!((&seen["site"], &seen["request_id"]), (&json!("acme.atlassian.net"), &json!("r-7")));
    assert_eq!((seen["body"].as_str(), reply.header("x-request-id")), (Some(CALL), "r-7"));
    assert_eq!(reply.header("cache-control"), "no-store");
}

#[tokio::test]
async fn repeated_headers_are_refused() {
    let bench = Bench::new(Settings { gateway: Some(gateway(&['a'])), ..Settings::default() });
    let check = async |name: &'static str, value: String, status: u16| {
        let mut request = call("/mcp", CALL);
        request.headers_mut().insert("x-gateway-token", secret('a').parse().unwrap());
        request.headers_mut().append(name, value.parse().unwrap());
        request.headers_mut().append(name, value.parse().unwrap());
        assert_eq!(bench.send(request).await.status, status, "{name}");
    };
    check("host", "localhost".into(), 400).await;
    check("origin", "https://evil.test".into(), 403).await;
    check("x-gateway-token", secret('a'), 403).await;
    check("authorization", format!("Bearer {}", token()), 401).await;
    check("x-jira-site", "acme".into(), 400).await;
    check("content-type", "application/json".into(), 415).await;
    assert_eq!(bench.reached(), 0);
}

#[tokio::test]
async fn the_challenge_says_where_to_sign_in() {
    let base = Some("https://api.example.com/jira-mcp".parse().unwrap());
    let public = Bench::new(Settings { public_base_url: base, ..Settings::default() });
    let laptop = Bench::new(Settings::default());
    let scope = r#"scope="read:jira-work write:jira-work read:jira-user""#;
    let check = async |bench: &Bench, path: &str, sent: Option<&str>, error: &str, url: &str| {
        let mut request = call(path, CALL);
        request.headers_mut().remove("authorization");
        if let Some(sent) = sent {
            request.headers_mut().insert("authorization", sent.parse().unwrap());
        }
        let reply = bench.send(request).await;
        let expected = format!(r#"Bearer {error}resource_metadata="{url}", {scope}"#);
        assert_eq!(
            (reply.status.as_u16(), reply.header("www-authenticate")),
            (401, expected.as_str())
        );
    };
    let well_known = "/.well-known/oauth-protected-resource/mcp";
    let public_url = format!("https://api.example.com/jira-mcp{well_known}");
    let laptop_url = format!("http://localhost:8080{well_known}");
    let invalid = "error=\"invalid_token\", ";
    check(&public, "/mcp", None, "", &public_url).await;
    check(&public, "/mcp", Some("Basic abcdefgh"), "", &public_url).await;
    check(&public, "/mcp", Some("Bearer x"), invalid, &public_url).await;
    check(&public, "/mcp/readonly", None, "", &format!("{public_url}/readonly")).await;
    check(&laptop, "/mcp/x/core,agile", None, "", &format!("{laptop_url}/x/core,agile")).await;
    check(&laptop, "/mcp/", None, "", &laptop_url).await;
    check(&laptop, "/mcp/readonly/", None, "", &format!("{laptop_url}/readonly")).await;
    // A quote in the path must not end the quoted string.
    check(&laptop, "/mcp/x/a\",b", None, "", &laptop_url).await;
}

#[tokio::test]
async fn an_upstream_401_becomes_a_challenge_only_when_asked_for() {
    let body = r#"{"jsonrpc":"2.0","id":1,"method":"refused"}"#;
    let reply = Bench::new(Settings::default()).send(call("/mcp", body)).await;
    assert_eq!(reply.status, 200);
    let settings = Settings { challenge_on_upstream_401: true, ..Settings::default() };
    let bench = Bench::new(settings);
    let reply = bench.send(call("/mcp", body)).await;
    assert_eq!(
        (reply.status.as_u16(), &reply.refusal()["error"]),
        (401, &json!("unauthenticated"))
    );
    assert!(
        reply
            .header("www-authenticate")
            .starts_with(r#"Bearer error="invalid_token", resource_metadata="#)
    );
    // What asks nobody believes it, until Jira has taken the token again.
    assert_eq!(bench.send(call("/mcp", CALL)).await.status, 401);
    let taken = r#"{"jsonrpc":"2.0","id":1,"method":"taken"}"#;
    assert_eq!(bench.send(call("/mcp", taken)).await.status, 200);
    assert_eq!(bench.send(call("/mcp", CALL)).await.status, 200);
}

#[tokio::test]
async fn a_lacking_scope_becomes_a_challenge_only_when_asked_for() {
    let body = r#"{"jsonrpc":"2.0","id":1,"method":"lacking"}"#;
    assert_eq!(Bench::new(Settings::default()).send(call("/mcp", body)).await.status, 200);
    let settings = Settings { challenge_on_upstream_401: true, ..Settings::default() };
    let reply = Bench::new(settings).send(call("/mcp", body)).await;
    assert_eq!(
        (reply.status.as_u16(), &reply.refusal()["error"]),
        (403, &json!("insufficient_scope"))
    );
    let challenge = reply.header("www-authenticate");
    assert!(
        challenge.starts_with(r#"Bearer error="insufficient_scope", resource_metadata="#),
        "{challenge}"
    );
    assert!(challenge.ends_with(r#"scope="write:jira-work""#), "{challenge}");
}
