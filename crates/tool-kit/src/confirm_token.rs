//! What is signed for one user on one site, with keys that nobody else has: confirm tokens, and the
//! marks of creates.
//!
//! A signature is a keyed BLAKE3 hash over its subject. Nothing is stored, so any replica with the
//! same keys can verify it.

use std::{fmt, sync::Arc};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use futures_util::future::BoxFuture;
use subtle::{Choice, ConstantTimeEq};
use zeroize::Zeroizing;

/// The one use of the keys that [`SigningKeys::shared`] gets; changing it voids every token that is
/// under way.
pub const SIGNING_CONTEXT: &str = "jira-mcp-bridge 2026-11-29 confirm tokens and marks of creates";

/// How long a token is good for, in seconds.
pub const VALID_S: i64 = 600;

/// Expiry, then the hash.
const EXPIRY_BYTES: usize = 8;

/// No token has it: one that ended with the year 1970 is good for nothing.
const NO_EXPIRY: [u8; EXPIRY_BYTES] = [0; EXPIRY_BYTES];

type Key = Zeroizing<[u8; blake3::KEY_LEN]>;

/// Where the keys come from. Cannot be printed.
#[derive(Clone)]
pub struct SigningKeys {
    source: Arc<dyn Fn() -> BoxFuture<'static, Vec<Key>> + Send + Sync>,
    is_shared: bool,
}

/// The keys of this moment: the first one signs, each one verifies.
pub struct Keys {
    keys: Vec<Key>,
    is_shared: bool,
}

/// What marks are keyed with where no other process knows our keys. It is no secret: a mark then
/// still counts for its account only, but who knows a `request_id` could make one.
const OPEN_MARKS: &str = "jira-mcp-bridge 2026-11-29 marks of creates without a shared secret";

impl SigningKeys {
    /// Keys that all replicas know, asked for anew each time because secrets are rotated.
    pub fn shared(keys: impl Fn() -> BoxFuture<'static, Vec<Key>> + Send + Sync + 'static) -> Self {
        Self { source: Arc::new(keys), is_shared: true }
    }

    /// Keys of one user's own machine, which outlive a process. Marks are those of
    /// [`Self::random`]: what the keys follow from may be replaced within an hour.
    pub fn of_one_user(
        keys: impl Fn() -> BoxFuture<'static, Vec<Key>> + Send + Sync + 'static,
    ) -> Self {
        Self { source: Arc::new(keys), is_shared: false }
    }

    /// A key that lives and dies with this process; fails only where the system has no randomness
    /// to give.
    pub fn random() -> Result<Self, getrandom::Error> {
        let mut key = Key::default();
        getrandom::fill(key.as_mut_slice())?;
        let source = move || -> BoxFuture<'static, Vec<Key>> {
            let key = key.clone();
            Box::pin(async move { vec![key] })
        };
        Ok(Self { source: Arc::new(source), is_shared: false })
    }

    /// The keys of this moment.
    pub async fn current(&self) -> Keys {
        Keys { keys: (self.source)().await, is_shared: self.is_shared }
    }
}

impl fmt::Debug for SigningKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningKeys(***)")
    }
}

impl Keys {
    /// A token for `subject` that is good for [`VALID_S`]; none when there is no key.
    pub fn sign(&self, subject: &Subject<'_>, now_s: i64) -> Option<String> {
        let expiry = (now_s + VALID_S).to_be_bytes();
        let hash = subject.hash(self.keys.first()?, expiry);
        Some(URL_SAFE_NO_PAD.encode([expiry.as_slice(), hash.as_bytes()].concat()))
    }

    /// Whether a token was signed for `subject` and is still good. Every key is tried, whichever
    /// fits.
    pub fn verify(&self, subject: &Subject<'_>, token: &str, now_s: i64) -> bool {
        let Ok(bytes) = URL_SAFE_NO_PAD.decode(token.trim()) else { return false };
        let Some((expiry, signature)) = bytes.split_first_chunk::<EXPIRY_BYTES>() else {
            return false;
        };
        let fits = self.keys.iter().fold(Choice::from(0), |found, key| {
            found | subject.hash(key, *expiry).as_bytes().as_slice().ct_eq(signature)
        });
        let left_s = i64::from_be_bytes(*expiry).saturating_sub(now_s);
        bool::from(fits) && (1..=VALID_S).contains(&left_s)
    }

    /// The marks that `subject` may bear, one for each key; the first is the one to set.
    pub fn marks(&self, subject: &Subject<'_>) -> Vec<String> {
        let mark = |key: &Key| subject.hash(key, NO_EXPIRY).to_hex().to_string();
        if self.is_shared {
            self.keys.iter().map(mark).collect()
        } else {
            vec![mark(&Key::new(blake3::derive_key(OPEN_MARKS, &[])))]
        }
    }
}

/// What is signed.
pub struct Subject<'a> {
    /// The tool's name.
    pub tool: &'a str,
    /// The site or tenant.
    pub site_id: &'a str,
    /// The token of a user changes every hour, the account id never does.
    pub account_id: &'a str,
    /// What was shown, in a fixed order.
    pub plan: &'a str,
}

