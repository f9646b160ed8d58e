//! Tokens of a directory such as Entra ID, which are told by their issuer and are never passed on.

use std::{future, sync::Arc};

use base64::{
    Engine,
    alphabet::URL_SAFE,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use http::Request;
use memchr::memmem;

use super::{
    authenticate::{Authenticate, AuthenticateError, Identity},
    bearer::Bearer,
    box_future::BoxFuture,
};

/// Whatever ends a claim set of a signed token: strictness is for whoever verifies it.
const CLAIMS: GeneralPurpose = GeneralPurpose::new(
    &URL_SAFE,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// Refuses the tokens of some issuers, whatever their tenant, and leaves all others to `others`.
///
/// A token that a directory issued for another service must not reach the upstream, which would be
/// shown a credential that it has no business with.
pub struct RefusedIssuers {
    hosts: Vec<String>,
    others: Arc<dyn Authenticate>,
}

/// Gives the tokens of some issuers to whoever verifies them, whatever their tenant, and leaves all
/// others to `others`.
pub struct OfIssuers {
    hosts: Vec<String>,
    own: Arc<dyn Authenticate>,
    others: Arc<dyn Authenticate>,
}

impl OfIssuers {
    /// `hosts` are those of issuer URLs, in lower case.
    pub fn new(
        hosts: Vec<String>,
        own: Arc<dyn Authenticate>,
        others: Arc<dyn Authenticate>,
    ) -> Self {
        Self { hosts, own, others }
    }
}

impl RefusedIssuers {
    /// `hosts` are those of issuer URLs, in lower case.
    pub fn new(hosts: Vec<String>, others: Arc<dyn Authenticate>) -> Self {
        Self { hosts, others }
    }
}

impl Authenticate for RefusedIssuers {
    fn authenticate<'a>(
        &'a self,
        head: &'a Request<()>,
    ) -> BoxFuture<'a, Result<Identity, AuthenticateError>> {
        if !is_of(head, &self.hosts) {
            return self.others.authenticate(head);
        }
        let reason = "tokens of this issuer are not accepted here";
        let refused = AuthenticateError::Refused { challenge_error: "invalid_token", reason };
        Box::pin(future::ready(Err(refused)))
    }
}

impl Authenticate for OfIssuers {
    fn authenticate<'a>(
        &'a self,
        head: &'a Request<()>,
    ) -> BoxFuture<'a, Result<Identity, AuthenticateError>> {
        let whose = if is_of(head, &self.hosts) { &self.own } else { &self.others };
        whose.authenticate(head)
    }
}

/// Whether a request brings a token that names an issuer at one of the hosts.
fn is_of(head: &Request<()>, hosts: &[String]) -> bool {
    let named = Bearer::text_in(head.headers()).ok().and_then(issuer_hosts);
    named.is_some_and(|named| named.iter().any(|host| hosts.contains(host)))
}

/// The hosts of a signed token's issuers, by what the token says of itself. Source: RFC 7519
/// sections 3 and 4.1.1.
fn issuer_hosts(token: &str) -> Option<Vec<String>> {
    let mut parts = token.split('.');
    let (_, claims, _) = (parts.next()?, parts.next()?, parts.next()?);
    let claims = CLAIMS.decode(claims).ok()?;
    // Every place where the name stands counts: a token with two issuers is not let through by the
    // harmless one.
    let hosts = memmem::find_iter(&claims, b"\"iss\"").filter_map(|at| {
        let rest = claims.get(at + 5..)?;
        let text = std::str::from_utf8(rest).ok()?.trim_start().strip_prefix(':')?.trim_start();
        let value = text.strip_prefix('"')?.split('"').next()?.replace("\\/", "/");
        let (_, rest) = value.split_once("://")?;
        let host = rest.split(['/', ':', '?', '#']).next()?;
        Some(host.rsplit('@').next()?.to_ascii_lowercase())
    });
    Some(hosts.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_issuer_is_told_however_it_is_written() {
        let check = |claims: &str, expected: Option<&[&str]>| {
            let token = format!("e30.{}.c2ln", CLAIMS.encode(claims));
            let expected = expected
                .map(|hosts| hosts.iter().map(|host| (*host).to_owned()).collect::<Vec<_>>());
            assert_eq!(issuer_hosts(&token), expected, "{claims}");
        };
        let entra = "https://login.microsoftonline.com/t/v2.0";
        let host: Option<&[&str]> = Some(&["login.microsoftonline.com"]);
        check(&format!(r#"{{"iss":"{entra}"}}"#), host);
        check(&format!(r#"{{"aud":"x","iss" : "{entra}"}}"#), host);
        check(r#"{"iss":"https:\/\/login.microsoftonline.com\/t"}"#, host);
        check(r#"{"iss":"HTTPS://LOGIN.microsoftonline.com:443/t"}"#, host);
        check(r#"{"iss":"https://a@login.microsoftonline.com/t"}"#, host);
        check(r#"{"iss":"https://sts.windows.net/t/"}"#, Some(&["sts.windows.net"]));
        let two = r#"{"iss":"https://auth.atlassian.com","iss":"https://sts.windows.net/"}"#;
        check(two, Some(&["auth.atlassian.com", "sts.windows.net"]));
        check(r#"{"sub":"anna"}"#, Some(&[]));
        assert_eq!(issuer_hosts("no-token-of-this-form"), None);
        assert_eq!(issuer_hosts("a.!!!.c"), None);
    }
}
