//! People who bring tokens of Entra ID connect their Jira once, for all of their programs.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jira_sandbox::{Grant, Provider};
use serde_json::{Value, json};

use super::{
    Answer, Browser, Client, World,
    entra_bearers::{call, envelope, list, names, rpc, tenant, token, world},
    world::OTHER_TENANT,
};
use crate::support::NOW_MS;

pub(super) const BOTH: [(&str, &str); 2] = [("AUTH", "signin,entra"), ("SIGNIN_PROVIDER", "entra")];

/// A bridge at which people of Entra ID can connect Jira.
pub(super) async fn linking(more: &[(&str, &str)]) -> World {
    let all: Vec<_> = BOTH.into_iter().chain(more.iter().copied()).collect();
    world(&all).await
}

/// The object id of one of the sandbox's people, as their id token has it.
pub(super) async fn object_id(world: &World, user: &str) -> Value {
    Browser::new(world).sign_in_to_pages(user).await;
    let id_token = world.upstream_tokens().into_iter().rfind(|token| token.contains('.')).unwrap();
    let claims = URL_SAFE_NO_PAD.decode(id_token.split('.').nth(1).unwrap()).unwrap();
    serde_json::from_slice::<Value>(&claims).unwrap()["oid"].clone()
}

/// A token of one of the sandbox's people, for one of their programs; good for a month, so that a
/// test may let time pass.
pub(super) async fn token_of(world: &World, user: &str, program: &str) -> String {
    let oid = object_id(world, user).await;
    token(world, &json!({"oid": oid, "azp": program, "exp": NOW_MS / 1000 + 30 * 24 * 3600}))
}

/// Whose Jira a token opens; none where none is connected. It is never a 401.
pub(super) async fn who(world: &World, token: &str) -> Option<String> {
    let reply = call(world, token, "jira_whoami", json!({})).await;
    let told = envelope(&reply);
    if reply["result"]["isError"] == true {
        assert_eq!(told["error"], "sign_in_required", "{told}");
        return None;
    }
    let people = ["Anna", "Ben"];
    let name = people.into_iter().find(|name| told.to_string().contains(name));
    Some(name.unwrap_or_else(|| panic!("nobody: {told}")).to_owned())
}

/// The link that a Jira tool answers with.
pub(super) async fn link(world: &World, token: &str) -> String {
    let told = envelope(&call(world, token, "jira_whoami", json!({})).await);
    assert_eq!(told["error"], "sign_in_required", "{told}");
    told["url"].as_str().unwrap_or_else(|| panic!("no link: {told}")).to_owned()
}

/// From a link to the end, as one person at Entra ID and another one at Atlassian.
pub(super) async fn connect(
    browser: &mut Browser<'_>,
    link: &str,
    (at_entra, at_atlassian): (&str, &str),
) -> Answer {
    let mut page = browser.open(link).await;
    if page.has_button("user") {
        page = browser.press(&page, "user", at_entra).await;
    }
    let page = browser.press(&page, "decision", "allow").await;
    browser.press(&page, "user", at_atlassian).await
}

pub(super) fn grants(world: &World) -> Vec<Grant> {
    let all = world.sandbox.identity().grants().into_iter();
    all.filter(|grant| grant.provider == Provider::Atlassian).collect()
}

