//! Whose access tokens are taken, and what they must open.

use std::collections::BTreeSet;

use url::Url;

use super::tenant::{TenantId, is_guid};

/// Apps of Microsoft's own whose tokens everybody gets: Graph, Azure's management, Power Platform,
/// the command line, VS Code.
const OF_MICROSOFT: [&str; 6] = [
    "00000003-0000-0000-c000-000000000000",
    "00000002-0000-0000-c000-000000000000",
    "797f4846-ba00-4fd7-ba43-dac1f8f63013",
    "8578e004-a5c6-46e7-913e-12f58912df43",
    "04b07795-8ddb-461a-bbee-02f9e1bf7b46",
    "aebc6443-996d-45c2-90f0-388ff96faa56",
];

/// Domains of Microsoft's services.
const DOMAINS_OF_MICROSOFT: [&str; 10] = [
    "azure.com",
    "azure.net",
    "dynamics.com",
    "microsoft.com",
    "microsoftonline.com",
    "office.com",
    "office365.com",
    "powerapps.com",
    "powerplatform.com",
    "windows.net",
];

/// The one below those in which customers have names of their own.
const OF_CUSTOMERS: &str = ".cloudapp.azure.com";

/// Scopes that ask for something and never stand in a token.
const OPENID: [&str; 6] = [".default", "openid", "profile", "email", "offline_access", "address"];

/// Hosts of Entra ID's issuers in every cloud, and of what Microsoft called it before.
const ISSUER_HOSTS: [&str; 10] = [
    "login.microsoftonline.com",
    "login.microsoftonline.us",
    "login.microsoftonline.de",
    "login.partner.microsoftonline.cn",
    "login.chinacloudapi.cn",
    "login.microsoft.com",
    "login.windows.net",
    "login.live.com",
    "sts.windows.net",
    "sts.chinacloudapi.cn",
];

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
        let known = ISSUER_HOSTS.map(str::to_owned);
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
        is_quotable && (is_guid(text) || is_uri) && !is_of_microsoft(text)
    }

    /// Whether a text can be the name of one scope as a token has it in `scp`: without the API's
    /// name before it (RFC 6749 section 3.3).
    pub fn is_scope_name(text: &str) -> bool {
        let is_allowed = |b: u8| b.is_ascii_graphic() && !matches!(b, b'"' | b'\\' | b',');
        let is_name = !text.is_empty() && text.bytes().all(is_allowed) && !text.contains("://");
        is_name && !OPENID.contains(&text.to_ascii_lowercase().as_str())
    }
}

/// Whether a name of an API is one of Microsoft's services: a token for it says nothing of us.
fn is_of_microsoft(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let id = name.strip_prefix("api://").or_else(|| name.strip_prefix("spn:")).unwrap_or(&name);
    if OF_MICROSOFT.contains(&id.trim_end_matches('/')) {
        return true;
    }
    let Some(host) = name.parse::<Url>().ok().and_then(|url| Some(url.host_str()?.to_owned()))
    else {
        return false;
    };
    let is_in = |domain: &&str| host == **domain || host.ends_with(&format!(".{domain}"));
    DOMAINS_OF_MICROSOFT.iter().any(is_in) && !host.ends_with(OF_CUSTOMERS)
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
            "https://contoso.azurewebsites.net/mcp",
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
            "https://management.core.windows.net/",
            "https://api.powerplatform.com",
            "api://797f4846-ba00-4fd7-ba43-dac1f8f63013",
            "aebc6443-996d-45c2-90f0-388ff96faa56",
        ] {
            assert!(!Settings::is_audience(bad), "{bad}");
        }
        assert!(Settings::is_scope_name("access") && Settings::is_scope_name("mcp.call"));
        for bad in [
            "",
            ".default",
            "openid",
            "a b",
            "a,b",
            "https://bridge.example.com/mcp/access",
            "a\"b",
        ] {
            assert!(!Settings::is_scope_name(bad), "{bad}");
        }
    }
}
