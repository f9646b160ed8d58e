//! Who a request speaks for: the user's token, held for that one request and wiped with its last
//! holder.

mod credential;
mod key;
mod verdict;

use std::{fmt, sync::Arc};

use http::{HeaderMap, HeaderValue, header};
use secrecy::SecretString;
use single_header::{HeaderError, single_header};

pub use credential::{Basic, BasicFault, Credential};
pub use key::{KeyedHasher, PrincipalKey};
pub use verdict::{TokenVerdict, VerdictSlot};

/// Accepted token lengths in bytes; Atlassian's are between 1 and 3 KiB.
const TOKEN_BYTES: std::ops::RangeInclusive<usize> = 8..=8192;
const SITE_BYTES_MAX: usize = 255;

/// The user behind one request: a shared handle, so that a clone copies no token.
///
/// Dropping the last handle wipes the token. There is no `Display`, no `Serialize`, and `Debug`
/// prints `***`.
#[derive(Clone)]
pub struct Caller(Arc<Inner>);

struct Inner {
    credential: Arc<Credential>,
    key: PrincipalKey,
    request_id: Arc<str>,
    requested_site: Option<RequestedSite>,
}

impl Caller {
    /// Joins a token with what the same request said about itself.
    pub fn new(
        credential: impl Into<Credential>,
        hasher: &KeyedHasher,
        request_id: Arc<str>,
        requested_site: Option<RequestedSite>,
    ) -> Self {
        let credential = credential.into();
        let key = credential.key(hasher);
        let credential = Arc::new(credential);
        Self(Arc::new(Inner { credential, key, request_id, requested_site }))
    }

    /// The same user's next request, where one credential serves a whole process.
    #[must_use]
    pub fn next_request(&self, request_id: Arc<str>) -> Self {
        let Inner { credential, key, requested_site, .. } = self.0.as_ref();
        Self(Arc::new(Inner {
            credential: Arc::clone(credential),
            key: *key,
            request_id,
            requested_site: requested_site.clone(),
        }))
    }

    /// `Bearer <token>` or `Basic <…>` for the upstream client and nobody else; marked sensitive,
    /// its buffer is wiped on drop.
    pub fn expose_header_value(&self) -> HeaderValue {
        self.0.credential.expose_header_value()
    }

    /// What Jira said, without this user's own token: an upstream that echoes requests must not get
    /// it to an agent.
    pub fn redact(&self, text: String) -> String {
        self.0.credential.redact(text)
    }

    /// Under which key anything may be remembered about this user.
    pub fn key(&self) -> PrincipalKey {
        self.0.key
    }

    /// The id this request is known by in logs and answers; at most 128 characters.
    pub fn request_id(&self) -> &str {
        &self.0.request_id
    }

    /// The site the request asked for with `X-Jira-Site`; to be looked up, never an address to
    /// call.
    pub fn requested_site(&self) -> Option<&str> {
        self.0.requested_site.as_ref().map(|site| site.0.as_str())
    }
}

impl fmt::Debug for Caller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Caller(***)")
    }
}

/// A well-formed bearer token. Not `Clone`: share the [`Caller`] instead.
pub struct Bearer(SecretString);

impl Bearer {
    /// Reads the one `Authorization: Bearer <token68>` header (RFC 9110 section 11.4, RFC 6750
    /// section 2.1).
    pub fn from_headers(headers: &HeaderMap) -> Result<Self, BearerFault> {
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
        Self::from_token(token.trim_start_matches(' '))
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
    /// The token is shorter than 8 or longer than 8192 bytes.
    #[error("the bearer token is too short or too long")]
    Length,
}

/// A site name, URL or cloud id as the request gave it: 1 to 255 printable ASCII characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestedSite(String);

impl RequestedSite {
    /// `None` when the value is empty after trimming, too long, or not printable ASCII.
    pub fn new(value: &str) -> Option<Self> {
        let value = value.trim();
        let printable = value.bytes().all(|b| b.is_ascii_graphic() || b == b' ');
        let sized = (1..=SITE_BYTES_MAX).contains(&value.len());
        (sized && printable).then(|| Self(value.to_owned()))
    }
}

#[cfg(test)]
mod tests {
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
        check(&["Bearer abc"], Err(BearerFault::Length));
        check(&[&format!("Bearer {}", "a".repeat(8192))], Ok(()));
        check(&[&format!("Bearer {}", "a".repeat(8193))], Err(BearerFault::Length));
        check(&["Bearer abcd efgh"], Err(BearerFault::Malformed));
        check(&["Bearer abcdefgh, Bearer abcdefgh"], Err(BearerFault::Malformed));
        check(&["Bearer abc=defgh"], Err(BearerFault::Malformed));
        check(&["Bearer ========"], Err(BearerFault::Malformed));
        check(&["Bearer abcdéfghi"], Err(BearerFault::Malformed));
        check(&["Bearer\tabcdefgh"], Err(BearerFault::WrongScheme));
    }

    #[test]
    fn nothing_prints_the_token() {
        let hasher = KeyedHasher::random().unwrap();
        let token = "tok".repeat(9);
        let caller = Caller::new(Bearer::from_token(&token).unwrap(), &hasher, "r-1".into(), None);
        let value = caller.expose_header_value();
        assert_eq!(value.as_bytes(), format!("Bearer {token}").as_bytes());
        let bearer = Bearer::from_token(&token).unwrap();
        let printed = format!("{caller:?} {value:?} {bearer:?} {hasher:?} {:?}", caller.key());
        assert!(!printed.contains("toktok"), "{printed}");
        assert_eq!(format!("{caller:?}"), "Caller(***)");
    }

    #[test]
    fn keys_tell_users_apart_within_a_process_only() {
        let (one, other) = (KeyedHasher::random().unwrap(), KeyedHasher::random().unwrap());
        let bearer = |token: &str| Bearer::from_token(token).unwrap();
        assert_eq!(
            one.caller_key(&bearer("aaaaaaaa")),
            one.clone().caller_key(&bearer("aaaaaaaa"))
        );
        assert_ne!(one.caller_key(&bearer("aaaaaaaa")), one.caller_key(&bearer("bbbbbbbb")));
        assert_ne!(one.caller_key(&bearer("aaaaaaaa")), other.caller_key(&bearer("aaaaaaaa")));
        assert_eq!(one.caller_key(&bearer("aaaaaaaa")).to_string().len(), 16);
    }

    #[test]
    fn requested_sites_are_short_and_printable() {
        let check = |value: &str, expected| {
            assert_eq!(RequestedSite::new(value).is_some(), expected, "{value:?}");
        };
        check("acme.atlassian.net", true);
        check(" Acme Inc ", true);
        check("", false);
        check("  ", false);
        check("a\u{7f}b", false);
        check("zoë", false);
        check(&"a".repeat(255), true);
        check(&"a".repeat(256), false);
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
}