#[tokio::test]
async fn a_person_connects_jira_once_for_all_their_programs() {
    let world = linking(&[]).await;
    let one = token_of(&world, "anna", "program-1").await;
    let other = token_of(&world, "anna", "program-2").await;
    let link = link(&world, &one).await;
    assert!(link.starts_with(&format!("{}/auth/connect?link=", world.url)), "{link}");
    assert!(world.jira.seen().is_empty());

    let mut browser = Browser::new(&world);
    let entra = browser.open(&link).await;
    assert!(entra.has_button("user") && !entra.url.contains("link"), "{entra:?}");
    let page = browser.press(&entra, "user", "anna").await;
    page.assert_page(200);
    for part in ["Anna", "All that bring a token of your work account", "They will be able to"] {
        assert!(page.text.contains(part), "no {part}: {page:?}");
    }
    assert!(grants(&world).is_empty(), "nothing is done before the press");
    let people = browser.press(&page, "decision", "allow").await;
    let done = browser.press(&people, "user", "anna").await;
    done.assert_page(200);
    assert!(done.text.contains("Jira is connected"), "{done:?}");
    assert!(done.text.contains("all programs that use your work account"), "{done:?}");
    for token in [&one, &other, &one] {
        assert_eq!(who(&world, token).await.as_deref(), Some("Anna"));
    }
    assert_eq!(grants(&world).len(), 1);

    // The link again, and everything stays as it is.
    let again = browser.open(&link).await;
    assert!(again.text.contains("Jira is connected") && !again.has_button("decision"));
    assert_eq!(grants(&world).len(), 1);
    let status = browser.open("/auth/status").await;
    assert!(status.text.contains("All programs that sign you in at Entra ID"), "{status:?}");
    assert!(!status.text.contains("Answers to"), "{status:?}");
    // Entra's tokens reach neither Jira nor Atlassian.
    for token in [&one, &other] {
        assert!(world.exchanges().iter().all(|exchange| !exchange.sent.contains(token.as_str())));
        let seen = world.jira.seen();
        assert!(!seen.is_empty() && seen.iter().all(|seen| !format!("{seen:?}").contains(token)));
    }
}

#[tokio::test]
async fn programs_that_sign_in_here_connect_by_themselves_all_the_same() {
    let world = linking(&[]).await;
    let program = Client::new(&world).await.sign_in("anna").await;
    let token = token_of(&world, "anna", "program-1").await;
    let mut browser = Browser::new(&world);
    connect(&mut browser, &link(&world, &token).await, ("anna", "anna")).await;
    assert_eq!(who(&world, &token).await.as_deref(), Some("Anna"));
    assert_eq!(who(&world, &program.access).await, None);
    connect(&mut browser, &link(&world, &program.access).await, ("anna", "anna")).await;
    assert_eq!(who(&world, &program.access).await.as_deref(), Some("Anna"));
    assert_eq!(grants(&world).len(), 2);
}

#[tokio::test]
async fn nobody_connects_anything_by_somebody_elses_link() {
    let world = linking(&[]).await;
    let annas = token_of(&world, "anna", "program-1").await;
    let bens = token_of(&world, "ben", "program-1").await;
    let link_of_anna = link(&world, &annas).await;
    let mut ben = Browser::new(&world);
    ben.sign_in_to_pages("ben").await;
    let refused = ben.open(&link_of_anna).await;
    refused.assert_page(403);
    assert!(refused.text.contains("somebody else") && !refused.text.contains("Anna"));
    // Who was not signed in yet comes to the same end.
    let mut later = Browser::new(&world);
    let entra = later.open(&link_of_anna).await;
    later.press(&entra, "user", "ben").await.assert_page(403);
    assert!(grants(&world).is_empty());

    // The victim's browser is lured to finish what another browser began, and the other way round.
    let mut anna = Browser::new(&world);
    let entra = anna.open(&link_of_anna).await;
    let page = anna.press(&entra, "user", "anna").await;
    ben.submit(&page, ("decision", "allow"), &[]).await.assert_page(403);
    let people = anna.press(&page, "decision", "allow").await;
    let back = anna.submit(&people, ("user", "anna"), &[]).await.location().to_owned();
    assert!(back.contains("/auth/callback?"), "{back}");
    ben.open(&back).await.assert_page(403);
    assert_eq!((who(&world, &annas).await, who(&world, &bens).await), (None, None));
    let done = anna.open(&back).await;
    assert!(done.text.contains("Jira is connected"), "{done:?}");
    anna.open(&back).await.assert_page(400);
    assert_eq!(who(&world, &annas).await.as_deref(), Some("Anna"));
    assert_eq!(who(&world, &bens).await, None);
    connect(&mut ben, &link(&world, &bens).await, ("ben", "ben")).await;
    assert_eq!(who(&world, &bens).await.as_deref(), Some("Ben"));
    assert_eq!(who(&world, &annas).await.as_deref(), Some("Anna"));
}

