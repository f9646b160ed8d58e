//! *Connect Jira* from the tool's error to the tool's answer, and everything that may come between.

use std::time::Duration;

use jira_sandbox::Provider;
use serde_json::json;

use super::{browser::Browser, world::World};
use crate::support::until;

/// How many grants for Jira are good, of all that were given.
fn grants(world: &World) -> (usize, usize) {
    let all = world.grants(Provider::Atlassian);
    (all.iter().filter(|grant| !grant.revoked).count(), all.len())
}

#[tokio::test]
async fn a_person_of_entra_connects_jira_and_signs_out_of_both() {
    let world = World::start().await;
    let (program, browser) = (world.program().await, Browser::new());
    let tokens = program.sign_in(&browser, "anna").await;
    for method in ["initialize", "tools/list", "ping"] {
        let params = json!({
            "protocolVersion": "2025-11-25", "capabilities": {},
            "clientInfo": {"name": "t", "version": "1"},
        });
        let reply = world.rpc(&tokens.access, method, params).await;
        assert!(reply.status == 200 && reply.json()["error"].is_null(), "{}", reply.text);
    }
    let link = world.link(&tokens).await;
    assert!(link.starts_with(&format!("{}/auth/connect?link=", world.bridge.url)), "{link}");
    let page = browser.open(&link).await;
    assert!(page.has("decision") && page.text.contains("Anna"), "{page:?}");
    let page = browser.press(&page, "decision", "allow").await;
    let page = browser.press(&page, "user", "anna").await;
    assert!(page.status == 200 && page.text.contains("Jira is connected"), "{page:?}");
    assert!(world.is_connected(&tokens).await);
    assert_eq!(world.grants(Provider::Atlassian)[0].scopes.last().unwrap(), "offline_access");

    // The link again, and the sign-in goes on.
    let again = browser.open(&link).await;
    assert!(again.text.contains("Jira is connected") && !again.has("decision"), "{again:?}");
    assert_eq!(grants(&world), (1, 1));
    let tokens = program.refresh(&tokens).await.unwrap();
    assert!(world.is_connected(&tokens).await);

    let status = browser.open(&format!("{}/auth/status", world.bridge.url)).await;
    let out = browser.press(&status, "", "").await;
    assert!(out.text.contains("signed out"), "{out:?}");
    assert_eq!(grants(&world), (0, 1), "the grant for Jira ended as well");
    let reply = world.rpc(&tokens.access, "ping", json!({})).await;
    assert_eq!(reply.status, 401, "{}", reply.text);
    assert!(program.refresh(&tokens).await.is_err());
}

#[tokio::test]
async fn each_program_is_connected_by_itself_and_ends_by_itself() {
    let world = World::start().await;
    let browser = Browser::new();
    let (one, other) = (world.program().await, world.program().await);
    let (of_one, of_other) =
        (one.sign_in(&browser, "anna").await, other.sign_in(&browser, "anna").await);
    let link = world.link(&of_one).await;
    browser.walk(&link, "anna").await;
    assert!(world.is_connected(&of_one).await);
    assert!(!world.is_connected(&of_other).await, "a link is for one session");
    browser.walk(&world.link(&of_other).await, "anna").await;
    assert!(world.is_connected(&of_other).await);
    one.revoke(&of_one).await;
    assert_eq!(grants(&world), (1, 2));
    assert!(world.is_connected(&of_other).await);
    let over = browser.open(&link).await;
    assert!(over.status == 400 && over.text.contains("This link is over"), "{over:?}");
}

#[tokio::test]
async fn another_browser_signs_in_first_and_only_as_the_same_person() {
    let world = World::start().await;
    let program = world.program().await;
    let tokens = program.sign_in(&Browser::new(), "anna").await;
    let link = world.link(&tokens).await;
    let bens = Browser::new();
    let refused = bens.walk(&link, "ben").await;
    assert!(refused.status == 403 && refused.text.contains("somebody else"), "{refused:?}");
    assert!(!world.is_connected(&tokens).await);
    // Back from Entra, the page of the link is what comes next, and nothing is done without it.
    let phone = Browser::new();
    let entra = phone.open(&link).await;
    let page = phone.press(&entra, "user", "anna").await;
    assert!(page.status == 200 && page.has("decision"), "{page:?}");
    assert_eq!(grants(&world), (0, 0));
    let page = phone.press(&page, "decision", "allow").await;
    // Who is lured to the end of it gets nothing, and takes nothing away.
    let back = phone.press_only(&page, "user", "anna").await.location.unwrap();
    let lured = bens.open(back.as_str()).await;
    assert!(lured.status == 403 && lured.text.contains("this browser"), "{lured:?}");
    let done = phone.open(back.as_str()).await;
    assert!(done.text.contains("Jira is connected"), "{done:?}");
    assert!(world.is_connected(&tokens).await);
    let twice = phone.open(back.as_str()).await;
    assert_eq!((twice.status, grants(&world)), (400, (1, 1)), "{twice:?}");
}

