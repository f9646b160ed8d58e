//! Sign-in as at `auth.atlassian.com`, to the sandbox Jira and to the end of a grant.

use super::*;
use crate::identity::secret::s256;

const SCOPES: &str = "read:jira-work read:jira-user offline_access";
const VERIFIER: &str = "a-verifier-of-43-characters-or-more-0123456789";

fn asking(scopes: &str) -> Vec<(&str, &str)> {
    vec![
        ("audience", "api.atlassian.com"),
        ("client_id", ID),
        ("scope", scopes),
        ("redirect_uri", CALLBACK),
        ("state", "s/1 +&"),
        ("response_type", "code"),
        ("prompt", "consent"),
    ]
}

async fn code(world: &World, asked: &[(&str, &str)], user: &str) -> String {
    let reply = world.post("/authorize", &with(asked, "user", Some(user))).await;
    assert_eq!(reply.status, 302, "{}", reply.body);
    assert_eq!(reply.param("state").as_deref(), Some("s/1 +&"));
    reply.param("code").unwrap()
}

fn redeeming(code: &str) -> Json {
    json!({
        "grant_type": "authorization_code", "client_id": ID, "client_secret": SECRET,
        "code": code, "redirect_uri": CALLBACK,
    })
}

async fn redeem(world: &World, code: &str) -> Reply {
    world.post_json("/oauth/token", redeeming(code)).await
}

async fn refresh(world: &World, token: &str) -> Reply {
    let body = json!({
        "grant_type": "refresh_token", "client_id": ID, "client_secret": SECRET,
        "refresh_token": token,
    });
    world.post_json("/oauth/token", body).await
}

/// Access and refresh token of a sign-in.
async fn sign_in(world: &World, user: &str, scopes: &str) -> (String, String) {
    let reply = redeem(world, &code(world, &asking(scopes), user).await).await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    both(&reply)
}

fn both(reply: &Reply) -> (String, String) {
    let text = |name: &str| reply.json()[name].as_str().unwrap_or_default().to_owned();
    (text("access_token"), text("refresh_token"))
}

