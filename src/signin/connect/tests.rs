//! Who gets how far with a link, on a clock of the test's own. No provider is reached.

mod shared;
mod world;

use std::sync::atomic::Ordering;

use http::StatusCode;
use url::Url;

use super::*;
use crate::signin::{
    person::{Directory, Person},
    session::Session,
};
use world::{ISSUER, START_MS, World, grant, person};

fn allow(request: &str) -> [(&str, &str); 2] {
    [("request", request), ("decision", "allow")]
}

const OURS: (&str, &str) = ("origin", ISSUER);

#[tokio::test]
async fn a_link_is_good_for_ten_minutes_for_its_person_in_one_browser() {
    let world = World::new();
    let (anna, browser) = (person("anna"), Browser::random().unwrap());
    let id = world.session(&anna).await;
    let link = world.link(id);
    for (minutes, and_ms) in [(0, 0), (9, 59_999)] {
        world.at(minutes, and_ms);
        let cookies = world.cookies(&anna, browser);
        let page = world.get(&link, &cookies).await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.text);
        for shown in ["anna", "Agent &lt;One&gt;", "127.0.0.1:9", "acme.atlassian.net"] {
            assert!(page.text.contains(shown), "no {shown} in {}", page.text);
        }
        let pressed = world.post(&cookies, &[OURS], &allow(&page.request())).await;
        assert_eq!(pressed.status, StatusCode::SEE_OTHER, "{}", pressed.text);
        let to: Url = pressed.location.parse().unwrap();
        let query = |name: &str| to.query_pairs().find(|(known, _)| known == name).unwrap().1;
        assert_eq!((to.path(), &*query("client_id")), ("/authorize", "atlassian-app"));
        // No more than the person agreed to when the program came.
        assert_eq!(query("scope"), "read:jira-work offline_access");
    }
    let cookies = world.cookies(&anna, browser);
    let early = world.get(&link, &cookies).await.request();
    world.at(10, 0);
    let late = world.get(&link, &cookies).await;
    assert_eq!((late.status, late.text.contains("ten minutes")), (StatusCode::BAD_REQUEST, true));
    let late = world.post(&cookies, &[OURS], &allow(&early)).await;
    assert_eq!(late.status, StatusCode::BAD_REQUEST, "a page that stayed open too long");
    let fresh = world.get(&world.link(id), &cookies).await;
    assert_eq!(fresh.status, StatusCode::OK, "the next link works");
}

#[tokio::test]
async fn somebody_elses_link_leads_nowhere() {
    let world = World::new();
    let (anna, mallory) = (person("anna"), person("mallory"));
    let browser = Browser::random().unwrap();
    let (victim, attacker) = (world.cookies(&anna, browser), world.session(&mallory).await);
    let refused = world.get(&world.link(attacker), &victim).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN, "{}", refused.text);
    assert!(!refused.text.contains("mallory"), "{}", refused.text);
    // Nor does the page that the attacker got, in the victim's browser or with its cookies.
    let own = Browser::random().unwrap();
    let page = world.get(&world.link(attacker), &world.cookies(&mallory, own)).await.request();
    let pressed = world.post(&victim, &[OURS], &allow(&page)).await;
    assert_eq!(pressed.status, StatusCode::FORBIDDEN);
    let planted = world.post(&world.cookies(&anna, own), &[OURS], &allow(&page)).await;
    assert_eq!((planted.status, planted.location), (StatusCode::FORBIDDEN, String::new()));
    // The same name is not the same person, and neither is another directory's account.
    for other in [
        Person { subject: "tenant/anna2".to_owned(), ..anna.clone() },
        Person { at: Directory::Atlassian, ..anna.clone() },
    ] {
        let id = world.session(&other).await;
        assert_eq!(world.get(&world.link(id), &victim).await.status, StatusCode::FORBIDDEN);
    }
}

