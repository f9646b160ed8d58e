//! What a program may ask for at the authorization endpoint, and what it hears when it may not.

use super::{Browser, Client, Tokens, World, client::Change};

#[tokio::test]
async fn what_is_wrong_is_told_to_the_client_with_state_and_issuer() {
    let world = World::start().await;
    let client = Client::new(&world).await;
    let long = "s".repeat(44);
    let foreign = format!("{}.evil.example/mcp", world.url);
    let padded = format!("{}=", "A".repeat(43));
    let user = world.url.replace("http://", "http://x@");
    let cases: &[(&[Change<'_>], &str)] = &[
        (&[("response_type", None)], "invalid_request"),
        (&[("response_type", Some(""))], "invalid_request"),
        (&[("response_type", Some("token"))], "unsupported_response_type"),
        (&[("response_type", Some("code token"))], "unsupported_response_type"),
        (&[("response_mode", Some("fragment"))], "invalid_request"),
        (&[("response_mode", Some("form_post"))], "invalid_request"),
        // The ways to do without PKCE (CVE-2025-4144).
        (&[("code_challenge", None)], "invalid_request"),
        (&[("code_challenge", None), ("code_challenge_method", None)], "invalid_request"),
        (&[("code_challenge", Some(""))], "invalid_request"),
        (&[("code_challenge_method", None)], "invalid_request"),
        (&[("code_challenge_method", Some(""))], "invalid_request"),
        (&[("code_challenge_method", Some("plain"))], "invalid_request"),
        (&[("code_challenge_method", Some("s256"))], "invalid_request"),
        (&[("code_challenge", Some("short"))], "invalid_request"),
        (&[("code_challenge", Some(&long))], "invalid_request"),
        (&[("code_challenge", Some(&padded))], "invalid_request"),
        (&[("resource", Some("https://other.example/mcp"))], "invalid_target"),
        (&[("resource", Some(&foreign))], "invalid_target"),
        (&[("resource", Some(&user))], "invalid_target"),
        (&[("resource", Some(&world.url))], "invalid_target"),
        (&[("resource", Some("/mcp"))], "invalid_target"),
        (&[("scope", Some("admin everything"))], "invalid_scope"),
    ];
    for (changes, error) in cases {
        let answer = client.ask(changes).await;
        assert_eq!(answer.status, 303, "{changes:?}: {answer:?}");
        assert_eq!(answer.param("error").as_deref(), Some(*error), "{changes:?}");
        answer.assert_refused(&client, error);
    }
    let mcp = format!("{}/mcp", world.url);
    let both = [("resource", Some(mcp.as_str())), ("resource", Some("https://other.example"))];
    client.ask(&both).await.assert_refused(&client, "invalid_target");
}

#[tokio::test]
async fn what_clients_send_by_habit_is_no_fault() {
    let world = World::start().await;
    let client = Client::new(&world).await;
    let [mcp, slash, narrow] =
        ["/mcp", "/mcp/", "/mcp/readonly"].map(|path| format!("{}{path}", world.url));
    let loud = mcp.replace("http://", "HTTP://");
    let cases: &[&[Change<'_>]] = &[
        &[("resource", None)],
        &[("resource", Some(""))],
        &[("resource", Some(&slash))],
        &[("resource", Some(&narrow))],
        &[("resource", Some(&loud))],
        &[("resource", Some(&mcp)), ("resource", Some(&narrow))],
        &[("response_mode", Some("query"))],
        &[("prompt", Some("none")), ("max_age", Some("0"))],
        &[("prompt", Some("consent login")), ("ui_locales", Some("de"))],
        &[("scope", Some("openid profile email offline_access"))],
        &[("scope", Some("read:jira-work something-else"))],
        &[("scope", Some(""))],
        &[("state", None)],
        &[("nonce", Some("n")), ("login_hint", Some("<b>")), ("request", Some("x"))],
    ];
    for changes in cases {
        let answer = client.ask(changes).await;
        assert!(answer.status == 200 && answer.has_button("decision"), "{changes:?}: {answer:?}");
    }
}

#[tokio::test]
async fn no_parameter_but_resource_comes_twice() {
    let world = World::start().await;
    let client = Client::new(&world).await;
    let usual = client.authorize(&[("scope", Some("read:jira-work"))]);
    let challenge = usual.split("code_challenge=").nth(1).unwrap().split('&').next().unwrap();
    for again in [
        "response_type=code".to_owned(),
        "code_challenge_method=S256".to_owned(),
        "code_challenge_method=plain".to_owned(),
        format!("code_challenge={challenge}"),
        "code_challenge=".to_owned(),
        "scope=read%3Ajira-work".to_owned(),
        "state=other".to_owned(),
        "unknown=1&unknown=2".to_owned(),
    ] {
        let answer = Browser::new(&world).get(&format!("{usual}&{again}")).await;
        answer.assert_refused(&client, "invalid_request");
    }
    for again in ["client_id=x", "client_id=", "redirect_uri=https://evil.example", "redirect_uri="]
    {
        let answer = Browser::new(&world).get(&format!("{usual}&{again}")).await;
        assert_eq!((answer.status, answer.location()), (400, ""), "{again}");
        let answer = Browser::new(&world).get(&usual.replace('?', &format!("?{again}&"))).await;
        assert_eq!((answer.status, answer.location()), (400, ""), "{again}");
    }
}

#[tokio::test]
async fn the_state_comes_back_as_it_was() {
    let world = World::start().await;
    let mut client = Client::new(&world).await;
    for state in [
        "plain".to_owned(),
        "%25 %zz +&=#?/\\\"'<script>".to_owned(),
        "\r\nSet-Cookie: a=b\r\n\r\n<html>".to_owned(),
        "\u{202E}שלום 🙂\u{0}\u{1f}\u{7f}".to_owned(),
        "iss=https://evil.example&code=x".to_owned(),
        "\"".repeat(4_096),
        "\u{1}".repeat(4_096),
    ] {
        client.state.clone_from(&state);
        let mut browser = Browser::new(&world);
        let back = browser.sign_in(&client.authorize(&[]), "anna").await;
        assert!(back.location().bytes().all(|b| b.is_ascii_graphic()), "{}", back.location());
        assert_eq!(back.param("state").unwrap(), state);
        assert_eq!(back.param("iss").as_deref(), Some(world.url.as_str()));
        assert!(back.params().len() == 3 && back.header("set-cookie").starts_with("__Host-"));
        client.ask(&[("response_type", None)]).await.assert_refused(&client, "invalid_request");
    }
    // Not all libraries read a plus as a blank.
    client.state = "a b+c".to_owned();
    let refused = client.ask(&[("response_type", None)]).await;
    assert!(refused.location().contains("state=a%20b%2Bc"), "{}", refused.location());
    client.state = "s".repeat(4_097);
    client.ask(&[]).await.assert_refused(&client, "invalid_request");
}

#[tokio::test]
async fn no_state_is_added_or_guessed() {
    let world = World::start().await;
    let client = Client::new(&world).await;
    let mut browser = Browser::new(&world);
    let back = browser.sign_in(&client.authorize(&[("state", None)]), "anna").await;
    assert_eq!((back.param("state"), back.params().len()), (None, 2));
    Tokens::of(&client.redeem(&back.param("code").unwrap(), &[]).await);
    // What is not UTF-8 could not come back as it was.
    let url = client.authorize(&[("state", None)]);
    let answer = browser.get(&format!("{url}&state=%FF%FE")).await;
    assert_eq!(answer.param("error").as_deref(), Some("invalid_request"));
    assert_eq!(answer.param("state"), None);
}
