//! What ends the connection of a person who brings tokens of Entra ID, and what does not.

use jira_sandbox::{Endpoint, Fault};
use serde_json::json;

use super::{
    Browser, Client, World,
    connected_accounts::{connect, grants, link, linking, token_of, who},
    entra_bearers::{call, envelope, list},
};
use crate::support::Fault as JiraFault;

const MINUTE_MS: i64 = 60_000;

/// A bridge at which Anna has connected her Jira, her token, and her browser.
async fn connected(world: &World) -> (String, Browser<'_>) {
    let token = token_of(world, "anna", "program-1").await;
    let mut browser = Browser::new(world);
    connect(&mut browser, &link(world, &token).await, ("anna", "anna")).await;
    assert_eq!(who(world, &token).await.as_deref(), Some("Anna"));
    (token, browser)
}

#[tokio::test]
async fn a_link_is_good_for_ten_minutes_and_so_is_its_page() {
    let world = linking(&[]).await;
    let token = token_of(&world, "anna", "program-1").await;
    let link = link(&world, &token).await;
    let mut browser = Browser::new(&world);
    browser.sign_in_to_pages("anna").await;
    world.advance_ms(10 * MINUTE_MS - 1);
    let page = browser.open(&link).await;
    assert!(page.has_button("decision"), "{page:?}");
    world.advance_ms(1);
    let over = browser.open(&link).await;
    over.assert_page(400);
    assert!(over.text.contains("ten minutes"), "{over:?}");
    browser.submit(&page, ("decision", "allow"), &[]).await.assert_page(400);
    assert!(grants(&world).is_empty());
}

#[tokio::test]
async fn a_no_changes_nothing_wherever_it_is_said() {
    let world = linking(&[]).await;
    let token = token_of(&world, "anna", "program-1").await;
    let mut browser = Browser::new(&world);
    browser.sign_in_to_pages("anna").await;
    let page = browser.open(&link(&world, &token).await).await;
    let no = browser.press(&page, "decision", "deny").await;
    assert!(no.text.contains("Jira is not connected"), "{no:?}");
    let page = browser.open(&link(&world, &token).await).await;
    let people = browser.press(&page, "decision", "allow").await;
    browser.press(&people, "user", "nobody").await.assert_page(403);
    assert_eq!((who(&world, &token).await, grants(&world).len()), (None, 0));
}

#[tokio::test]
async fn a_sign_out_ends_it_and_another_account_may_follow() {
    let world = linking(&[]).await;
    let (token, mut browser) = connected(&world).await;
    let other_program = token_of(&world, "anna", "program-2").await;
    assert_eq!(who(&world, &other_program).await.as_deref(), Some("Anna"));
    world.advance_ms(1);
    let status = browser.open("/auth/status").await;
    browser.submit(&status, ("x", ""), &[]).await.assert_page(200);
    assert!(grants(&world).iter().all(|grant| grant.revoked));
    for token in [&token, &other_program] {
        assert_eq!(who(&world, token).await, None);
    }
    world.advance_ms(1);
    // Her work account stays; the account at Atlassian is another one, and so is all that is
    // remembered of it.
    let done = connect(&mut browser, &link(&world, &token).await, ("anna", "ben")).await;
    assert!(done.text.contains("Jira is connected"), "{done:?}");
    for token in [&token, &other_program, &token] {
        assert_eq!(who(&world, token).await.as_deref(), Some("Ben"));
    }
}

#[tokio::test]
async fn a_sign_out_ends_links_pages_and_what_is_on_its_way() {
    let world = linking(&[]).await;
    let token = token_of(&world, "anna", "program-1").await;
    let old = link(&world, &token).await;
    let mut browser = Browser::new(&world);
    browser.sign_in_to_pages("anna").await;
    let page = browser.open(&old).await;
    let people = browser.press(&page, "decision", "allow").await;
    let back = browser.submit(&people, ("user", "anna"), &[]).await.location().to_owned();
    world.advance_ms(1);
    let status = browser.open("/auth/status").await;
    browser.submit(&status, ("x", ""), &[]).await.assert_page(200);
    browser.open(&back).await.assert_page(400);
    assert!(grants(&world).len() == 1 && grants(&world)[0].revoked, "{:?}", grants(&world));
    world.advance_ms(1);
    browser.sign_in_to_pages("anna").await;
    browser.open(&old).await.assert_page(400);
    assert_eq!(who(&world, &token).await, None);
    connect(&mut browser, &link(&world, &token).await, ("anna", "anna")).await;
    assert_eq!(who(&world, &token).await.as_deref(), Some("Anna"));
}

#[tokio::test]
async fn a_refusal_of_atlassian_ends_it_and_the_token_stays_good() {
    for setting in ["tool_error", "http_401"] {
        let world = linking(&[("UPSTREAM_401", setting)]).await;
        let (token, mut browser) = connected(&world).await;
        assert!(world.sandbox.identity().revoke(grants(&world)[0].id));
        world.advance_ms(31 * MINUTE_MS);
        let link = link(&world, &token).await;
        assert!(!list(&world, "/mcp", &token).await.is_empty(), "it is no 401 afterwards");
        connect(&mut browser, &link, ("anna", "anna")).await;
        assert_eq!(who(&world, &token).await.as_deref(), Some("Anna"));
    }
}

