//! What comes back from the provider counts once, in time, and with a state of ours.

use http::Method;
use jira_sandbox::{Endpoint, Fault};

use super::{Answer, Browser, Client, Tokens, World};

/// The address that the provider sends the browser to.
async fn callback_of(browser: &mut Browser<'_>, client: &Client<'_>, user: &str) -> String {
    let consent = browser.open(&client.authorize(&[])).await;
    let people = browser.press(&consent, "decision", "allow").await;
    let answer: Answer = browser.submit(&people, ("user", user), &[]).await;
    answer.location().to_owned()
}

#[tokio::test]
async fn who_refuses_at_the_provider_is_told_to_the_client() {
    let world = World::start().await;
    let client = Client::new(&world).await;
    let mut browser = Browser::new(&world);
    let callback = callback_of(&mut browser, &client, "nobody").await;
    browser.get(&callback).await.assert_refused(&client, "access_denied");
    assert!(!browser.jar.keys().any(|name| name.contains("person")));
    let people = browser.open("/auth/login").await;
    browser.press(&people, "user", "nobody").await.assert_page(403);
}

#[tokio::test]
async fn a_callback_counts_once() {
    let world = World::start().await;
    let client = Client::new(&world).await;
    let mut browser = Browser::new(&world);
    let callback = callback_of(&mut browser, &client, "anna").await;
    let back = browser.get(&callback).await;
    for _ in 0..2 {
        browser.get(&callback).await.assert_page(400);
    }
    assert_eq!(world.sandbox.identity().grants().len(), 1);
    let tokens = Tokens::of(&client.redeem(&back.param("code").unwrap(), &[]).await);
    World::assert_is(&world.whoami(&tokens.access).await, "Anna");
}

#[tokio::test]
async fn a_callback_without_a_state_of_ours_leads_nowhere() {
    let world = World::start().await;
    let client = Client::new(&world).await;
    let mut browser = Browser::new(&world);
    let callback = callback_of(&mut browser, &client, "anna").await;
    let state = callback.split("state=").nth(1).unwrap().to_owned();
    for query in [
        String::new(),
        "code=x".to_owned(),
        "code=x&state=".to_owned(),
        "code=x&state=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA".to_owned(),
        format!("code=x&state={state}&state={state}"),
        format!("code=x&code=y&state={state}"),
        format!("code=x&state={}", &state[..state.len() - 1]),
        "error=access_denied&error_description=%3Cscript%3Ealert(1)%3C/script%3E".to_owned(),
    ] {
        let page = browser.get(&format!("/auth/callback?{query}")).await;
        page.assert_page(400);
        assert!(!page.text.contains("<script"), "{query}");
    }
    // None of them took anything away.
    assert!(browser.get(&callback).await.param("code").is_some());
}

#[tokio::test]
async fn a_code_beside_an_error_is_not_redeemed() {
    let world = World::start().await;
    let client = Client::new(&world).await;
    let mut browser = Browser::new(&world);
    let callback = callback_of(&mut browser, &client, "anna").await;
    let back = browser.get(&format!("{callback}&error=access_denied")).await;
    back.assert_refused(&client, "access_denied");
    let callback = callback_of(&mut browser, &client, "anna").await;
    let odd = "%0d%0aSet-Cookie:%20a=b&error_description=%22%3E%3Cb%3E";
    let back = browser.get(&format!("{callback}&error={odd}")).await;
    back.assert_refused(&client, "server_error");
    assert_eq!(back.headers("set-cookie"), Vec::<&str>::new());
    let callback = callback_of(&mut browser, &client, "anna").await;
    let state = callback.split("state=").nth(1).unwrap();
    let back = browser.get(&format!("/auth/callback?state={state}")).await;
    back.assert_refused(&client, "server_error");
    let callback = callback_of(&mut browser, &client, "anna").await;
    let state = callback.split("state=").nth(1).unwrap();
    let back = browser.get(&format!("/auth/callback?code=guessed&state={state}")).await;
    back.assert_refused(&client, "server_error");
    assert!(world.sandbox.identity().grants().is_empty());
}

#[tokio::test]
async fn a_callback_that_is_late_leads_nowhere() {
    let world = World::start().await;
    let client = Client::new(&world).await;
    let mut browser = Browser::new(&world);
    let callback = callback_of(&mut browser, &client, "anna").await;
    world.advance_ms(10 * 60 * 1000);
    browser.get(&callback).await.assert_page(400);
    assert!(world.sandbox.identity().grants().is_empty());
}

#[tokio::test]
async fn the_provider_hears_pkce_and_a_new_state_each_time_and_no_resource() {
    let world = World::start().await;
    let client = Client::new(&world).await;
    let mut browser = Browser::new(&world);
    let consent = browser.open(&client.authorize(&[])).await;
    let mut states = Vec::new();
    for _ in 0..2 {
        let sent = browser.submit(&consent, ("decision", "allow"), &[]).await;
        assert_eq!(sent.param("code_challenge_method").as_deref(), Some("S256"));
        assert_ne!(sent.param("code_challenge"), None);
        assert_eq!(sent.param("resource"), None);
        assert!(!sent.location().contains(&client.id));
        let state = sent.param("state").unwrap();
        assert!(state.len() >= 32 && !states.contains(&state) && state != client.state);
        states.push(state);
    }
}

#[tokio::test]
async fn a_provider_that_is_down_is_told_to_the_client() {
    let world = World::start().await;
    let client = Client::new(&world).await;
    let mut browser = Browser::new(&world);
    let callback = callback_of(&mut browser, &client, "anna").await;
    world.sandbox.identity().fail_always(Endpoint::Token, Fault::html(503));
    browser.get(&callback).await.assert_refused(&client, "temporarily_unavailable");
    world.sandbox.identity().heal();
}

#[tokio::test]
async fn other_methods_change_nothing() {
    let world = World::start().await;
    let client = Client::new(&world).await;
    let mut browser = Browser::new(&world);
    let callback = callback_of(&mut browser, &client, "anna").await;
    for method in [Method::POST, Method::PUT, Method::DELETE, Method::OPTIONS] {
        let page = browser.go(method, &callback, String::new(), &[]).await;
        page.assert_page(405);
        assert!(page.header("allow").contains("GET"), "{page:?}");
    }
    assert_eq!(browser.go(Method::HEAD, &callback, String::new(), &[]).await.status, 405);
    assert!(browser.get(&callback).await.param("code").is_some());
}
