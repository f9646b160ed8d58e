//! What proves to Jira who the user is: an OAuth token, or, for one user's own process, an e-mail
//! address with an API token.

use std::fmt;

use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::Bytes;
use http::HeaderValue;
use memchr::memmem;
use secrecy::{ExposeSecret, SecretString};
use zeroize::Zeroizing;

use super::{Bearer, KeyedHasher, PrincipalKey};

/// Longer than any address (RFC 5321) and any API token of Atlassian, which has about 200
/// characters.
const PART_BYTES_MAX: usize = 1_024;

/// No longer than the shortest token, and seldom found by chance.
const PROOF_START_BYTES: usize = 8;

/// Either proof. Not `Clone`: share the [`Caller`](super::Caller) instead.
pub enum Credential {
    /// OAuth, as every request over HTTP brings it.
    Bearer(Bearer),
    /// Basic authentication. No request can bring one: only the settings of a local process can.
    Basic(Basic),
}

impl Credential {
    pub(super) fn key(&self, hasher: &KeyedHasher) -> PrincipalKey {
        match self {
            Self::Bearer(bearer) => hasher.caller_key(bearer),
            Self::Basic(basic) => {
                PrincipalKey(hasher.digest(b"basic:", basic.0.expose_secret().as_bytes()))
            }
        }
    }

    /// The text without the credential, should it hold it.
    pub(super) fn redact(&self, text: String) -> String {
        let proof = match self {
            Self::Bearer(bearer) => bearer.0.expose_secret(),
            Self::Basic(basic) => basic.0.expose_secret(),
        };
        // Looked for by its beginning first: to look for all of it costs a preparation as long as a
        // token.
        let start = proof
            .as_bytes()
            .first_chunk::<PROOF_START_BYTES>()
            .map_or(proof.as_bytes(), |start| start);
        let is_absent = memmem::find(text.as_bytes(), start).is_none();
        if is_absent || !text.contains(proof) { text } else { text.replace(proof, "***") }
    }

    pub(super) fn expose_header_value(&self) -> HeaderValue {
        match self {
            Self::Bearer(bearer) => line("Bearer ", bearer.0.expose_secret()),
            Self::Basic(basic) => line("Basic ", basic.0.expose_secret()),
        }
    }
}

fn line(scheme: &'static str, proof: &str) -> HeaderValue {
    let mut line = Zeroizing::new(Vec::with_capacity(scheme.len() + proof.len()));
    line.extend_from_slice(scheme.as_bytes());
    line.extend_from_slice(proof.as_bytes());
    // Bytes that own a `Zeroizing` buffer wipe it when the client lets go of the header.
    let mut value = HeaderValue::from_maybe_shared(Bytes::from_owner(line))
        .unwrap_or_else(|_| HeaderValue::from_static(scheme.trim_ascii_end()));
    value.set_sensitive(true);
    value
}

impl From<Bearer> for Credential {
    fn from(bearer: Bearer) -> Self {
        Self::Bearer(bearer)
    }
}

impl From<Basic> for Credential {
    fn from(basic: Basic) -> Self {
        Self::Basic(basic)
    }
}

impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Credential(***)")
    }
}

/// An e-mail address with an API token, as basic authentication writes them (RFC 7617).
pub struct Basic(SecretString);

impl Basic {
    /// Joins the two. Neither part of a fault's text is shown.
    pub fn new(email: &str, api_token: &str) -> Result<Self, BasicFault> {
        let is_printable = |part: &str| part.bytes().all(|byte| byte.is_ascii_graphic());
        let is_sized = |part: &str| (3..=PART_BYTES_MAX).contains(&part.len());
        // A colon would end the user name early, and another user would be meant.
        if !email.contains('@') || email.contains(':') || !is_printable(email) || !is_sized(email) {
            return Err(BasicFault::Email);
        }
        if !is_printable(api_token) || !is_sized(api_token) {
            return Err(BasicFault::Token);
        }
        let pair = Zeroizing::new(format!("{email}:{api_token}"));
        Ok(Self(SecretString::from(STANDARD.encode(pair.as_bytes()))))
    }
}

impl fmt::Debug for Basic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Basic(***)")
    }
}

/// Why an address and a token make no credential.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BasicFault {
    /// No address.
    #[error("expected the e-mail address of an Atlassian account")]
    Email,
    /// Empty, or it holds blanks or other characters that no token has.
    #[error("expected an API token: printable ASCII without blanks")]
    Token,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_header_is_what_jira_documents() {
        let credential = Credential::from(Basic::new("fred@example.com", "freds-token").unwrap());
        let value = credential.expose_header_value();
        // Source: Atlassian, "Basic auth for REST APIs": base64 of address, colon, token.
        assert_eq!(value.as_bytes(), b"Basic ZnJlZEBleGFtcGxlLmNvbTpmcmVkcy10b2tlbg==");
        assert!(value.is_sensitive());
    }

    #[test]
    fn nothing_prints_an_api_token() {
        let basic = Basic::new("fred@example.com", "freds-token").unwrap();
        let shown = format!("{basic:?}");
        let credential = Credential::from(basic);
        let shown = format!("{shown} {credential:?} {:?}", credential.expose_header_value());
        for part in ["fred", "ZnJl"] {
            assert!(!shown.contains(part), "{shown}");
        }
    }

    #[test]
    fn only_an_address_and_a_token_make_one() {
        let check = |email: &str, token: &str, expected: Option<BasicFault>| {
            assert_eq!(Basic::new(email, token).err(), expected, "{email:?} {token:?}");
        };
        check("a@b", "tok", None);
        check("fred", "token", Some(BasicFault::Email));
        check("a:b@c", "token", Some(BasicFault::Email));
        check("a@b\r\n", "token", Some(BasicFault::Email));
        check("a@b", "", Some(BasicFault::Token));
        check("a@b", "to ken", Some(BasicFault::Token));
        check("a@b", "tökén", Some(BasicFault::Token));
        check("a@b", &"t".repeat(PART_BYTES_MAX + 1), Some(BasicFault::Token));
    }

    #[test]
    fn users_of_one_kind_of_proof_are_not_those_of_another() {
        let hasher = KeyedHasher::random().unwrap();
        let basic = |token: &str| Credential::from(Basic::new("a@b", token).unwrap()).key(&hasher);
        assert_eq!(basic("one-token"), basic("one-token"));
        assert_ne!(basic("one-token"), basic("two-token"));
        let bearer = Credential::from(Bearer::from_token("YUBiOm9uZS10b2tlbg==").unwrap());
        assert_ne!(bearer.key(&hasher), basic("one-token"));
    }
}
