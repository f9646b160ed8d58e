//! Defects 9 to 17: standard output, HTTP, who may come in, the sign-in.

use http::{Method, header};
use serde_json::{Value, json};

use super::super::{World, open, refused};
use crate::{
    sessions::world::{ISSUER, key},
    support::{Bridge, Stdio},
};

const JSON: (&str, &str) = ("content-type", "application/json");
const BOTH: (&str, &str) = ("accept", "application/json, text/event-stream");

/// A bridge where people sign in with Atlassian.
async fn with_sign_in(world: &World, own: &[(&'static str, &str)]) -> Bridge {
    let settings = [world.direct_line(), world.sign_in("atlassian")].concat();
    world.bridge_of(&settings, own).await
}

fn request(id: u32, method: &str, params: &Value) -> Value {
    json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params})
}

/// 9: a library wrote a banner to standard output, which is the protocol's.
#[tokio::test(flavor = "multi_thread")]
async fn standard_output_holds_messages_of_the_protocol_only() {
    let world = World::start().await;
    let mut settings = world.direct_line();
    settings.push(("LOG_LEVEL", "trace".to_owned()));
    let mut stdio = Stdio::start(&settings);
    let hello = json!({
        "protocolVersion": "2025-06-18", "capabilities": {},
        "clientInfo": {"name": "t", "version": "1"},
    });
    stdio.ask(&request(1, "initialize", &hello));
    stdio.say(r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#);
    let listed = stdio.ask(&request(2, "tools/list", &json!({})));
    assert_eq!(listed["result"]["tools"].as_array().unwrap().len(), 4);
    let call = json!({"name": "send_message", "arguments": {"message": "/end"}});
    let answer = stdio.ask(&request(3, "tools/call", &call));
    assert!(answer["result"]["content"][0]["text"].as_str().unwrap().contains("You said: /end"));
    // Each line was read as JSON-RPC, and none is left over.
    assert_eq!(stdio.end(), 0);
}

/// 10: answered notifications, refused `ping`, had a page for `GET /mcp`, knew one version, looked
/// at no `Origin` and no `Host`, had no metadata where clients look.
#[tokio::test]
async fn http_keeps_to_the_protocol() {
    let world = World::start().await;
    let bridge = world.bridge().await;
    let note = json!({"jsonrpc": "2.0", "method": "notifications/initialized"});
    let answer = bridge.post("anna", &note).await;
    assert_eq!((answer.status, answer.text.as_str()), (202, ""));
    assert_eq!(bridge.rpc("anna", "ping", json!({})).await["result"], json!({}));
    for version in ["2024-11-05", "2025-03-26", "2025-06-18"] {
        let hello = json!({
            "protocolVersion": version, "capabilities": {},
            "clientInfo": {"name": "t", "version": "1"},
        });
        let answer = bridge.rpc("anna", "initialize", hello).await;
        assert_eq!(answer["result"]["protocolVersion"], version);
    }
    let bearer = format!("Bearer {}", bridge.token("anna"));
    let bearer = ("authorization", bearer.as_str());
    let get = bridge.send(Method::GET, "/mcp", &[bearer, BOTH], "").await;
    assert_eq!((get.status, get.text.contains("<html")), (405, false), "{}", get.text);
    let ping = json!({"jsonrpc": "2.0", "id": 1, "method": "ping"}).to_string();
    for strange in [("origin", "https://evil.example"), ("host", "evil.example")] {
        let headers = [bearer, JSON, BOTH, strange];
        let answer = bridge.send(Method::POST, "/mcp", &headers, ping.clone()).await;
        assert!(matches!(answer.status, 400 | 403 | 421), "{strange:?}: {}", answer.status);
    }
    let metadata = "/.well-known/oauth-protected-resource/mcp";
    let answer = bridge.send(Method::GET, metadata, &[("host", "evil.example")], "").await;
    assert!(!answer.text.contains("evil.example"), "{}", answer.text);
    assert_eq!(bridge.send(Method::GET, metadata, &[], "").await.status, 200);
}

/// 11: let everybody in by default, and with a bearer wanted let nobody in.
#[tokio::test]
async fn nobody_comes_in_without_a_bearer_and_with_one_everybody_does() {
    let world = World::start().await;
    let bridge = world.bridge().await;
    let params = json!({"name": "send_message", "arguments": {"message": "hello"}});
    let call = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params});
    let answer = bridge.send(Method::POST, "/mcp", &[JSON, BOTH], call.to_string()).await;
    assert_eq!(answer.status, 401);
    assert!(answer.header("www-authenticate").contains("resource_metadata"));
    assert!(world.seen().is_empty());
    assert_eq!(open(&bridge, "anna", "/end").await.1["response"], "You said: /end");
}