#[tokio::test]
async fn a_press_of_a_button_opens_jira_as_that_person() {
    let world = World::open();
    for (user, name) in [("anna", "Anna Admin"), ("ben", "Ben Developer"), ("carla", "Carla Guest")]
    {
        let code = code(&world, &asking(SCOPES), user).await;
        let reply = redeem(&world, &code).await;
        let body = reply.json();
        assert_eq!((reply.status, &body["expires_in"]), (200, &json!(3600)));
        assert_eq!((&body["token_type"], &body["scope"]), (&json!("Bearer"), &json!(SCOPES)));
        let (access, _) = both(&reply);
        let myself = world.jira(&access, &world.myself()).await;
        assert_eq!((myself.status, &myself.json()["displayName"]), (200, &json!(name)));
        let sites = world.jira(&access, "/oauth/token/accessible-resources").await.json();
        assert_eq!(sites[0]["id"], json!(world.sandbox.cloud_ids()[0]));
        assert_eq!(sites[0]["scopes"], json!(["read:jira-work", "read:jira-user"]));
        assert_eq!(sites.as_array().unwrap().len(), 1);
    }
    let (femi, _) = sign_in(&world, "femi", SCOPES).await;
    let sites = world.jira(&femi, "/oauth/token/accessible-resources").await.json();
    assert_eq!(sites.as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn scopes_are_those_asked_for() {
    let world = World::open();
    let (access, refresh_token) = sign_in(&world, "anna", "read:jira-work read:me").await;
    assert_eq!(refresh_token, "", "offline_access was not asked for");
    assert_eq!(world.jira(&access, &world.myself()).await.status, 401);
    let me = world.jira(&access, "/me").await.json();
    let named = (&me["account_id"], &me["name"], &me["email"]);
    let anna = json!("557058:0a1b2c3d-0000-4000-8000-00000000a001");
    assert_eq!(named, (&anna, &json!("Anna Admin"), &json!("anna@example.com")));

    let (access, _) = sign_in(&world, "anna", SCOPES).await;
    assert_eq!(world.jira(&access, "/me").await.status, 403);
    let (access, _) = sign_in(&world, "anna", "read:me offline_access").await;
    let sites = world.jira(&access, "/oauth/token/accessible-resources").await;
    assert_eq!((sites.status, sites.json()), (200, json!([])));
}

#[tokio::test]
async fn a_request_that_does_not_fit_stays_on_an_error_page() {
    let world = World::open();
    let right = asking(SCOPES);
    let wrong = [
        ("client_id", Some("nobody")),
        ("client_id", None),
        ("redirect_uri", Some("http://127.0.0.1:5000/auth/callback/")),
        ("redirect_uri", Some("http://127.0.0.1:5001/auth/callback")),
        ("redirect_uri", None),
        ("audience", Some("https://api.atlassian.com")),
        ("audience", None),
        ("response_type", Some("token")),
        ("prompt", None),
        ("scope", Some("")),
        ("state", None),
        ("code_challenge", Some("abc")),
        ("code_challenge_method", Some("S256")),
    ];
    for (name, value) in wrong {
        let params = with(&right, name, value);
        let asked = world.get(&format!("/authorize?{}", form(&params))).await;
        let pressed = world.post("/authorize", &with(&params, "user", Some("anna"))).await;
        for reply in [asked, pressed] {
            assert_eq!((reply.status, reply.location.as_str()), (400, ""), "{name} {value:?}");
            assert!(reply.body.contains("<h1>"), "{name}: {}", reply.body);
        }
    }
    let twice = format!("/authorize?{}&state=2", form(&right));
    assert_eq!(world.get(&twice).await.status, 400);
    for user in [None, Some("emil"), Some("zoe")] {
        assert_eq!(world.post("/authorize", &with(&right, "user", user)).await.status, 400);
    }
}

#[tokio::test]
async fn nobody_refuses() {
    let world = World::open();
    let asked = with(&asking(SCOPES), "redirect_uri", Some("https://other.example/cb?a=b"));
    let reply = world.post("/authorize", &with(&asked, "user", Some("nobody"))).await;
    assert_eq!(reply.status, 302);
    assert!(reply.location.starts_with("https://other.example/cb?a=b&error=access_denied&"));
    assert_eq!(reply.param("state").as_deref(), Some("s/1 +&"));
    assert_eq!(reply.param("code"), None);
}

#[tokio::test]
async fn a_code_is_good_once_for_its_client_and_redirect() {
    let world = World::open();
    let first = code(&world, &asking(SCOPES), "anna").await;
    for (name, value, status, error) in [
        ("code", "sandbox-code-0", 403, "invalid_grant"),
        ("redirect_uri", "https://other.example/cb?a=b", 403, "invalid_grant"),
        ("code_verifier", VERIFIER, 403, "invalid_grant"),
        ("client_secret", "wrong", 401, "access_denied"),
        ("client_id", "nobody", 401, "access_denied"),
        ("client_secret", "", 401, "access_denied"),
        ("grant_type", "password", 403, "unsupported_grant_type"),
        ("redirect_uri", "", 400, "invalid_request"),
        ("code", "", 400, "invalid_request"),
    ] {
        let mut body = redeeming(&first);
        body[name] = json!(value);
        let reply = world.post_json("/oauth/token", body).await;
        assert_eq!((reply.status, &reply.json()["error"]), (status, &json!(error)), "{name}");
        assert!(reply.json()["error_description"].is_string());
    }
    let mut others = redeeming(&first);
    others["client_id"] = json!("other");
    others["client_secret"] = json!("other");
    assert_eq!(world.post_json("/oauth/token", others).await.status, 403);

    let good = redeeming(&first);
    let params: Vec<_> = good
        .as_object()
        .unwrap()
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str().unwrap()))
        .collect();
    assert_eq!(world.post("/oauth/token", &params).await.status, 200, "a form is taken, too");
    assert_eq!(redeem(&world, &first).await.status, 403);

    let late = code(&world, &asking(SCOPES), "anna").await;
    world.later(10 * MINUTE);
    assert_eq!(redeem(&world, &late).await.status, 403);
}

#[tokio::test]
async fn the_verifier_fits_the_challenge() {
    let world = World::open();
    let challenge = s256(VERIFIER);
    let asked =
        [asking(SCOPES), vec![("code_challenge", &challenge), ("code_challenge_method", "S256")]]
            .concat();
    let code = code(&world, &asked, "anna").await;
    assert_eq!(redeem(&world, &code).await.status, 403);
    for (verifier, status) in [("wrong", 403), (challenge.as_str(), 403), (VERIFIER, 200)] {
        let mut body = redeeming(&code);
        body["code_verifier"] = json!(verifier);
        assert_eq!(world.post_json("/oauth/token", body).await.status, status, "{verifier}");
    }
}