#[tokio::test]
async fn a_no_changes_nothing_wherever_it_is_said() {
    let world = World::start().await;
    let (program, browser) = (world.program().await, Browser::new());
    let tokens = program.sign_in(&browser, "anna").await;
    let link = world.link(&tokens).await;
    let page = browser.open(&link).await;
    let denied = browser.press(&page, "decision", "deny").await;
    assert!(denied.text.contains("Jira is not connected"), "{denied:?}");
    let atlassian = browser.press(&page, "decision", "allow").await;
    let denied = browser.press(&atlassian, "user", "nobody").await;
    assert!(denied.status == 403 && denied.text.contains("cancelled"), "{denied:?}");
    assert!(!world.is_connected(&tokens).await);
    // The same link still leads to a yes.
    let done = browser.walk(&link, "anna").await;
    assert!(done.text.contains("Jira is connected"), "{done:?}");
    assert!(world.is_connected(&tokens).await);
}

#[tokio::test]
async fn of_two_pages_at_once_one_grant_is_kept_and_the_other_ended() {
    let world = World::start().await;
    let (program, browser) = (world.program().await, Browser::new());
    let tokens = program.sign_in(&browser, "anna").await;
    let page = browser.open(&world.link(&tokens).await).await;
    let one = browser.press(&page, "decision", "allow").await;
    let other = browser.press(&page, "decision", "allow").await;
    for tab in [one, other] {
        let done = browser.press(&tab, "user", "anna").await;
        assert!(done.text.contains("Jira is connected"), "{done:?}");
    }
    assert_eq!(grants(&world), (1, 2));
    assert!(world.is_connected(&tokens).await);
}

#[tokio::test]
async fn a_session_that_ends_on_the_way_gets_nothing() {
    let world = World::start().await;
    let (program, browser) = (world.program().await, Browser::new());
    let tokens = program.sign_in(&browser, "anna").await;
    let page = browser.open(&world.link(&tokens).await).await;
    let atlassian = browser.press(&page, "decision", "allow").await;
    program.revoke(&tokens).await;
    let over = browser.press(&atlassian, "user", "anna").await;
    assert!(over.status == 400 && over.text.contains("This link is over"), "{over:?}");
    assert_eq!(grants(&world), (0, 1), "a grant that nobody holds is ended");
}

#[tokio::test]
async fn where_entra_ends_a_sign_in_the_grant_for_jira_ends_as_well() {
    let world = World::with(&[], Duration::ZERO).await;
    let (program, browser) = (world.program().await, Browser::new());
    let tokens = program.sign_in(&browser, "anna").await;
    browser.walk(&world.link(&tokens).await, "anna").await;
    assert!(world.is_connected(&tokens).await);
    assert!(world.identity.revoke(world.grants(Provider::Entra)[0].id));
    let reply = world.rpc(&tokens.access, "ping", json!({})).await;
    assert_eq!(reply.status, 401, "{}", reply.text);
    until("Atlassian was told", async || grants(&world) == (0, 1)).await;
}

#[tokio::test]
async fn without_an_app_of_atlassian_an_administrator_is_named() {
    let none = [("ATLASSIAN_CLIENT_ID", ""), ("ATLASSIAN_CLIENT_SECRET", "")];
    let world = World::with(&none, Duration::from_hours(1)).await;
    let tokens = world.program().await.sign_in(&Browser::new(), "anna").await;
    let (is_error, told) = world.call(&tokens.access, "jira_whoami", json!({})).await;
    assert!(is_error && told["error"] == "sign_in_required", "{told}");
    assert!(told.get("url").is_none(), "{told}");
    let hint = told["hint"].as_str().unwrap();
    assert!(hint.contains("administrator") && hint.contains("ATLASSIAN_CLIENT_ID"), "{hint}");
}
