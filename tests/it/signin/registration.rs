//! Registration gives ids of ours, keeps nothing, and gives nothing of the provider away.

use http::Method;
use serde_json::json;

use super::{
    CALLBACK, Client, Tokens, World,
    client::register,
    world::{UPSTREAM_ID, upstream_secret},
};

#[tokio::test]
async fn no_client_hears_what_the_bridge_is_to_the_provider() {
    // punkpeye/fastmcp #262 gave its own id and secret to all.
    let world = World::start().await;
    for method in ["none", "client_secret_basic", "client_secret_post"] {
        let metadata = json!({
            "redirect_uris": [CALLBACK],
            "token_endpoint_auth_method": method,
            "client_id": UPSTREAM_ID,
            "client_secret": upstream_secret(),
        });
        let answer = register(&world, &metadata).await;
        assert_eq!((answer.status, answer.header("cache-control")), (201, "no-store"));
        assert!(!answer.text.contains(UPSTREAM_ID), "{}", answer.text);
        let json = answer.json();
        assert_eq!(json["token_endpoint_auth_method"], method);
        assert_eq!(json.get("client_secret").is_some(), method != "none");
        assert_eq!(json.get("client_secret_expires_at").is_some(), method != "none");
    }
    let client = Client::new(&world).await;
    client.ask(&[("client_id", Some(UPSTREAM_ID))]).await.assert_page(400);
    let form = [
        ("grant_type", "refresh_token"),
        ("refresh_token", "x"),
        ("client_id", UPSTREAM_ID),
        ("client_secret", &upstream_secret()),
    ];
    assert_eq!(world.post("/token", &form).await.error(), (401, "invalid_client".to_owned()));
}

#[tokio::test]
async fn the_same_client_twice_is_two_and_each_has_its_own() {
    let world = World::start().await;
    let redirect = "https://client.example/cb";
    let one = Client::with(&world, "client_secret_post", redirect).await;
    let other = Client::with(&world, "client_secret_post", redirect).await;
    assert!(one.id != other.id && one.secret != other.secret);
    let tokens = one.sign_in("anna").await;
    let refused = other.refresh(&tokens.refresh, &[]).await;
    assert_eq!(refused.error(), (400, "invalid_grant".to_owned()));
    Tokens::of(&one.refresh(&tokens.refresh, &[]).await);
}

#[tokio::test]
async fn what_is_no_registration_is_refused_in_json() {
    let world = World::start().await;
    let large = json!({"redirect_uris": [CALLBACK], "x": "x".repeat(20_000)}).to_string();
    let deep = format!("{}{}", "[".repeat(5_000), "]".repeat(5_000));
    for (body, error) in [
        ("", "invalid_client_metadata"),
        ("[]", "invalid_client_metadata"),
        ("<html>", "invalid_client_metadata"),
        ("\u{0}", "invalid_client_metadata"),
        (large.as_str(), "invalid_client_metadata"),
        (&deep, "invalid_client_metadata"),
        ("{}", "invalid_redirect_uri"),
        (r#"{"redirect_uris":["https://a.example/"],"redirect_uris":[]}"#, "invalid_redirect_uri"),
    ] {
        let kind = [("content-type", "application/json")];
        let answer = world.send(Method::POST, "/register", &kind, body.to_owned()).await;
        assert_eq!(answer.error(), (400, error.to_owned()), "{}", &body[..body.len().min(60)]);
        assert!(answer.json()["error_description"].is_string());
        assert_eq!(answer.header("access-control-allow-origin"), "*");
    }
}
