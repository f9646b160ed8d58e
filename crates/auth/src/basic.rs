//! An e-mail address with an API token, as basic authentication writes them.

use std::fmt;

use base64::{Engine, engine::general_purpose::STANDARD};
use secrecy::{ExposeSecret, SecretString};
use zeroize::Zeroizing;

/// Longer than any address (RFC 5321) and any API token of Atlassian, which has about 200
/// characters.
const PART_BYTES_MAX: usize = 1_024;

/// The pair as RFC 7617 encodes it, wiped on drop.
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

    pub(crate) fn expose(&self) -> &str {
        self.0.expose_secret()
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
}
