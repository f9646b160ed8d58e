//! The id of a conversation as users see it: the service's own id, with proof of whose it is.
//!
//! Direct Line's secret opens every conversation of the agent, so an id alone must open none. Ours
//! carries a MAC over the agent, the principal and the service's id. Any replica with the same keys
//! verifies it, and nothing has to be stored. An id that was forged, that is another person's or
//! another agent's, is no id at all: nobody learns which.
//!
//! Form: `c1_<MAC>_<id>`, where the MAC is 16 bytes in base64url (22 characters); an id with other
//! characters than `A-Z a-z 0-9 - _` is written as `c1_<MAC>~<id in base64url>`.

use std::fmt;

use aws_lc_rs::{
    hkdf::{HKDF_SHA256, Salt},
    hmac,
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use keyring::{KeyRing, Purpose};
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

use super::secrets::DirectLineSecret;

const PREFIX: &str = "c1_";
const MAC_BYTES: usize = 16;
const MAC_CHARS: usize = 22;
const ID_CHARS_MAX: usize = 200;

/// The label of these keys: what was derived for anything else verifies nothing here.
const PURPOSE: Purpose = Purpose::new("agent conversation ids");
const LABEL: &[u8] = b"jira-mcp-bridge agent conversation ids v1";
const USER_LABEL: &[u8] = b"jira-mcp-bridge agent user ids v1";

/// The keys of ids: those of the session key's ring, then one of each Direct Line secret; if there
/// is neither, one that lives as long as the process.
#[derive(Clone)]
pub(crate) struct IdKeys {
    ring: Option<KeyRing>,
    own: Zeroizing<[u8; 32]>,
}

impl IdKeys {
    /// Fails only where the system has no randomness to give.
    pub(crate) fn new(ring: Option<KeyRing>) -> Result<Self, getrandom::Error> {
        let mut own = Zeroizing::new([0; 32]);
        getrandom::fill(own.as_mut_slice())?;
        Ok(Self { ring, own })
    }

    /// All keys for this label, the one that seals first.
    fn keys(&self, secrets: &[DirectLineSecret], label: &[u8]) -> Vec<hmac::Key> {
        let ring = self.ring.iter().flat_map(|ring| ring.macs(PURPOSE, LABEL));
        let ring = ring.filter_map(|key| derived(Zeroizing::new(key).as_slice(), label));
        let secrets = secrets.iter().filter_map(|secret| {
            let secret = secret.expose().as_bytes();
            derived(secret, label)
        });
        let mut keys: Vec<_> = ring.chain(secrets).collect();
        if keys.is_empty() {
            keys.extend(derived(self.own.as_slice(), label));
        }
        keys
    }
}

impl fmt::Debug for IdKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("IdKeys(***)")
    }
}

/// RFC 5869, with the label as its info.
fn derived(secret: &[u8], label: &[u8]) -> Option<hmac::Key> {
    let mut key = Zeroizing::new([0; 32]);
    let extracted = Salt::new(HKDF_SHA256, &[]).extract(secret);
    extracted.expand(&[label], HKDF_SHA256).ok()?.fill(key.as_mut_slice()).ok()?;
    Some(hmac::Key::new(hmac::HMAC_SHA256, key.as_slice()))
}

/// Each part with its length before it, so that no two triples make one text.
fn mac(key: &hmac::Key, parts: &[&str]) -> [u8; MAC_BYTES] {
    let mut context = hmac::Context::with_key(key);
    for part in parts {
        context.update(&(part.len() as u64).to_be_bytes());
        context.update(part.as_bytes());
    }
    let mut short = [0; MAC_BYTES];
    short.iter_mut().zip(context.sign().as_ref()).for_each(|(to, from)| *to = *from);
    short
}

/// Whose conversations are meant: of one agent with one principal.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Owner<'a> {
    /// The agent's name in the settings.
    pub agent: &'a str,
    /// What names the person for good, such as the account's id; never a token.
    pub principal: &'a str,
}

/// The id that is shown for the service's id; none if that is too long to fit 200 characters.
pub(crate) fn seal(
    keys: &IdKeys,
    secrets: &[DirectLineSecret],
    owner: Owner<'_>,
    service_id: &str,
) -> Option<String> {
    let key = keys.keys(secrets, LABEL).into_iter().next()?;
    let proof = URL_SAFE_NO_PAD.encode(mac(&key, &[owner.agent, owner.principal, service_id]));
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    let shown = if service_id.chars().all(is_plain) {
        format!("{PREFIX}{proof}_{service_id}")
    } else {
        format!("{PREFIX}{proof}~{}", URL_SAFE_NO_PAD.encode(service_id))
    };
    (shown.len() <= ID_CHARS_MAX && !service_id.is_empty()).then_some(shown)
}

/// The service's id behind a shown one, if it is this owner's under one of the keys.
pub(crate) fn open(
    keys: &IdKeys,
    secrets: &[DirectLineSecret],
    owner: Owner<'_>,
    shown: &str,
) -> Option<String> {
    if shown.len() > ID_CHARS_MAX || !shown.is_ascii() {
        return None;
    }
    let (proof, rest) = shown.strip_prefix(PREFIX)?.split_at_checked(MAC_CHARS)?;
    let proof = URL_SAFE_NO_PAD.decode(proof).ok()?;
    let id = match rest.strip_prefix('~') {
        Some(encoded) => String::from_utf8(URL_SAFE_NO_PAD.decode(encoded).ok()?).ok()?,
        None => rest.strip_prefix('_')?.to_owned(),
    };
    // Every key is tried, whichever fits, so that the time tells nothing.
    let is_own = keys.keys(secrets, LABEL).iter().fold(false, |found, key| {
        let own = mac(key, &[owner.agent, owner.principal, &id]);
        found | bool::from(own.as_slice().ct_eq(&proof))
    });
    (is_own && !id.is_empty()).then_some(id)
}

