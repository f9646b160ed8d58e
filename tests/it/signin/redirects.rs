//! Nobody is sent where the client did not say it lives, and nothing is ever sent to ourselves.

use serde_json::json;

use super::{Browser, CALLBACK, Client, Tokens, World, client::register, world::encoded};

#[tokio::test]
async fn an_unknown_client_or_redirect_gets_a_page() {
    // CVE-2025-4143: the redirect must be one of the client's.
    let world = World::start().await;
    let client = Client::with(&world, "none", "https://client.example/cb?a=b").await;
    let mut presented: Vec<String> = [
        "https://evil.example/cb",
        "https://client.example/cb",
        "https://client.example/cb?a=b&c=d",
        "https://client.example/cb?a=b#x",
        "https://client.example/CB?a=b",
        "https://client.example/cb/?a=b",
        "https://client.example/./cb?a=b",
        "https://client.example:443/cb?a=b",
        "https://client.example:8443/cb?a=b",
        "https://client.example./cb?a=b",
        "https://client.example@evil.example/cb?a=b",
        "https://evil.example\\@client.example/cb?a=b",
        "https://client.example.evil.example/cb?a=b",
        "http://client.example/cb?a=b",
        "//client.example/cb?a=b",
        "https:/client.example/cb?a=b",
        "JaVaScRiPt:alert(1)//",
        "data:text/html,x",
        "https://client.example/cb?a=b\r\nSet-Cookie: c=d",
        "https://client.example/cb?a=b%0d%0aSet-Cookie:%20c=d",
        " https://client.example/cb?a=b",
        "/",
        "%",
    ]
    .map(str::to_owned)
    .to_vec();
    presented.push(format!("{}/auth/callback", world.url));
    for redirect in presented {
        for changes in [
            &[("redirect_uri", Some(redirect.as_str()))][..],
            // Nor is it told what else is wrong.
            &[("redirect_uri", Some(redirect.as_str())), ("response_type", None)],
        ] {
            let page = client.ask(changes).await;
            assert_eq!((page.status, page.location()), (400, ""), "{redirect}: {page:?}");
            page.assert_page(400);
            assert_eq!(page.header("set-cookie"), "");
        }
    }
    let flipped = client.id.replace(&client.id[20..24], "AAAA");
    let shorter = &client.id[..client.id.len() - 1];
    for id in [None, Some(""), Some("nobody"), Some(shorter), Some(&flipped)] {
        client.ask(&[("client_id", id)]).await.assert_page(400);
    }
    assert_eq!(client.ask(&[]).await.status, 200);
}

#[tokio::test]
async fn what_is_posted_beside_the_consent_changes_nothing() {
    let world = World::start().await;
    let (client, other) = (Client::new(&world).await, Client::new(&world).await);
    let mut browser = Browser::new(&world);
    let consent = browser.open(&client.authorize(&[])).await;
    let form = consent.form();
    let body = encoded(&[
        ("request", &form.fields[0].1),
        ("decision", "allow"),
        ("redirect_uri", "https://evil.example/cb"),
        ("client_id", &other.id),
        ("state", "other"),
    ]);
    let at = format!("{}?redirect_uri=https://evil.example/cb", form.action);
    let sent = browser.go(http::Method::POST, &at, body, &[]).await;
    let people = browser.open(sent.location()).await;
    let back = browser.press(&people, "user", "anna").await;
    assert!(back.location().starts_with(&client.redirect), "{}", back.location());
    assert_eq!(back.param("state").as_deref(), Some(client.state.as_str()));
    let code = back.param("code").unwrap();
    assert_eq!(other.redeem(&code, &[]).await.error(), (400, "invalid_grant".to_owned()));
    Tokens::of(&client.redeem(&code, &[]).await);
}

