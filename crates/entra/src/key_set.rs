//! The keys of one document (RFC 7517), as far as they can verify RS256.

use std::{collections::HashMap, fmt, sync::Arc};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::DecodingKey;
use serde::Deserialize;
use serde_json::Value;

/// Below this an RSA key can be broken (RFC 7518 section 3.3).
const BITS_MIN: usize = 2048;

/// Above this a check costs more than any directory's key.
const BITS_MAX: usize = 8192;

/// A key that verifies.
#[derive(Clone)]
pub struct Key(Arc<DecodingKey>);

impl Key {
    pub(crate) fn verifying(&self) -> &DecodingKey {
        &self.0
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key")
    }
}

/// Keys by their names.
#[derive(Clone, Debug)]
pub struct KeySet(HashMap<String, Key>);

/// Why a document is no set of keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeySetFault {
    /// No JSON object with a list of `keys`.
    #[error("no set of keys")]
    Form,
    /// None of its keys can verify RS256.
    #[error("no key for RS256")]
    Empty,
}

#[derive(Deserialize)]
struct Document {
    keys: Vec<Value>,
}

/// RFC 7517 section 4 and RFC 7518 section 6.3.1.
#[derive(Deserialize)]
struct WebKey {
    kty: String,
    r#use: Option<String>,
    kid: String,
    alg: Option<String>,
    n: String,
    e: String,
}

impl KeySet {
    /// Reads a document. Keys of other kinds are left out, as RFC 7517 section 5 wants it: a
    /// directory may publish more than is understood here.
    pub fn parse(document: &[u8]) -> Result<Self, KeySetFault> {
        let Document { keys } = serde_json::from_slice(document).map_err(|_| KeySetFault::Form)?;
        let mut set = HashMap::new();
        for (kid, key) in keys.into_iter().filter_map(usable) {
            set.entry(kid).or_insert(key);
        }
        if set.is_empty() { Err(KeySetFault::Empty) } else { Ok(Self(set)) }
    }

    /// The key of exactly this name.
    pub fn find(&self, kid: &str) -> Option<Key> {
        self.0.get(kid).cloned()
    }
}

fn usable(key: Value) -> Option<(String, Key)> {
    let key: WebKey = serde_json::from_value(key).ok()?;
    let is_of_use = key.kty == "RSA"
        && key.r#use.as_deref().is_none_or(|purpose| purpose == "sig")
        && key.alg.as_deref().is_none_or(|alg| alg == "RS256")
        && !key.kid.is_empty();
    let (n, e) = (number(&key.n)?, number(&key.e)?);
    let is_strong = (BITS_MIN..=BITS_MAX).contains(&bits(&n));
    // An exponent of 1 would make every text its own signature.
    let is_exponent = (2..=33).contains(&bits(&e)) && e.last().is_some_and(|last| last % 2 == 1);
    let verifying = DecodingKey::from_rsa_raw_components(&n, &e);
    (is_of_use && is_strong && is_exponent).then(|| (key.kid, Key(Arc::new(verifying))))
}

/// A number without the zeros before it.
fn number(text: &str) -> Option<Vec<u8>> {
    let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
    let first = bytes.iter().position(|byte| *byte != 0)?;
    Some(bytes.get(first..)?.to_vec())
}

fn bits(number: &[u8]) -> usize {
    let unused = number.first().map_or(0, |first| first.leading_zeros() as usize);
    (number.len() * 8).saturating_sub(unused)
}
