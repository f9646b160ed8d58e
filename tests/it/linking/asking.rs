//! How each kind of client learns that Jira must be connected first.

use jsonschema::Validator;
use serde_json::{Value, json};

use super::{
    browser::Browser,
    world::{World, told},
};

const SCHEMA: &str = include_str!("input_required.schema.json");

fn url_mode() -> Value {
    json!({"elicitation": {"url": {}}})
}

/// The link that a client is asked to open, in a request that the specification's schema accepts.
fn asked(result: &Value) -> (String, String) {
    let schema: Validator =
        jsonschema::validator_for(&serde_json::from_str(SCHEMA).unwrap()).unwrap();
    let faults: Vec<_> = schema.iter_errors(result).map(|fault| fault.to_string()).collect();
    assert_eq!(faults, [""; 0], "{result}");
    assert!(!schema.is_valid(&json!({"resultType": "x", "inputRequests": {"a": {}}})));
    assert_eq!(result["resultType"], "input_required", "{result}");
    let requests = result["inputRequests"].as_object().unwrap();
    let [(name, request)] = requests.iter().collect::<Vec<_>>()[..] else { panic!("{result}") };
    assert_eq!(
        (&request["method"], &request["params"]["mode"]),
        (&json!("elicitation/create"), &json!("url"))
    );
    (name.clone(), request["params"]["url"].as_str().unwrap().to_owned())
}

#[tokio::test]
async fn a_client_that_can_open_a_page_is_asked_once() {
    let world = World::start().await;
    let browser = Browser::new();
    let tokens = world.program().await.sign_in(&browser, "anna").await;
    let call = |retry: Value| world.modern(&tokens.access, url_mode(), "jira_whoami", retry);
    let (name, link) = asked(&call(json!({})).await);
    let answer = |action: &str| json!({"inputResponses": { name.as_str(): {"action": action} }});
    // Back without having been there: told as text, with a link, and not asked again.
    let back = call(answer("accept")).await;
    assert_eq!(back["resultType"], "complete", "{back}");
    let (is_error, error) = told(&back);
    assert!(is_error && error["error"] == "sign_in_required", "{error}");
    assert!(error["url"].as_str().unwrap().contains("/auth/connect?link="), "{error}");
    for no in ["decline", "cancel"] {
        let (is_error, error) = told(&call(answer(no)).await);
        assert!(is_error && error["error"] == "sign_in_required", "{error}");
        assert!(error["message"].as_str().unwrap().contains("did not open"), "{error}");
    }
    browser.walk(&link, "anna").await;
    let done = call(answer("accept")).await;
    assert!(done["resultType"] == "complete" && done["isError"] != true, "{done}");
    assert!(told(&done).1.to_string().contains("Anna"), "{done}");
}

#[tokio::test]
async fn all_other_clients_read_the_link() {
    let world = World::start().await;
    let tokens = world.program().await.sign_in(&Browser::new(), "anna").await;
    // An elicitation that names no mode means forms, and so does one that names forms only.
    for capabilities in [
        json!({}),
        json!({"elicitation": {}}),
        json!({"elicitation": {"form": {}}}),
        json!({"roots": {}}),
    ] {
        let result = world.modern(&tokens.access, capabilities.clone(), "jira_whoami", json!({}));
        let (is_error, error) = told(&result.await);
        assert!(is_error && error["url"].is_string(), "{capabilities}: {error}");
        assert!(error["hint"].as_str().unwrap().contains("`url`"), "{error}");
    }
    // A resource has nothing but errors of the protocol, and they hold the link as well.
    let uri = json!({"uri": "jira://issue/ACME-1"});
    let reply = world.rpc(&tokens.access, "resources/read", uri).await.json();
    assert_eq!(reply["error"]["data"]["error"], "sign_in_required", "{reply}");
    assert!(reply["error"]["data"]["url"].is_string(), "{reply}");
}

#[tokio::test]
async fn every_tool_that_asks_jira_says_that_jira_must_be_connected() {
    let world = World::start().await;
    let tokens = world.program().await.sign_in(&Browser::new(), "anna").await;
    let calls = [
        ("jira_search", json!({"jql": "project = ACME"})),
        ("jira_get_issue", json!({"issue_key": "ACME-1"})),
        ("jira_add_comment", json!({"issue_key": "ACME-1", "body": "Hello."})),
        ("jira_create_issue", json!({"project_key": "ACME", "issue_type": "Task", "summary": "x"})),
    ];
    for (tool, arguments) in calls {
        let (is_error, error) = world.call(&tokens.access, tool, arguments).await;
        assert!(is_error && error["error"] == "sign_in_required", "{tool}: {error}");
        assert!(error["url"].is_string() && error["retryable"] == false, "{tool}: {error}");
        let message = "The signed-in user has not connected a Jira account yet.";
        assert_eq!(error["message"], message, "{tool}");
        assert!(error["hint"].as_str().unwrap().contains("`url`"), "{tool}: {error}");
        assert!(error.get("outcome").is_none(), "{tool}: nothing was sent: {error}");
    }
}
