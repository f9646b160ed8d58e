//! What becomes of a session's token when another resource is to be called, from the request of a
//! signed-in program to the directory.

mod world;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use futures_util::{FutureExt, future::join_all};
use jira_sandbox::{Endpoint, Fault};
use serde_json::Value;
use tokio::task::yield_now;

use super::*;
use crate::signin::{session::Session, telemetry::End};
use world::{CLIENT_ID, MINUTE_MS, POWER, World, on_behalf};

const CARD: &str = "api://botid-1/.default";

fn claim(token: &str, name: &str) -> String {
    let claims = URL_SAFE_NO_PAD.decode(token.split('.').nth(1).unwrap()).unwrap();
    let claims: Value = serde_json::from_slice(&claims).unwrap();
    claims[name].as_str().unwrap().to_owned()
}

fn not_granted(code: &str) -> Result<Option<String>, CredentialsError> {
    Err(CredentialsError::NotGranted { code: code.to_owned() })
}

const UNAVAILABLE: Result<Option<String>, CredentialsError> = Err(CredentialsError::Unavailable);

#[tokio::test]
async fn a_session_has_a_token_for_each_resource_and_keeps_its_own_grant() {
    let world = World::new().await;
    let (anna, ben) = (world.session("anna").await, world.session("ben").await);
    let stored = world.stored(anna).await;
    let credentials = world.credentials(anna).await;
    let mut tokens = Vec::new();
    for (at, scope, audience) in
        [(1, POWER, "https://api.powerplatform.com"), (2, CARD, "api://botid-1")]
    {
        let token = on_behalf(&credentials, scope).await.unwrap().unwrap();
        assert_eq!((claim(&token, "aud").as_str(), world.requests()), (audience, (at, 2)));
        assert_eq!(claim(&token, "oid"), claim(stored.access_token.expose(), "oid"));
        for (name, value) in [
            ("grant_type", Some("urn:ietf:params:oauth:grant-type:jwt-bearer")),
            ("assertion", Some(stored.access_token.expose())),
            ("scope", Some(scope)),
            ("requested_token_use", Some("on_behalf_of")),
            ("client_id", Some(CLIENT_ID)),
            ("refresh_token", None),
            ("resource", None),
        ] {
            assert_eq!(world.posted(name).as_deref(), value, "{name}");
        }
        // The next of this request, and those of the next request.
        assert_eq!(on_behalf(&credentials, scope).await.unwrap().unwrap(), token);
        let next = world.credentials(anna).await;
        assert_eq!(on_behalf(&next, scope).await.unwrap().unwrap(), token);
        tokens.push(token);
    }
    assert_eq!(world.stored(anna).await, stored);
    assert_eq!(world.requests(), (2, 2));
    // Somebody else's is another one.
    let bens = on_behalf(&world.credentials(ben).await, POWER).await.unwrap().unwrap();
    assert_ne!(claim(&bens, "oid"), claim(&tokens[0], "oid"));
    // Neither is shown to anybody.
    let text = credentials.redact(format!("a {} b {}", tokens[0], tokens[1]));
    assert_eq!(text, "a *** b ***");
    let shown = format!("{:?} {:?}", world.signin.on_behalf(), world.signin);
    assert!(!tokens.iter().any(|token| shown.contains(token)), "{shown}");
    let given = credentials.on_behalf(POWER).await.unwrap().unwrap();
    assert!(!format!("{given:?}").contains(&tokens[0]));
}

#[tokio::test]
async fn a_token_is_given_out_for_half_of_its_life_and_made_of_a_fresh_one() {
    let world = World::new().await;
    let anna = world.session("anna").await;
    let credentials = world.credentials(anna).await;
    let first = on_behalf(&credentials, POWER).await.unwrap();
    let stored = world.stored(anna).await;
    world.later(30 * MINUTE_MS - 1);
    assert_eq!(on_behalf(&credentials, POWER).await.unwrap(), first);
    assert_eq!(world.requests(), (1, 1));
    world.later(2);
    assert_ne!(on_behalf(&credentials, POWER).await.unwrap(), first);
    assert_eq!(world.requests(), (2, 2));
    let renewed = world.stored(anna).await;
    assert_ne!(renewed.refresh_token, stored.refresh_token, "it was time to renew");
    assert_eq!(world.posted("assertion").as_deref(), Some(renewed.access_token.expose()));
    // A session that was left alone until its token had ended.
    world.later(5 * 60 * MINUTE_MS);
    assert!(on_behalf(&credentials, POWER).await.unwrap().is_some());
    assert_eq!(world.requests(), (3, 3));
}

