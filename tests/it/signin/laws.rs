//! What holds whatever is sent.

use std::cell::Cell;

use http::Method;
use proptest::{
    prelude::*,
    test_runner::{Config, TestRunner},
};
use tokio::runtime::Runtime;

use super::{Client, Tokens, World, world::encoded};

fn runner(cases: u32) -> TestRunner {
    TestRunner::new(Config { cases, failure_persistence: None, ..Config::default() })
}

fn runtime() -> Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}

/// Parameters that stand where others do, each with what it may hold.
fn params(
    names: &'static [&'static str],
    good: Vec<String>,
) -> impl Strategy<Value = Vec<(String, String)>> {
    let value = prop_oneof![
        4 => prop::sample::select(good),
        1 => any::<String>(),
        1 => "[ -~]{0,40}",
        1 => Just(String::new()),
    ];
    prop::collection::vec((prop::sample::select(names), value), 0..10)
        .prop_map(|pairs| pairs.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
}

fn query(pairs: &[(String, String)]) -> String {
    let pairs: Vec<_> = pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    encoded(&pairs)
}

#[test]
fn nobody_is_ever_sent_where_the_client_does_not_live() {
    const NAMES: &[&str] = &[
        "client_id",
        "redirect_uri",
        "response_type",
        "response_mode",
        "state",
        "scope",
        "resource",
        "code_challenge",
        "code_challenge_method",
        "prompt",
        "iss",
        "code",
    ];
    let runtime = runtime();
    let world = runtime.block_on(World::start());
    let client = runtime.block_on(Client::with(&world, "none", "https://client.example/cb"));
    let usual: Vec<(String, String)> =
        url::form_urlencoded::parse(client.authorize(&[]).split('?').nth(1).unwrap().as_bytes())
            .into_owned()
            .collect();
    let mut good: Vec<String> = usual.iter().map(|(_, value)| value.clone()).collect();
    good.extend(
        [
            "https://evil.example/cb",
            "https://client.example/cb@evil.example",
            "https://client.example/cb/../../x",
            "//evil.example",
            "javascript:alert(1)",
            "none",
            "plain",
            "fragment",
            "token",
        ]
        .map(str::to_owned),
    );
    // Whole requests in which some parameters are other ones, and heaps of parameters.
    let changed = (params(NAMES, good.clone()), any::<prop::sample::Index>());
    let near = changed.prop_map(move |(changes, keep)| {
        let mut all = usual.clone();
        let from = keep.index(all.len() + 1);
        all.retain(|(name, _)| !changes.iter().skip(from).any(|(changed, _)| changed == name));
        all.extend(changes);
        all
    });
    let any_of_them = prop_oneof![3 => near, 1 => params(NAMES, good)];
    // How many were asked, refused, and given a page.
    let seen = [const { Cell::new(0) }; 3];
    let count = |at: usize| seen[at].set(seen[at].get() + 1);
    runner(256)
        .run(&any_of_them, |pairs| {
            // The address of a document would be fetched.
            let is_document =
                |(name, value): &(String, String)| name == "client_id" && value.contains("://");
            prop_assume!(!pairs.iter().any(is_document));
            let answer = runtime.block_on(world.get(&format!("/authorize?{}", query(&pairs))));
            match answer.status {
                200 => {
                    prop_assert!(answer.has_button("decision") && answer.location().is_empty());
                    count(0);
                }
                303 => {
                    let to = answer.location();
                    prop_assert!(to.starts_with("https://client.example/cb?error="), "{}", to);
                    prop_assert!(to.bytes().all(|b| b.is_ascii_graphic()));
                    prop_assert_eq!(answer.param("iss"), Some(world.url.clone()));
                    count(1);
                }
                status => {
                    prop_assert!(status == 400 && answer.location().is_empty(), "{:?}", answer);
                    count(2);
                }
            }
            prop_assert!(!answer.text.contains("<script"));
            Ok(())
        })
        .unwrap();
    let seen = seen.map(Cell::into_inner);
    assert!(seen[0] > 5 && seen[1] > 20 && seen[2] > 20, "{seen:?}");
    assert!(world.exchanges().is_empty());
}

#[test]
fn the_token_endpoint_answers_whatever_comes_in_words_that_clients_know() {
    const NAMES: &[&str] = &[
        "grant_type",
        "client_id",
        "client_secret",
        "code",
        "redirect_uri",
        "code_verifier",
        "refresh_token",
        "resource",
        "scope",
        "token",
    ];
    const KNOWN: [&str; 7] = [
        "invalid_request",
        "invalid_client",
        "invalid_grant",
        "invalid_scope",
        "invalid_target",
        "unsupported_grant_type",
        "temporarily_unavailable",
    ];
    let runtime = runtime();
    let world = runtime.block_on(World::start());
    let client = runtime.block_on(Client::new(&world));
    let other = runtime.block_on(Client::with(&world, "client_secret_post", &client.redirect));
    let (tokens, code) =
        runtime.block_on(async { (other.sign_in("ben").await, client.code("anna").await) });
    let good = vec![
        "authorization_code".to_owned(),
        "refresh_token".to_owned(),
        client.id.clone(),
        other.id.clone(),
        client.redirect.clone(),
        code,
        tokens.access.clone(),
        tokens.refresh.clone(),
        format!("{}/mcp", world.url),
        "read:jira-work".to_owned(),
    ];
    let kinds = prop::sample::select(vec![
        "application/x-www-form-urlencoded",
        "application/x-www-form-urlencoded",
        "application/json",
        "",
    ]);
    let bodies = prop_oneof![
        4 => params(NAMES, good).prop_map(|pairs| query(&pairs).into_bytes()),
        1 => prop::collection::vec(any::<u8>(), 0..300),
    ];
    let authorization = prop_oneof![
        5 => Just(None),
        1 => Just(Some("Bearer x".to_owned())),
        1 => "Basic [A-Za-z0-9+/=]{0,40}".prop_map(Some),
    ];
    let paths = prop::sample::select(vec!["/token", "/token", "/revoke", "/register"]);
    runner(256)
        .run(&(paths, kinds, bodies, authorization), |(path, kind, body, authorization)| {
            let mut headers = vec![("content-type", kind)];
            headers.extend(authorization.as_deref().map(|value| ("authorization", value)));
            let answer = runtime.block_on(world.send(Method::POST, path, &headers, body));
            prop_assert_eq!(answer.header("access-control-allow-origin"), "*");
            if answer.status == 200 {
                prop_assert!(path == "/revoke" && answer.text.is_empty(), "{:?}", answer);
                return Ok(());
            }
            let (status, error) = answer.error();
            prop_assert!(matches!(status, 400 | 401 | 503), "{:?}", answer);
            let is_known = KNOWN.contains(&error.as_str())
                || path == "/register" && error.starts_with("invalid_client_metadata");
            prop_assert!(is_known, "{:?}", answer);
            prop_assert!(answer.json()["error_description"].is_string());
            Ok(())
        })
        .unwrap();
    // None of it did any harm to those who are in.
    runtime.block_on(async {
        World::assert_is(&world.whoami(&tokens.access).await, "Ben");
        Tokens::of(&other.refresh(&tokens.refresh, &[]).await);
    });
}
