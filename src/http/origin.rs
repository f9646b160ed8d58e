//! Does a browser page speak through somebody's browser? A present `Origin` must be on the list
//! (MCP transports: MUST).

use std::str::FromStr;

use http::{HeaderMap, header};
use single_header::single_header;
use url::{Host, Url};

use super::{reject::Reject, rule_error::RuleError};

/// One accepted origin: scheme, host and effective port, compared exactly.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AllowedOrigin {
    scheme: String,
    host: Host,
    /// None admits every port.
    port: Option<u16>,
}

impl AllowedOrigin {
    /// Pages served from this machine over plain http, at any port: for a server that only this
    /// machine can reach.
    pub fn loopback() -> Vec<Self> {
        let hosts =
            ["http://localhost", "http://127.0.0.1", "http://[::1]"].into_iter().filter_map(parse);
        hosts.map(|origin| Self { port: None, ..origin }).collect()
    }

    fn admits(&self, other: &Self) -> bool {
        let is_port = self.port.is_none() || self.port == other.port;
        is_port && self.scheme == other.scheme && self.host == other.host
    }
}

impl FromStr for AllowedOrigin {
    type Err = RuleError;

    fn from_str(text: &str) -> Result<Self, RuleError> {
        parse(text.trim()).ok_or(RuleError::Origin)
    }
}

/// Lets pass a request without `Origin` (server to server), or with exactly one that is on the
/// list.
pub(super) fn check(headers: &HeaderMap, allowed: &[AllowedOrigin]) -> Result<(), Reject> {
    // Of two lines we cannot know which one the browser wrote.
    let sent = single_header(headers, header::ORIGIN).map_err(|_| Reject::OriginForbidden)?;
    let Some(sent) = sent else { return Ok(()) };
    match parse(sent) {
        Some(origin) if allowed.iter().any(|known| known.admits(&origin)) => Ok(()),
        _ => Err(Reject::OriginForbidden),
    }
}

/// Stricter than a URL: what browsers send is `scheme://host[:port]` and nothing after it (RFC 6454
/// section 6.2).
fn parse(text: &str) -> Option<AllowedOrigin> {
    let (_, authority) = text.split_once("://")?;
    let bare = authority.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._[]:".contains(&b));
    let url = Url::parse(text).ok().filter(|_| bare && !authority.is_empty())?;
    let is_web = matches!(url.scheme(), "http" | "https");
    let (host, port) = (url.host()?.to_owned(), url.port_or_known_default()?);
    is_web.then(|| AllowedOrigin { scheme: url.scheme().to_owned(), host, port: Some(port) })
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn one_listed_origin_or_none_passes() {
        let allowed: Vec<AllowedOrigin> = ["https://copilot.example.com", "http://localhost:6274"]
            .map(|rule| rule.parse().unwrap())
            .to_vec();
        let check_lines = |lines: &[&[u8]], expected: bool| {
            let mut headers = HeaderMap::new();
            for line in lines {
                headers.append(header::ORIGIN, HeaderValue::from_bytes(line).unwrap());
            }
            assert_eq!(check(&headers, &allowed).is_ok(), expected, "{lines:?}");
        };
        check_lines(&[], true);
        check_lines(&[b"https://copilot.example.com"], true);
        check_lines(&[b"HTTPS://Copilot.Example.com:443"], true);
        check_lines(&[b"http://localhost:6274"], true);
        check_lines(&[b"http://localhost"], false);
        check_lines(&[b"http://copilot.example.com"], false);
        check_lines(&[b"https://copilot.example.com:8443"], false);
        check_lines(&[b"https://evil.test"], false);
        check_lines(&[b"https://copilot.example.com.evil.test"], false);
        check_lines(&[b"https://evil.test/https://copilot.example.com"], false);
        check_lines(&[b"https://copilot.example.com/"], false);
        check_lines(&[b"https://user@copilot.example.com"], false);
        check_lines(&[b"https://copilot.example.com https://evil.test"], false);
        check_lines(&[b"copilot.example.com"], false);
        check_lines(&[b"null"], false);
        check_lines(&[b""], false);
        check_lines(&[b"\xff"], false);
        check_lines(&[b"https://copilot.example.com", b"https://copilot.example.com"], false);
        check_lines(&[b"https://copilot.example.com", b"https://evil.test"], false);
    }

    #[test]
    fn rules_that_name_no_origin_are_refused() {
        for rule in [
            "*",
            "null",
            "",
            "example.com",
            "https://",
            "https://*.example.com",
            "file:///x",
            "https://a/b",
        ] {
            assert_eq!(rule.parse::<AllowedOrigin>(), Err(RuleError::Origin), "{rule}");
        }
    }
}