#[tokio::test]
async fn what_jira_refuses_is_renewed_once_and_its_refusal_is_none_of_the_token() {
    let world = linking(&[("UPSTREAM_401", "http_401")]).await;
    let (token, _browser) = connected(&world).await;
    world.sandbox.identity().expire_access_tokens("anna");
    assert_eq!(who(&world, &token).await.as_deref(), Some("Anna"));
    assert_eq!(grants(&world)[0].refreshes, 1);
    // Whatever is renewed, Jira takes none of it.
    world.jira.fail_always("/", JiraFault::Status(401, ""));
    let told = envelope(&call(&world, &token, "jira_whoami", json!({})).await);
    assert_eq!(told["error"], "unauthenticated", "{told}");
    assert_eq!(grants(&world)[0].refreshes, 2);
    assert!(!list(&world, "/mcp", &token).await.is_empty());
}

#[tokio::test]
async fn while_atlassian_is_away_a_live_grant_goes_on_and_an_ended_one_waits() {
    let world = linking(&[]).await;
    let (token, _) = connected(&world).await;
    let identity = world.sandbox.identity();
    identity.fail_always(Endpoint::Token, Fault::status(503));
    world.advance_ms(40 * MINUTE_MS);
    assert_eq!(who(&world, &token).await.as_deref(), Some("Anna"));
    world.advance_ms(25 * MINUTE_MS);
    let told = envelope(&call(&world, &token, "jira_whoami", json!({})).await);
    assert_eq!(told["error"], "upstream_unavailable", "{told}");
    assert!(!list(&world, "/mcp", &token).await.is_empty());
    identity.heal();
    world.advance_ms(10_000);
    assert_eq!(who(&world, &token).await.as_deref(), Some("Anna"));
}

#[tokio::test]
async fn it_counts_among_the_sessions_of_its_person() {
    let world = linking(&[("MAX_SESSIONS_PER_USER", "1")]).await;
    let client = Client::new(&world).await;
    let first = client.sign_in("anna").await;
    let (token, mut browser) = connected(&world).await;
    world.assert_out(&world.whoami(&first.access).await);
    world.advance_ms(4_000);
    client.sign_in("anna").await;
    world.advance_ms(4_000);
    assert_eq!(who(&world, &token).await, None);
    assert!(grants(&world).iter().all(|grant| grant.revoked));
    let status = browser.open("/auth/status").await;
    assert!(!status.text.contains("All programs that sign you in"), "{status:?}");
}

#[tokio::test]
async fn it_ends_without_use_and_with_age() {
    let hour = (60 * MINUTE_MS).to_string();
    let world = linking(&[
        ("SESSION_IDLE_TIMEOUT", &hour),
        ("SESSION_TIMEOUT", &(3 * 60 * MINUTE_MS).to_string()),
    ])
    .await;
    let (token, _) = connected(&world).await;
    for minutes in [50, 50, 50] {
        world.advance_ms(minutes * MINUTE_MS);
        assert_eq!(who(&world, &token).await.as_deref(), Some("Anna"));
    }
    world.advance_ms(31 * MINUTE_MS);
    assert_eq!(who(&world, &token).await, None, "three hours are over");
    connect(&mut Browser::new(&world), &link(&world, &token).await, ("anna", "anna")).await;
    world.advance_ms(61 * MINUTE_MS);
    assert_eq!(who(&world, &token).await, None, "nobody used it for an hour");
}

#[tokio::test]
async fn of_two_pages_at_once_one_grant_is_kept_and_the_other_ended() {
    let world = linking(&[]).await;
    let token = token_of(&world, "anna", "program-1").await;
    let mut backs = Vec::new();
    let mut browsers = [Browser::new(&world), Browser::new(&world)];
    for browser in &mut browsers {
        browser.sign_in_to_pages("anna").await;
        let page = browser.open(&link(&world, &token).await).await;
        let people = browser.press(&page, "decision", "allow").await;
        backs.push(browser.submit(&people, ("user", "anna"), &[]).await.location().to_owned());
    }
    let [one, other] = &mut browsers;
    let (one, other) = tokio::join!(one.open(&backs[0]), other.open(&backs[1]));
    for page in [one, other] {
        assert!(page.text.contains("Jira is connected"), "{page:?}");
    }
    let all = grants(&world);
    assert_eq!((all.len(), all.iter().filter(|grant| !grant.revoked).count()), (2, 1));
    assert_eq!(who(&world, &token).await.as_deref(), Some("Anna"));
}

#[tokio::test]
async fn any_replica_knows_it_and_one_renews_it() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path().join("sessions");
    let key = base64::Engine::encode(
        &base64::engine::general_purpose::STANDARD,
        (0..32).collect::<Vec<u8>>(),
    );
    let store = [
        ("SESSION_STORE_TYPE", "file"),
        ("SESSION_STORAGE_DIR", folder.to_str().unwrap()),
        ("SESSION_ENCRYPTION_KEY", key.as_str()),
    ];
    let world = linking(&store).await;
    let second = world.replica(&[]).await;
    let (token, mut browser) = connected(&world).await;
    let at_second = async |token: &str| {
        let path = format!("{}/mcp", second.url);
        let params = json!({"name": "jira_whoami", "arguments": {}});
        let answer = super::entra_bearers::rpc(&world, &path, token, "tools/call", params).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.text
    };
    assert!(at_second(&token).await.contains("Anna"));
    world.advance_ms(40 * MINUTE_MS);
    let (one, other) = tokio::join!(who(&world, &token), at_second(&token));
    assert!(one.as_deref() == Some("Anna") && other.contains("Anna"), "{one:?} {other}");
    assert_eq!(grants(&world)[0].refreshes, 1, "Atlassian takes a refresh token once");
    let told = at_second(&token).await;
    assert!(told.contains("Anna"), "{told}");
    let status = browser.sign_in_to_pages("anna").await;
    world.advance_ms(1);
    browser.submit(&status, ("x", ""), &[]).await.assert_page(200);
    world.advance_ms(5_000);
    let told = at_second(&token).await;
    assert!(told.contains("sign_in_required") && told.contains("/auth/connect?link="), "{told}");
}
