//! What goes wrong while a person signs in, or out.

use jira_sandbox::{Endpoint, Fault};

use crate::support::Run;

use super::world::{World, get, get_if_open, whoami};

#[tokio::test(flavor = "multi_thread")]
async fn who_refuses_is_not_signed_in() {
    let world = World::start().await;
    let (run, url) = world.begin(&world.app());
    let page = world.press(&url, "nobody").await;
    assert_eq!(page.status, 403, "{}", page.text);
    let ended = run.end();
    assert_eq!(ended.code, Some(1));
    assert!(ended.text.contains("access was not granted"), "{}", ended.text);
    assert_eq!(world.stdio().exit_code(), 64);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_state_changes_nothing_and_the_right_one_counts_once() {
    let world = World::start().await;
    let (run, url) = world.begin(&world.app());
    let back = world.answer(&url, "anna").await;
    let mut forged = back.clone();
    forged.query_pairs_mut().clear().append_pair("code", "x").append_pair("state", "guessed");
    let mut bare = back.clone();
    bare.set_query(Some("code=x"));
    let mut twice = back.clone();
    twice.set_query(Some(&format!("{}&code=x", back.query().unwrap())));
    for wrong in [&forged, &bare, &twice] {
        assert_eq!(get(wrong).await.status, 400, "{wrong}");
    }
    assert_eq!(world.identity().requests(Endpoint::Token), 0);
    // Two windows come back at once: one of them signs in, and nobody waits for the slower one.
    let windows = tokio::join!(get_if_open(&back), get_if_open(&back));
    let mut statuses = [windows.0, windows.1].map(|page| page.map_or(400, |page| page.status));
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 400]);
    assert_eq!(run.end().code, Some(0));
    assert_eq!(world.identity().requests(Endpoint::Token), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_is_down_is_told_and_the_sign_in_before_stays() {
    let world = World::start().await;
    world.login("anna").await;
    for (fault, told) in [
        (Fault::status(503), "Atlassian does not answer"),
        (Fault::refusal(401, "invalid_client"), "developer console"),
        (Fault::refusal(400, "invalid_grant"), "developer console"),
    ] {
        world.identity().fail_always(Endpoint::Token, fault);
        let (run, url) = world.begin(&world.app());
        let page = world.press(&url, "ben").await;
        assert!(page.status >= 500, "{}", page.text);
        let ended = run.end();
        assert_eq!(ended.code, Some(1));
        assert!(ended.text.contains(told), "{}", ended.text);
        world.identity().heal();
    }
    assert_eq!(whoami(&mut world.stdio(), 1)["name"], "Anna Admin");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_sign_in_at_the_same_port_is_refused_and_the_first_goes_on() {
    let world = World::start().await;
    let (run, url) = world.begin(&world.app());
    let port = world.port.to_string();
    let second = Run::start(&["login", "--no-browser", "--port", &port], &world.app()).end();
    assert_eq!(second.code, Some(1));
    assert!(second.text.contains("--port"), "{}", second.text);
    world.press(&url, "anna").await;
    assert_eq!(run.end().code, Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_ends_the_wait_and_nobody_is_signed_in() {
    let world = World::start().await;
    let (run, _url) = world.begin(&world.app());
    run.signal(rustix::process::Signal::INT);
    let ended = run.end();
    assert_eq!(ended.code, Some(1));
    assert!(ended.text.contains("the command was stopped"), "{}", ended.text);
    assert_eq!(world.stdio().exit_code(), 64);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_an_app_the_settings_are_named() {
    let world = World::start().await;
    let ended = Run::start(&["login"], &world.settings()).end();
    assert_eq!(ended.code, Some(64), "{}", ended.text);
    for name in ["ATLASSIAN_CLIENT_ID: needed", "ATLASSIAN_CLIENT_SECRET: needed"] {
        assert!(ended.text.contains(name), "{}", ended.text);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_out_works_while_the_provider_is_down_and_says_so() {
    let world = World::start().await;
    world.login("anna").await;
    world.identity().fail_always(Endpoint::Revoke, Fault::status(503));
    let ended = world.logout();
    assert_eq!(ended.code, Some(0), "{}", ended.text);
    assert!(ended.text.contains("Atlassian has not confirmed"), "{}", ended.text);
    assert!(ended.text.contains("https://id.atlassian.com/manage-profile/apps"), "{}", ended.text);
    assert_eq!(world.stdio().exit_code(), 64);
}

/// What cannot be read is nobody's sign-in, is not taken for none, and can be deleted.
#[tokio::test(flavor = "multi_thread")]
async fn damaged_files_are_told_and_a_sign_out_clears_them() {
    let world = World::start().await;
    world.login("anna").await;
    for entry in std::fs::read_dir(world.folder()).unwrap() {
        let path = entry.unwrap().path();
        if !path.file_name().unwrap().to_str().unwrap().starts_with('.') {
            std::fs::write(path, "damaged").unwrap();
        }
    }
    let mut stdio = world.stdio();
    assert_eq!(stdio.exit_code(), 1);
    assert!(stdio.everything().contains("cannot be read"), "{}", stdio.everything());
    let refused = Run::start(&["login", "--no-browser", "--port", "0"], &world.app()).end();
    assert_eq!(refused.code, Some(1));
    assert!(refused.text.contains("jira-mcp-bridge logout"), "{}", refused.text);
    let checked = Run::start(&["check"], &world.settings()).end();
    assert!(checked.text.contains("cannot be read"), "{}", checked.text);
    let ended = world.logout();
    assert_eq!(ended.code, Some(0), "{}", ended.text);
    assert!(ended.text.contains("could not be read"), "{}", ended.text);
    world.login("anna").await;
    assert_eq!(whoami(&mut world.stdio(), 1)["name"], "Anna Admin");
}
