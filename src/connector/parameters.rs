//! What an operator says about a deployment, checked: a wrong value would only show when somebody
//! signs in.

use std::{fmt, str::FromStr};

/// A value that cannot stand in a connector; the sentence says what can.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ParameterError {
    /// A URL, a port, an address or no name at all.
    #[error(
        "expected the gateway's bare DNS name, such as contoso.azure-api.net: no https://, no port, no path, no IP address"
    )]
    Host,
    /// Not an absolute path, or one with a query or dots.
    #[error(
        "expected a path that begins with /, such as /jira-mcp, of letters, digits and . _ ~ -, or / alone"
    )]
    BasePath,
    /// The connector adds the path of MCP itself.
    #[error("leave /mcp out: the connector adds it to the base path")]
    BasePathWithMcp,
    /// Not a client id.
    #[error("expected the OAuth app's client id: 8 to 128 letters, digits, - and _")]
    ClientId,
    /// Atlassian's client secrets begin like this.
    #[error("this looks like the client secret, which stands in no file; give the client id")]
    ClientSecret,
}

/// A public DNS name in lower case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Host(String);

impl Host {
    /// Stands in the templates until a deployment has a name.
    pub const EXAMPLE: &str = "example-apim.azure-api.net";

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Host {
    type Err = ParameterError;

    fn from_str(text: &str) -> Result<Self, ParameterError> {
        let name = text.to_ascii_lowercase();
        let labels: Vec<&str> = name.split('.').collect();
        let is_numeric = labels.last().is_none_or(|last| last.bytes().all(|b| b.is_ascii_digit()));
        let is_name = labels.len() > 1
            && name.len() <= 253
            && labels.iter().copied().all(is_label)
            && !is_numeric;
        if is_name { Ok(Self(name)) } else { Err(ParameterError::Host) }
    }
}

fn is_label(label: &str) -> bool {
    (1..=63).contains(&label.len())
        && !label.starts_with('-')
        && !label.ends_with('-')
        && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}

/// The path under which the gateway publishes the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BasePath(String);

impl BasePath {
    /// Stands in the templates.
    pub const EXAMPLE: &str = "/jira-mcp";

    /// As Swagger wants it: `/` for none.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// To be put before another path: empty for none.
    pub fn as_prefix(&self) -> &str {
        self.0.trim_end_matches('/')
    }
}

impl FromStr for BasePath {
    type Err = ParameterError;

    fn from_str(text: &str) -> Result<Self, ParameterError> {
        let Some(path) = text.strip_prefix('/') else { return Err(ParameterError::BasePath) };
        if path.is_empty() {
            return Ok(Self("/".to_owned()));
        }
        let path = path.strip_suffix('/').unwrap_or(path);
        let is_segment = |segment: &str| {
            !segment.bytes().all(|b| b == b'.')
                && segment.bytes().all(|b| b.is_ascii_alphanumeric() || b"._~-".contains(&b))
        };
        if !path.split('/').all(is_segment) {
            return Err(ParameterError::BasePath);
        }
        if path.rsplit('/').next().is_some_and(|last| last.eq_ignore_ascii_case("mcp")) {
            return Err(ParameterError::BasePathWithMcp);
        }
        Ok(Self(format!("/{path}")))
    }
}

/// The public name of the OAuth app.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientId(String);

impl ClientId {
    /// The id.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ClientId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for ClientId {
    type Err = ParameterError;

    fn from_str(text: &str) -> Result<Self, ParameterError> {
        // Source: secrets that the Atlassian developer console issues begin with these letters.
        if text.starts_with("ATOA") || text.starts_with("ATATT") {
            return Err(ParameterError::ClientSecret);
        }
        let is_id = (8..=128).contains(&text.len())
            && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b));
        if is_id { Ok(Self(text.to_owned())) } else { Err(ParameterError::ClientId) }
    }
}
