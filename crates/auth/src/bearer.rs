//! A bearer token as a request brings it, checked for its form only.

use std::{fmt, ops::RangeInclusive};

use http::{HeaderMap, header};
use secrecy::{ExposeSecret, SecretString};
use single_header::{HeaderError, single_header};

/// Accepted token lengths in bytes: Atlassian's are between 1 and 3 KiB, and anything shorter is a
/// slip.
const TOKEN_BYTES: RangeInclusive<usize> = 6..=8192;

/// A well-formed bearer token, wiped on drop. Not `Clone`: share what holds it instead.
pub struct Bearer(SecretString);

impl Bearer {
    /// Reads the one `Authorization: Bearer <token68>` header (RFC 9110 section 11.4, RFC 6750
    /// section 2.1).
    pub fn from_headers(headers: &HeaderMap) -> Result<Self, BearerFault> {
        Self::from_token(Self::text_in(headers)?)
    }

    /// What stands for a token in the request's one header, for an `Authenticate` that tells its
    /// own by their form: whose it is is seen before any copy of it is made.
    pub fn text_in(headers: &HeaderMap) -> Result<&str, BearerFault> {
        let text = match single_header(headers, header::AUTHORIZATION) {
            Ok(Some(text)) => text,
            Ok(None) => return Err(BearerFault::Missing),
            Err(HeaderError::Repeated) => return Err(BearerFault::Repeated),
            Err(HeaderError::NotText) => return Err(BearerFault::Malformed),
        };
        let (scheme, token) = text.trim().split_once(' ').unwrap_or((text.trim(), ""));
        if !scheme.eq_ignore_ascii_case("bearer") {
            return Err(BearerFault::WrongScheme);
        }
        Ok(token.trim_start_matches(' '))
    }

    /// Takes a bare token, as the stdio command reads it from its setting.
    pub fn from_token(token: &str) -> Result<Self, BearerFault> {
        if !TOKEN_BYTES.contains(&token.len()) {
            return Err(BearerFault::Length);
        }
        let body = token.trim_end_matches('=');
        // No early end: of a good token every byte is looked at anyway, and this way many at once.
        let is_token68 = |all: bool, b: u8| {
            all & matches!(b, b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' | b'-' | b'.' | b'_' | b'~' | b'+' | b'/')
        };
        if body.is_empty() || !body.bytes().fold(true, is_token68) {
            return Err(BearerFault::Malformed);
        }
        Ok(Self(SecretString::from(token)))
    }

    /// The token, for an `Authenticate` that looks it up; nobody else needs it.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

impl fmt::Debug for Bearer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Bearer(***)")
    }
}

/// Why a request carries no usable token; it never holds any part of what was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BearerFault {
    /// There is no `Authorization` header.
    #[error("no Authorization header was sent")]
    Missing,
    /// There are two or more, and choosing one would let the other pass unseen.
    #[error("more than one Authorization header was sent")]
    Repeated,
    /// Another scheme, such as Basic.
    #[error("the Authorization header is not of the Bearer scheme")]
    WrongScheme,
    /// The token holds characters outside token68.
    #[error("the bearer token holds characters that no token has")]
    Malformed,
    /// The token is shorter than 6 or longer than 8192 bytes.
    #[error("the bearer token is too short or too long")]
    Length,
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn parsed(lines: &[&str]) -> Result<(), BearerFault> {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(header::AUTHORIZATION, HeaderValue::from_str(line).unwrap());
        }
        Bearer::from_headers(&headers).map(drop)
    }

    #[test]
    fn authorization_header_is_read_by_the_letter() {
        let check = |lines: &[&str], expected| assert_eq!(parsed(lines), expected, "{lines:?}");
        check(&["Bearer abcdefgh"], Ok(()));
        check(&["bEARER   abc.def-_~+/123=="], Ok(()));
        check(&[], Err(BearerFault::Missing));
        check(&["Bearer abcdefgh", "Bearer abcdefgh"], Err(BearerFault::Repeated));
        check(&["Basic abcdefgh"], Err(BearerFault::WrongScheme));
        check(&["abcdefgh"], Err(BearerFault::WrongScheme));
        check(&[""], Err(BearerFault::WrongScheme));
        check(&["Bearer"], Err(BearerFault::Length));
        check(&["Bearer abcdef"], Ok(()));
        check(&["Bearer abcde"], Err(BearerFault::Length));
        check(&[&format!("Bearer {}", "a".repeat(8192))], Ok(()));
        check(&[&format!("Bearer {}", "a".repeat(8193))], Err(BearerFault::Length));
        check(&["Bearer abcd efgh"], Err(BearerFault::Malformed));
        check(&["Bearer abcdefgh, Bearer abcdefgh"], Err(BearerFault::Malformed));
        check(&["Bearer abc=defgh"], Err(BearerFault::Malformed));
        check(&["Bearer ========"], Err(BearerFault::Malformed));
        check(&["Bearer abcdéfghi"], Err(BearerFault::Malformed));
        check(&["Bearer\tabcdefgh"], Err(BearerFault::WrongScheme));
    }
}
