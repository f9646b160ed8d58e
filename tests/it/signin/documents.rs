//! What a client reads before it has anything: where to sign in, and how.

use http::Method;
use serde_json::json;

use super::{Client, World};
use crate::support::gateway_secret;

#[tokio::test]
async fn a_client_finds_its_way_from_the_refusal_to_the_endpoints() {
    let world = World::start().await;
    let refused = world.send(Method::POST, "/mcp", &[("content-type", "application/json")], "{}");
    let refused = refused.await;
    let challenge = refused.header("www-authenticate");
    assert!(refused.status == 401 && !challenge.contains("error="), "{challenge}");
    let url = challenge.split("resource_metadata=\"").nth(1).unwrap().split('"').next().unwrap();
    let resource = world.get(url).await.json();
    assert_eq!(resource["authorization_servers"], json!([world.url]));
    assert_eq!(resource["resource"], format!("{}/mcp", world.url));
    assert!(!resource.to_string().contains("offline_access"));

    for path in [
        "/.well-known/oauth-authorization-server",
        "/.well-known/oauth-authorization-server/",
        "/.well-known/oauth-authorization-server/mcp",
        "/.well-known/oauth-authorization-server/mcp/",
        "/.well-known/oauth-authorization-server/mcp/readonly",
        "/.well-known/openid-configuration",
        "/.well-known/openid-configuration/mcp",
        "/mcp/.well-known/openid-configuration",
    ] {
        let answer = world.get(path).await;
        assert_eq!((answer.status, answer.header("content-type")), (200, "application/json"));
        let document = answer.json();
        assert_eq!(document["issuer"], world.url, "{path}");
        for (name, at) in [
            ("authorization_endpoint", "/authorize"),
            ("token_endpoint", "/token"),
            ("registration_endpoint", "/register"),
            ("revocation_endpoint", "/revoke"),
        ] {
            assert_eq!(document[name], format!("{}{at}", world.url), "{path}");
        }
        let methods = json!(["none", "client_secret_basic", "client_secret_post"]);
        assert_eq!(document["token_endpoint_auth_methods_supported"], methods);
        assert_eq!(document["code_challenge_methods_supported"], json!(["S256"]));
        assert_eq!(document["response_types_supported"], json!(["code"]));
        assert_eq!(document["client_id_metadata_document_supported"], true);
        assert_eq!(document["authorization_response_iss_parameter_supported"], true);
    }
}

#[tokio::test]
async fn one_slash_at_the_end_is_the_same_address() {
    let world = World::start().await;
    let client = Client::new(&world).await;
    for path in ["/token/", "/register/", "/revoke/"] {
        let answer = world.send(Method::POST, path, &[], "").await;
        assert_eq!((answer.status, answer.header("content-type")), (400, "application/json"));
    }
    let url = client.authorize(&[]).replace("/authorize?", "/authorize/?");
    assert_eq!(world.get(&url).await.status, 200);
    for (path, status) in [("/auth/status/", 200), ("/auth/login/", 303), ("/auth/callback/", 400)]
    {
        assert_eq!(world.get(path).await.status, status, "{path}");
    }
    for path in ["/token//", "/authorize/x", "/auth", "/auth/", "/.well-known/x"] {
        assert_eq!(world.get(path).await.status, 404, "{path}");
    }
}

#[tokio::test]
async fn a_forged_host_gets_nothing_and_changes_nothing() {
    let world = World::start().await;
    let client = Client::new(&world).await;
    let paths =
        ["/.well-known/oauth-authorization-server", "/auth/login", "/auth/status", "/token"];
    let url = client.authorize(&[]);
    for path in paths.into_iter().chain([url.as_str()]) {
        for host in ["evil.example", "127.0.0.1.evil.example", "x@127.0.0.1"] {
            let answer = world.send(Method::GET, path, &[("host", host)], "").await;
            assert!(matches!(answer.status, 400 | 403 | 421), "{path} {host}: {answer:?}");
            assert!(!answer.text.contains(host) && answer.location().is_empty(), "{answer:?}");
        }
    }
    for forwarded in ["x-forwarded-host", "forwarded", "x-forwarded-proto", "x-original-url"] {
        let headers = [(forwarded, "evil.example")];
        let answer = world.send(Method::GET, paths[0], &headers, "").await;
        assert_eq!(answer.json()["issuer"], world.url, "{forwarded}");
    }
    // Another name of the same machine is let in, and hears the one issuer.
    let headers = [("host", "localhost:1")];
    let answer = world.send(Method::GET, paths[0], &headers, "").await;
    assert_eq!(answer.json()["issuer"], world.url);
}

#[tokio::test]
async fn behind_a_gateway_only_documents_are_read_without_its_secret() {
    let secret = gateway_secret();
    let world = World::with(&[("GATEWAY_SHARED_SECRET", &secret)]).await;
    for path in [
        "/.well-known/oauth-authorization-server",
        "/.well-known/oauth-authorization-server/mcp/",
        "/.well-known/openid-configuration",
        "/.well-known/oauth-protected-resource",
    ] {
        assert_eq!(world.get(path).await.status, 200, "{path}");
    }
    for path in ["/authorize", "/auth/login", "/auth/status", "/auth/callback"] {
        assert_eq!(world.get(path).await.status, 403, "{path}");
        let headers = [("x-gateway-token", secret.as_str())];
        assert_ne!(world.send(Method::GET, path, &headers, "").await.status, 403, "{path}");
    }
    for path in ["/token", "/register", "/revoke", "/authorize", "/auth/logout"] {
        for headers in [&[][..], &[("x-gateway-token", "wrong")]] {
            let answer = world.send(Method::POST, path, headers, "").await;
            assert_eq!(answer.status, 403, "{path}: {answer:?}");
        }
    }
    assert!(world.exchanges().is_empty());
}

#[tokio::test]
async fn head_has_the_headers_of_get_and_no_body() {
    let world = World::start().await;
    let client = Client::new(&world).await;
    let url = client.authorize(&[]);
    for path in [url.as_str(), "/auth/status", "/authorize", "/.well-known/openid-configuration"] {
        let (get, head) = (world.get(path).await, world.send(Method::HEAD, path, &[], "").await);
        assert_eq!((get.status, ""), (head.status, head.text.as_str()), "{path}");
        assert_eq!(get.header("content-type"), head.header("content-type"));
        assert_eq!(get.header("cache-control"), "no-store");
    }
    for path in ["/token", "/register", "/revoke", "/auth/logout"] {
        assert_eq!(world.send(Method::HEAD, path, &[], "").await.status, 405, "{path}");
    }
}

#[tokio::test]
async fn behind_a_path_of_the_gateway_everything_names_the_public_url() {
    let public = "https://api.example/jira";
    let world = World::with(&[("PUBLIC_BASE_URL", public)]).await;
    let document = world.get("/.well-known/oauth-authorization-server").await.json();
    assert_eq!(document["issuer"], public);
    assert_eq!(document["token_endpoint"], format!("{public}/token"));
    let client = Client::new(&world).await;
    let resource = format!("{public}/mcp");
    let consent = client.ask(&[("resource", Some(&resource))]).await;
    assert_eq!(consent.form().action, format!("{public}/authorize"));
    let refused = client.ask(&[]).await;
    assert_eq!(refused.param("error").as_deref(), Some("invalid_target"));
    assert_eq!(refused.param("iss").as_deref(), Some(public));
    let metadata = json!({"redirect_uris": ["https://api.example/other"]});
    let own = super::client::register(&world, &metadata).await;
    assert_eq!(own.error(), (400, "invalid_redirect_uri".to_owned()));
}