/// 12: kept users apart by something that was never set, and let who had no name do everything.
#[tokio::test]
async fn a_conversation_is_one_persons() {
    let world = World::start().await;
    let bridge = world.bridge().await;
    let (id, _) = open(&bridge, "anna", "mine").await;
    for user in ["ben", "carla"] {
        let arguments = json!({"conversationId": id, "message": "also mine"});
        assert_eq!(refused(&bridge, user, arguments).await["error"], "not_found");
        for tool in ["get_conversation_history", "end_conversation"] {
            let answer = bridge.call(user, tool, json!({"conversationId": id})).await;
            assert_eq!((answer.is_error, &answer.value["error"]), (true, &json!("not_found")));
        }
    }
    // Nobody is not somebody: a token that nobody vouches for opens nothing, and begins nothing.
    let posts = world.posts().len();
    let nobody = refused(&bridge, "emil", json!({"message": "hello"})).await;
    assert_eq!(nobody["error"], "unauthenticated", "{nobody}");
    assert_eq!(world.posts().len(), posts);
}

/// 13: sent its session's token, as the code, wherever `redirect_uri` said, and wrote it down.
#[tokio::test]
async fn a_code_goes_to_the_registered_address_only() {
    let world = World::start().await;
    let bridge = with_sign_in(&world, &[]).await;
    let client = world.door(&bridge).register().await;
    let evil = url::form_urlencoded::byte_serialize(b"https://evil.example/cb").collect::<String>();
    for id in [client.as_str(), "unknown"] {
        let query = format!("response_type=code&client_id={id}&redirect_uri={evil}");
        let path = format!("/authorize?{query}&code_challenge=x&code_challenge_method=S256");
        let door = world.door(&bridge);
        let answer = door.get(&path, "").await;
        assert_eq!(answer.status, 400, "{answer:?}");
        assert_eq!(answer.header(header::LOCATION), "");
        assert!(!answer.text.contains("evil.example"), "{answer:?}");
    }
    // Nor does a client get around it without a challenge.
    let path = format!("/authorize?response_type=code&client_id={client}");
    let answer = world.door(&bridge).get(&path, "").await;
    assert!(answer.status >= 400 || answer.param("code").is_none(), "{answer:?}");
}

/// 14: went to Entra ID without a code challenge, whatever its title said.
#[tokio::test]
async fn the_provider_gets_a_code_challenge() {
    let world = World::start().await;
    for provider in ["atlassian", "entra"] {
        let settings = [world.direct_line(), world.sign_in(provider)].concat();
        let bridge = world.bridge_of(&settings, &[]).await;
        let door = world.door(&bridge);
        let asked = door.ask().await;
        let sent = door.decide(&asked, "allow").await;
        assert_eq!(sent.param("code_challenge_method").as_deref(), Some("S256"), "{sent:?}");
        assert_eq!(sent.param("code_challenge").unwrap().len(), 43);
        assert!(sent.param("state").is_some_and(|state| state.len() >= 22), "{sent:?}");
    }
}

/// 15: had a refresh that failed always, and named keys that were nowhere.
#[tokio::test]
async fn a_refresh_gives_new_tokens_and_no_keys_are_promised() {
    let world = World::start().await;
    let bridge = with_sign_in(&world, &[]).await;
    let door = world.door(&bridge);
    let first = door.sign_in("anna").await;
    let next = door.refresh(&first).await.tokens(&first.client_id);
    assert_ne!(next.access_token, first.access_token);
    let said = door.call(&next.access_token, "send_message", json!({"message": "/end"})).await;
    assert_eq!(said.outcome(), "ok", "{said:?}");
    let metadata = door.get("/.well-known/oauth-authorization-server", "").await.json();
    if let Some(keys) = metadata["jwks_uri"].as_str() {
        assert_eq!(door.get(&keys.replace(ISSUER, ""), "").await.status, 200);
    }
    assert!(metadata["token_endpoint"].as_str().unwrap().starts_with(ISSUER), "{metadata}");
}

