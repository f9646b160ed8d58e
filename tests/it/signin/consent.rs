//! The person is asked first, each time, and only the browser that agreed goes on.

use http::Method;

use super::{Answer, Browser, Client, Tokens, World, world::encoded};

const ALLOW: (&str, &str) = ("decision", "allow");

#[tokio::test]
async fn the_person_is_asked_before_the_provider_and_each_time() {
    // GHSA-6x8h-498w-gv8c: a remembered consent is one for whoever uses the client's id.
    let world = World::start().await;
    let client = Client::new(&world).await;
    let mut browser = Browser::new(&world);
    for round in 0..3 {
        let consent = browser.open(&client.authorize(&[("prompt", Some("none"))])).await;
        consent.assert_page(200);
        assert!(consent.has_button("decision"), "{round}: {consent:?}");
        let at_provider = world.exchanges().into_iter();
        assert_eq!(at_provider.filter(|seen| seen.path == "/authorize").count(), round * 2);
        let people = browser.press(&consent, ALLOW.0, ALLOW.1).await;
        let back = browser.press(&people, "user", "anna").await;
        assert!(back.param("code").is_some());
    }
    for site in ["none", "cross-site", "same-origin"] {
        let headers = [("sec-fetch-site", site)];
        let url = client.authorize(&[]);
        let consent = browser.go(Method::GET, &url, String::new(), &headers).await;
        assert!(consent.status == 200 && consent.has_button("decision"), "{site}");
    }
}

/// As far as the provider's answer, which only the browser that agreed may bring back.
async fn up_to_the_callback(browser: &mut Browser<'_>, url: &str) -> Answer {
    let consent = browser.open(url).await;
    let people = browser.press(&consent, ALLOW.0, ALLOW.1).await;
    browser.submit(&people, ("user", "ben"), &[]).await
}

#[tokio::test]
async fn whoever_did_not_agree_cannot_finish() {
    // CVE-2026-27124: the attacker agrees, the victim signs in.
    let world = World::start().await;
    let client = Client::new(&world).await;
    let mut attacker = Browser::new(&world);
    let answer = up_to_the_callback(&mut attacker, &client.authorize(&[])).await;
    let callback = answer.location().to_owned();
    assert!(callback.starts_with(&format!("{}/auth/callback?", world.url)), "{callback}");

    let mut stranger = Browser::new(&world);
    stranger.get(&callback).await.assert_page(403);
    let mut victim = Browser::new(&world);
    victim.sign_in_to_pages("anna").await;
    let jar = victim.jar.clone();
    victim.get(&callback).await.assert_page(403);
    assert_eq!(jar, victim.jar);
    assert!(world.sandbox.identity().grants().iter().all(|grant| grant.user == "anna"));

    // A stranger's try takes nothing away from the one who agreed.
    let back = attacker.get(&callback).await;
    assert!(back.location().starts_with(&client.redirect) && back.param("code").is_some());
}

#[tokio::test]
async fn a_consent_counts_in_its_own_browser_only() {
    let world = World::start().await;
    let client = Client::new(&world).await;
    let mut owner = Browser::new(&world);
    let consent = owner.open(&client.authorize(&[])).await;

    let mut without = Browser::new(&world);
    without.keeps_cookies = false;
    let page = without.open(&client.authorize(&[])).await;
    let refused = without.submit(&page, ALLOW, &[]).await;
    refused.assert_page(403);
    assert!(refused.text.contains("Allow cookies"), "{refused:?}");

    let mut other = Browser::new(&world);
    other.open(&client.authorize(&[])).await;
    other.submit(&consent, ALLOW, &[]).await.assert_page(403);
    other.submit(&consent, ("decision", "deny"), &[]).await.assert_page(403);
    assert!(world.exchanges().is_empty());
    assert_eq!(owner.submit(&consent, ALLOW, &[]).await.status, 303);
}

#[tokio::test]
async fn pages_of_others_cannot_press_the_button() {
    let world = World::start().await;
    let client = Client::new(&world).await;
    let mut browser = Browser::new(&world);
    let consent = browser.open(&client.authorize(&[])).await;
    let elsewhere = world.url.replace("127.0.0.1", "localhost");
    for headers in [
        [("origin", "https://evil.example"), ("sec-fetch-site", "same-origin")],
        [("origin", "null"), ("sec-fetch-site", "same-origin")],
        [("origin", elsewhere.as_str()), ("sec-fetch-site", "same-origin")],
        [("origin", world.provider.as_str()), ("sec-fetch-site", "same-origin")],
        [("origin", world.url.as_str()), ("sec-fetch-site", "cross-site")],
        [("origin", world.url.as_str()), ("sec-fetch-site", "same-site")],
        [("origin", world.url.as_str()), ("sec-fetch-site", "")],
    ] {
        let refused = browser.submit(&consent, ALLOW, &headers).await;
        assert_eq!((refused.status, refused.location()), (403, ""), "{headers:?}");
    }
    assert!(world.exchanges().is_empty());
    assert_eq!(browser.submit(&consent, ALLOW, &[]).await.status, 303);
}

