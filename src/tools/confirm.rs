//! Actions in two steps: the first call shows what would be changed and hands out a sealed token, the second acts on it.
//!
//! The token is a keyed BLAKE3 hash over the tool, the plan that was shown, the account id of the user, the site and
//! the time of expiry. Nothing is stored, so any replica with the same keys takes it. It can be used again until it
//! expires, which is harmless: the plan is made anew by every call and is part of the hash, so a token opens nothing but
//! the very change that was shown, and making that twice leaves what making it once leaves.

use std::{fmt, sync::Arc};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jiff::Timestamp;
use serde_json::{Value, json};
use subtle::{Choice, ConstantTimeEq};
use zeroize::Zeroizing;

use crate::{jira::wire::User, trim::Row};

use super::{Context, Reply, ToolError, error::Code};

/// The one use of the keys that [`ConfirmKeys::shared`] gets; changing it voids every token that is under way.
pub const CONFIRM_CONTEXT: &str = "jira-mcp-bridge 2026-11-20 confirm tokens of destructive tools";

/// How long a token is good for, in seconds.
const VALID_S: i64 = 600;

/// Expiry, then the hash.
const EXPIRY_BYTES: usize = 8;

type Key = Zeroizing<[u8; blake3::KEY_LEN]>;

/// The keys that tokens are sealed with. Cannot be printed.
#[derive(Clone)]
pub struct ConfirmKeys(Arc<dyn Fn() -> Vec<Key> + Send + Sync>);

impl ConfirmKeys {
    /// Keys that all replicas know, asked for anew each time because secrets are rotated: the first one seals, each one
    /// opens.
    pub fn shared(keys: impl Fn() -> Vec<Key> + Send + Sync + 'static) -> Self {
        Self(Arc::new(keys))
    }

    /// A key that lives and dies with this process; fails only where the system has no randomness to give.
    pub fn random() -> Result<Self, getrandom::Error> {
        let mut key = Key::default();
        getrandom::fill(key.as_mut_slice())?;
        Ok(Self(Arc::new(move || vec![key.clone()])))
    }

    /// A token for `subject`; none when there is no key.
    fn seal(&self, subject: &Subject<'_>, now_s: i64) -> Option<String> {
        let keys = (self.0)();
        let expiry = (now_s + VALID_S).to_be_bytes();
        let hash = subject.hash(keys.first()?, expiry);
        Some(URL_SAFE_NO_PAD.encode([expiry.as_slice(), hash.as_bytes()].concat()))
    }

    /// Whether a token was sealed for `subject` and is still good. Every key is tried, whichever fits.
    fn opens(&self, subject: &Subject<'_>, token: &str, now_s: i64) -> bool {
        let Ok(bytes) = URL_SAFE_NO_PAD.decode(token.trim()) else { return false };
        let Some((expiry, sealed)) = bytes.split_first_chunk::<EXPIRY_BYTES>() else { return false };
        let fits = (self.0)().iter().fold(Choice::from(0), |found, key| {
            found | subject.hash(key, *expiry).as_bytes().as_slice().ct_eq(sealed)
        });
        let left_s = i64::from_be_bytes(*expiry).saturating_sub(now_s);
        bool::from(fits) && (1..=VALID_S).contains(&left_s)
    }
}

impl fmt::Debug for ConfirmKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ConfirmKeys(***)")
    }
}

/// What a token stands for.
struct Subject<'a> {
    tool: &'a str,
    site_id: &'a str,
    /// The token of a user changes every hour, the account id never does.
    account_id: &'a str,
    plan: &'a str,
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

/// One step of an action that needs to be agreed to.
pub(super) struct Step<'a> {
    /// The tool's name.
    pub(super) tool: &'static str,
    /// Everything that decides what will happen, in a fixed order; a change of it voids the token.
    pub(super) plan: Value,
    /// What the user is to see.
    pub(super) preview: Row,
    /// What the call brought.
    pub(super) confirm: Option<&'a str>,
}

