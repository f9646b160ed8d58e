//! The laws of sealing, and the ways in which keys can be written.

use base64::{Engine, engine::general_purpose::STANDARD};
use proptest::prelude::*;

use super::{KeyRing, KeyRingError, NONCE_BYTES, Purpose};

const SESSION: Purpose = Purpose::new("session");
const CODE: Purpose = Purpose::new("code");

fn key(byte: u8) -> String {
    let bytes: Vec<u8> = (0..32).map(|place| byte.wrapping_add(place)).collect();
    STANDARD.encode(bytes)
}

fn ring(keys: &[u8]) -> KeyRing {
    KeyRing::parse(&keys.iter().map(|byte| key(*byte)).collect::<Vec<_>>().join(",")).unwrap()
}

fn opened(ring: &KeyRing, purpose: Purpose, bound: &[u8], sealed: &[u8]) -> Option<Vec<u8>> {
    ring.open(purpose, bound, sealed).map(|opened| opened.plain.to_vec())
}

proptest! {
    #[test]
    fn what_is_sealed_opens_and_nothing_else_does(
        plain in prop::collection::vec(any::<u8>(), 0..300),
        bound in prop::collection::vec(any::<u8>(), 0..40),
        at in any::<prop::sample::Index>(),
        flip in 1_u8..=255,
    ) {
        let ring = ring(&[1]);
        let sealed = ring.seal(SESSION, &bound, &plain).unwrap();
        prop_assert_eq!(opened(&ring, SESSION, &bound, &sealed), Some(plain.clone()));
        prop_assert_eq!(opened(&ring, CODE, &bound, &sealed), None);
        let mut longer = bound.clone();
        longer.push(0);
        prop_assert_eq!(opened(&ring, SESSION, &longer, &sealed), None);
        let at = at.index(sealed.len());
        let mut changed = sealed.clone();
        changed[at] ^= flip;
        prop_assert_eq!(opened(&ring, SESSION, &bound, &changed), None);
        prop_assert_eq!(opened(&ring, SESSION, &bound, &sealed[..at]), None);
    }
}

#[test]
fn a_key_is_replaced_without_a_loss() {
    let (old, both, new) = (ring(&[1]), ring(&[2, 1]), ring(&[2]));
    let sealed = old.seal(SESSION, b"id", b"text").unwrap();
    let found = both.open(SESSION, b"id", &sealed).unwrap();
    assert_eq!((found.plain.as_slice(), found.is_current), (&b"text"[..], false));
    let anew = both.seal(SESSION, b"id", b"text").unwrap();
    assert!(new.open(SESSION, b"id", &anew).unwrap().is_current);
    assert!(new.open(SESSION, b"id", &sealed).is_none());
}

#[test]
fn one_text_is_sealed_in_another_way_each_time() {
    let ring = ring(&[1]);
    let seal = || ring.seal(SESSION, b"", b"text").unwrap();
    assert_ne!(seal()[..NONCE_BYTES], seal()[..NONCE_BYTES]);
}

#[test]
fn hashes_are_those_of_a_key_a_purpose_and_the_data() {
    let (old, both) = (ring(&[1]), ring(&[2, 1]));
    let made = old.mac(SESSION, b"anna");
    assert!(both.has_made(SESSION, b"anna", &made));
    assert_ne!(both.mac(SESSION, b"anna"), made);
    assert!(!both.has_made(CODE, b"anna", &made));
    assert!(!both.has_made(SESSION, b"ben", &made));
    assert!(!both.has_made(SESSION, b"anna", &made[..31]));
}

#[test]
fn keys_are_read_by_the_letter() {
    let check = |text: &str, expected: Result<usize, KeyRingError>| {
        assert_eq!(KeyRing::parse(text).map(|ring| ring.0.len()), expected, "{text:?}");
    };
    check(&key(1), Ok(1));
    check(&format!(" {} ,{}\n", key(1), key(2)), Ok(2));
    check(&format!("{}\r\n{}\r\n", key(1), key(2)), Ok(2));
    check("", Err(KeyRingError::Empty));
    check(" , ", Err(KeyRingError::Empty));
    check("not base64!", Err(KeyRingError::Base64));
    check(&STANDARD.encode([7; 31]), Err(KeyRingError::Length { bytes: 31 }));
    check(&STANDARD.encode([0; 32]), Err(KeyRingError::Guessable));
    check(&format!("{0},{0}", key(1)), Err(KeyRingError::Repeated));
    check(&(0..9).map(key).collect::<Vec<_>>().join(","), Err(KeyRingError::TooMany));
}

#[test]
fn no_key_can_be_printed() {
    let shown = format!("{:?}", ring(&[1]));
    assert_eq!(shown, "KeyRing(***)");
    let error = KeyRing::parse("c2VjcmV0").unwrap_err().to_string();
    assert!(!error.contains("c2Vj") && error.contains("6 bytes"), "{error}");
}