#[tokio::test]
async fn the_same_object_in_another_tenant_is_another_person() {
    let foreign = OTHER_TENANT;
    let tenants = format!("{},{foreign}", tenant());
    let world = linking(&[("ENTRA_TENANT_ID", &tenants)]).await;
    let oid = object_id(&world, "anna").await;
    let annas = token(&world, &json!({"oid": oid}));
    connect(&mut Browser::new(&world), &link(&world, &annas).await, ("anna", "anna")).await;
    assert_eq!(who(&world, &annas).await.as_deref(), Some("Anna"));
    let seen = world.jira.seen().len();
    let iss = format!("{}/{foreign}/v2.0", world.provider);
    let others = token(&world, &json!({"oid": oid, "tid": foreign, "iss": iss}));
    let told = envelope(&call(&world, &others, "jira_whoami", json!({})).await);
    // Nobody of that tenant can sign in here, so there is no link that would lead anywhere.
    assert_eq!((&told["error"], &told["url"]), (&json!("sign_in_required"), &Value::Null));
    assert_eq!(world.jira.seen().len(), seen);
    assert!(!list(&world, "/mcp", &others).await.is_empty(), "the token itself is good");
    // A token that mixes the two is none.
    for mixed in [json!({"oid": oid, "tid": foreign}), json!({"oid": oid, "iss": iss})] {
        world.assert_out(&world.whoami(&token(&world, &mixed)).await);
    }
}

#[tokio::test]
async fn roles_go_on_to_narrow_what_the_account_could_do() {
    let world = linking(&[("ENTRA_ROLE_TOOLSETS", "Reader=readonly;Lead=core")]).await;
    let oid = object_id(&world, "anna").await;
    let with = |role: &str| token(&world, &json!({"oid": oid, "roles": [role]}));
    let (reader, lead) = (with("Reader"), with("Lead"));
    connect(&mut Browser::new(&world), &link(&world, &lead).await, ("anna", "anna")).await;
    for token in [&reader, &lead] {
        assert_eq!(who(&world, token).await.as_deref(), Some("Anna"));
    }
    let of_reader = list(&world, "/mcp", &reader).await;
    assert!(of_reader.iter().all(|tool| tool["annotations"]["readOnlyHint"] == true));
    let comment = json!({"issue_key": "SHOP-1", "body": "x"});
    let reply = call(&world, &reader, "jira_add_comment", comment).await;
    assert!(reply["error"]["message"].as_str().unwrap().contains("Unknown tool"), "{reply}");
    assert!(names(&list(&world, "/mcp", &lead).await).contains(&"jira_create_issue"));
    let none = rpc(&world, "/mcp", &with("Other"), "tools/list", json!({})).await;
    assert_eq!(none.status, 403, "{none:?}");
}

#[tokio::test]
async fn without_a_sign_in_of_entra_there_is_no_link() {
    for settings in [
        &[][..],
        &[("AUTH", "signin,entra")],
        &[BOTH[0], BOTH[1], ("ATLASSIAN_CLIENT_ID", ""), ("ATLASSIAN_CLIENT_SECRET", "")],
    ] {
        let world = world(settings).await;
        let token = token(&world, &json!({}));
        let told = envelope(&call(&world, &token, "jira_whoami", json!({})).await);
        assert_eq!(told["error"], "sign_in_required", "{told}");
        assert!(told["url"].is_null(), "{settings:?}: {told}");
    }
}