#[tokio::test]
async fn two_tabs_finish_and_so_does_a_consent_that_is_sent_twice() {
    let world = World::start().await;
    let client = Client::new(&world).await;
    let mut browser = Browser::new(&world);
    let first = browser.open(&client.authorize(&[("state", Some("first"))])).await;
    let second = browser.open(&client.authorize(&[("state", Some("second"))])).await;
    let mut people = Vec::new();
    // The first one again, as after the browser's "back" or a double click.
    for consent in [&first, &second, &first] {
        people.push(browser.press(consent, ALLOW.0, ALLOW.1).await);
    }
    let mut codes = Vec::new();
    for (page, state) in people.iter().zip(["first", "second", "first"]).rev() {
        let back = browser.press(page, "user", "anna").await;
        assert_eq!(back.param("state").as_deref(), Some(state));
        codes.push(back.param("code").unwrap());
    }
    for code in codes {
        Tokens::of(&client.redeem(&code, &[]).await);
    }
}

#[tokio::test]
async fn cookies_do_not_grow_and_belong_to_this_host_alone() {
    let world = World::start().await;
    let mut browser = Browser::new(&world);
    for _ in 0..6 {
        let client = Client::new(&world).await;
        browser.sign_in(&client.authorize(&[]), "anna").await;
        browser.open(&client.authorize(&[])).await;
    }
    assert_eq!(browser.jar.len(), 2, "{:?}", browser.jar.keys());
    assert!(browser.cookies().len() < 600, "{}", browser.cookies().len());
    for line in &browser.set {
        assert!(line.starts_with("__Host-"), "{line}");
        for attribute in ["; Path=/", "; Secure", "; HttpOnly", "; SameSite=Lax"] {
            assert!(line.contains(attribute), "{line}");
        }
        assert!(!line.contains("Domain"), "{line}");
    }
    let of_browser = browser.set.iter().filter(|line| line.starts_with("__Host-jmb-browser="));
    assert_eq!(of_browser.count(), 1);
}

#[tokio::test]
async fn what_was_changed_or_is_late_begins_nothing() {
    let world = World::start().await;
    let client = Client::new(&world).await;
    let mut browser = Browser::new(&world);
    let consent = browser.open(&client.authorize(&[])).await;
    let form = consent.form();
    let request = form.fields[0].1.clone();
    let shorter = &request[..request.len() - 1];
    let flipped = request.replace(&request[60..64], "AAAA");
    let bodies = [
        encoded(&[("request", shorter), ALLOW]),
        encoded(&[("request", &flipped), ALLOW]),
        encoded(&[("request", &client.id), ALLOW]),
        encoded(&[("request", ""), ALLOW]),
        encoded(&[ALLOW]),
        encoded(&[("request", &request)]),
        encoded(&[("request", &request), ("decision", "ALLOW")]),
        encoded(&[("request", &request), ("decision", "deny"), ALLOW]),
        encoded(&[("request", &request), ("request", &request), ALLOW]),
        encoded(&[("request", &request), ALLOW, ("padding", &"x".repeat(70_000))]),
    ];
    for body in bodies {
        let sent = browser.go(Method::POST, &form.action, body.clone(), &[]).await;
        assert_eq!((sent.status, sent.location()), (400, ""), "{}", &body[..body.len().min(90)]);
    }
    world.advance_ms(10 * 60 * 1000);
    browser.submit(&consent, ALLOW, &[]).await.assert_page(400);
    assert!(world.exchanges().is_empty());
}

#[tokio::test]
async fn who_does_not_agree_is_not_sent_to_the_provider() {
    let world = World::start().await;
    let client = Client::new(&world).await;
    let mut browser = Browser::new(&world);
    let consent = browser.open(&client.authorize(&[])).await;
    browser.press(&consent, "decision", "deny").await.assert_refused(&client, "access_denied");
    assert!(world.exchanges().is_empty());
    let back = browser.sign_in(&client.authorize(&[]), "anna").await;
    Tokens::of(&client.redeem(&back.param("code").unwrap(), &[]).await);
}
