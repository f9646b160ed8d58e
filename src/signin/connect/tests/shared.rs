//! The session that a person's programs with tokens of Entra ID share: whose it is, where it is,
//! and what a store or a key that is gone does to it.

use std::sync::Arc;

use auth::CredentialsError;
use entra::{ConnectedAccount, ConnectedAccounts};
use keyring::KeyRing;
use session_store::{Memory, RecordKey, Store};
use zeroize::Zeroizing;

use super::*;
use crate::signin::{EntraAccounts, grant::Grant, shared::Kept};

impl World {
    fn shared_link(&self, person: &Person) -> String {
        self.link_for(Target::Shared(self.signin.shared_ids(person)[0]))
    }

    async fn begin(&self, person: &Person) -> Kept {
        let now_ms = self.signin.now_ms();
        self.signin.begin_shared(person, now_ms, grant(now_ms)).await.unwrap()
    }

    async fn account(&self, person: &Person) -> ConnectedAccount {
        EntraAccounts::new(&self.signin).unwrap().of(&person.subject).await
    }

    /// What a request of the person is given for Jira.
    async fn given(&self, person: &Person) -> Result<String, CredentialsError> {
        given(&self.account(person).await).await
    }
}

async fn given(account: &ConnectedAccount) -> Result<String, CredentialsError> {
    let credential = account.credentials.for_upstream().await?;
    Ok(credential.expose_header_value().to_str().unwrap().to_owned())
}

fn is_link(given: &Result<String, CredentialsError>) -> bool {
    matches!(given, Err(CredentialsError::NotConnected { connect_url: Some(url) })
        if url.starts_with("https://bridge.example/auth/connect?link="))
}

fn ring(numbers: &[u8]) -> KeyRing {
    let key = |number: &u8| Zeroizing::new([*number; 32]);
    KeyRing::of_keys(numbers.iter().map(key).collect()).unwrap()
}

#[tokio::test]
async fn a_shared_link_is_of_its_person_and_of_no_program() {
    let world = World::new();
    let (anna, mallory) = (person("anna"), person("mallory"));
    let browser = Browser::random().unwrap();
    let cookies = world.cookies(&anna, browser);
    let link = world.shared_link(&anna);
    let page = world.get(&link, &cookies).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text);
    let pressed = world.post(&cookies, &[OURS], &allow(&page.request())).await;
    assert_eq!(pressed.status, StatusCode::SEE_OTHER, "{}", pressed.text);
    let to: Url = pressed.location.parse().unwrap();
    let scope = to.query_pairs().find(|(name, _)| name == "scope").unwrap().1;
    assert_eq!(scope, "read:jira-work write:jira-work offline_access");
    // Another person, another directory, another tenant; and the one kind of link for the other.
    let own = Browser::random().unwrap();
    for other in [
        mallory.clone(),
        Person { at: Directory::Atlassian, ..anna.clone() },
        Person { subject: "tenant2/anna".to_owned(), ..anna.clone() },
    ] {
        let got = world.get(&link, &world.cookies(&other, own)).await;
        assert_eq!(got.status, StatusCode::FORBIDDEN, "{other:?}: {}", got.text);
        let theirs = world.shared_link(&other);
        let got = world.get(&theirs, &cookies).await;
        assert_eq!(got.status, StatusCode::FORBIDDEN, "{other:?}: {}", got.text);
        let form = world.get(&theirs, &world.cookies(&other, own)).await.request();
        let planted = world.post(&cookies, &[OURS], &allow(&form)).await;
        assert_eq!(planted.status, StatusCode::FORBIDDEN, "a form of another browser");
        let planted = world.post(&world.cookies(&anna, own), &[OURS], &allow(&form)).await;
        assert_eq!(planted.status, StatusCode::FORBIDDEN, "a form of another person");
    }
    let of_program = world.session(&anna).await;
    let swapped = world.get(&world.link_for(Target::Shared(of_program)), &cookies).await;
    assert_eq!(swapped.status, StatusCode::FORBIDDEN);
    let place = world.signin.shared_ids(&anna)[0];
    let swapped = world.get(&world.link(place), &cookies).await;
    assert_eq!(swapped.status, StatusCode::BAD_REQUEST, "there is no such session of a program");
}