#[tokio::test]
async fn many_who_ask_at_once_make_one_request() {
    let world = World::new().await;
    let id = world.session("anna").await;
    let credentials = join_all((0..10).map(|_| world.credentials(id))).await;
    let all = credentials.iter().flat_map(|each| [POWER, CARD].map(|it| on_behalf(each, it)));
    let tokens: Vec<_> = join_all(all).await.into_iter().map(|it| it.unwrap().unwrap()).collect();
    assert_eq!(world.requests(), (2, 1));
    assert!(tokens.chunks(2).all(|pair| pair == &tokens[..2]));
    // The same of a failure: nobody waits for what has just failed. One repeats by itself.
    world.later(31 * MINUTE_MS);
    let credentials = join_all((0..10).map(|_| world.credentials(id))).await;
    world.sandbox.identity().fail_always(Endpoint::OnBehalf, Fault::status(503));
    for answer in join_all(credentials.iter().map(|each| on_behalf(each, POWER))).await {
        assert_eq!(answer, UNAVAILABLE);
    }
    assert_eq!(world.requests().0, 4);
}

#[tokio::test]
async fn who_gives_up_waiting_leaves_the_answer_to_the_next() {
    let world = World::new().await;
    let credentials = world.credentials(world.session("anna").await).await;
    let identity = world.sandbox.identity();
    identity.fail_next(Endpoint::OnBehalf, Fault::Held);
    let mut asking = on_behalf(&credentials, POWER).boxed();
    while world.requests().0 == 0 {
        assert!((&mut asking).now_or_never().is_none());
        yield_now().await;
    }
    drop(asking);
    identity.heal();
    assert!(on_behalf(&credentials, POWER).await.unwrap().is_some());
    assert_eq!(world.requests().0, 1);
}

#[tokio::test]
async fn a_refusal_of_the_resource_says_why_and_leaves_the_sign_in() {
    let world = World::new().await;
    let anna = world.session("anna").await;
    let (credentials, stored) = (world.credentials(anna).await, world.stored(anna).await);
    let identity = world.sandbox.identity();
    for (at, (fault, code)) in (1..).zip([
        (Fault::of_entra("invalid_grant", 65_001), "invalid_grant, AADSTS65001"),
        (Fault::interaction_required(), "interaction_required, AADSTS50079"),
        (Fault::of_entra("invalid_resource", 500_011), "invalid_resource, AADSTS500011"),
        (Fault::refusal(400, "invalid_grant"), "invalid_grant"),
        (Fault::refusal(403, "unauthorized_client\r\nx"), "unauthorized_clientx"),
    ]) {
        identity.fail_next(Endpoint::OnBehalf, fault);
        assert_eq!(on_behalf(&credentials, POWER).await, not_granted(code));
        // It is believed for a while: whoever repeats it is shut out.
        world.later(29_999);
        assert_eq!(on_behalf(&credentials, POWER).await, not_granted(code));
        assert_eq!(world.requests(), (at, 1), "{code}");
        world.later(1);
    }
    assert!(on_behalf(&credentials, POWER).await.unwrap().is_some());
    assert_eq!(world.stored(anna).await, stored);
}

#[tokio::test]
async fn a_directory_that_is_down_says_nothing_of_the_sign_in() {
    let world = World::new().await;
    let anna = world.session("anna").await;
    let credentials = world.credentials(anna).await;
    let identity = world.sandbox.identity();
    for fault in [
        Fault::status(500),
        Fault::refusal(401, "invalid_client"),
        Fault::refusal(400, "temporarily_unavailable"),
        Fault::html(403),
        Fault::html(200),
    ] {
        identity.fail_always(Endpoint::OnBehalf, fault.clone());
        assert_eq!(on_behalf(&credentials, POWER).await, UNAVAILABLE, "{fault:?}");
        let before = world.requests();
        world.later(2_999);
        assert_eq!(on_behalf(&credentials, POWER).await, UNAVAILABLE, "{fault:?}");
        assert_eq!(world.requests(), before, "{fault:?}");
        identity.heal();
        world.later(1);
        assert!(on_behalf(&credentials, POWER).await.unwrap().is_some(), "{fault:?}");
        world.signin.on_behalf().forget(anna);
    }
    // What is remembered is given out while it cannot be renewed.
    assert!(on_behalf(&credentials, POWER).await.unwrap().is_some());
    for at in [Endpoint::OnBehalf, Endpoint::Token] {
        identity.fail_always(at, Fault::refusal(400, "temporarily_unavailable"));
    }
    world.later(20 * MINUTE_MS);
    assert!(on_behalf(&credentials, POWER).await.unwrap().is_some());
    world.later(50 * MINUTE_MS);
    assert_eq!(on_behalf(&credentials, POWER).await, UNAVAILABLE);
}

