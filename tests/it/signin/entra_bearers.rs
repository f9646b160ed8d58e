//! Access tokens of Entra ID as bearers: whom they let in, what they open, and where they never go.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use http::Method;
use jira_sandbox::{Endpoint, Fault, IdentitySettings};
use serde_json::{Value, json};

use super::{Answer, Client, World};
use crate::support::NOW_MS;

pub(super) const AUDIENCE: &str = "https://bridge.example.com/mcp";
const OBJECT: &str = "00000000-0000-4000-8000-00000000000a";
const ROLES: &str = "Reader=readonly;Lead=core,agile,bulk";

pub(super) fn tenant() -> String {
    IdentitySettings::new("", Vec::new()).tenant_id
}

/// A bridge that takes such tokens, with settings of its own.
pub(super) async fn world(more: &[(&str, &str)]) -> World {
    let base =
        [("AUTH", "entra"), ("ENTRA_AUDIENCE", AUDIENCE), ("ENTRA_REQUIRED_SCOPE", "access")];
    let settings: Vec<_> = base.into_iter().chain(more.iter().copied()).collect();
    World::with(&settings).await
}

/// A token that differs from a good one in these claims; null leaves one out.
pub(super) fn token(world: &World, others: &Value) -> String {
    let (tenant, now_s) = (tenant(), NOW_MS / 1000);
    let mut claims = json!({
        "iss": format!("{}/{tenant}/v2.0", world.provider), "tid": tenant, "oid": OBJECT,
        "aud": AUDIENCE, "ver": "2.0", "scp": "access", "sub": "pairwise", "azp": "client-1",
        "iat": now_s, "nbf": now_s, "exp": now_s + 3600,
    });
    let map = claims.as_object_mut().unwrap();
    map.extend(others.as_object().unwrap().clone());
    map.retain(|_, value| !value.is_null());
    world.sandbox.identity().entra_token(&claims).unwrap()
}

pub(super) async fn rpc(
    world: &World,
    path: &str,
    token: &str,
    method: &str,
    params: Value,
) -> Answer {
    let bearer = format!("Bearer {token}");
    let headers = [
        ("authorization", bearer.as_str()),
        ("content-type", "application/json"),
        ("accept", "application/json, text/event-stream"),
    ];
    let body = json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}).to_string();
    let answer = world.send(Method::POST, path, &headers, body).await;
    assert!(!format!("{:?}{}", answer.headers, answer.text).contains(token), "it repeats a token");
    answer
}

pub(super) async fn list(world: &World, path: &str, token: &str) -> Vec<Value> {
    let answer = rpc(world, path, token, "tools/list", json!({})).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let json: Value = serde_json::from_str(&answer.text).unwrap();
    json["result"]["tools"].as_array().unwrap().clone()
}

pub(super) fn names(tools: &[Value]) -> Vec<&str> {
    tools.iter().map(|tool| tool["name"].as_str().unwrap()).collect()
}

pub(super) async fn call(world: &World, token: &str, tool: &str, arguments: Value) -> Value {
    let params = json!({"name": tool, "arguments": arguments});
    let answer = rpc(world, "/mcp", token, "tools/call", params).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    serde_json::from_str(&answer.text).unwrap()
}

pub(super) fn envelope(reply: &Value) -> Value {
    serde_json::from_str(reply["result"]["content"][0]["text"].as_str().unwrap()).unwrap()
}

#[tokio::test]
async fn a_token_lists_all_tools_and_opens_nothing_in_jira() {
    let world = world(&[]).await;
    let token = token(&world, &json!({}));
    assert!(names(&list(&world, "/mcp", &token).await).contains(&"jira_whoami"));
    let reply = call(&world, &token, "jira_whoami", json!({})).await;
    assert_eq!(reply["result"]["isError"], true);
    assert_eq!(envelope(&reply)["error"], "sign_in_required");
    let write = json!({"issue_key": "SHOP-1", "body": "x"});
    let reply = call(&world, &token, "jira_add_comment", write).await;
    assert_eq!(envelope(&reply)["error"], "sign_in_required");
    assert!(world.jira.seen().is_empty());
}