#[tokio::test]
async fn what_is_given_is_the_persons_and_of_one_connection() {
    let world = World::new();
    let (anna, ben) = (person("anna"), person("ben"));
    let before = world.account(&anna).await;
    assert!(is_link(&given(&before).await) && before.key.is_none());
    assert!(matches!(world.begin(&anna).await, Kept::Now));
    assert!(matches!(world.begin(&anna).await, Kept::Before));
    // What a request found stays so for the request: what it remembers is under its key.
    assert!(is_link(&given(&before).await));
    let first = world.account(&anna).await;
    assert_eq!(given(&first).await.unwrap(), "Bearer an-access-token");
    assert!(is_link(&world.given(&ben).await));
    let elsewhere = Person { subject: "tenant2/anna".to_owned(), ..anna.clone() };
    let none = CredentialsError::NotConnected { connect_url: None };
    assert_eq!(world.given(&elsewhere).await, Err(none));
    let echo = || "an-access-token".to_owned();
    assert_eq!(first.credentials.redact(echo()), "***");

    world.at(0, 1);
    let id = world.signin.shared_ids(&anna)[0];
    world.signin.end(id, crate::signin::telemetry::End::Revoked).await.unwrap();
    assert!(is_link(&given(&first).await));
    assert!(matches!(world.begin(&anna).await, Kept::Now));
    assert!(is_link(&given(&first).await), "another connection is none of the request's");
    let second = world.account(&anna).await;
    assert_eq!(given(&second).await.unwrap(), "Bearer an-access-token");
    assert!(first.key.is_some() && second.key.is_some() && first.key != second.key);
}

/// Whoever signs out means what is on its way as well.
#[tokio::test]
async fn who_has_signed_out_meanwhile_gets_nothing() {
    let world = World::new();
    let anna = person("anna");
    let asked_at_ms = world.signin.now_ms();
    world.at(0, 1);
    world.signin.sessions().people().sign_out(&anna).await.unwrap();
    world.at(0, 2);
    let kept = world.signin.begin_shared(&anna, asked_at_ms, grant(asked_at_ms)).await;
    assert!(matches!(kept, Ok(Kept::Never)));
    assert!(is_link(&world.given(&anna).await));
    assert_eq!(world.signin.sessions().people().known(&anna).await.unwrap().sessions().count(), 0);
    assert!(matches!(world.begin(&anna).await, Kept::Now), "and what they ask for anew");
}

#[tokio::test]
async fn while_the_store_is_down_what_is_known_goes_on_and_nothing_is_taken_for_absent() {
    let world = World::new();
    let (anna, ben) = (person("anna"), person("ben"));
    world.begin(&anna).await;
    assert!(world.given(&anna).await.is_ok());
    let link = world.shared_link(&ben);
    let cookies = world.cookies(&ben, Browser::random().unwrap());
    for answers in 0..3 {
        world.answers_left.store(answers, Ordering::Relaxed);
        let shown = world.get(&link, &cookies).await;
        // The person, the last sign-out, the session.
        assert_eq!(shown.status, StatusCode::SERVICE_UNAVAILABLE, "{answers}: {}", shown.text);
    }
    world.answers_left.store(0, Ordering::Relaxed);
    world.at(0, 30_000);
    assert!(world.given(&anna).await.is_ok(), "a grant that is remembered");
    let unknown = world.account(&ben).await;
    assert_eq!(given(&unknown).await, Err(CredentialsError::Unavailable));
    assert!(unknown.key.is_none());
    let begun = world.signin.begin_shared(&ben, 0, grant(START_MS)).await;
    assert!(matches!(begun, Err(SessionError::Store(_))));
    world.answers_left.store(usize::MAX, Ordering::Relaxed);
    assert_eq!(given(&unknown).await, Err(CredentialsError::Unavailable), "one request, one word");
    assert!(is_link(&world.given(&ben).await));
}