#[tokio::test]
async fn a_token_that_is_refused_for_itself_is_renewed_once() {
    let world = World::new().await;
    let anna = world.session("anna").await;
    let credentials = world.credentials(anna).await;
    let identity = world.sandbox.identity();
    // A clock of the directory that is ahead of ours.
    let late = || Fault::of_entra("invalid_grant", 500_133);
    identity.fail_next(Endpoint::OnBehalf, late());
    assert!(on_behalf(&credentials, POWER).await.unwrap().is_some());
    assert_eq!(world.requests(), (2, 2));
    identity.fail_next(Endpoint::OnBehalf, late());
    identity.fail_next(Endpoint::OnBehalf, late());
    let twice = on_behalf(&credentials, CARD).await;
    assert_eq!(twice, not_granted("invalid_grant, AADSTS500133"));
    assert_eq!(world.requests(), (4, 3));
    assert!(world.signin.sessions().read(anna).await.is_ok());
}

#[tokio::test]
async fn a_sign_in_that_is_gone_at_the_directory_has_ended() {
    for is_deleted in [false, true] {
        let world = World::new().await;
        let anna = world.session("anna").await;
        let credentials = world.credentials(anna).await;
        assert!(on_behalf(&credentials, CARD).await.unwrap().is_some());
        let identity = world.sandbox.identity();
        if is_deleted {
            identity.delete_user("anna");
        } else {
            assert!(identity.revoke(0));
        }
        let ended = Err(CredentialsError::SignInEnded);
        for scope in [POWER, POWER, CARD] {
            assert_eq!(on_behalf(&credentials, scope).await, ended, "{scope}");
        }
        assert_eq!(world.requests(), (2, 2));
        assert!(world.signin.sessions().read(anna).await.is_err());
        assert_eq!(world.signin.on_behalf().0.tokens.remembered(), 0);
    }
}

#[tokio::test]
async fn nothing_is_kept_longer_than_it_is_given_out() {
    let world = World::new().await;
    let (anna, ben) = (world.session("anna").await, world.session("ben").await);
    let credentials = world.credentials(anna).await;
    let tokens = &world.signin.on_behalf().0.tokens;
    for scope in [POWER, CARD] {
        on_behalf(&credentials, scope).await.unwrap();
    }
    on_behalf(&world.credentials(ben).await, POWER).await.unwrap();
    assert_eq!(tokens.remembered(), 3);
    // A sign-out.
    assert!(world.signin.end(anna, End::Revoked).await.unwrap());
    assert_eq!(tokens.remembered(), 1);
    assert_eq!(on_behalf(&credentials, POWER).await, Err(CredentialsError::SignInEnded));
    world.later(30 * MINUTE_MS - 1);
    world.signin.on_behalf().sweep();
    assert_eq!(tokens.remembered(), 1);
    world.later(1);
    world.signin.on_behalf().sweep();
    assert_eq!(tokens.remembered(), 0);
}

#[tokio::test]
async fn nobody_is_asked_where_there_is_nothing_to_get() {
    let world = World::with(|app| app.has_on_behalf = false).await;
    let credentials = world.credentials(world.session("anna").await).await;
    assert_eq!(on_behalf(&credentials, POWER).await, Ok(None));
    // A session of before, which begins at Atlassian.
    let world = World::new().await;
    let session = &world.signin.sessions().read(world.session("anna").await).await.unwrap().session;
    let session = Session { entra: None, ..(**session).clone() };
    let id = world.signin.sessions().create(session).await.unwrap();
    assert_eq!(on_behalf(&world.credentials(id).await, POWER).await, Ok(None));
    // What no directory has as the name of a scope, however an agent came by it.
    let credentials = world.credentials(world.session("anna").await).await;
    let long = format!("api://{}", "x".repeat(512));
    for scope in ["", "api://a/.default api://b/.default", "a\"b", "a\\b", "ä", "a\r\nb", &long] {
        assert_eq!(on_behalf(&credentials, scope).await, not_granted("invalid_scope"), "{scope}");
    }
    assert_eq!(world.requests(), (0, 2));
}

#[tokio::test]
async fn people_are_asked_for_a_token_for_the_app_itself_where_it_is_needed() {
    let own = format!("{CLIENT_ID}/.default");
    let named = "api://bridge/use";
    for (has_on_behalf, scopes, more) in [
        (false, vec![], None),
        (true, vec![], Some(own.as_str())),
        (false, vec![named.to_owned()], Some(named)),
        (true, vec![named.to_owned()], Some(named)),
    ] {
        let world = World::with(|app| {
            app.has_on_behalf = has_on_behalf;
            app.scopes = scopes;
        });
        let url = world.await.authorize_url("challenge");
        let (_, scope) = url.query_pairs().find(|(name, _)| name == "scope").unwrap();
        let asked: Vec<_> =
            ["openid", "profile", "offline_access"].into_iter().chain(more).collect();
        assert_eq!(scope.split(' ').collect::<Vec<_>>(), asked);
    }
}
