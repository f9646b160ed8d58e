//! Whoever reads what is kept, logged, counted or answered learns no token, no name and no account.

use std::fs;

use base64::{
    Engine,
    engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD},
};
use jira_sandbox::{Endpoint, Fault};
use serde_json::{Value, json};

use super::{
    RedisServer, World,
    browser::Door,
    key,
    rotation::walk,
    stores::{Folder, files, operator, redis},
};
use crate::support::Process;

/// What would show a text in some place: itself, in hex, and in base64 wherever it begins.
fn shapes(text: &str) -> Vec<Vec<u8>> {
    let hex: String = in_hex(text);
    let mut shapes = vec![text.as_bytes().to_vec(), hex.to_uppercase().into(), hex.into()];
    for skipped in 0..3 {
        // Whole groups of three bytes, whatever stands before and behind them.
        let rest = &text.as_bytes()[skipped..];
        let whole = &rest[..rest.len() / 3 * 3];
        shapes.push(STANDARD_NO_PAD.encode(whole).into());
        shapes.push(URL_SAFE_NO_PAD.encode(whole).into());
    }
    shapes
}

fn holds(place: &[u8], text: &str) -> bool {
    shapes(text).iter().any(|shape| place.windows(shape.len()).any(|part| part == shape))
}

/// Every file of a folder, its name before it.
fn contents(folder: &std::path::Path) -> Vec<u8> {
    let files = walk(folder).into_iter();
    files
        .flat_map(|path| [path.as_os_str().as_encoded_bytes(), &fs::read(&path).unwrap()].concat())
        .collect()
}

/// Every key of the server with its value.
fn everything(url: &str) -> Vec<u8> {
    let names = String::from_utf8(operator(url, &["--scan"])).unwrap();
    names
        .lines()
        .flat_map(|name| [name.as_bytes(), &operator(url, &["GET", name])].concat())
        .collect()
}

/// A sign-in with all that may go wrong; what must be found nowhere, and all error replies.
async fn talk(world: &World, door: &Door) -> (Vec<String>, Vec<u8>) {
    let mut errors = Vec::new();
    let asked = door.ask().await;
    let mut note = |reply: &super::browser::Reply| {
        errors.extend(format!("{:?}{}", reply.headers, reply.text).into_bytes());
    };
    note(&door.decide(&asked, "deny").await);
    note(&door.get("/auth/callback?state=none&code=none", "").await);
    let anna = door.sign_in("anna").await;
    let who = door.call(&anna.access_token, "jira_whoami", json!({})).await.json();
    let who: Value =
        serde_json::from_str(who["result"]["content"][0]["text"].as_str().unwrap()).unwrap();
    let new = door.refresh(&anna).await.tokens(&anna.client_id);
    world.identity.fail_next(Endpoint::Token, Fault::refusal(401, "invalid_client"));
    world.identity.expire_access_tokens("anna");
    note(&door.read(&new.access_token).await);
    world.identity.fail_always(Endpoint::Token, Fault::html(502));
    note(&door.read(&new.access_token).await);
    world.identity.heal();
    let ben = door.sign_in("ben").await;
    note(&door.redeem(&ben.client_id, &ben.access_token).await);
    note(&door.read(&format!("{}x", ben.access_token)).await);
    note(&door.read(&ben.refresh_token).await);
    assert_eq!(door.revoke(&ben).await.status, 200);
    note(&door.read(&ben.access_token).await);
    note(&door.refresh(&ben).await);
    let text = |name: &str| who[name].as_str().unwrap_or_else(|| panic!("{who}")).to_owned();
    let mut hidden = vec![text("account_id"), text("name")];
    for tokens in [&anna, &new, &ben] {
        for token in [&tokens.access_token, &tokens.refresh_token] {
            // Behind the prefix and the letter, so that a part of it is found as well.
            hidden.push(token[6..46].to_owned());
        }
    }
    hidden.extend(["sandbox-access-", "sandbox-refresh-", "sandbox-code-"].map(str::to_owned));
    (hidden, errors)
}

#[tokio::test]
async fn no_token_no_name_and_no_account_can_be_found_anywhere() {
    let (server, folder) = (RedisServer::start(&[]), Folder::new());
    let (url, keys) = (server.url(), key(1));
    for store in [files(&folder, &keys), redis(&url, &keys)] {
        let world = World::new().await;
        let settings = world.settings();
        let mut all: Vec<_> =
            settings.iter().map(|(name, value)| (*name, value.as_str())).collect();
        all.extend(store);
        all.push(("LOG_LEVEL", "trace"));
        let process = Process::start(&["serve"], &all);
        let (mut hidden, errors) = talk(&world, &world.door(&process.url().await)).await;
        let secret = settings.iter().find(|(name, _)| *name == "ATLASSIAN_CLIENT_SECRET");
        hidden.extend([secret.unwrap().1.clone(), keys.clone()]);
        let admin = process.lines("listening")[0]["admin_address"].as_str().unwrap().to_owned();
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let metrics = client.get(format!("http://{admin}/metrics")).send().await.unwrap();
        let metrics = metrics.bytes().await.unwrap().to_vec();
        let kept = if store[0].1 == "file" { contents(folder.path()) } else { everything(&url) };
        assert!(kept.len() > 1_000, "{} bytes were kept", kept.len());
        let log = process.log().into_bytes();
        assert!(log.len() > 4_000, "trace must have written something");
        let places = [("store", &kept), ("log", &log), ("metrics", &metrics), ("errors", &errors)];
        for (place, bytes) in places {
            for text in &hidden {
                assert!(!holds(bytes, text), "{text} is in the {place} of {}", store[0].1);
            }
        }
        // The operator is told whose fault it is.
        let told = process.lines("grant not renewed");
        assert!(told.iter().any(|line| line["level"] == "ERROR"), "{told:?}");
    }
}

#[test]
fn a_text_is_found_in_every_shape() {
    for (before, after) in [("", ""), ("x", "yz"), ("xy", "z")] {
        let text = "5f:an-account-of-somebody";
        let whole = format!("{before}{text}{after}");
        let places = [
            whole.clone(),
            STANDARD_NO_PAD.encode(&whole),
            URL_SAFE_NO_PAD.encode(&whole),
            in_hex(&whole),
        ];
        for place in places {
            assert!(holds(place.as_bytes(), text), "{place}");
        }
    }
    assert!(!holds(b"something else", "an-account"));
}

fn in_hex(text: &str) -> String {
    text.bytes().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"))
}
