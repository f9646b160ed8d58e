//! A tenant by its own id, and the names that it has as an issuer.

use std::{fmt, str::FromStr};

use url::Url;

/// All personal accounts of Microsoft have this tenant.
const CONSUMERS: &str = "9188040d-6c67-4c5b-b112-36a304b66dad";

/// A GUID in lower case, as tokens have it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TenantId(String);

/// What is no tenant of one's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TenantFault {
    /// `common`, `organizations`, `consumers`, or the tenant of all personal accounts.
    #[error(
        "expected the tenant's own id, such as 11111111-2222-3333-4444-555555555555; common and \
         the like take everybody"
    )]
    Everybody,
    /// No GUID. A domain of the tenant would do for its addresses, but no token names it.
    #[error("expected the tenant's own id, such as 11111111-2222-3333-4444-555555555555")]
    NoGuid,
}

impl TenantId {
    /// `{authority}/{tid}/v2.0`: the issuer of tokens of version 2.0.
    pub fn issuer(&self, authority: &Url) -> String {
        format!("{}/{self}/v2.0", authority.as_str().trim_end_matches('/'))
    }

    /// The issuer of tokens of version 1.0, in every cloud.
    pub(crate) fn issuer_v1(&self) -> String {
        format!("https://sts.windows.net/{self}/")
    }

    /// Where the tenant's keys stand; they sign tokens of both versions.
    pub fn keys_url(&self, authority: &Url) -> Url {
        let mut url = authority.clone();
        let path = authority.path().trim_end_matches('/');
        url.set_path(&format!("{path}/{self}/discovery/v2.0/keys"));
        url
    }

    /// The id.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for TenantId {
    type Err = TenantFault;

    fn from_str(text: &str) -> Result<Self, TenantFault> {
        let id = text.to_ascii_lowercase();
        if matches!(id.as_str(), "common" | "organizations" | "consumers" | CONSUMERS) {
            return Err(TenantFault::Everybody);
        }
        if is_guid(&id) { Ok(Self(id)) } else { Err(TenantFault::NoGuid) }
    }
}

impl fmt::Display for TenantId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Whether a text has the form 8-4-4-4-12 of hexadecimal digits.
pub fn is_guid(text: &str) -> bool {
    let lengths = text.split('-').map(str::len);
    lengths.eq([8, 4, 4, 4, 12]) && text.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_tenant_of_ones_own_is_one() {
        let check = |text: &str, expected: Result<&str, TenantFault>| {
            let parsed = text.parse::<TenantId>();
            assert_eq!(parsed.as_ref().map(TenantId::as_str), expected.as_ref().copied(), "{text}");
        };
        let id = "11111111-aaaa-4aaa-8aaa-000000000001";
        check(id, Ok(id));
        check(&id.to_ascii_uppercase(), Ok(id));
        check("common", Err(TenantFault::Everybody));
        check("Organizations", Err(TenantFault::Everybody));
        check("consumers", Err(TenantFault::Everybody));
        check(CONSUMERS, Err(TenantFault::Everybody));
        check("", Err(TenantFault::NoGuid));
        check("*", Err(TenantFault::NoGuid));
        check("contoso.onmicrosoft.com", Err(TenantFault::NoGuid));
        check("11111111aaaa4aaa8aaa000000000001", Err(TenantFault::NoGuid));
        check("11111111-aaaa-4aaa-8aaa-00000000000g", Err(TenantFault::NoGuid));
        check("11111111-aaaa-4aaa-8aaa-000000000001/../x", Err(TenantFault::NoGuid));
    }

    #[test]
    fn addresses_and_issuers_follow_the_authority() {
        let id: TenantId = "11111111-aaaa-4aaa-8aaa-000000000001".parse().unwrap();
        for (authority, base) in [
            ("https://login.microsoftonline.com", "https://login.microsoftonline.com"),
            ("https://login.microsoftonline.us/", "https://login.microsoftonline.us"),
            ("http://127.0.0.1:4000/entra/", "http://127.0.0.1:4000/entra"),
        ] {
            let authority: Url = authority.parse().unwrap();
            assert_eq!(id.issuer(&authority), format!("{base}/{id}/v2.0"));
            assert_eq!(
                id.keys_url(&authority).as_str(),
                format!("{base}/{id}/discovery/v2.0/keys")
            );
        }
        assert_eq!(id.issuer_v1(), format!("https://sts.windows.net/{id}/"));
    }
}