#[tokio::test]
async fn roles_say_what_is_listed_and_what_can_be_called() {
    let sets = "core,context,collab,agile,bulk";
    let world = world(&[("ENTRA_ROLE_TOOLSETS", ROLES), ("TOOLSETS", sets)]).await;
    let with = |roles: Value| token(&world, &json!({"roles": roles}));
    let (reader, lead) = (with(json!(["Reader"])), with(json!(["Lead"])));
    let of_reader = list(&world, "/mcp", &reader).await;
    assert!(of_reader.iter().all(|tool| tool["annotations"]["readOnlyHint"] == true));
    assert!(names(&of_reader).contains(&"jira_whoami"));
    let of_lead = list(&world, "/mcp", &lead).await;
    for name in ["jira_whoami", "jira_add_comment", "jira_list_boards", "jira_bulk_edit"] {
        assert!(names(&of_lead).contains(&name), "{name}");
    }
    assert!(!names(&of_lead).contains(&"jira_add_worklog"));
    let of_both = list(&world, "/mcp", &with(json!(["Lead", "Reader", "Other"]))).await;
    assert!(of_both.len() > of_lead.len().max(of_reader.len()));
    // A request narrows on top of that, and never widens.
    let narrowed = list(&world, "/mcp/x/collab", &lead).await;
    assert!(narrowed.is_empty());
    let read = list(&world, "/mcp/readonly", &lead).await;
    assert!(names(&read).iter().all(|name| names(&of_lead).contains(name)));
    let comment = json!({"issue_key": "SHOP-1", "body": "x"});
    let worklog = json!({"issue_key": "SHOP-1", "time_spent": "1h"});
    for (token, tool, arguments) in
        [(&reader, "jira_add_comment", comment), (&lead, "jira_add_worklog", worklog)]
    {
        let reply = call(&world, token, tool, arguments).await;
        assert!(reply["error"]["message"].as_str().unwrap().contains("Unknown tool"), "{reply}");
    }
    for roles in [json!([]), json!(null), json!(["lead"]), json!(["Lead "]), json!(["core"])] {
        let answer = rpc(&world, "/mcp", &with(roles), "tools/list", json!({})).await;
        assert_eq!(answer.status, 403, "{answer:?}");
        assert!(
            answer.text.contains("\"no_role\"") && !answer.text.contains("jira_"),
            "{answer:?}"
        );
    }
    assert!(world.jira.seen().is_empty());
}

#[tokio::test]
async fn documents_name_the_tenant_and_one_resource_and_challenges_lead_to_them() {
    let base = "https://bridge.example.com";
    let world = world(&[("PUBLIC_BASE_URL", base)]).await;
    let well_known = "/.well-known/oauth-protected-resource";
    let mut documents = Vec::new();
    for path in ["", "/mcp", "/mcp/readonly", "/mcp/x/core"] {
        let answer = world.get(&format!("{well_known}{path}")).await;
        documents.push(serde_json::from_str::<Value>(&answer.text).unwrap());
    }
    let server = format!("{}/{}/v2.0", world.provider, tenant());
    let document = documents.remove(0);
    assert!(documents.iter().all(|other| *other == document), "{documents:?}");
    assert_eq!(document["resource"], AUDIENCE);
    assert_eq!(document["authorization_servers"], json!([server]));
    assert_eq!(document["scopes_supported"], json!([format!("{AUDIENCE}/access")]));

    let challenge = async |token: &str, status: u16| {
        let answer = rpc(&world, "/mcp", token, "tools/list", json!({})).await;
        assert_eq!(answer.status, status, "{answer:?}");
        let challenge = answer.header("www-authenticate").to_owned();
        assert!(challenge.contains(&format!("resource_metadata=\"{base}{well_known}/mcp\"")));
        assert!(challenge.contains(&format!("scope=\"{AUDIENCE}/access\"")), "{challenge}");
        challenge
    };
    let none = world.send(Method::POST, "/mcp", &[], "{}").await;
    assert_eq!(none.status, 401);
    assert!(!none.header("www-authenticate").contains("error="), "{none:?}");
    for wrong in [
        json!({"exp": NOW_MS / 1000 - 3600}),
        json!({"aud": "api://another"}),
        json!({"scp": null, "roles": ["Lead"]}),
    ] {
        let challenge = challenge(&token(&world, &wrong), 401).await;
        assert!(challenge.contains("error=\"invalid_token\""), "{challenge}");
    }
    let lacks = challenge(&token(&world, &json!({"scp": "other.access"})), 403).await;
    assert!(lacks.contains("error=\"insufficient_scope\""), "{lacks}");
}

#[tokio::test]
async fn keys_roll_over_and_outlive_their_directory() {
    let world = world(&[]).await;
    let identity = world.sandbox.identity();
    let old = token(&world, &json!({}));
    for _ in 0..5 {
        list(&world, "/mcp", &old).await;
    }
    assert_eq!(identity.requests(Endpoint::Keys), 1);
    identity.rotate_keys(false);
    let new = token(&world, &json!({}));
    for token in [&new, &old, &new] {
        list(&world, "/mcp", token).await;
    }
    assert_eq!(identity.requests(Endpoint::Keys), 2);
    identity.fail_always(Endpoint::Keys, Fault::status(503));
    world.advance_ms(10 * 60 * 1000);
    list(&world, "/mcp", &old).await;
    identity.rotate_keys(true);
    let unknown = token(&world, &json!({}));
    for _ in 0..2 {
        let answer = rpc(&world, "/mcp", &unknown, "tools/list", json!({})).await;
        assert_eq!(answer.status, 503, "it may be good, and nobody signs in again: {answer:?}");
    }
    assert_eq!(identity.requests(Endpoint::Keys), 3);
    identity.heal();
    world.advance_ms(15 * 1000);
    list(&world, "/mcp", &unknown).await;
    // They were withdrawn.
    world.assert_out(&rpc(&world, "/mcp", &old, "tools/list", json!({})).await);
}