impl Subject<'_> {
    fn hash(&self, key: &Key, expiry: [u8; EXPIRY_BYTES]) -> blake3::Hash {
        let mut hasher = blake3::Hasher::new_keyed(key);
        hasher.update(&expiry);
        for part in [self.tool, self.site_id, self.account_id, self.plan] {
            // Lengths keep "ab" + "c" apart from "a" + "bc".
            hasher.update(&(part.len() as u64).to_be_bytes()).update(part.as_bytes());
        }
        hasher.finalize()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW_S: i64 = 1_795_176_000;

    fn keys(bytes: &[u8]) -> Keys {
        Keys {
            keys: bytes.iter().map(|byte| Zeroizing::new([*byte; 32])).collect(),
            is_shared: true,
        }
    }

    fn subject<'a>(tool: &'a str, account_id: &'a str, plan: &'a str) -> Subject<'a> {
        Subject { tool, site_id: "c-1", account_id, plan }
    }

    #[test]
    fn a_token_is_good_only_for_what_it_was_signed_for() {
        let keys = keys(&[1]);
        let token = keys.sign(&subject("delete", "anna", "P-1"), NOW_S).unwrap();
        let check = |tool, who, plan, token: &str, now_s, expected| {
            assert_eq!(
                keys.verify(&subject(tool, who, plan), token, now_s),
                expected,
                "{tool} {who} {plan} {now_s}"
            );
        };
        check("delete", "anna", "P-1", &token, NOW_S, true);
        check("delete", "anna", "P-1", &format!(" {token} "), NOW_S + VALID_S - 1, true);
        check("delete", "anna", "P-1", &token, NOW_S + VALID_S, false);
        check("delete", "anna", "P-1", &token, NOW_S - 1, false);
        check("delete", "ben", "P-1", &token, NOW_S, false);
        check("delete", "anna", "P-2", &token, NOW_S, false);
        check("move", "anna", "P-1", &token, NOW_S, false);
        check("deletea", "nna", "P-1", &token, NOW_S, false);
        for wrong in [
            "",
            "yes",
            "true",
            "ä",
            &token[1..],
            &token[..token.len() - 1],
            &format!("{token}AAAA"),
        ] {
            check("delete", "anna", "P-1", wrong, NOW_S, false);
        }
    }

    #[test]
    fn an_expiry_cannot_be_put_off() {
        let keys = keys(&[1]);
        let token = keys.sign(&subject("t", "a", "p"), NOW_S).unwrap();
        let mut bytes = URL_SAFE_NO_PAD.decode(token).unwrap();
        bytes[7] = bytes[7].wrapping_add(60);
        assert!(!keys.verify(&subject("t", "a", "p"), &URL_SAFE_NO_PAD.encode(bytes), NOW_S + 60));
    }

    #[tokio::test]
    async fn replicas_agree_also_while_secrets_are_rotated() {
        let it = || subject("t", "a", "p");
        let (old, rotating, new) = (keys(&[1]), keys(&[2, 1]), keys(&[2]));
        let from_old = old.sign(&it(), NOW_S).unwrap();
        assert!(keys(&[1]).verify(&it(), &from_old, NOW_S));
        assert!(rotating.verify(&it(), &from_old, NOW_S));
        assert!(!new.verify(&it(), &from_old, NOW_S));
        assert!(new.verify(&it(), &rotating.sign(&it(), NOW_S).unwrap(), NOW_S));
        assert_eq!(keys(&[]).sign(&it(), NOW_S), None);
        assert!(keys(&[]).marks(&it()).is_empty());
        let source = SigningKeys::random().unwrap();
        assert_eq!(format!("{source:?}"), "SigningKeys(***)");
        let alone = source.current().await;
        assert!(source.clone().current().await.verify(
            &it(),
            &alone.sign(&it(), NOW_S).unwrap(),
            NOW_S
        ));
        let other = SigningKeys::random().unwrap().current().await;
        assert!(!other.verify(&it(), &alone.sign(&it(), NOW_S).unwrap(), NOW_S));
    }

    #[test]
    fn a_mark_is_of_one_account_and_is_no_token() {
        let keys = keys(&[2, 1]);
        let marks = keys.marks(&subject("create", "anna", "r-1"));
        assert_eq!(marks.len(), 2);
        assert_eq!(marks[1], self::keys(&[1]).marks(&subject("create", "anna", "r-1"))[0]);
        for other in [
            subject("create", "ben", "r-1"),
            subject("create", "anna", "r-2"),
            subject("many", "anna", "r-1"),
        ] {
            assert!(keys.marks(&other).iter().all(|mark| !marks.contains(mark)));
        }
        let token = URL_SAFE_NO_PAD.encode(
            [&NO_EXPIRY[..], blake3::Hash::from_hex(&marks[0]).unwrap().as_bytes()].concat(),
        );
        for now_s in [NOW_S, 0, -1, -600] {
            assert!(
                !keys.verify(&subject("create", "anna", "r-1"), &token, now_s) || now_s < 0,
                "{now_s}"
            );
        }
    }

    proptest::proptest! {
        #[test]
        fn no_text_is_a_good_token(token in ".{0,80}") {
            proptest::prop_assert!(!keys(&[1]).verify(&subject("t", "a", "p"), &token, NOW_S));
        }
    }
}