/// The user's id towards Direct Line: the same each time, not to be guessed, and without a name.
/// The service takes only ids that begin with `dl_`.
pub(crate) fn user_id(
    keys: &IdKeys,
    secrets: &[DirectLineSecret],
    owner: Owner<'_>,
) -> Option<String> {
    let key = keys.keys(secrets, USER_LABEL).into_iter().next()?;
    Some(format!("dl_{}", URL_SAFE_NO_PAD.encode(mac(&key, &[owner.agent, owner.principal]))))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use secrecy::SecretString;

    use super::super::secrets::Secrets;
    use super::*;

    const ANN: Owner<'_> = Owner { agent: "helper", principal: "ann" };

    fn secrets(texts: &[&str]) -> Vec<DirectLineSecret> {
        let texts: Vec<_> = texts.iter().map(|text| SecretString::from(*text)).collect();
        Secrets::of_settings(&texts).unwrap().known().to_vec()
    }

    fn ring(seed: u8) -> KeyRing {
        let mut key = [seed; 32];
        key[0] = 1;
        KeyRing::parse(&base64::engine::general_purpose::STANDARD.encode(key)).unwrap()
    }

    #[test]
    fn an_id_opens_for_its_owner_only() {
        let keys = IdKeys::new(None).unwrap();
        let secrets = secrets(&["one"]);
        let shown = seal(&keys, &secrets, ANN, "Lio2W9dbWpt3BMlFDi5wAk-us").unwrap();
        assert!(shown.ends_with("_Lio2W9dbWpt3BMlFDi5wAk-us"), "{shown}");
        let check = |owner: Owner<'_>, shown: &str, expected: bool| {
            assert_eq!(open(&keys, &secrets, owner, shown).is_some(), expected, "{shown}");
        };
        check(ANN, &shown, true);
        check(Owner { principal: "bob", ..ANN }, &shown, false);
        check(Owner { agent: "other", ..ANN }, &shown, false);
        check(Owner { agent: "helpera", principal: "nn" }, &shown, false);
        check(ANN, "Lio2W9dbWpt3BMlFDi5wAk-us", false);
        check(ANN, "", false);
        check(ANN, "c1_", false);
        check(ANN, &shown.replace("-us", "-eu"), false);
        check(ANN, &format!("{shown}é"), false);
        check(ANN, &"c1_".repeat(1000), false);
    }

    #[test]
    fn every_key_opens_and_the_first_seals() {
        let (bare, old) = (IdKeys::new(None).unwrap(), secrets(&["old"]));
        let by_secret = seal(&bare, &old, ANN, "x").unwrap();
        // A new secret before the old one, then a session key: old ids still open.
        let both = secrets(&["new", "old"]);
        assert_eq!(open(&bare, &both, ANN, &by_secret).as_deref(), Some("x"));
        let with_ring = IdKeys::new(Some(ring(7))).unwrap();
        assert_eq!(open(&with_ring, &both, ANN, &by_secret).as_deref(), Some("x"));
        let by_ring = seal(&with_ring, &both, ANN, "x").unwrap();
        assert_ne!(by_ring, by_secret);
        assert_eq!(open(&with_ring, &[], ANN, &by_ring).as_deref(), Some("x"));
        assert_eq!(open(&bare, &both, ANN, &by_ring), None);
        assert_eq!(open(&bare, &secrets(&["new"]), ANN, &by_secret), None);
    }

    #[test]
    fn a_user_has_one_id_that_tells_nothing() {
        let (keys, secrets) = (IdKeys::new(None).unwrap(), secrets(&["one"]));
        let id = user_id(&keys, &secrets, ANN).unwrap();
        assert!(id.starts_with("dl_") && !id.contains("ann"));
        assert_eq!(user_id(&keys, &secrets, ANN), Some(id.clone()));
        assert_ne!(user_id(&keys, &secrets, Owner { principal: "bob", ..ANN }), Some(id));
    }

    proptest! {
        #[test]
        fn what_was_sealed_opens_and_fits(id in "\\PC{1,50}") {
            let keys = IdKeys::new(None).unwrap();
            if let Some(shown) = seal(&keys, &[], ANN, &id) {
                prop_assert!(shown.is_ascii() && shown.len() <= ID_CHARS_MAX);
                let opened = open(&keys, &[], ANN, &shown);
                prop_assert_eq!(opened.as_deref(), Some(&*id));
            } else {
                prop_assert!(id.len() > 100);
            }
        }

        #[test]
        fn what_was_not_sealed_does_not_open(text in "(c1_)?\\PC{0,80}", at in 0_usize..40) {
            let keys = IdKeys::new(None).unwrap();
            prop_assert_eq!(open(&keys, &[], ANN, &text), None);
            let mut shown = seal(&keys, &[], ANN, "conversation").unwrap().into_bytes();
            let at = at % shown.len();
            shown[at] = if shown[at] == b'x' { b'y' } else { b'x' };
            let changed = String::from_utf8(shown).unwrap();
            prop_assert_eq!(open(&keys, &[], ANN, &changed), None);
        }
    }
}
