//! Sign-in as at `login.microsoftonline.com`, to the claims of its tokens.

use aws_lc_rs::signature::{RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

use super::*;
use crate::identity::{Endpoint, Fault, secret::s256};

const TENANT: &str = "5a9db0c1-0000-4000-8000-00000000e17a";
const SCOPES: &str = "openid profile offline_access";
const VERIFIER: &str = "a-verifier-of-43-characters-or-more-0123456789";

fn at(path: &str) -> String {
    format!("/{TENANT}{path}")
}

fn asking(challenge: &str) -> Vec<(&str, &str)> {
    vec![
        ("client_id", ID),
        ("scope", SCOPES),
        ("redirect_uri", CALLBACK),
        ("state", "s/1 +&"),
        ("response_type", "code"),
        ("nonce", "n-1"),
        ("code_challenge", challenge),
        ("code_challenge_method", "S256"),
    ]
}

async fn press(world: &World, user: &str, scopes: &str) -> String {
    let challenge = s256(VERIFIER);
    let asked = with(&asking(&challenge), "scope", Some(scopes));
    let path = at("/oauth2/v2.0/authorize");
    let page = world.get(&format!("{path}?{}", form(&asked))).await;
    assert!(page.body.contains(&format!("action=\"{path}\"")), "{}", page.body);
    let reply = world.post(&path, &with(&asked, "user", Some(user))).await;
    assert_eq!(reply.status, 302, "{}", reply.body);
    assert_eq!(reply.param("state").as_deref(), Some("s/1 +&"));
    reply.param("code").unwrap()
}

fn redeeming(code: &str) -> Vec<(&str, &str)> {
    vec![
        ("grant_type", "authorization_code"),
        ("client_id", ID),
        ("client_secret", SECRET),
        ("redirect_uri", CALLBACK),
        ("code_verifier", VERIFIER),
        ("code", code),
    ]
}

pub(super) async fn token(world: &World, params: &[(&str, &str)]) -> Reply {
    world.post(&at("/oauth2/v2.0/token"), params).await
}

pub(super) async fn sign_in(world: &World, user: &str, scopes: &str) -> Json {
    let reply = token(world, &redeeming(&press(world, user, scopes).await)).await;
    assert_eq!(reply.status, 200, "{}", reply.body);
    reply.json()
}

pub(super) async fn refresh(world: &World, secret: &str) -> Reply {
    let params = [
        ("grant_type", "refresh_token"),
        ("client_id", ID),
        ("client_secret", SECRET),
        ("refresh_token", secret),
    ];
    token(world, &params).await
}

fn decoded(part: &str) -> Json {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}

/// The claims of a JWT, if a key of the published set signed it.
pub(super) async fn verified(world: &World, jwt: &str) -> Option<Json> {
    let keys = world.get(&at("/discovery/v2.0/keys")).await.json();
    let (text, signature) = jwt.rsplit_once('.')?;
    let (head, claims) = text.split_once('.')?;
    let kid = &decoded(head)["kid"];
    let key = keys["keys"].as_array()?.iter().find(|key| key["kid"] == *kid)?;
    let number = |name: &str| URL_SAFE_NO_PAD.decode(key[name].as_str().unwrap()).unwrap();
    let public = RsaPublicKeyComponents { n: number("n"), e: number("e") };
    let signature = URL_SAFE_NO_PAD.decode(signature).unwrap();
    public.verify(&RSA_PKCS1_2048_8192_SHA256, text.as_bytes(), &signature).ok()?;
    Some(decoded(claims))
}

#[tokio::test]
async fn the_documents_lead_to_each_other() {
    let world = World::open();
    let document = world.get(&at("/v2.0/.well-known/openid-configuration")).await.json();
    assert_eq!(document["issuer"], json!(format!("{BASE}/{TENANT}/v2.0")));
    for (name, path) in [
        ("authorization_endpoint", "/oauth2/v2.0/authorize"),
        ("token_endpoint", "/oauth2/v2.0/token"),
        ("end_session_endpoint", "/oauth2/v2.0/logout"),
        ("jwks_uri", "/discovery/v2.0/keys"),
    ] {
        assert_eq!(document[name], json!(format!("{BASE}/{TENANT}{path}")));
    }
    let keys = world.get(&at("/discovery/v2.0/keys")).await.json();
    assert_eq!((&keys["keys"][0]["kty"], &keys["keys"][0]["e"]), (&json!("RSA"), &json!("AQAB")));
    let foreign = world.get("/common/discovery/v2.0/keys").await;
    assert_eq!((foreign.status, &foreign.json()["error_codes"]), (400, &json!([90_002])));
}

#[tokio::test]
async fn the_identity_token_says_who_it_is() {
    let world = World::open();
    let tokens = sign_in(&world, "ben", SCOPES).await;
    assert_eq!((&tokens["expires_in"], &tokens["scope"]), (&json!(3600), &json!("openid profile")));
    let claims = verified(&world, tokens["id_token"].as_str().unwrap()).await.unwrap();
    for (name, value) in [
        ("iss", json!(format!("{BASE}/{TENANT}/v2.0"))),
        ("aud", json!(ID)),
        ("tid", json!(TENANT)),
        ("ver", json!("2.0")),
        ("nonce", json!("n-1")),
        ("name", json!("Ben Developer")),
        ("preferred_username", json!("ben@example.com")),
        ("iat", json!(NOW / 1000)),
        ("exp", json!(NOW / 1000 + 3600)),
    ] {
        assert_eq!(claims[name], value, "{name}");
    }
    let again = sign_in(&world, "ben", "openid profile email").await;
    assert_eq!(again["refresh_token"], Json::Null);
    let again = verified(&world, again["id_token"].as_str().unwrap()).await.unwrap();
    assert_eq!((&again["oid"], &again["sub"]), (&claims["oid"], &claims["sub"]));
    assert_eq!(again["email"], json!("ben@example.com"));
    let carla = sign_in(&world, "carla", SCOPES).await;
    let carla = verified(&world, carla["id_token"].as_str().unwrap()).await.unwrap();
    assert!(carla["oid"] != claims["oid"] && carla["sub"] != claims["sub"]);
    assert_eq!(carla["oid"].as_str().unwrap().len(), 36);

    let bare = sign_in(&world, "ben", "openid").await;
    let bare = verified(&world, bare["id_token"].as_str().unwrap()).await.unwrap();
    assert!(bare["oid"].is_null() && bare["tid"].is_null() && bare["sub"].is_string());
}

#[tokio::test]
async fn the_access_token_is_for_the_api_that_was_asked_for_and_not_for_jira() {
    let world = World::open();
    for (scopes, audience, rights) in [
        ("openid", "00000003-0000-0000-c000-000000000000", ""),
        ("openid User.Read", "00000003-0000-0000-c000-000000000000", "User.Read"),
        (
            "openid api://bridge/jira.read api://bridge/jira.write",
            "api://bridge",
            "jira.read jira.write",
        ),
        ("https://api.powerplatform.com/.default", "https://api.powerplatform.com", ".default"),
    ] {
        let tokens = sign_in(&world, "anna", scopes).await;
        let access = tokens["access_token"].as_str().unwrap();
        let claims = verified(&world, access).await.unwrap();
        assert_eq!((&claims["aud"], &claims["scp"]), (&json!(audience), &json!(rights)));
        assert_eq!(claims["azp"], json!(ID));
        assert_eq!(world.jira(access, &world.myself()).await.status, 401);
        assert_eq!(tokens["id_token"].is_null(), !scopes.contains("openid"));
    }
}

#[tokio::test]
async fn refresh_tokens_are_replaced_and_stay_good() {
    let world = World::open();
    let first = sign_in(&world, "anna", SCOPES).await["refresh_token"].as_str().unwrap().to_owned();
    let second = refresh(&world, &first).await.json();
    assert!(second["refresh_token"] != json!(first) && second["id_token"].is_string());
    world.later(60 * MINUTE);
    assert_eq!(refresh(&world, &first).await.status, 200);
    let identity = world.sandbox.identity();
    assert_eq!(identity.grants()[0].refreshes, 2);
    assert!(identity.revoke(0) && !identity.revoke(1));
    let refused = refresh(&world, &first).await;
    assert_eq!((refused.status, &refused.json()["error_codes"]), (400, &json!([50_173])));
}

#[tokio::test]
async fn refusals_have_entras_form_and_numbers() {
    let world = World::open();
    let code = press(&world, "anna", SCOPES).await;
    for (name, value, status, error, number) in [
        ("client_id", None, 400, "invalid_request", 900_144),
        ("client_id", Some("nobody"), 400, "unauthorized_client", 700_016),
        ("client_secret", None, 401, "invalid_client", 7_000_218),
        ("client_secret", Some("x"), 401, "invalid_client", 7_000_215),
        ("grant_type", Some("password"), 400, "unsupported_grant_type", 70_003),
        ("resource", Some("http://127.0.0.1/mcp"), 400, "invalid_request", 901_002),
        ("redirect_uri", None, 400, "invalid_request", 900_144),
        ("redirect_uri", Some("https://x.example"), 400, "invalid_client", 500_112),
        ("code_verifier", None, 400, "invalid_grant", 501_481),
        ("code_verifier", Some("x"), 400, "invalid_grant", 501_481),
        ("code", Some("x"), 400, "invalid_grant", 70_000),
    ] {
        let reply = token(&world, &with(&redeeming(&code), name, value)).await;
        let body = reply.json();
        assert_eq!((reply.status, &body["error"]), (status, &json!(error)), "{name} {value:?}");
        assert_eq!(body["error_codes"], json!([number]), "{name} {value:?}");
        let description = body["error_description"].as_str().unwrap();
        assert!(description.starts_with(&format!("AADSTS{number}: ")), "{description}");
        assert!(description.contains("\r\nTrace ID: ") && description.ends_with('Z'));
        assert_eq!(body["timestamp"], json!("2026-11-20 10:00:00Z"));
        assert!(body["trace_id"] != body["correlation_id"]);
    }
    assert_eq!(token(&world, &redeeming(&code)).await.status, 200);
    assert_eq!(token(&world, &redeeming(&code)).await.json()["error_codes"], json!([54_005]));
    let late = press(&world, "anna", SCOPES).await;
    world.later(10 * MINUTE);
    assert_eq!(token(&world, &redeeming(&late)).await.json()["error_codes"], json!([70_008]));

    let request = Request::post(at("/oauth2/v2.0/token"))
        .header(header::ORIGIN, "https://page.example")
        .body(Body::from(form(&redeeming(&late))))
        .unwrap();
    let reply = world.send(world.router.clone(), request).await;
    assert_eq!(reply.json()["error_codes"], json!([9_002_326]));
}

#[tokio::test]
async fn a_request_that_does_not_fit_stays_on_an_error_page() {
    let world = World::open();
    for (name, value, number) in [
        ("scope", None, 900_144),
        ("client_id", Some("nobody"), 700_016),
        ("redirect_uri", Some("http://127.0.0.1:5000/auth/callback?a"), 50_011),
        ("resource", Some("http://127.0.0.1/mcp"), 901_002),
        ("response_type", Some("id_token"), 70_005),
        ("response_mode", Some("form_post"), 9_002_313),
        ("code_challenge_method", None, 9_002_313),
        ("code_challenge_method", Some("plain"), 9_002_313),
    ] {
        let params = with(&asking("abc"), name, value);
        let path = at("/oauth2/v2.0/authorize");
        let asked = world.get(&format!("{path}?{}", form(&params))).await;
        let pressed = world.post(&path, &with(&params, "user", Some("anna"))).await;
        for reply in [asked, pressed] {
            assert_eq!((reply.status, reply.location.as_str()), (400, ""), "{name} {value:?}");
            assert!(reply.body.contains(&format!("AADSTS{number}: ")), "{}", reply.body);
        }
    }
}

#[tokio::test]
async fn nobody_refuses_and_sign_out_goes_back() {
    let world = World::open();
    let pressed = with(&asking("abc"), "user", Some("nobody"));
    let reply = world.post(&at("/oauth2/v2.0/authorize"), &pressed).await;
    assert_eq!((reply.status, reply.param("error").as_deref()), (302, Some("access_denied")));
    assert_eq!(reply.param("state").as_deref(), Some("s/1 +&"));
    let to = form(&[("post_logout_redirect_uri", CALLBACK), ("state", "1")]);
    let reply = world.get(&at(&format!("/oauth2/v2.0/logout?{to}"))).await;
    assert_eq!((reply.status, reply.location), (302, format!("{CALLBACK}?state=1")));
    let to = form(&[("post_logout_redirect_uri", "https://x.example")]);
    let reply = world.get(&at(&format!("/oauth2/v2.0/logout?{to}"))).await;
    assert_eq!((reply.status, reply.location.as_str()), (200, ""));
}

#[tokio::test]
async fn codes_and_tokens_of_the_two_providers_do_not_mix() {
    let world = World::open();
    let entras = press(&world, "anna", SCOPES).await;
    let body = json!({
        "grant_type": "authorization_code", "client_id": ID, "client_secret": SECRET,
        "code": entras, "redirect_uri": CALLBACK, "code_verifier": VERIFIER,
    });
    assert_eq!(world.post_json("/oauth/token", body).await.status, 403);
    let refresh_token = sign_in(&world, "anna", SCOPES).await["refresh_token"].clone();
    let body = json!({
        "grant_type": "refresh_token", "client_id": ID, "client_secret": SECRET,
        "refresh_token": refresh_token,
    });
    assert_eq!(world.post_json("/oauth/token", body).await.status, 403);
}

#[tokio::test]
async fn identity_tokens_can_be_forged_for_tests() {
    let world = World::open();
    let identity = world.sandbox.identity();
    let claims = json!({ "aud": "other", "nonce": null });
    identity.fail_next(Endpoint::Token, Fault::Claims(claims.as_object().unwrap().clone()));
    let odd = sign_in(&world, "anna", SCOPES).await;
    let odd = verified(&world, odd["id_token"].as_str().unwrap()).await.unwrap();
    assert_eq!((&odd["aud"], odd.get("nonce")), (&json!("other"), None));

    identity.fail_next(Endpoint::Token, Fault::Unsigned);
    let jwt = sign_in(&world, "anna", SCOPES).await["id_token"].as_str().unwrap().to_owned();
    assert_eq!(decoded(jwt.split('.').next().unwrap())["alg"], json!("none"));
    assert!(jwt.ends_with('.'));

    identity.fail_next(Endpoint::Token, Fault::ForeignKey);
    let jwt = sign_in(&world, "anna", SCOPES).await["id_token"].as_str().unwrap().to_owned();
    assert_eq!(verified(&world, &jwt).await, None);

    let before = sign_in(&world, "anna", SCOPES).await["id_token"].as_str().unwrap().to_owned();
    identity.rotate_keys(false);
    let after = sign_in(&world, "anna", SCOPES).await["id_token"].as_str().unwrap().to_owned();
    assert!(verified(&world, &before).await.is_some() && verified(&world, &after).await.is_some());
    identity.rotate_keys(true);
    assert_eq!(verified(&world, &after).await, None);
}
