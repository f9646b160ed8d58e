//! Whom a request speaks for, and what is never shown of its token.

use std::{
    sync::Mutex,
    time::{Duration, UNIX_EPOCH},
};

use auth::{
    Authenticate, AuthenticateError, BoxFuture, Caller, Credentials, CredentialsError, Identity,
    KeyedHasher, PrincipalKey, UpstreamCredential,
};
use http::{HeaderValue, Request};
use secrecy::{ExposeSecret, SecretString};

use super::*;

fn bearer(directory: &Directory, on_behalf: Option<Arc<dyn OnBehalf>>) -> EntraBearer {
    let hasher = KeyedHasher::of_key([7; 32]);
    let people = hasher.clone();
    let key_of = move |subject: &str| people.principal_key(b"entra:", subject.as_bytes());
    let tokens = directory.tokens(|_| ());
    let bearer = EntraBearer::new(tokens, Arc::new(|| NOW_MS), key_of, hasher);
    on_behalf.into_iter().fold(bearer, EntraBearer::with_on_behalf)
}

async fn identify(bearer: &EntraBearer, token: &str) -> Result<Identity, AuthenticateError> {
    let head = Request::builder().header("authorization", format!("Bearer {token}"));
    bearer.authenticate(&head.body(()).unwrap()).await
}

#[tokio::test]
async fn a_person_is_the_same_with_each_of_their_tokens() {
    let directory = Directory::start().await;
    let bearer = bearer(&directory, None);
    let one = identify(&bearer, &directory.token(&json!({}))).await.unwrap();
    let other = json!({"exp": NOW_S + 7200, "sub": "other", "azp": "client-2"});
    let other = identify(&bearer, &directory.token(&other)).await.unwrap();
    assert_eq!(one.principal, other.principal);
    assert_eq!(one.principal.subject.as_deref(), Some(format!("{TENANT}/{OBJECT}").as_str()));
    assert_ne!(one.credential_key, other.credential_key);
    let until = |seconds| Some(UNIX_EPOCH + Duration::from_secs(seconds));
    assert_eq!(other.good_until, until(NOW_S + 7200 + 60), "its end, and what clocks differ by");
    assert_eq!((one.principal.rights.as_ref(), one.is_signed_in_here), (None, false));
    let somebody = json!({"oid": "00000000-0000-4000-8000-00000000000b"});
    let somebody = identify(&bearer, &directory.token(&somebody)).await.unwrap();
    assert_ne!(one.principal.key, somebody.principal.key);
}

#[tokio::test]
async fn each_refusal_has_its_challenge() {
    let directory = Directory::start().await;
    let bearer = bearer(&directory, None);
    let check = async |token: &str, expected: Option<&str>| {
        let error = identify(&bearer, token).await.unwrap_err();
        assert_eq!(error.challenge_error(), expected, "{error}");
        error
    };
    check(&directory.token(&json!({"exp": 0})), Some("invalid_token")).await;
    check(&"x".repeat(10_000), Some("invalid_token")).await;
    let error = check(&directory.token(&json!({"scp": "other"})), Some("insufficient_scope")).await;
    assert_eq!(error, AuthenticateError::LacksScope);
    let none = Request::new(());
    let error = bearer.authenticate(&none).await.unwrap_err();
    assert_eq!(error.challenge_error(), None);
    let away = Directory::start().await;
    away.publish(500, "");
    let token = away.token(&json!({}));
    let bearer = self::bearer(&away, None);
    assert_eq!(identify(&bearer, &token).await.unwrap_err(), AuthenticateError::Unavailable);
}

/// Gives a token that names what it was asked with.
#[derive(Default)]
struct Gives(Mutex<Vec<(String, String)>>);

impl OnBehalf for Gives {
    fn token<'a>(
        &'a self,
        user: &'a UserToken,
        scope: &'a str,
    ) -> BoxFuture<'a, Result<SecretString, CredentialsError>> {
        let asked = (user.assertion.expose_secret().to_owned(), scope.to_owned());
        self.0.lock().unwrap().push(asked);
        Box::pin(async move { Ok(SecretString::from(format!("token-for-{scope}"))) })
    }
}

