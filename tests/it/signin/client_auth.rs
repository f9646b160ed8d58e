//! How a client proves at the token endpoint that it is itself.

use base64::{Engine, engine::general_purpose::STANDARD};
use http::Method;

use super::{Client, Tokens, World, world::encoded};

fn invalid_client() -> (u16, String) {
    (401, "invalid_client".to_owned())
}

#[tokio::test]
async fn a_secret_proves_its_own_client_by_either_way() {
    let world = World::start().await;
    for method in ["client_secret_basic", "client_secret_post"] {
        let client = Client::with(&world, method, "https://client.example/cb").await;
        let tokens = client.sign_in("anna").await;
        World::assert_is(&world.whoami(&tokens.access).await, "Anna");
        let tokens = Tokens::of(&client.refresh(&tokens.refresh, &[]).await);
        assert_eq!(client.revoke(&tokens.access).await.status, 200);
    }
}

#[tokio::test]
async fn without_its_own_secret_a_client_is_nobody() {
    let world = World::start().await;
    let redirect = "https://client.example/cb";
    let client = Client::with(&world, "client_secret_post", redirect).await;
    let other = Client::with(&world, "client_secret_post", redirect).await;
    let public = Client::new(&world).await;
    let code = client.code("anna").await;
    let secret = client.secret.clone().unwrap();
    let foreign = other.secret.clone().unwrap();
    for wrong in [None, Some(""), Some(foreign.as_str()), Some(&secret[1..]), Some("%00")] {
        let answer = client.redeem(&code, &[("client_secret", wrong)]).await;
        assert_eq!(answer.error(), invalid_client(), "{wrong:?}");
        assert!(answer.header("www-authenticate").starts_with("Basic "), "{answer:?}");
    }
    let with_secret = public.redeem("jmb_c", &[("client_secret", Some(&secret))]).await;
    assert_eq!(with_secret.error(), invalid_client());
    let document = "https://client.example/oauth.json";
    let changes = [("client_id", Some(document)), ("client_secret", Some(secret.as_str()))];
    assert_eq!(client.redeem(&code, &changes).await.error(), invalid_client());
    for id in [None, Some(""), Some("nobody"), Some("dcr_AAAA")] {
        let answer = public.redeem(&code, &[("client_id", id)]).await;
        assert_eq!(answer.error(), invalid_client(), "{id:?}");
    }
    Tokens::of(&client.redeem(&code, &[]).await);
}

#[tokio::test]
async fn a_basic_header_is_read_as_the_rfc_writes_it() {
    let world = World::start().await;
    let client = Client::with(&world, "client_secret_basic", "https://client.example/cb").await;
    let (id, secret) = (client.id.clone(), client.secret.clone().unwrap());
    let header = |text: String| format!("Basic {}", STANDARD.encode(text));
    let form = |code: &str| {
        vec![
            ("grant_type".to_owned(), "authorization_code".to_owned()),
            ("code".to_owned(), code.to_owned()),
            ("redirect_uri".to_owned(), client.redirect.clone()),
            ("code_verifier".to_owned(), super::VERIFIER.to_owned()),
        ]
    };
    let send = async |authorization: &str, more: &[(&str, &str)], code: &str| {
        let form = form(code);
        let mut form: Vec<(&str, &str)> =
            form.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        form.extend(more);
        world.post_with("/token", &form, &[("authorization", authorization)]).await
    };
    // Each character as it may be encoded, the id named in the body as well.
    let encoded_all = id.bytes().map(|byte| format!("%{byte:02X}")).collect::<Vec<_>>().concat();
    let code = client.code("anna").await;
    Tokens::of(&send(&header(format!("{encoded_all}:{secret}")), &[], &code).await);
    let code = client.code("anna").await;
    let lower = client.basic().replacen("Basic", "bAsIc", 1);
    Tokens::of(&send(&lower, &[("client_id", &id)], &code).await);

    let code = client.code("anna").await;
    for (authorization, more, expected) in [
        (header(format!("{id}:")), None, invalid_client()),
        (header(id.clone()), None, invalid_client()),
        (header(format!("{id}:{secret}x")), None, invalid_client()),
        (header(format!(":{secret}")), None, invalid_client()),
        (format!("Bearer {secret}"), None, invalid_client()),
        ("Basic !".to_owned(), None, invalid_client()),
        ("Basic".to_owned(), None, invalid_client()),
        (header("\u{FF}".to_owned()), None, invalid_client()),
        (client.basic(), Some(("client_id", "nobody")), (400, "invalid_request".to_owned())),
        (
            client.basic(),
            Some(("client_secret", secret.as_str())),
            (400, "invalid_request".to_owned()),
        ),
    ] {
        let more: Vec<_> = more.into_iter().collect();
        let answer = send(&authorization, &more, &code).await;
        assert_eq!(answer.error(), expected, "{authorization} {more:?}");
    }
    Tokens::of(&client.redeem(&code, &[]).await);
}

#[tokio::test]
async fn the_endpoints_take_one_form_of_bounded_size() {
    let world = World::start().await;
    let client = Client::new(&world).await;
    let tokens = client.sign_in("anna").await;
    let good = encoded(&[
        ("grant_type", "refresh_token"),
        ("refresh_token", &tokens.refresh),
        ("client_id", &client.id),
    ]);
    let form = "application/x-www-form-urlencoded";
    let padded = format!("{good}&padding={}", "x".repeat(70_000));
    for (kind, body) in [
        ("application/json", good.clone()),
        ("text/plain", good.clone()),
        ("multipart/form-data; boundary=x", good.clone()),
        ("", good.clone()),
        (form, padded),
        (form, format!("{good}&client_id=x")),
        (form, format!("{good}&grant_type=refresh_token")),
        (form, format!("{good}&extra=%FF")),
    ] {
        for path in ["/token", "/revoke"] {
            let headers = [("content-type", kind)];
            let answer = world.send(Method::POST, path, &headers, body.clone()).await;
            assert_eq!(answer.error(), (400, "invalid_request".to_owned()), "{kind} {path}");
        }
    }
    for path in ["/token", "/revoke"] {
        let answer = world.send(Method::POST, path, &[("content-type", form)], "").await;
        assert_eq!(answer.error(), invalid_client(), "{path}");
        // In the query they would stand in logs.
        let query = format!("{path}?{good}");
        let answer = world.send(Method::POST, &query, &[("content-type", form)], "").await;
        assert_eq!(answer.error(), invalid_client());
    }
    let kind = [("content-type", "Application/X-WWW-Form-URLencoded; charset=UTF-8")];
    Tokens::of(&world.send(Method::POST, "/token", &kind, good).await);
}

#[tokio::test]
async fn tens_of_thousands_of_parameters_cost_no_seconds() {
    let world = World::start().await;
    let many = (0..12_000).map(|n| format!("{n:x}&")).collect::<Vec<_>>().concat();
    assert!(many.len() < 64 * 1024);
    let kind = [("content-type", "application/x-www-form-urlencoded")];
    let began = std::time::Instant::now();
    for _ in 0..4 {
        let answer = world.send(Method::POST, "/token", &kind, many.clone()).await;
        assert_eq!(answer.error(), invalid_client());
    }
    assert!(began.elapsed().as_millis() < 2_000, "{:?}", began.elapsed());
}
