//! An authorization code: for one client, one redirect, one verifier, once.

use jira_sandbox::Endpoint;

use super::{Browser, Client, Tokens, VERIFIER, World};

fn invalid_grant() -> (u16, String) {
    (400, "invalid_grant".to_owned())
}

#[tokio::test]
async fn a_code_that_comes_twice_ends_all_that_came_of_it() {
    let world = World::start().await;
    let client = Client::new(&world).await;
    let code = client.code("anna").await;
    let tokens = Tokens::of(&client.redeem(&code, &[]).await);
    World::assert_is(&world.whoami(&tokens.access).await, "Anna");
    let bystander = client.sign_in("anna").await;
    assert_eq!(client.redeem(&code, &[]).await.error(), invalid_grant());
    world.assert_out(&world.whoami(&tokens.access).await);
    assert_eq!(client.refresh(&tokens.refresh, &[]).await.error(), invalid_grant());
    let grants = world.sandbox.identity().grants();
    assert_eq!(grants.iter().map(|grant| grant.revoked).collect::<Vec<_>>(), [true, false]);
    World::assert_is(&world.whoami(&bystander.access).await, "Anna");
}

#[tokio::test]
async fn of_two_that_bring_a_code_at_once_one_gets_in_and_is_put_out_again() {
    let world = World::start().await;
    let client = Client::new(&world).await;
    let code = client.code("anna").await;
    let answers = futures_util::future::join_all((0..4).map(|_| client.redeem(&code, &[]))).await;
    let mut good = answers.iter().filter(|answer| answer.status == 200);
    let tokens = good.next().map(Tokens::of);
    assert!(good.next().is_none(), "{answers:?}");
    if let Some(tokens) = tokens {
        world.assert_out(&world.whoami(&tokens.access).await);
    }
    assert!(world.sandbox.identity().grants()[0].revoked);
}

#[tokio::test]
async fn a_code_is_bound_to_client_redirect_and_verifier() {
    let world = World::start().await;
    let (client, other) = (Client::new(&world).await, Client::new(&world).await);
    let code = client.code("anna").await;
    let challenge = client.authorize(&[]);
    let challenge = challenge.split("code_challenge=").nth(1).unwrap().split('&').next().unwrap();
    let shorter = &VERIFIER[..VERIFIER.len() - 1];
    let doubled = VERIFIER.repeat(3);
    for (changes, error) in [
        (("client_id", Some(other.id.as_str())), "invalid_grant"),
        (("redirect_uri", Some("http://127.0.0.1:10/cb")), "invalid_grant"),
        (("redirect_uri", None), "invalid_grant"),
        (("code_verifier", None), "invalid_request"),
        (("code_verifier", Some("")), "invalid_request"),
        (("code_verifier", Some(shorter)), "invalid_grant"),
        (("code_verifier", Some(challenge)), "invalid_grant"),
        (("code_verifier", Some(&doubled)), "invalid_grant"),
        (("resource", Some("https://other.example/mcp")), "invalid_target"),
        (("grant_type", None), "invalid_request"),
        (("grant_type", Some("password")), "unsupported_grant_type"),
        (("grant_type", Some("client_credentials")), "unsupported_grant_type"),
        (("code", None), "invalid_request"),
        (("code", Some("jmb_c")), "invalid_grant"),
        (("code", Some(&code[..code.len() - 1])), "invalid_grant"),
    ] {
        let answer = client.redeem(&code, &[changes]).await;
        assert_eq!(answer.error(), (400, error.to_owned()), "{changes:?}");
        assert_eq!(answer.header("cache-control"), "no-store");
    }
    // None of these tries took it from the one whose it is.
    let tokens = Tokens::of(&client.redeem(&code, &[]).await);
    for stand_in in [&tokens.access, &tokens.refresh] {
        assert_eq!(client.redeem(stand_in, &[]).await.error(), invalid_grant());
    }
    World::assert_is(&world.whoami(&tokens.access).await, "Anna");
}

#[tokio::test]
async fn a_code_is_good_for_five_minutes() {
    let world = World::start().await;
    let client = Client::new(&world).await;
    let (early, late) = (client.code("anna").await, client.code("ben").await);
    world.advance_ms(5 * 60 * 1000 - 1);
    Tokens::of(&client.redeem(&early, &[]).await);
    world.advance_ms(1);
    assert_eq!(client.redeem(&late, &[]).await.error(), invalid_grant());
    // The other's use still counts when it comes again much later.
    world.advance_ms(60 * 60 * 1000);
    assert_eq!(client.redeem(&early, &[]).await.error(), invalid_grant());
    assert!(world.sandbox.identity().grants()[0].revoked);
}

#[tokio::test]
async fn a_code_that_was_kept_through_a_sign_out_is_worth_nothing() {
    let world = World::start().await;
    let client = Client::new(&world).await;
    let mut browser = Browser::new(&world);
    let back = browser.sign_in(&client.authorize(&[]), "anna").await;
    let code = back.param("code").unwrap();
    let others = client.code("ben").await;
    let status = browser.open("/auth/status").await;
    world.advance_ms(1);
    assert_eq!(browser.submit(&status, ("x", ""), &[]).await.status, 200);
    assert_eq!(client.redeem(&code, &[]).await.error(), invalid_grant());
    assert!(world.sandbox.identity().grants()[0].revoked);
    Tokens::of(&client.redeem(&others, &[]).await);
    world.advance_ms(1);
    let tokens = client.sign_in("anna").await;
    World::assert_is(&world.whoami(&tokens.access).await, "Anna");
    assert_eq!(world.sandbox.identity().requests(Endpoint::Revoke), 1);
}

#[tokio::test]
async fn the_answer_says_what_was_given() {
    let world = World::with(&[("ACCESS_TOKEN_TTL_MS", "61500")]).await;
    let client = Client::new(&world).await;
    let code = client.code_with("anna", &[("scope", Some("openid read:jira-work no-such"))]).await;
    let answer = client.redeem(&code, &[]).await;
    let json = answer.json();
    assert_eq!(
        (&json["token_type"], &json["scope"]),
        (&"Bearer".into(), &"read:jira-user read:jira-work".into())
    );
    assert_eq!((&json["expires_in"], json.as_object().unwrap().len()), (&62.into(), 5));
    assert_eq!(answer.header("cache-control"), "no-store");
    let asked = world.exchanges().into_iter().find(|seen| seen.path == "/authorize").unwrap();
    assert!(!asked.sent.contains("write"), "{}", asked.sent);
    // The same scopes again at a refresh are not more than were granted.
    let refresh = json["refresh_token"].as_str().unwrap();
    Tokens::of(&client.refresh(refresh, &[("scope", Some("openid read:jira-work"))]).await);
}