#[tokio::test]
async fn a_program_on_this_machine_may_take_any_port() {
    let world = World::start().await;
    for (registered, presented) in [
        ("http://127.0.0.1/cb", "http://127.0.0.1:33418/cb"),
        ("http://localhost:3334/cb", "http://localhost:9/cb"),
        ("http://[::1]/cb", "http://[::1]:9/cb"),
    ] {
        let client = Client::with(&world, "none", registered).await;
        let changes = [("redirect_uri", Some(presented))];
        let back = Browser::new(&world).sign_in(&client.authorize(&changes), "anna").await;
        assert!(back.location().starts_with(&format!("{presented}?")), "{}", back.location());
        let code = back.param("code").unwrap();
        let other = client.redeem(&code, &[]).await;
        assert_eq!(other.error(), (400, "invalid_grant".to_owned()), "{registered}");
        Tokens::of(&client.redeem(&code, &changes).await);
        // Not even the bridge's, nor another path or name.
        let port = world.url.rsplit(':').next().unwrap();
        let own = presented.replace(":33418", ":9").replace(":9/", &format!(":{port}/"));
        let auth = own.replace("/cb", "/auth/callback");
        for other in [own.as_str(), auth.as_str(), &presented.replace("/cb", "/cb2")] {
            client.ask(&[("redirect_uri", Some(other))]).await.assert_page(400);
        }
    }
}

#[tokio::test]
async fn nobody_registers_an_address_of_ours_or_one_that_leads_astray() {
    let world = World::start().await;
    let port = world.url.rsplit(':').next().unwrap();
    let hosts = ["127.0.0.1", "localhost", "LOCALHOST", "[::1]", "0.0.0.0", "[::]", "a.localhost"];
    let more =
        ["127.1", "0x7f.0.0.1", "2130706433", "[::ffff:127.0.0.1]", "127.0.0.1.", "127.0.0.2"];
    let own = hosts.iter().chain(&more).flat_map(|host| {
        ["http", "https"].map(|scheme| format!("{scheme}://{host}:{port}/auth/callback"))
    });
    let astray = [
        "javascript:alert(1)",
        "JaVaScRiPt:/alert(1)",
        "data:/text/html,x",
        "file:///etc/passwd",
        "about:blank",
        "view-source:/x",
        "http://client.example/cb",
        "https://client.example/cb#f",
        "https://user@client.example/cb",
        "https://*.example/cb",
        "https://client.example/%0d%0aSet-Cookie:%20a=b",
        "https://client.example/\u{202E}cb",
        "/cb",
        "",
    ];
    for uri in own.chain(astray.map(str::to_owned)) {
        let metadata = json!({"redirect_uris": [CALLBACK, uri], "client_name": "x"});
        let answer = register(&world, &metadata).await;
        assert_eq!(answer.error(), (400, "invalid_redirect_uri".to_owned()), "{uri}");
    }
}

#[tokio::test]
async fn a_redirect_that_was_left_out_may_be_left_out_again() {
    let world = World::start().await;
    let client = Client::new(&world).await;
    let none = [("redirect_uri", None)];
    let code = client.code("anna").await;
    let error = client.redeem(&code, &none).await.error();
    assert_eq!(error, (400, "invalid_grant".to_owned()));
    Tokens::of(&client.redeem(&code, &[]).await);

    let code = client.code_with("anna", &none).await;
    let other = client.redeem(&code, &[("redirect_uri", Some("https://evil.example/"))]).await;
    assert_eq!(other.error(), (400, "invalid_grant".to_owned()));
    Tokens::of(&client.redeem(&code, &none).await);
    let code = client.code_with("anna", &none).await;
    Tokens::of(&client.redeem(&code, &[]).await);

    let two = json!({"redirect_uris": [CALLBACK, "https://client.example/cb"]});
    let id = register(&world, &two).await.json()["client_id"].as_str().unwrap().to_owned();
    let changes = [("redirect_uri", None), ("client_id", Some(id.as_str()))];
    client.ask(&changes).await.assert_page(400);
}
