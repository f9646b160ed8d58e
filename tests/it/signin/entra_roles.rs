//! Roles of who signs in here with Entra ID: they open what they open for a token of the directory.

use serde_json::{Value, json};

use super::{Client, World, client::Tokens};

const ROLES: &str = "Reader=readonly;Lead=core,agile,bulk";
const HALF_AN_HOUR_MS: i64 = 31 * 60 * 1000;

async fn world(roles: &[&str]) -> World {
    let settings = [
        ("AUTH", "signin"),
        ("SIGNIN_PROVIDER", "entra"),
        ("ENTRA_ROLE_TOOLSETS", ROLES),
        ("TOOLSETS", "core,collab,agile"),
    ];
    let world = World::with(&settings).await;
    world.sandbox.identity().set_roles("anna", roles);
    world
}

/// The names of the tools that are listed, or the error's word.
async fn listed(world: &World, tokens: &Tokens) -> Result<Vec<String>, (u16, Value)> {
    let bearer = format!("Bearer {}", tokens.access);
    let headers = [
        ("authorization", bearer.as_str()),
        ("content-type", "application/json"),
        ("accept", "application/json, text/event-stream"),
    ];
    let body = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/list"}).to_string();
    let answer = world.send(http::Method::POST, "/mcp", &headers, body).await;
    let json: Value = serde_json::from_str(&answer.text).unwrap();
    if answer.status != 200 {
        return Err((answer.status, json["error"]["data"]["error"].clone()));
    }
    let name = |tool: &Value| tool["name"].as_str().unwrap().to_owned();
    Ok(json["result"]["tools"].as_array().unwrap().iter().map(name).collect())
}

fn has(tools: &Result<Vec<String>, (u16, Value)>, name: &str) -> bool {
    tools.as_ref().unwrap().iter().any(|tool| tool == name)
}

#[tokio::test]
async fn a_role_opens_what_it_opens_for_a_token_of_the_directory() {
    let world = world(&["Reader", "lead", "Nobody"]).await;
    let tokens = Client::new(&world).await.sign_in("anna").await;
    let tools = listed(&world, &tokens).await;
    assert!(has(&tools, "jira_search") && has(&tools, "jira_get_sprint_issues"), "{tools:?}");
    assert!(!has(&tools, "jira_create_issue"), "{tools:?}");
    world.sandbox.identity().set_roles("anna", &["Lead"]);
    let tokens = Client::new(&world).await.sign_in("anna").await;
    let tools = listed(&world, &tokens).await;
    assert!(has(&tools, "jira_create_issue") && !has(&tools, "jira_list_links"), "{tools:?}");
}

#[tokio::test]
async fn who_has_no_role_may_do_nothing() {
    for roles in [&[][..], &["lead"], &["Lead "], &["readonly", "core"]] {
        let world = world(roles).await;
        let tokens = Client::new(&world).await.sign_in("anna").await;
        assert_eq!(listed(&world, &tokens).await, Err((403, json!("no_role"))), "{roles:?}");
    }
}

#[tokio::test]
async fn a_role_that_was_taken_away_is_gone_at_the_next_renewal() {
    let world = world(&["Lead"]).await;
    let client = Client::new(&world).await;
    let tokens = client.sign_in("anna").await;
    assert!(has(&listed(&world, &tokens).await, "jira_create_issue"));
    world.sandbox.identity().set_roles("anna", &["Reader"]);
    assert!(has(&listed(&world, &tokens).await, "jira_create_issue"), "known at the renewal");
    world.advance_ms(HALF_AN_HOUR_MS);
    let tools = listed(&world, &tokens).await;
    assert!(has(&tools, "jira_search") && !has(&tools, "jira_create_issue"), "{tools:?}");
    world.sandbox.identity().set_roles("anna", &[]);
    world.advance_ms(HALF_AN_HOUR_MS);
    let tokens = Tokens::of(&client.refresh(&tokens.refresh, &[]).await);
    assert_eq!(listed(&world, &tokens).await, Err((403, json!("no_role"))));
    // It is not the end of the sign-in: who gets a role again goes on.
    world.sandbox.identity().set_roles("anna", &["Lead"]);
    world.advance_ms(HALF_AN_HOUR_MS);
    assert!(has(&listed(&world, &tokens).await, "jira_create_issue"));
}
