//! The pages of the signed-in person: who acts for them, and the way out.

use http::Method;

use super::{Answer, Browser, Client, Tokens, World, world::encoded};

fn csrf_of(status: &Answer) -> String {
    let fields = status.form().fields;
    assert_eq!((fields.len(), fields[0].0.as_str()), (1, "csrf"), "{status:?}");
    fields[0].1.clone()
}

#[tokio::test]
async fn signing_out_ends_all_programs_of_the_person_and_nobody_elses() {
    let world = World::start().await;
    let (one, other) = (Client::new(&world).await, Client::new(&world).await);
    let anna = [one.sign_in("anna").await, other.sign_in("anna").await];
    let ben = one.sign_in("ben").await;
    let mut browser = Browser::new(&world);
    let status = browser.sign_in_to_pages("anna").await;
    assert!(status.url.ends_with("/auth/status") && status.text.contains("Anna"), "{status:?}");
    assert_eq!(status.text.matches("A program").count(), 2, "{}", status.text);
    world.advance_ms(1);
    let page = browser.submit(&status, ("x", ""), &[]).await;
    page.assert_page(200);
    for tokens in &anna {
        world.assert_out(&world.whoami(&tokens.access).await);
        assert_eq!(one.refresh(&tokens.refresh, &[]).await.error().1, "invalid_grant");
    }
    World::assert_is(&world.whoami(&ben.access).await, "Ben");
    let revoked = world.sandbox.identity().grants();
    let revoked: Vec<_> =
        revoked.iter().filter(|grant| grant.revoked).map(|grant| grant.user.as_str()).collect();
    assert_eq!(revoked, ["anna", "anna"]);
    let status = browser.open("/auth/status").await;
    assert!(status.text.contains("You are not signed in"), "{status:?}");
    world.advance_ms(1);
    let tokens = one.sign_in("anna").await;
    World::assert_is(&world.whoami(&tokens.access).await, "Anna");
}

#[tokio::test]
async fn nothing_but_the_pages_own_form_signs_anybody_out() {
    let world = World::start().await;
    let client = Client::new(&world).await;
    let mut anna = Browser::new(&world);
    let back = anna.sign_in(&client.authorize(&[]), "anna").await;
    let tokens = Tokens::of(&client.redeem(&back.param("code").unwrap(), &[]).await);
    let status = anna.open("/auth/status").await;
    let csrf = csrf_of(&status);
    let mut ben = Browser::new(&world);
    let foreign = csrf_of(&ben.sign_in_to_pages("ben").await);
    let mut again = Browser::new(&world);
    world.advance_ms(1);
    let of_another_time = csrf_of(&again.sign_in_to_pages("anna").await);

    for method in [Method::GET, Method::HEAD, Method::PUT, Method::DELETE, Method::PATCH] {
        let answer = anna.go(method, "/auth/logout", encoded(&[("csrf", &csrf)]), &[]).await;
        assert_eq!((answer.status, answer.header("allow")), (405, "POST"));
        assert_eq!(answer.header("set-cookie"), "");
    }
    let damaged = &csrf[1..];
    for body in [
        String::new(),
        "csrf=".to_owned(),
        encoded(&[("csrf", &foreign)]),
        encoded(&[("csrf", &of_another_time)]),
        encoded(&[("csrf", damaged)]),
        "x".repeat(70_000),
    ] {
        let refused = anna.go(Method::POST, "/auth/logout", body, &[]).await;
        assert!(matches!(refused.status, 400 | 403), "{refused:?}");
    }
    let form = encoded(&[("csrf", &csrf)]);
    for headers in [
        [("origin", "https://evil.example"), ("sec-fetch-site", "cross-site")],
        [("origin", "null"), ("sec-fetch-site", "same-origin")],
        [("origin", world.url.as_str()), ("sec-fetch-site", "same-site")],
    ] {
        let refused = anna.go(Method::POST, "/auth/logout", form.clone(), &headers).await;
        refused.assert_page(403);
    }
    // Somebody else's browser, and one without a cookie, have nothing to end.
    ben.go(Method::POST, "/auth/logout", form.clone(), &[]).await.assert_page(403);
    let mut stranger = Browser::new(&world);
    stranger.go(Method::POST, "/auth/logout", form.clone(), &[]).await.assert_page(400);
    World::assert_is(&world.whoami(&tokens.access).await, "Anna");
    assert_eq!(anna.go(Method::POST, "/auth/logout", form, &[]).await.status, 200);
    world.assert_out(&world.whoami(&tokens.access).await);
}

#[tokio::test]
async fn a_cookie_says_nothing_unless_it_was_given_here_and_lately() {
    let world = World::start().await;
    let mut browser = Browser::new(&world);
    browser.sign_in_to_pages("anna").await;
    let name = browser.jar.keys().find(|name| name.contains("person")).unwrap().clone();
    let good = browser.jar[&name].clone();
    assert!(!good.contains("anna") && !good.contains("Anna"));
    let flipped = good.replace(&good[30..34], "AAAA");
    for value in ["", "x", &good[1..], &flipped, &format!("{good}AAAA"), "anna"] {
        browser.jar.insert(name.clone(), value.to_owned());
        let status = browser.get("/auth/status").await;
        assert!(status.text.contains("You are not signed in"), "{value}");
    }
    browser.jar.insert(name.clone(), good.clone());
    assert!(browser.get("/auth/status").await.text.contains("Anna"));
    world.advance_ms(60 * 60 * 1000);
    assert!(!browser.get("/auth/status").await.text.contains("Anna"));
    let other = World::start().await;
    let mut elsewhere = Browser::new(&other);
    elsewhere.jar.insert(name, good);
    assert!(!elsewhere.get("/auth/status").await.text.contains("Anna"));
}

#[tokio::test]
async fn a_cookie_that_was_kept_through_a_sign_out_is_worth_nothing() {
    let world = World::start().await;
    let mut browser = Browser::new(&world);
    let status = browser.sign_in_to_pages("anna").await;
    let kept = browser.jar.clone();
    world.advance_ms(1);
    browser.submit(&status, ("x", ""), &[]).await.assert_page(200);
    browser.jar = kept;
    let page = browser.get("/auth/status").await;
    assert!(page.text.contains("You are not signed in"), "{page:?}");
}

#[tokio::test]
async fn signing_in_leads_to_a_page_of_ours_whatever_is_asked() {
    let world = World::start().await;
    for query in ["?next=https://evil.example", "?redirect_uri=//evil.example", "?next=/\\evil"] {
        let mut browser = Browser::new(&world);
        let people = browser.open(&format!("/auth/login{query}")).await;
        assert!(people.url.starts_with(&world.provider) && !people.url.contains("evil"));
        let page = browser.press(&people, "user", "anna").await;
        assert_eq!(page.url, format!("{}/auth/status", world.url));
    }
}
