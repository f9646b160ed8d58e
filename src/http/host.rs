//! Is the request meant for us? A foreign `Host` is the mark of DNS rebinding (MCP transports,
//! security warning).

use std::str::FromStr;

use axum::extract::Request;
use http::{header, uri::Authority};
use single_header::single_header;

use super::{reject::Reject, rule_error::RuleError};

/// One accepted `Host`: a name or address in lower case; without a port, any port is accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AllowedHost {
    host: String,
    port: Option<u16>,
}

impl AllowedHost {
    /// The names under which a laptop knows itself, with any port.
    pub fn loopback() -> Vec<Self> {
        ["localhost", "127.0.0.1", "[::1]"]
            .map(|host| Self { host: host.to_owned(), port: None })
            .to_vec()
    }

    /// Whether this rule lets a request to that host pass, whatever port it names.
    pub fn is_for(&self, host: &Self) -> bool {
        self.host == host.host
    }

    /// Whether a request with this `Host` passes.
    pub fn admits(&self, sent: &Self) -> bool {
        self.host == sent.host && (self.port.is_none() || self.port == sent.port)
    }
}

impl FromStr for AllowedHost {
    type Err = RuleError;

    fn from_str(text: &str) -> Result<Self, RuleError> {
        let text = text.trim();
        let bare_v6 = text.parse::<std::net::Ipv6Addr>().is_ok();
        let authority = if bare_v6 { format!("[{text}]") } else { text.to_owned() };
        parse(&authority).ok_or(RuleError::Host)
    }
}

/// Lets pass a request with exactly one `Host` on the list; an absolute request target must be on
/// it too.
pub(super) fn check<B>(request: &Request<B>, allowed: &[AllowedHost]) -> Result<(), Reject> {
    // RFC 9112 section 3.2: none or several is a bad request.
    let sent = single_header(request.headers(), header::HOST).ok().flatten();
    let host = sent.and_then(parse).ok_or(Reject::HostMissing)?;
    let target = request.uri().authority().map(|authority| parse(authority.as_str()));
    let admitted = |sent: &AllowedHost| allowed.iter().any(|rule| rule.admits(sent));
    let target_admitted = target.is_none_or(|target| target.is_some_and(|sent| admitted(&sent)));
    if admitted(&host) && target_admitted { Ok(()) } else { Err(Reject::HostForbidden) }
}

fn parse(text: &str) -> Option<AllowedHost> {
    let authority = text.parse::<Authority>().ok()?;
    let host = authority.host().to_ascii_lowercase();
    let rest = text.get(host.len()..)?;
    let port = match rest.strip_prefix(':') {
        Some(digits) => Some(digits.parse().ok()?),
        None if rest.is_empty() => None,
        None => return None,
    };
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-._[]:".contains(&b);
    (!host.is_empty() && host.bytes().all(plain)).then_some(AllowedHost { host, port })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_matched_by_name_and_given_port() {
        let check = |rule: &str, sent: &str, expected: bool| {
            let rule: AllowedHost = rule.parse().unwrap();
            assert_eq!(
                parse(sent).is_some_and(|sent| rule.admits(&sent)),
                expected,
                "{rule:?} {sent}"
            );
        };
        check("bridge.example.com", "Bridge.Example.COM", true);
        check("bridge.example.com", "bridge.example.com:8443", true);
        check("bridge.example.com:443", "bridge.example.com:443", true);
        check("bridge.example.com:443", "bridge.example.com", false);
        check("bridge.example.com", "evil.bridge.example.com", false);
        check("bridge.example.com", "bridge.example.com.evil.test", false);
        check("bridge.example.com", "bridge.example.com.", false);
        check("bridge.example.com", "user@bridge.example.com", false);
        check("bridge.example.com", "bridge.example.com:99999", false);
        check("bridge.example.com", "bridge.example.com:", false);
        check("::1", "[::1]:8080", true);
        check("[::1]:8080", "[::1]:8080", true);
        check("127.0.0.1", "127.0.0.1:1", true);
        check("127.0.0.1", "127.1", false);
    }

    #[test]
    fn rules_that_name_no_host_are_refused() {
        for rule in [
            "",
            "*",
            "*.example.com",
            "https://example.com",
            "example.com/path",
            "a b",
            "x@example.com",
        ] {
            assert_eq!(rule.parse::<AllowedHost>(), Err(RuleError::Host), "{rule}");
        }
    }
}
