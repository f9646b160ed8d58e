//! What holds for the crate as a whole: nothing prints a secret, and a caller has what it was made
//! of.

use std::{
    pin::pin,
    task::{Context, Poll, Waker},
};

use http::{Request, header};

use super::*;

/// Made at run time, so that no test holds anything that looks like a secret.
fn token() -> String {
    "tok3n".repeat(6)
}

/// What a future gives that waits for nothing.
fn now<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("it waits"),
    }
}

fn caller(credential: impl Into<Credential>, hasher: &KeyedHasher) -> Caller {
    Caller::new(Identity::of_credential(credential, hasher), "r-1".into(), None)
}

#[test]
fn nothing_prints_the_token() {
    let (hasher, token) = (KeyedHasher::random().unwrap(), token());
    let authenticate = PassThroughBearer::new(hasher.clone());
    let head = Request::post("/")
        .header(header::AUTHORIZATION, format!("Bearer {token}"))
        .body(())
        .unwrap();
    let identity = now(authenticate.authenticate(&head)).unwrap();
    let mut printed = vec![format!("{identity:?} {authenticate:?} {hasher:?}")];
    let bearer = Bearer::from_token(&token).unwrap();
    let basic = Basic::new("tok3n@example.com", &token).unwrap();
    printed.push(format!("{bearer:?} {basic:?}"));
    for credential in [Credential::from(bearer), Credential::from(basic)] {
        let upstream = UpstreamCredential::from(&credential);
        printed.push(format!("{credential:?} {upstream:?}"));
        printed.push(format!("{:?}", upstream.expose_header_value()));
        let caller = caller(credential, &hasher);
        assert_eq!(format!("{caller:?}"), "Caller(***)");
        printed.push(format!("{:?} {}", caller.principal(), caller.key()));
    }
    for wrong in [format!("{token} {token}"), token.repeat(400)] {
        let fault = Bearer::from_token(&wrong).unwrap_err();
        let error = AuthenticateError::from(fault);
        printed.push(format!("{fault} {fault:?} {error} {error:?}"));
        printed.push(Basic::new(&format!("{wrong}@"), &wrong).unwrap_err().to_string());
    }
    let printed = printed.join("\n");
    // Base64 of the address begins with these four, whatever follows.
    for part in ["tok3n", "dG9r"] {
        assert!(!printed.contains(part), "{printed}");
    }
}

#[test]
fn a_credential_is_its_own_credentials() {
    let (hasher, token) = (KeyedHasher::random().unwrap(), token());
    let caller = caller(Bearer::from_token(&token).unwrap(), &hasher);
    for _ in 0..2 {
        let value = now(caller.credentials().for_upstream()).unwrap().expose_header_value();
        assert_eq!(value.as_bytes(), format!("Bearer {token}").as_bytes());
        assert!(value.is_sensitive());
    }
    assert_eq!(caller.redact(format!("a {token} b")), "a *** b");
    assert_eq!(caller.redact("a tok3ntok b".to_owned()), "a tok3ntok b");
    let next = caller.next_request("r-2".into());
    assert_eq!((next.key(), next.request_id()), (caller.key(), "r-2"));
}

#[test]
fn only_who_presented_a_token_is_told_that_it_is_wrong() {
    let check = |error: AuthenticateError, expected| {
        assert_eq!(error.challenge_error(), expected, "{error:?}");
    };
    check(BearerFault::Missing.into(), None);
    check(BearerFault::WrongScheme.into(), None);
    for fault in [BearerFault::Repeated, BearerFault::Malformed, BearerFault::Length] {
        check(fault.into(), Some("invalid_token"));
    }
    let (challenge_error, reason) = ("insufficient_claims", "it has to be renewed");
    check(AuthenticateError::Refused { challenge_error, reason }, Some("insufficient_claims"));
}

#[test]
fn the_first_verdict_stands_for_all_who_hold_the_slot() {
    let slot = VerdictSlot::default();
    let held = slot.clone();
    assert_eq!(held.get(), None);
    slot.fill(TokenVerdict { accepted: true, ..TokenVerdict::default() });
    slot.fill(TokenVerdict { refused: true, ..TokenVerdict::default() });
    assert!(held.get().is_some_and(|verdict| verdict.accepted && !verdict.refused));
}