#[tokio::test]
async fn a_token_opens_nothing_elsewhere_but_by_on_behalf_of() {
    let directory = Directory::start().await;
    let gives = Arc::new(Gives::default());
    let token = directory.token(&json!({}));
    let with = identify(&bearer(&directory, Some(gives.clone())), &token).await.unwrap();
    let without = identify(&bearer(&directory, None), &token).await.unwrap();
    for identity in [&with, &without] {
        let error = identity.credentials.for_upstream().await.unwrap_err();
        assert_eq!(error, CredentialsError::NotConnected { connect_url: None });
        assert!(!identity.credentials.renew_refused());
    }
    let scope = "https://api.powerplatform.com/.default";
    assert!(without.credentials.on_behalf(scope).await.unwrap().is_none());
    let got = with.credentials.on_behalf(scope).await.unwrap().unwrap();
    assert_eq!(gives.0.lock().unwrap()[0], (token.clone(), scope.to_owned()));
    let echo = format!("you sent {token}, and then {}", got.expose_secret());
    let caller = Caller::new(with.clone(), "r".into(), None);
    assert_eq!(caller.redact(echo), "you sent ***, and then ***");
    let shown = format!("{with:?}{caller:?}");
    assert!(!shown.contains(&token), "{shown}");
}

/// One account, by a number; 0 is none.
struct Account(u8);

impl Credentials for Account {
    fn for_upstream(&self) -> BoxFuture<'_, Result<UpstreamCredential, CredentialsError>> {
        let value = HeaderValue::from_str(&format!("Bearer account-{}", self.0)).unwrap();
        Box::pin(async { Ok(UpstreamCredential::new(value)) })
    }

    fn renew_refused(&self) -> bool {
        true
    }

    fn redact(&self, text: String) -> String {
        text.replace(&format!("account-{}", self.0), "***")
    }
}

/// The account that is connected now, and who was asked for.
#[derive(Default)]
struct Accounts(Mutex<(u8, Vec<String>)>);

impl ConnectedAccounts for Accounts {
    fn of<'a>(&'a self, subject: &'a str) -> BoxFuture<'a, ConnectedAccount> {
        let mut now = self.0.lock().unwrap();
        now.1.push(subject.to_owned());
        let key_of = |number| -> PrincipalKey {
            KeyedHasher::of_key([9; 32]).principal_key(b"account:", &[number])
        };
        let key = (now.0 > 0).then(|| key_of(now.0));
        let credentials = Arc::new(Account(now.0));
        Box::pin(async move { ConnectedAccount { credentials, key } })
    }
}

#[tokio::test]
async fn what_a_person_connected_opens_the_upstream_and_has_a_key_of_its_own() {
    let directory = Directory::start().await;
    let accounts = Arc::new(Accounts::default());
    let plain = bearer(&directory, None);
    let bearer = bearer(&directory, None).with_accounts(accounts.clone());
    let token = directory.token(&json!({}));
    let other_token = directory.token(&json!({"azp": "client-2"}));
    let mut keys = Vec::new();
    for number in 0..3 {
        accounts.0.lock().unwrap().0 = number;
        let identity = identify(&bearer, &token).await.unwrap();
        let again = identify(&bearer, &token).await.unwrap();
        assert_eq!(identity.credential_key, again.credential_key);
        // A request of another program must not be cancelled, nor its sites be known, by this one.
        let other = identify(&bearer, &other_token).await.unwrap();
        keys.extend([identity.credential_key, other.credential_key]);
        assert_eq!(identity.principal, other.principal);
        let given = identity.credentials.for_upstream().await.unwrap().expose_header_value();
        assert_eq!(given, format!("Bearer account-{number}"));
        assert!(identity.credentials.renew_refused());
        assert!(!identity.credentials.speak_for_the_bearer(), "the token itself is good");
        let echo = format!("you sent {token} and account-{number}");
        assert_eq!(identity.credentials.redact(echo), "you sent *** and ***");
    }
    for (at, key) in keys.iter().enumerate() {
        assert!(!keys[..at].contains(key), "two accounts or tokens have one key");
    }
    let without = identify(&plain, &token).await.unwrap();
    assert_eq!(without.credential_key, keys[0], "without an account nothing changes");
    let subject = format!("{TENANT}/{OBJECT}");
    assert!(accounts.0.lock().unwrap().1.iter().all(|asked| *asked == subject));
}
