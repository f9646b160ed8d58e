//! The URL under which clients reach the server: the operator's, or what the request's Host says.

use std::str::FromStr;

use http::{HeaderMap, header};
use single_header::single_header;
use url::Url;

use super::rule_error::RuleError;

/// An absolute http or https URL without a trailing slash; it may hold a path of the gateway's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicBaseUrl(String);

impl PublicBaseUrl {
    /// The URL.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether clients come by TLS, which something in front of us ends.
    pub(super) fn is_https(&self) -> bool {
        self.0.starts_with("https://")
    }
}

impl FromStr for PublicBaseUrl {
    type Err = RuleError;

    fn from_str(text: &str) -> Result<Self, RuleError> {
        let url = Url::parse(text.trim()).map_err(|_| RuleError::BaseUrl)?;
        let bare = url.username().is_empty()
            && url.password().is_none()
            && url.query().is_none()
            && url.fragment().is_none();
        let is_web = matches!(url.scheme(), "http" | "https") && url.has_host();
        if !bare || !is_web || !is_quotable(url.as_str()) {
            return Err(RuleError::BaseUrl);
        }
        Ok(Self(url.as_str().trim_end_matches('/').to_owned()))
    }
}

/// The operator's URL; without one plain http and the request's Host, which must have been checked.
pub(super) fn base_url(configured: Option<&PublicBaseUrl>, headers: &HeaderMap) -> String {
    if let Some(PublicBaseUrl(base)) = configured {
        return base.clone();
    }
    let host = single_header(headers, header::HOST).ok().flatten();
    format!("http://{}", host.unwrap_or("localhost"))
}

/// Whether a text can stand in a quoted string of a header and not end it.
pub(super) fn is_quotable(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._~%,:/[]".contains(&b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base_urls_are_absolute_and_bare() {
        let check = |text: &str, expected: Option<&str>| {
            assert_eq!(
                text.parse::<PublicBaseUrl>().ok().map(|base| base.0).as_deref(),
                expected,
                "{text}"
            );
        };
        check("https://api.example.com/jira-mcp/", Some("https://api.example.com/jira-mcp"));
        check("http://127.0.0.1:8080", Some("http://127.0.0.1:8080"));
        check("HTTPS://API.example.com", Some("https://api.example.com"));
        check("api.example.com", None);
        check("ftp://example.com", None);
        check("https://user@example.com", None);
        check("https://example.com/?a=b", None);
        check("https://example.com/#a", None);
        check("https://example.com/a;b", None);
    }
}
