//! Entra ID as the provider: what is taken from it, and what is not.

use std::time::Duration;

use jira_sandbox::{Endpoint, Fault, Provider};
use serde_json::{Map, Value, json};

use super::{
    browser::Browser,
    world::{Program, World},
};

/// What a program is told, whose person's sign-in failed at the provider.
async fn refused(program: &Program<'_>) -> (String, String) {
    let page = program.walk(&Browser::new(), "anna").await;
    assert_eq!(page.sent("code"), None, "{page:?}");
    (page.sent("error").unwrap(), page.sent("error_description").unwrap())
}

#[tokio::test]
async fn an_id_token_is_good_only_if_all_of_it_is() {
    let world = World::start().await;
    let program = world.program().await;
    let long_ago = 1_600_000_000;
    let wrong = [
        json!({"nonce": "another"}),
        json!({"nonce": null}),
        json!({"aud": "another-app"}),
        json!({"aud": null}),
        json!({"iss": "https://login.microsoftonline.com/other/v2.0"}),
        json!({"iss": null}),
        json!({"exp": long_ago}),
        json!({"exp": null}),
        json!({"nbf": 9_000_000_000_u64}),
        json!({"tid": "11111111-2222-3333-4444-555555555555"}),
        json!({"tid": null}),
        json!({"oid": null}),
        json!({"oid": ""}),
    ];
    let claims = |claims: Value| {
        let Value::Object(claims) = claims else { return Fault::Claims(Map::new()) };
        Fault::Claims(claims)
    };
    let faults = wrong.into_iter().map(claims).chain([Fault::Unsigned, Fault::ForeignKey]);
    for fault in faults {
        world.identity.fail_next(Endpoint::Token, fault.clone());
        let (error, _) = refused(&program).await;
        assert_eq!(error, "server_error", "{fault:?}");
    }
    // What is not asked for changes nothing.
    world.identity.fail_next(Endpoint::Token, claims(json!({"sub": "other", "email": "x@y"})));
    let tokens = program.sign_in(&Browser::new(), "anna").await;
    assert!(!world.is_connected(&tokens).await);
}

#[tokio::test]
async fn keys_may_be_rolled_over_at_any_moment() {
    let world = World::start().await;
    let program = world.program().await;
    program.sign_in(&Browser::new(), "anna").await;
    let read = world.identity.requests(Endpoint::Keys);
    program.sign_in(&Browser::new(), "anna").await;
    assert_eq!(world.identity.requests(Endpoint::Keys), read, "the keys are remembered");
    for is_retired in [false, true, true] {
        world.identity.rotate_keys(is_retired);
        program.sign_in(&Browser::new(), "anna").await;
    }
    world.identity.rotate_keys(true);
    world.identity.fail_always(Endpoint::Keys, Fault::status(503));
    let (error, _) = refused(&program).await;
    assert_eq!(error, "temporarily_unavailable", "nobody is let in unproved");
    world.identity.heal();
    program.sign_in(&Browser::new(), "anna").await;
}

#[tokio::test]
async fn our_refresh_tokens_rotate_although_entras_do_not() {
    let settings = [("REFRESH_REUSE_GRACE_MS", "0")];
    let world = World::with(&settings, Duration::ZERO).await;
    let program = world.program().await;
    let first = program.sign_in(&Browser::new(), "anna").await;
    let second = program.refresh(&first).await.unwrap();
    let third = program.refresh(&second).await.unwrap();
    let grants = world.grants(Provider::Entra);
    let [grant] = &grants[..] else { panic!("{grants:?}") };
    assert!(grant.refreshes >= 2 && grant.scopes.contains(&"offline_access".to_owned()));
    assert!(!world.is_connected(&third).await);
    // Entra would answer for each of them; a thief is found by us, and renews nothing.
    let refreshes = world.grants(Provider::Entra)[0].refreshes;
    let refusal = program.refresh(&first).await.unwrap_err();
    assert_eq!(refusal["error"], "invalid_grant", "{refusal}");
    assert_eq!(world.grants(Provider::Entra)[0].refreshes, refreshes);
    assert!(program.refresh(&third).await.is_err(), "the family has ended");
    assert_eq!(world.rpc(&third.access, "ping", json!({})).await.status, 401);
}

#[tokio::test]
async fn a_refusal_of_entra_is_known_by_its_number_and_nothing_else_of_it_is_shown() {
    let world = World::start().await;
    let program = world.program().await;
    let body = json!({
        "error": "invalid_grant", "error_codes": [50_076], "trace_id": "t\r\nx", "claims": "{}",
        "error_description": "AADSTS50076: anna@example.com must use\r\nTrace ID: t\r\nset-cookie: a=b",
    });
    let fault =
        Fault::Answer { status: 400, content_type: "application/json", body: body.to_string() };
    world.identity.fail_next(Endpoint::Token, fault);
    let (error, description) = refused(&program).await;
    assert_eq!(error, "server_error");
    assert!(description.contains("(AADSTS50076)"), "{description}");
    assert!(!description.contains("anna") && !description.contains("Trace"), "{description}");
    // On our own pages, where there is no program that would be told.
    let body = json!({"error": "invalid_grant", "error_description": "AADSTS54005: redeemed"});
    let fault =
        Fault::Answer { status: 400, content_type: "application/json", body: body.to_string() };
    world.identity.fail_next(Endpoint::Token, fault);
    let page = Browser::new().walk(&format!("{}/auth/login", world.bridge.url), "anna").await;
    assert!(page.status == 502 && page.text.contains("(AADSTS54005)"), "{page:?}");
    // A secret that has expired is nobody's fault who signs in.
    world.identity.fail_next(Endpoint::Token, Fault::refusal(401, "invalid_client"));
    let (error, description) = refused(&program).await;
    assert_eq!(error, "server_error");
    assert!(description.contains("operator"), "{description}");
    let denied = program.walk(&Browser::new(), "nobody").await;
    assert_eq!(denied.sent("error").as_deref(), Some("access_denied"));
}