#[tokio::test]
async fn refresh_tokens_rotate_with_a_leeway() {
    let world = World::open();
    let (_, first) = sign_in(&world, "anna", SCOPES).await;
    let (access, second) = both(&refresh(&world, &first).await);
    assert!(first != second && !second.is_empty());
    assert_eq!(world.jira(&access, &world.myself()).await.status, 200);
    world.later(10 * MINUTE);
    let again = refresh(&world, &first).await;
    assert_eq!(again.status, 200, "{}", again.body);
    world.later(1);
    let dead = refresh(&world, &first).await;
    assert_eq!((dead.status, &dead.json()["error"]), (403, &json!("invalid_grant")));
    let (_, third) = both(&refresh(&world, &second).await);
    assert_eq!(world.sandbox.identity().grants()[0].refreshes, 3);
    assert_eq!(world.sandbox.identity().grants().len(), 1);

    world.later(90 * 24 * 60 * MINUTE);
    assert_eq!(refresh(&world, &third).await.status, 403);
    let unknown = refresh(&world, "nothing").await;
    let body =
        json!({ "error": "unauthorized_client", "error_description": "refresh_token is invalid" });
    assert_eq!((unknown.status, unknown.json()), (403, body));
}

#[tokio::test]
async fn access_tokens_end() {
    let world = World::open();
    let (access, _) = sign_in(&world, "anna", SCOPES).await;
    world.later(60 * MINUTE - 1);
    assert_eq!(world.jira(&access, &world.myself()).await.status, 200);
    world.later(1);
    assert_eq!(world.jira(&access, &world.myself()).await.status, 401);
    let sites = world.jira(&access, "/oauth/token/accessible-resources").await;
    assert_eq!(sites.status, 401);
}

#[tokio::test]
async fn revocation_ends_the_grant_and_no_other() {
    for by_access in [false, true] {
        let world = World::open();
        let (access, first) = sign_in(&world, "anna", SCOPES).await;
        let (newer, second) = both(&refresh(&world, &first).await);
        let (others, others_refresh) = sign_in(&world, "anna", SCOPES).await;
        let token = if by_access { &access } else { &second };
        let body = |id: &str, secret: &str| json!({ "client_id": id, "client_secret": secret, "token": token });
        assert_eq!(world.post_json("/oauth/revoke", body(ID, "wrong")).await.status, 401);
        assert_eq!(world.post_json("/oauth/revoke", body("other", "other")).await.status, 200);
        assert_eq!(world.jira(&access, &world.myself()).await.status, 200);

        assert_eq!(world.post_json("/oauth/revoke", body(ID, SECRET)).await.status, 200);
        for token in [&access, &newer] {
            assert_eq!(world.jira(token, &world.myself()).await.status, 401);
        }
        for token in [&first, &second] {
            assert_eq!(refresh(&world, token).await.status, 403);
        }
        assert_eq!(world.jira(&others, &world.myself()).await.status, 200);
        assert_eq!(refresh(&world, &others_refresh).await.status, 200);
        let revoked: Vec<_> =
            world.sandbox.identity().grants().into_iter().map(|grant| grant.revoked).collect();
        assert_eq!(revoked, [true, false]);
    }
}

#[tokio::test]
async fn a_deleted_user_is_let_in_nowhere() {
    let world = World::open();
    let (access, refresh_token) = sign_in(&world, "ben", SCOPES).await;
    let late = code(&world, &asking(SCOPES), "ben").await;
    world.sandbox.identity().delete_user("ben");
    let lasting = world.sandbox.tokens().swap_remove(1).1;
    for token in [access, lasting] {
        assert_eq!(world.jira(&token, &world.myself()).await.status, 401);
    }
    assert_eq!(refresh(&world, &refresh_token).await.status, 403);
    assert_eq!(redeem(&world, &late).await.status, 403);
    let page = world.get(&format!("/authorize?{}", form(&asking(SCOPES)))).await;
    assert!(page.body.contains("value=\"anna\"") && !page.body.contains("value=\"ben\""));
    let pressed = with(&asking(SCOPES), "user", Some("ben"));
    assert_eq!(world.post("/authorize", &pressed).await.status, 400);
}

#[tokio::test]
async fn bodies_that_are_no_form_and_no_object_are_refused() {
    let world = World::open();
    for (kind, body) in [
        ("text/plain", "grant_type=refresh_token"),
        ("application/json", "[]"),
        ("application/json", r#"{"grant_type":1}"#),
        ("application/json", "{"),
        ("application/x-www-form-urlencoded", "code=1&code=2"),
        ("", ""),
    ] {
        let request = Request::post("/oauth/token")
            .header(header::CONTENT_TYPE, kind)
            .body(Body::from(body))
            .unwrap();
        let reply = world.send(world.router.clone(), request).await;
        assert_eq!((reply.status, &reply.json()["error"]), (400, &json!("invalid_request")));
    }
    assert_eq!(world.get("/oauth/token").await.status, 405);
    assert_eq!(world.get("/elsewhere").await.status, 404);
}