#[tokio::test]
async fn without_keys_nobody_comes_in_and_nobody_must_sign_in_again() {
    let world = world(&[]).await;
    let identity = world.sandbox.identity();
    identity.fail_always(Endpoint::Keys, Fault::html(200));
    let token = token(&world, &json!({}));
    for _ in 0..3 {
        let answer = rpc(&world, "/mcp", &token, "tools/list", json!({})).await;
        assert_eq!(answer.status, 503, "{answer:?}");
        let seconds: i64 = answer.header("retry-after").parse().unwrap();
        assert!((1..=15).contains(&seconds));
        assert!(!answer.headers.contains_key("www-authenticate"));
    }
    assert_eq!(identity.requests(Endpoint::Keys), 1);
    identity.heal();
    world.advance_ms(5_000);
    list(&world, "/mcp", &token).await;
}

#[tokio::test]
async fn a_person_is_one_person_whether_they_signed_in_here_or_bring_a_token() {
    let more = [
        ("AUTH", "signin,entra"),
        ("SIGNIN_PROVIDER", "entra"),
        ("RATE_LIMIT_PER_USER_PER_MINUTE", "2"),
    ];
    let world = world(&more).await;
    let tokens = Client::new(&world).await.sign_in("anna").await;
    let id_token = world.upstream_tokens().into_iter().rfind(|token| token.contains('.')).unwrap();
    let claims = URL_SAFE_NO_PAD.decode(id_token.split('.').nth(1).unwrap()).unwrap();
    let claims: Value = serde_json::from_slice(&claims).unwrap();
    assert_eq!(claims["tid"], tenant());
    let hers = token(&world, &json!({"oid": claims["oid"]}));
    let another = token(&world, &json!({}));
    let code = async |token: &str| {
        envelope(&call(&world, token, "jira_whoami", json!({})).await)["error"].clone()
    };
    assert_eq!(code(&tokens.access).await, "sign_in_required");
    assert_eq!(code(&hers).await, "sign_in_required");
    assert_eq!(code(&hers).await, "overloaded");
    assert_eq!(code(&tokens.access).await, "overloaded");
    assert_eq!(code(&another).await, "sign_in_required");
    // Clients are sent to us first, and to the tenant if they can sign in there.
    let document = world.get("/.well-known/oauth-protected-resource").await;
    let document: Value = serde_json::from_str(&document.text).unwrap();
    let tenant = format!("{}/{}/v2.0", world.provider, tenant());
    assert_eq!(document["authorization_servers"], json!([world.url, tenant]));
}

#[tokio::test]
async fn who_brings_a_token_of_the_tenant_is_sent_back_there_beside_a_sign_in_of_ours() {
    let world = world(&[("AUTH", "signin,entra"), ("SIGNIN_PROVIDER", "entra")]).await;
    let ended = token(&world, &json!({"exp": NOW_MS / 1000 - 600}));
    let scope_for = async |token: &str| {
        let answer = rpc(&world, "/mcp", token, "tools/list", json!({})).await;
        assert_eq!(answer.status, 401, "{answer:?}");
        let challenge = answer.headers["www-authenticate"].to_str().unwrap().to_owned();
        challenge.split_once("scope=\"").unwrap().1.trim_end_matches('"').to_owned()
    };
    assert_eq!(scope_for(&ended).await, format!("{AUDIENCE}/access"));
    assert!(scope_for("jmb_anything-that-is-no-token").await.contains("read:jira-work"));
}

#[tokio::test]
async fn beside_them_tokens_of_atlassian_are_passed_on() {
    let world = world(&[("AUTH", "atlassian,entra")]).await;
    let (_, atlassian) = world.sandbox.tokens().remove(0);
    let bearer = format!("Bearer {atlassian}");
    let headers = [("authorization", bearer.as_str()), ("content-type", "application/json")];
    let params = json!({"name": "jira_whoami", "arguments": {}});
    let body = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params});
    let answer = world.send(Method::POST, "/mcp", &headers, body.to_string()).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let seen = world.jira.seen().len();
    assert!(seen > 0);
    let foreign = "99999999-ffff-4fff-8fff-000000000009";
    let iss = format!("{}/{foreign}/v2.0", world.provider);
    for wrong in [json!({"iss": iss, "tid": foreign}), json!({"exp": 0})] {
        world.assert_out(&world.whoami(&token(&world, &wrong)).await);
    }
    list(&world, "/mcp", &token(&world, &json!({}))).await;
    assert_eq!(world.jira.seen().len(), seen);
    let document = world.get("/.well-known/oauth-protected-resource").await;
    let document: Value = serde_json::from_str(&document.text).unwrap();
    let tenant = format!("{}/{}/v2.0", world.provider, tenant());
    assert_eq!(document["authorization_servers"], json!([tenant, "https://auth.atlassian.com"]));
}