#[tokio::test]
async fn who_is_not_signed_in_goes_to_entra_first() {
    let world = World::new();
    let anna = person("anna");
    let link = world.link(world.session(&anna).await);
    let sent = world.get(&link, "").await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER);
    assert!(sent.location.starts_with("http://127.0.0.1:9/tenant/oauth2/"), "{}", sent.location);
    assert!(sent.set_cookie.starts_with("__Host-jmb-browser="), "{}", sent.set_cookie);
    assert!(!sent.location.contains("link"), "{}", sent.location);
    // What a sign-out has made worthless is no sign-in, and a page that was open then is over.
    let browser = Browser::random().unwrap();
    let cookies = world.cookies(&anna, browser);
    let open = world.get(&link, &cookies).await.request();
    world.at(1, 0);
    world.signin.sessions().people().sign_out(&anna).await.unwrap();
    assert_eq!(world.get(&link, &cookies).await.status, StatusCode::SEE_OTHER);
    assert_eq!(world.post(&cookies, &[OURS], &allow(&open)).await.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn a_form_counts_only_from_our_own_page_in_its_own_browser() {
    let world = World::new();
    let (anna, browser) = (person("anna"), Browser::random().unwrap());
    let cookies = world.cookies(&anna, browser);
    let page = world.get(&world.link(world.session(&anna).await), &cookies).await.request();
    let good = allow(&page);
    let cross_site = [OURS, ("sec-fetch-site", "cross-site")];
    for headers in [&[("origin", "https://evil.example")][..], &[("origin", "null")], &cross_site] {
        let got = world.post(&cookies, headers, &good).await;
        assert_eq!(got.status, StatusCode::FORBIDDEN, "{headers:?}");
    }
    let other = world.cookies(&anna, Browser::random().unwrap());
    assert_eq!(world.post(&other, &[OURS], &good).await.status, StatusCode::FORBIDDEN);
    assert_eq!(world.post("", &[OURS], &good).await.status, StatusCode::FORBIDDEN);
    let (rest, last) = page.split_at(page.len() - 1);
    let changed = format!("{rest}{}", if last == "A" { "Q" } else { "A" });
    let forms: [&[(&str, &str)]; 6] = [
        &[("request", &changed), ("decision", "allow")],
        &[("request", &page)],
        &[("request", &page), ("decision", "maybe")],
        &[("request", &page), ("decision", "deny"), ("decision", "allow")],
        &[("decision", "allow")],
        &[],
    ];
    for form in forms {
        let got = world.post(&cookies, &[OURS], form).await;
        assert_eq!(got.status, StatusCode::BAD_REQUEST, "{form:?}");
    }
    let denied = world.post(&cookies, &[OURS], &[("request", &page), ("decision", "deny")]).await;
    assert!(denied.status.is_success() && denied.text.contains("not connected"), "{}", denied.text);
}

#[tokio::test]
async fn a_link_that_was_changed_or_whose_session_is_over_says_so() {
    let world = World::new();
    let (anna, browser) = (person("anna"), Browser::random().unwrap());
    let id = world.session(&anna).await;
    let (link, cookies) = (world.link(id), world.cookies(&anna, browser));
    let elsewhere = World::new();
    let foreign = elsewhere.link(elsewhere.session(&anna).await);
    let token = world.signin.tokens().make(crate::signin::tokens::Token::Code { session: id });
    let token = format!("/auth/connect?link={}", token.unwrap());
    let twice = format!("{link}&{}", link.split_once('?').unwrap().1);
    for bad in ["/auth/connect", "/auth/connect?link=", &link[..60], &foreign, &token, &twice] {
        let got = world.get(bad, &cookies).await;
        assert_eq!(got.status, StatusCode::BAD_REQUEST, "{bad}");
    }
    let open = world.get(&link, &cookies).await.request();
    world.signin.end(id, crate::signin::telemetry::End::Revoked).await.unwrap();
    assert_eq!(world.get(&link, &cookies).await.status, StatusCode::BAD_REQUEST);
    let pressed = world.post(&cookies, &[OURS], &allow(&open)).await;
    assert_eq!((pressed.status, pressed.location), (StatusCode::BAD_REQUEST, String::new()));
}

#[tokio::test]
async fn a_link_that_did_its_work_does_it_once() {
    let world = World::new();
    let (anna, browser) = (person("anna"), Browser::random().unwrap());
    let id = world.session(&anna).await;
    let (link, cookies) = (world.link(id), world.cookies(&anna, browser));
    let open = world.get(&link, &cookies).await.request();
    let connect =
        |session: &Session| (Some(Session { jira: Some(grant(START_MS)), ..session.clone() }), ());
    world.signin.sessions().change(id, connect).await.unwrap();
    let (shown, pressed) =
        (world.get(&link, &cookies).await, world.post(&cookies, &[OURS], &allow(&open)).await);
    for got in [shown, pressed] {
        assert!(got.status.is_success() && got.text.contains("is connected"), "{}", got.text);
        assert_eq!(got.location, "", "Atlassian is not asked again");
    }
}

#[tokio::test]
async fn a_store_that_is_down_takes_nothing_for_absent() {
    let world = World::new();
    let (anna, browser) = (person("anna"), Browser::random().unwrap());
    let (link, cookies) = (world.link(world.session(&anna).await), world.cookies(&anna, browser));
    let open = world.get(&link, &cookies).await.request();
    // It fails at once, or between the person and their session.
    for answers in [0, 1] {
        let fails = || world.answers_left.store(answers, Ordering::Relaxed);
        fails();
        let shown = world.get(&link, &cookies).await;
        fails();
        let pressed = world.post(&cookies, &[OURS], &allow(&open)).await;
        for got in [shown, pressed] {
            assert_eq!(got.status, StatusCode::SERVICE_UNAVAILABLE, "{answers}: {}", got.text);
        }
    }
    world.answers_left.store(0, Ordering::Relaxed);
    assert_eq!(world.get(&link, "").await.status, StatusCode::SERVICE_UNAVAILABLE);
    world.answers_left.store(usize::MAX, Ordering::Relaxed);
    let pressed = world.post(&cookies, &[OURS], &allow(&open)).await;
    assert_eq!(pressed.status, StatusCode::SEE_OTHER, "nothing was lost");
}
