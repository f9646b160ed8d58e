//! Tokens of a user that a client gets on their behalf, to their use at the agent.

use super::{
    entra::{refresh, sign_in, token, verified},
    *,
};
use crate::{
    AgentSettings,
    identity::{Endpoint, Fault},
};

const GRANT: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";
const POWER: &str = "https://api.powerplatform.com/.default";

/// The scopes of a client that asks on behalf of its users.
fn own() -> String {
    format!("openid profile offline_access {ID}/.default")
}

fn asking<'a>(assertion: &'a str, scope: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![
        ("grant_type", GRANT),
        ("client_id", ID),
        ("client_secret", SECRET),
        ("assertion", assertion),
        ("scope", scope),
        ("requested_token_use", "on_behalf_of"),
    ]
}

async fn access(world: &World, user: &str) -> String {
    sign_in(world, user, &own()).await["access_token"].as_str().unwrap().to_owned()
}

async fn got(world: &World, assertion: &str, scope: &str) -> String {
    let reply = token(world, &asking(assertion, scope)).await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    reply.json()["access_token"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_token_for_the_client_becomes_one_for_a_resource() {
    let world = World::open();
    let assertion = access(&world, "ben").await;
    let user = verified(&world, &assertion).await.unwrap();
    assert_eq!((&user["aud"], &user["azp"]), (&json!(ID), &json!(ID)));
    for (scope, audience, right) in [
        (POWER, "https://api.powerplatform.com", ".default"),
        ("api://botid-1/access_as_user", "api://botid-1", "access_as_user"),
        ("User.Read", "00000003-0000-0000-c000-000000000000", "User.Read"),
    ] {
        let reply = token(&world, &asking(&assertion, scope)).await;
        let body = reply.json();
        assert_eq!((reply.status, &body["scope"]), (200, &json!(scope)), "{}", reply.body);
        assert_eq!((&body["expires_in"], &body["token_type"]), (&json!(3600), &json!("Bearer")));
        assert!(body["refresh_token"].is_null() && body["id_token"].is_null(), "{}", reply.body);
        let claims = verified(&world, body["access_token"].as_str().unwrap()).await.unwrap();
        assert_eq!((&claims["aud"], &claims["scp"]), (&json!(audience), &json!(right)));
        for name in ["oid", "tid", "azp", "name"] {
            assert!(claims[name].is_string() && claims[name] == user[name], "{name}");
        }
    }
    let identity = world.sandbox.identity();
    assert_eq!((identity.requests(Endpoint::OnBehalf), identity.grants().len()), (3, 1));
}

#[tokio::test]
async fn a_refresh_token_comes_for_offline_access_alone() {
    let world = World::open();
    let tokens = sign_in(&world, "anna", &own()).await;
    let scope = format!("{POWER} offline_access");
    let assertion = tokens["access_token"].as_str().unwrap();
    let reply = token(&world, &asking(assertion, &scope)).await.json();
    assert_eq!(reply["scope"], json!(POWER));
    let own = refresh(&world, reply["refresh_token"].as_str().unwrap()).await.json();
    let claims = verified(&world, own["access_token"].as_str().unwrap()).await.unwrap();
    assert_eq!(claims["aud"], json!("https://api.powerplatform.com"));
    // The user's own goes on for the client.
    let user = refresh(&world, tokens["refresh_token"].as_str().unwrap()).await.json();
    let claims = verified(&world, user["access_token"].as_str().unwrap()).await.unwrap();
    assert_eq!(claims["aud"], json!(ID));
}

#[tokio::test]
async fn what_is_not_right_is_refused_with_entras_numbers() {
    let world = World::open();
    let tokens = sign_in(&world, "anna", &own()).await;
    let assertion = tokens["access_token"].as_str().unwrap();
    let for_graph = sign_in(&world, "anna", "openid profile User.Read").await;
    let for_graph = for_graph["access_token"].as_str().unwrap();
    let forged = format!("{}AAAA", &assertion[..assertion.len() - 4]);
    let two = format!("{POWER} api://other/.default");
    let id_token = tokens["id_token"].as_str().unwrap();
    for (name, value, status, error, number) in [
        ("client_secret", None, 401, "invalid_client", 7_000_218),
        ("client_secret", Some("x"), 401, "invalid_client", 7_000_215),
        ("client_id", Some("nobody"), 400, "unauthorized_client", 700_016),
        ("requested_token_use", None, 400, "invalid_request", 900_144),
        ("requested_token_use", Some("x"), 400, "invalid_request", 9_002_313),
        ("assertion", None, 400, "invalid_request", 900_144),
        ("assertion", Some("x"), 400, "invalid_grant", 50_013),
        ("assertion", Some(forged.as_str()), 400, "invalid_grant", 50_013),
        ("assertion", Some(for_graph), 400, "invalid_grant", 50_013),
        ("assertion", Some(id_token), 400, "invalid_grant", 240_002),
        ("scope", None, 400, "invalid_request", 900_144),
        ("scope", Some("openid offline_access"), 400, "invalid_scope", 70_011),
        ("scope", Some(two.as_str()), 400, "invalid_scope", 70_011),
        ("resource", Some("https://x.example"), 400, "invalid_request", 901_002),
    ] {
        let reply = token(&world, &with(&asking(assertion, POWER), name, value)).await;
        let body = reply.json();
        assert_eq!((reply.status, &body["error"]), (status, &json!(error)), "{name} {value:?}");
        assert_eq!(body["error_codes"], json!([number]), "{name} {value:?}");
    }
    // Another client's secret does not make the token its own.
    let stranger = with(&asking(assertion, POWER), "client_id", Some("other"));
    let stranger = token(&world, &with(&stranger, "client_secret", Some("other"))).await.json();
    assert_eq!(stranger["error_codes"], json!([50_013]));
    let got = got(&world, assertion, POWER).await;
    let again = token(&world, &asking(&got, POWER)).await.json();
    assert_eq!(again["error_codes"], json!([50_013]), "a token for a resource is no assertion");
}

#[tokio::test]
async fn the_token_must_be_good_and_the_sign_in_stand() {
    let world = World::open();
    let number = async |assertion: &str| {
        token(&world, &asking(assertion, POWER)).await.json()["error_codes"][0].clone()
    };
    let identity = world.sandbox.identity();
    let anna = access(&world, "anna").await;
    assert!(identity.revoke(0));
    assert_eq!(number(&anna).await, json!(50_173));
    let anna = access(&world, "anna").await;
    world.later(60 * MINUTE - 1000);
    assert_eq!(number(&anna).await, Json::Null);
    world.later(1000);
    assert_eq!(number(&anna).await, json!(500_133));
    let ben = access(&world, "ben").await;
    identity.delete_user("ben");
    assert_eq!(number(&ben).await, json!(50_034));
}

#[tokio::test]
async fn a_policy_and_consent_can_be_missing_for_tests() {
    let world = World::open();
    let assertion = access(&world, "anna").await;
    let identity = world.sandbox.identity();
    identity.fail_next(Endpoint::OnBehalf, Fault::interaction_required());
    identity.fail_next(Endpoint::OnBehalf, Fault::of_entra("invalid_grant", 65_001));
    let reply = token(&world, &asking(&assertion, POWER)).await;
    let body = reply.json();
    assert_eq!((reply.status, &body["error"]), (400, &json!("interaction_required")));
    assert_eq!(body["error_codes"], json!([50_079]));
    let claims: Json = serde_json::from_str(body["claims"].as_str().unwrap()).unwrap();
    assert_eq!(claims["access_token"]["polids"]["essential"], json!(true));
    let body = token(&world, &asking(&assertion, POWER)).await.json();
    assert_eq!((&body["error"], &body["error_codes"]), (&json!("invalid_grant"), &json!([65_001])));
    // Sign-ins go on meanwhile, and so does the next request.
    assert_eq!(identity.requests(Endpoint::Token), 1);
    got(&world, &assertion, POWER).await;
}

#[tokio::test]
async fn the_agent_takes_tokens_that_were_got_this_way() {
    let world = World::open();
    let assertion = access(&world, "anna").await;
    let settings = AgentSettings::new(BASE);
    let uri = settings.token_exchange_uri.clone();
    let engine = settings.d2e_url().replacen(BASE, "", 1);
    let router = world.sandbox.agent_router(settings);
    let ask = async |path: &str, bearer: &str, body: Json| {
        let request = Request::post(path)
            .header(header::AUTHORIZATION, format!("Bearer {bearer}"))
            .header(header::CONTENT_TYPE, "application/json")
            .body(Body::from(body.to_string()))
            .unwrap();
        world.send(router.clone(), request).await
    };
    // Direct to engine.
    let direct = got(&world, &assertion, POWER).await;
    let begun = ask(&format!("{engine}/conversations"), &direct, json!({})).await;
    assert_eq!(begun.status, 200, "{}", begun.body);
    // The exchange of a card, for whose API the token must be.
    let [secret, _] = world.sandbox.agent().secrets();
    let begun = ask("/v3/directline/conversations", &secret, json!({})).await.json();
    let id = begun["conversationId"].as_str().unwrap();
    let path = format!("/v3/directline/conversations/{id}/activities");
    let say = json!({ "type": "message", "from": { "id": "dl_me" }, "text": "/sso" });
    assert_eq!(ask(&path, &secret, say).await.status, 200);
    let known = world.sandbox.agent().conversation(id).unwrap();
    let card = &known.activities.last().unwrap()["attachments"][0]["content"];
    let resource = &card["tokenExchangeResource"];
    assert_eq!(resource["uri"], json!(uri));
    let for_card = got(&world, &assertion, &format!("{uri}/.default")).await;
    for (token, status) in [(&direct, 502), (&for_card, 200)] {
        let invoke = json!({
            "type": "invoke", "name": "signin/tokenExchange", "from": { "id": "dl_me" },
            "value": {
                "id": resource["id"], "connectionName": card["connectionName"], "token": token,
            },
        });
        assert_eq!(ask(&path, &secret, invoke).await.status, status);
    }
}
