//! Whose access tokens are taken, and what they must open.

use std::collections::BTreeSet;

use url::Url;

use super::tenant::{TenantId, is_guid};

/// Microsoft Graph, by its id and by its address: a token for it is anybody's.
const GRAPH: [&str; 2] = ["00000003-0000-0000-c000-000000000000", "https://graph.microsoft.com"];

/// What an operator says about access tokens.
#[derive(Clone, Debug)]
pub struct Settings {
    /// `https://login.microsoftonline.com`, a national cloud's, or a stand-in.
    pub authority: Url,
    /// Whose users may come in; at least one.
    pub tenant_ids: Vec<TenantId>,
    /// Names of this API as tokens have them in `aud`; at least one.
    pub audiences: Vec<String>,
    /// The scope that a token needs. Without it any scope of this API will do.
    pub required_scope: Option<String>,
    /// App roles that mean something here; a user with one needs no `required_scope`. Where there
    /// are some, a user with none of them may do nothing.
    pub mapped_roles: Option<BTreeSet<String>>,
}

impl Settings {
    /// The issuers of the tenants, as clients look them up.
    pub fn issuers(&self) -> Vec<String> {
        self.tenant_ids.iter().map(|id| id.issuer(&self.authority)).collect()
    }

    /// The one name of this API for clients that send a resource with their request: Entra ID
    /// takes it only if it is the identifier that owns the scope (AADSTS9010010). None where no
    /// audience is an https URL.
    pub fn resource(&self) -> Option<&str> {
        self.audiences.iter().find(|name| name.starts_with("https://")).map(String::as_str)
    }

    /// The scope that a client asks for: with the name of this API before it.
    pub fn full_scope(&self) -> String {
        let first = self.audiences.first().map_or("", String::as_str);
        let api = self.resource().unwrap_or(first).trim_end_matches('/');
        format!("{api}/{}", self.required_scope.as_deref().unwrap_or(".default"))
    }

    /// Hosts of issuers: whatever names one of them is a token of Entra ID, good or not.
    pub fn issuer_hosts(authority: Option<&Url>) -> Vec<String> {
        let known = ["login.microsoftonline.com", "sts.windows.net"].map(str::to_owned);
        let own = authority.and_then(Url::host_str).map(str::to_owned);
        known.into_iter().chain(own).collect()
    }

    /// Whether a text can be an audience of one's own: an application's id, or an identifier URI.
    /// Its characters can stand in a quoted string of a header.
    pub fn is_audience(text: &str) -> bool {
        let is_quotable =
            text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._~%:/".contains(&b));
        let is_uri = text.parse::<Url>().is_ok_and(|url| {
            matches!(url.scheme(), "api" | "https" | "urn" | "spn")
                && (url.has_host() || url.cannot_be_a_base())
        });
        let plain = text.trim_end_matches('/').to_ascii_lowercase();
        is_quotable && (is_guid(text) || is_uri) && !GRAPH.contains(&plain.as_str())
    }

    /// Whether a text can be the name of one scope as a token has it in `scp`: without the API's
    /// name before it (RFC 6749 section 3.3).
    pub fn is_scope_name(text: &str) -> bool {
        let is_allowed = |b: u8| b.is_ascii_graphic() && !matches!(b, b'"' | b'\\' | b',');
        !text.is_empty() && text.bytes().all(is_allowed) && !text.contains("://")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(audiences: &[&str], required_scope: Option<&str>) -> Settings {
        Settings {
            authority: "https://login.microsoftonline.com".parse().unwrap(),
            tenant_ids: vec!["11111111-aaaa-4aaa-8aaa-000000000001".parse().unwrap()],
            audiences: audiences.iter().map(|name| (*name).to_owned()).collect(),
            required_scope: required_scope.map(str::to_owned),
            mapped_roles: None,
        }
    }

    #[test]
    fn the_first_https_audience_is_the_resource_and_owns_the_scope() {
        let check = |audiences: &[&str], scope, expected: (Option<&str>, &str)| {
            let settings = settings(audiences, scope);
            assert_eq!((settings.resource(), settings.full_scope().as_str()), expected);
        };
        let (guid, uri) =
            ("33333333-cccc-4ccc-8ccc-000000000003", "https://bridge.example.com/mcp");
        let access = Some("access");
        check(&[uri], access, (Some(uri), "https://bridge.example.com/mcp/access"));
        check(&[guid, uri], access, (Some(uri), "https://bridge.example.com/mcp/access"));
        check(&[uri], None, (Some(uri), "https://bridge.example.com/mcp/.default"));
        let api = format!("api://{guid}");
        check(&[&api, guid], access, (None, &format!("{api}/access")));
    }

    #[test]
    fn an_audience_is_ones_own() {
        for good in [
            "33333333-cccc-4ccc-8ccc-000000000003",
            "api://33333333-cccc-4ccc-8ccc-000000000003",
            "api://jira",
            "https://bridge.example.com/mcp",
            "urn:bridge",
        ] {
            assert!(Settings::is_audience(good), "{good}");
        }
        for bad in [
            "",
            "*",
            "bridge",
            "https://",
            "http://bridge.example.com",
            "https://a b",
            "api://x\"",
            "00000003-0000-0000-C000-000000000000",
            "https://graph.microsoft.com/",
        ] {
            assert!(!Settings::is_audience(bad), "{bad}");
        }
        assert!(Settings::is_scope_name("access") && Settings::is_scope_name("mcp.call"));
        for bad in ["", "a b", "a,b", "https://bridge.example.com/mcp/access", "a\"b"] {
            assert!(!Settings::is_scope_name(bad), "{bad}");
        }
    }
}