#[tokio::test]
async fn a_replaced_key_loses_nobody_and_a_lost_one_lets_nobody_in() {
    let memory = Arc::new(Memory::new(1 << 20));
    let anna = person("anna");
    let old = World::over(Arc::clone(&memory), ring(&[1]));
    old.begin(&anna).await;
    let both = World::over(Arc::clone(&memory), ring(&[2, 1]));
    assert!(both.given(&anna).await.is_ok());
    let cookies = both.cookies(&anna, Browser::random().unwrap());
    let shown = both.get(&both.shared_link(&anna), &cookies).await;
    assert!(shown.text.contains("is connected"), "{}", shown.text);
    assert!(matches!(both.begin(&anna).await, Kept::Before));
    let known = both.signin.sessions().people().known(&anna).await.unwrap();
    assert_eq!(known.sessions().count(), 1, "a sign-out still finds it");
    let new = World::over(memory, ring(&[2]));
    assert!(is_link(&new.given(&anna).await));
    assert!(matches!(new.begin(&anna).await, Kept::Now));
    assert!(new.given(&anna).await.is_ok());
}

#[tokio::test]
async fn a_record_that_is_over_or_does_not_open_gives_way() {
    let memory = Arc::new(Memory::new(1 << 20));
    let anna = person("anna");
    let world = World::over(Arc::clone(&memory), ring(&[1]));
    world.begin(&anna).await;
    let id = world.signin.shared_ids(&anna)[0];
    let session = world.signin.sessions().read(id).await.unwrap().session;
    // It was kept for a time that was longer than the one of today.
    let over = Session { created_at_ms: 1, last_used_at_ms: 1, ..(*session).clone() };
    let (own, foreign) = (Store::new(memory.clone(), ring(&[1])), Store::new(memory, ring(&[9])));
    let over = serde_json::to_vec(&over).unwrap();
    for (minutes, store, plain) in [(1, &own, over.as_slice()), (2, &foreign, b"{}")] {
        let key = RecordKey::new("session", &id.0);
        store.remove(&key, None, START_MS).await.unwrap();
        let (absent, ends_at_ms) = (session_store::Expected::Absent, START_MS + 1_000_000);
        let put = store.put(&key, absent, plain, ends_at_ms, START_MS).await;
        assert!(put.unwrap().is_some());
        // What was read of the one before is believed for a moment.
        world.at(minutes, 0);
        assert!(is_link(&world.given(&anna).await));
        assert!(matches!(world.begin(&anna).await, Kept::Now));
        assert!(world.given(&anna).await.is_ok());
    }
}

/// A renewal that began before a sign-out must not write an older account's grant into what the
/// person connected afterwards.
#[tokio::test]
async fn a_late_renewal_does_not_write_into_another_connection() {
    let world = World::new();
    let anna = person("anna");
    world.begin(&anna).await;
    let id = world.signin.shared_ids(&anna)[0];
    let sessions = world.signin.sessions();
    let before = sessions.read(id).await.unwrap().session;
    world.at(0, 1);
    world.signin.end(id, crate::signin::telemetry::End::SignedOut).await.unwrap();
    world.begin(&anna).await;
    let late = Grant { access_token: "a-late-token".to_owned().into(), ..grant(START_MS) };
    let written = sessions.set_grant(id, &before, GrantOf::Jira, &late).await;
    assert_eq!(written.map(|_| ()), Err(SessionError::Ended));
    assert_eq!(world.given(&anna).await.unwrap(), "Bearer an-access-token");
    let now = sessions.read(id).await.unwrap().session;
    assert!(sessions.set_grant(id, &now, GrantOf::Jira, &late).await.is_ok());
    assert_eq!(world.given(&anna).await.unwrap(), "Bearer a-late-token");
}

#[tokio::test]
async fn the_record_holds_nothing_of_entra() {
    let world = World::new();
    let anna = person("anna");
    world.begin(&anna).await;
    let id = world.signin.shared_ids(&anna)[0];
    let session = world.signin.sessions().read(id).await.unwrap().session;
    assert!(session.entra.is_none() && session.code.is_redeemed);
    // A client's hash is hexadecimal, so no token of ours is ever good for it.
    assert!(session.program.client.contains(' '));
}
