//! The commands `login` and `logout`, and `stdio` that works as whoever has signed in.

mod faults;
mod keys;
mod world;

use jira_sandbox::Endpoint;
use serde_json::json;

use crate::support::Run;

use world::{World, whoami};

#[tokio::test(flavor = "multi_thread")]
async fn who_signs_in_once_works_over_stdio_until_they_sign_out() {
    let world = World::start().await;
    let ended = world.login("anna").await;
    assert!(ended.text.contains("Signed in as Anna Admin"), "{}", ended.text);
    let mut stdio = world.stdio();
    assert_eq!(whoami(&mut stdio, 1)["name"], "Anna Admin");
    // An end of the token before its time is no business of the person.
    world.identity().expire_access_tokens("anna");
    assert_eq!(whoami(&mut stdio, 2)["name"], "Anna Admin");
    world.identity().expire_access_tokens("anna");
    assert_eq!(whoami(&mut stdio, 3)["name"], "Anna Admin", "nor is the second one");
    assert_eq!(world.identity().grants()[0].refreshes, 2);
    let checked = Run::start(&["check"], &world.settings()).end();
    assert!(checked.text.contains("Anna Admin, since 20"), "{}", checked.text);
    let ended = world.logout();
    assert_eq!(ended.code, Some(0), "{}", ended.text);
    assert!(ended.text.contains("Signed out, here and at Atlassian."), "{}", ended.text);
    assert!(world.identity().grants()[0].revoked);
    assert_eq!(stdio.end(), 0);
    assert!(world.logout().text.contains("Nobody is signed in"));
    let mut stdio = world.stdio();
    assert_eq!(stdio.exit_code(), 64);
    let shown = stdio.everything();
    assert!(shown.contains("run `jira-mcp-bridge login` once"), "{shown}");
}

#[tokio::test(flavor = "multi_thread")]
async fn processes_share_one_grant_and_renew_it_once() {
    let world = World::start().await;
    world.login("anna").await;
    let mut all: Vec<_> = (0..4).map(|_| world.stdio()).collect();
    for stdio in &mut all {
        assert_eq!(whoami(stdio, 1)["name"], "Anna Admin");
    }
    world.identity().expire_access_tokens("anna");
    let before = world.identity().requests(Endpoint::Token);
    for stdio in &mut all {
        let params = json!({ "name": "jira_whoami", "arguments": {} });
        let call = json!({ "jsonrpc": "2.0", "id": 2, "method": "tools/call", "params": params });
        stdio.say(&call.to_string());
    }
    for stdio in &mut all {
        let answer = stdio.next().to_string();
        assert!(answer.contains("Anna Admin"), "{answer}");
    }
    assert_eq!(world.identity().requests(Endpoint::Token) - before, 1);
    assert_eq!(world.identity().grants()[0].refreshes, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_in_that_atlassian_ends_is_told_and_a_new_one_is_seen_without_a_restart() {
    let world = World::start().await;
    world.login("anna").await;
    let mut stdio = world.stdio();
    assert_eq!(whoami(&mut stdio, 1)["name"], "Anna Admin");
    assert!(world.identity().revoke(0));
    let refused = whoami(&mut stdio, 2);
    assert_eq!(refused["error"], "unauthenticated", "{refused}");
    assert!(refused["hint"].as_str().unwrap().contains("`jira-mcp-bridge login`"), "{refused}");
    let checked = Run::start(&["check"], &world.settings()).end();
    assert!(checked.text.contains("the sign-in of Anna Admin has ended"), "{}", checked.text);
    // A process that starts now says the same to whoever asks.
    assert_eq!(whoami(&mut world.stdio(), 1)["error"], "unauthenticated");
    world.login("anna").await;
    assert_eq!(whoami(&mut stdio, 3)["name"], "Anna Admin");
    // What the process remembers is Anna's: it never becomes somebody else's.
    assert!(world.identity().revoke(1));
    world.login("ben").await;
    assert_eq!(whoami(&mut stdio, 4)["error"], "unauthenticated");
    assert_eq!(whoami(&mut world.stdio(), 1)["name"], "Ben Developer");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_sign_in_ends_the_one_before_at_atlassian_too() {
    let world = World::start().await;
    world.login("anna").await;
    world.login("ben").await;
    let revoked: Vec<bool> = world.identity().grants().iter().map(|grant| grant.revoked).collect();
    assert_eq!(revoked, [true, false]);
    assert_eq!(whoami(&mut world.stdio(), 1)["name"], "Ben Developer");
}

#[tokio::test(flavor = "multi_thread")]
async fn tokens_go_to_no_other_host_than_the_one_they_are_for() {
    let world = World::start().await;
    world.login("anna").await;
    let other = World::start().await;
    let mut settings = world.settings();
    for (name, value) in &mut settings {
        if *name == "JIRA_API_BASE_URL" {
            *value = format!("http://{}", other.jira.address);
        }
    }
    let mut stdio = crate::support::Stdio::start(&settings);
    assert_eq!(stdio.exit_code(), 1);
    let shown = stdio.everything();
    assert!(shown.contains("JIRA_API_BASE_URL"), "{shown}");
    assert!(other.jira.seen().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn no_file_and_no_stream_shows_a_token() {
    let world = World::start().await;
    let mut settings = world.app();
    settings.push(("LOG_LEVEL", "trace".to_owned()));
    let (run, url) = world.begin(&settings);
    assert!(!url.as_str().contains(&world::secret()));
    world.press(&url, "anna").await;
    let mut shown = run.end().text;
    let mut settings = world.settings();
    settings.push(("LOG_LEVEL", "trace".to_owned()));
    let mut stdio = crate::support::Stdio::start(&settings);
    whoami(&mut stdio, 1);
    stdio.end();
    shown += &stdio.everything();
    for entry in std::fs::read_dir(world.folder()).unwrap() {
        let text = std::fs::read(entry.unwrap().path()).unwrap();
        shown += &String::from_utf8_lossy(&text);
    }
    let seen = world.jira.seen();
    let token = seen.iter().find_map(|seen| seen.authorization.strip_prefix("Bearer "));
    for secret in [token.unwrap(), &world::secret()] {
        assert!(!shown.contains(secret), "a secret is shown");
    }
}