/// None when the action was agreed to and may be done; else the reply that shows it, with a token for the next call.
/// A token that does not fit is an error with a fresh preview and a fresh token.
pub(super) async fn agreed(context: &Context, step: Step<'_>) -> Result<Option<Reply>, ToolError> {
    let me = context.jira.myself().await?;
    let me: User<'_> = me.read()?;
    let site = context.jira.site().await?;
    let plan = step.plan.to_string();
    let subject = Subject { tool: step.tool, site_id: &site.id, account_id: &me.account_id, plan: &plan };
    let now_s = Timestamp::now().as_second();
    if step.confirm.is_some_and(|token| context.confirm_keys.opens(&subject, token, now_s)) {
        return Ok(None);
    }
    let token = context.confirm_keys.seal(&subject, now_s);
    let token = token.ok_or_else(|| ToolError::internal("there is no key to seal a token with"))?;
    let refusal = ToolError::new(
        Code::ConfirmationRequired,
        "The confirm token is not valid: it is too old, of another user, or for something else than this.",
    )
    .hint("Nothing was changed. Show the user `preview`; if they agree, repeat the call with this `confirm`.")
    .with("confirm", token.as_str())
    .with("expires_in_s", VALID_S);
    let mut preview = step.preview;
    context.budget.minus(&refusal).squeeze(&mut preview);
    if step.confirm.is_some() {
        return Err(refusal.with("preview", json!(preview)));
    }
    Reply::json(&json!({ "preview": preview, "confirm": token, "expires_in_s": VALID_S })).map(Some)
}

/// Whether a token that nobody sealed opens anything.
pub(crate) fn stranger_opens(token: &str, now_s: i64) -> bool {
    let keys = ConfirmKeys(Arc::new(|| vec![Key::default()]));
    let subject = Subject { tool: "jira_delete_issue", site_id: "s", account_id: "a", plan: "p" };
    keys.opens(&subject, token, now_s)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW_S: i64 = 1_795_176_000;

    fn keys(bytes: &'static [u8]) -> ConfirmKeys {
        ConfirmKeys::shared(move || bytes.iter().map(|byte| Zeroizing::new([*byte; 32])).collect())
    }

    fn subject<'a>(tool: &'a str, account_id: &'a str, plan: &'a str) -> Subject<'a> {
        Subject { tool, site_id: "c-1", account_id, plan }
    }

    #[test]
    fn a_token_opens_only_what_it_was_sealed_for() {
        let keys = keys(&[1]);
        let token = keys.seal(&subject("delete", "anna", "P-1"), NOW_S).unwrap();
        let check = |tool, who, plan, token: &str, now_s, expected| {
            assert_eq!(
                keys.opens(&subject(tool, who, plan), token, now_s),
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
        for wrong in ["", "yes", "true", "ä", &token[1..], &token[..token.len() - 1], &format!("{token}AAAA")]
        {
            check("delete", "anna", "P-1", wrong, NOW_S, false);
        }
    }

    #[test]
    fn an_expiry_cannot_be_put_off() {
        let keys = keys(&[1]);
        let token = keys.seal(&subject("t", "a", "p"), NOW_S).unwrap();
        let mut bytes = URL_SAFE_NO_PAD.decode(token).unwrap();
        bytes[7] = bytes[7].wrapping_add(60);
        assert!(!keys.opens(&subject("t", "a", "p"), &URL_SAFE_NO_PAD.encode(bytes), NOW_S + 60));
    }

    #[test]
    fn replicas_agree_also_while_secrets_are_rotated() {
        let it = || subject("t", "a", "p");
        let (old, rotating, new) = (keys(&[1]), keys(&[2, 1]), keys(&[2]));
        let from_old = old.seal(&it(), NOW_S).unwrap();
        assert!(keys(&[1]).opens(&it(), &from_old, NOW_S));
        assert!(rotating.opens(&it(), &from_old, NOW_S));
        assert!(!new.opens(&it(), &from_old, NOW_S));
        assert!(new.opens(&it(), &rotating.seal(&it(), NOW_S).unwrap(), NOW_S));
        assert_eq!(keys(&[]).seal(&it(), NOW_S), None);
        let alone = ConfirmKeys::random().unwrap();
        assert!(alone.clone().opens(&it(), &alone.seal(&it(), NOW_S).unwrap(), NOW_S));
        assert!(!ConfirmKeys::random().unwrap().opens(&it(), &alone.seal(&it(), NOW_S).unwrap(), NOW_S));
        assert_eq!(format!("{alone:?}"), "ConfirmKeys(***)");
    }

    proptest::proptest! {
        #[test]
        fn no_text_opens_anything(token in ".{0,80}") {
            proptest::prop_assert!(!keys(&[1]).opens(&subject("t", "a", "p"), &token, NOW_S));
        }
    }
}