/// 16: kept sessions under a constant salt, and under a new key after each restart; bound them to
/// one address and one browser.
#[tokio::test]
async fn a_session_and_its_conversations_outlive_a_restart() {
    let world = World::start().await;
    let around = tempfile::tempdir().unwrap();
    let folder = around.path().join("sessions").to_str().unwrap().to_owned();
    let sealed = key(1);
    let store = [
        ("SESSION_STORE_TYPE", "file"),
        ("SESSION_STORAGE_DIR", folder.as_str()),
        ("SESSION_ENCRYPTION_KEY", sealed.as_str()),
    ];
    let first = with_sign_in(&world, &store).await;
    let door = world.door(&first);
    let tokens = door.sign_in("anna").await;
    let said = door.call(&tokens.access_token, "send_message", json!({"message": "one"})).await;
    let said: Value = text_of(&said.json());
    first.stop().await;
    let second = with_sign_in(&world, &store).await;
    // Another program than the one before, as far as a server can see.
    let bearer = format!("Bearer {}", tokens.access_token);
    let headers =
        [("authorization", bearer.as_str()), JSON, BOTH, ("user-agent", "another browser")];
    let arguments = json!({"conversationId": said["conversationId"], "message": "/end"});
    let params = json!({"name": "send_message", "arguments": arguments});
    let call = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params});
    let answer = second.send(Method::POST, "/mcp", &headers, call.to_string()).await;
    assert_eq!(text_of(&answer.json())["response"], "You said: /end");
    for file in walk(&around.path().join("sessions")) {
        let bytes = std::fs::read(&file).unwrap();
        let text = String::from_utf8_lossy(&bytes);
        for secret in [&tokens.access_token, &tokens.refresh_token, "Anna"] {
            assert!(!text.contains(secret), "{} is in the clear in {file:?}", secret.len());
        }
    }
}

fn text_of(answer: &Value) -> Value {
    let text = answer["result"]["content"][0]["text"].as_str();
    serde_json::from_str(text.unwrap_or_else(|| panic!("{answer}"))).unwrap()
}

fn walk(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { walk(&path) } else { vec![path] }).collect()
}

/// 17: put names into pages as they were, and signed people out at the word of any page.
#[tokio::test]
async fn names_stay_text_and_nobody_is_signed_out_by_another_page() {
    let world = World::start().await;
    let bridge = with_sign_in(&world, &[]).await;
    let body = json!({
        "client_name": "<script>alert(1)</script>", "redirect_uris": ["http://127.0.0.1:7/cb"],
        "token_endpoint_auth_method": "none",
    });
    let answer = bridge.send(Method::POST, "/register", &[JSON], body.to_string()).await;
    let id = answer.json()["client_id"].as_str().unwrap().to_owned();
    let to = "http%3A%2F%2F127.0.0.1%3A7%2Fcb";
    let challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"; // pragma: allowlist secret
    let path = format!(
        "/authorize?response_type=code&client_id={id}&redirect_uri={to}\
         &code_challenge={challenge}&code_challenge_method=S256"
    );
    let page = bridge.send(Method::GET, &path, &[], "").await;
    assert!(
        page.text.contains("&lt;script&gt;") && !page.text.contains("<script>"),
        "{}",
        page.text
    );
    let tokens = world.door(&bridge).sign_in("anna").await;
    let form = ("content-type", "application/x-www-form-urlencoded");
    for headers in [vec![form], vec![form, ("origin", "https://evil.example")]] {
        let answer = bridge.send(Method::POST, "/auth/logout", &headers, "csrf=x").await;
        assert!(matches!(answer.status, 400 | 403), "{}", answer.status);
    }
    let listed = world.door(&bridge).list(&tokens.access_token).await;
    assert_eq!(listed.status, 200, "{listed:?}");
}
