//! A token in the compact form of RFC 7515, read for what its signature needs, and nothing proved.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, crypto};
use serde::{
    Deserialize,
    de::{DeserializeOwned, IgnoredAny},
};

use super::key_set::Key;

/// What RS256 gives with the shortest key that is taken.
const SIGNATURE_BYTES_MIN: usize = 256;

/// A token that claims to be signed with RS256 by a key that it names.
///
/// Its claims are the sender's word until [`Self::is_signed_by`] says yes.
pub struct SignedToken<'a> {
    kid: String,
    /// Head and claims as they came.
    signed: &'a str,
    claims: Vec<u8>,
    signature: &'a str,
}

/// Why a text is no such token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.reason())]
pub enum TokenFault {
    /// Not three parts of base64url, or a head that is no JSON object.
    Form,
    /// Another algorithm, `none` among them. What a token says about that is never believed
    /// (RFC 8725 section 3.1).
    Algorithm,
    /// It names no key.
    NoKey,
    /// Its head brings a key, or an address of one, or asks for what nobody here understands.
    Head,
    /// The claims are no JSON object, hold a member twice, or one of another type.
    Claims,
}

impl TokenFault {
    /// What is wrong, in words that hold nothing of the token.
    pub const fn reason(self) -> &'static str {
        match self {
            Self::Form => "it is no signed token",
            Self::Algorithm => "it is not signed with RS256",
            Self::NoKey => "it names no key",
            Self::Head => "its head has parts that no token of Entra ID has",
            Self::Claims => "its claims cannot be read",
        }
    }
}

/// What counts of a head (RFC 7515 section 4.1). A member that comes twice is an error of serde.
#[derive(Deserialize)]
struct Head {
    alg: String,
    kid: Option<String>,
    typ: Option<String>,
    jku: Option<IgnoredAny>,
    jwk: Option<IgnoredAny>,
    x5u: Option<IgnoredAny>,
    crit: Option<IgnoredAny>,
    b64: Option<IgnoredAny>,
    zip: Option<IgnoredAny>,
}

impl<'a> SignedToken<'a> {
    /// Reads the form.
    pub fn read(token: &'a str) -> Result<Self, TokenFault> {
        let (signed, signature) = token.rsplit_once('.').ok_or(TokenFault::Form)?;
        let (head, claims) = signed.split_once('.').ok_or(TokenFault::Form)?;
        let decoded = |part: &str| URL_SAFE_NO_PAD.decode(part).map_err(|_| TokenFault::Form);
        let head: Head = serde_json::from_slice(&decoded(head)?).map_err(|_| TokenFault::Form)?;
        if head.alg != "RS256" {
            return Err(TokenFault::Algorithm);
        }
        let foreign = [&head.jku, &head.jwk, &head.x5u, &head.crit, &head.b64, &head.zip];
        // RFC 9068 section 2.1 has a type of its own for access tokens; Entra ID says `JWT`.
        let is_type = |typ: &String| {
            ["jwt", "at+jwt", "application/at+jwt"].iter().any(|t| typ.eq_ignore_ascii_case(t))
        };
        if foreign.into_iter().any(Option::is_some) || !head.typ.as_ref().is_none_or(is_type) {
            return Err(TokenFault::Head);
        }
        // Of RSA with 2048 bits at least. What nobody can have signed makes nobody look for a key.
        if decoded(signature)?.len() < SIGNATURE_BYTES_MIN {
            return Err(TokenFault::Form);
        }
        let kid = head.kid.filter(|kid| !kid.is_empty()).ok_or(TokenFault::NoKey)?;
        Ok(Self { kid, signed, claims: decoded(claims)?, signature })
    }

    /// The name of the key, compared letter by letter.
    pub fn kid(&self) -> &str {
        &self.kid
    }

    /// The claims. A struct without `#[serde(flatten)]` refuses a member that comes twice.
    pub fn claims<T: DeserializeOwned>(&self) -> Result<T, TokenFault> {
        serde_json::from_slice(&self.claims).map_err(|_| TokenFault::Claims)
    }

    /// Whether the key signed head and claims as they stand.
    pub fn is_signed_by(&self, key: &Key) -> bool {
        let signed = self.signed.as_bytes();
        crypto::verify(self.signature, signed, key.verifying(), Algorithm::RS256).unwrap_or(false)
    }
}
