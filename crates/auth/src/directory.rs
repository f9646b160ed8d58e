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

/// Where each customer of Entra ID has an issuer with a host of its own: External ID, and B2C.
const OF_CUSTOMERS: [&str; 2] = [".ciamlogin.com", ".b2clogin.com"];

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

/// Whether a request brings a token that names an issuer at one of the hosts, or a tenant and a
/// user of it as only a directory does.
fn is_of(head: &Request<()>, hosts: &[String]) -> bool {
    let claims = Bearer::text_in(head.headers()).ok().and_then(claims);
    claims.is_some_and(|claims| {
        let has = |name: &[u8]| memmem::find(&claims, name).is_some();
        let is_there = |host: &String| {
            hosts.contains(host) || OF_CUSTOMERS.iter().any(|domain| host.ends_with(domain))
        };
        (has(b"\"tid\"") && has(b"\"oid\"")) || issuer_hosts(&claims).iter().any(is_there)
    })
}

/// What a signed token says of itself. Source: RFC 7519 section 3.
fn claims(token: &str) -> Option<Vec<u8>> {
    let mut parts = token.split('.');
    let (_, claims, _) = (parts.next()?, parts.next()?, parts.next()?);
    CLAIMS.decode(claims).ok()
}

/// The hosts of the issuers that claims name. Source: RFC 7519 section 4.1.1.
fn issuer_hosts(claims: &[u8]) -> Vec<String> {
    // Every place where the name stands counts: a token with two issuers is not let through by the
    // harmless one.
    let hosts = memmem::find_iter(claims, b"\"iss\"").filter_map(|at| {
        let rest = String::from_utf8_lossy(claims.get(at + 5..)?).into_owned();
        let text = rest.trim_start().strip_prefix(':')?.trim_start();
        let value = text.trim_start_matches(['[', ' ']).strip_prefix('"')?;
        let value = value.split('"').next()?.replace("\\/", "/");
        let (_, rest) = value.split_once("://")?;
        let host = rest.split(['/', ':', '?', '#']).next()?;
        Some(host.rsplit('@').next()?.to_ascii_lowercase())
    });
    hosts.collect()
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
            let hosts = super::claims(&token).map(|claims| issuer_hosts(&claims));
            assert_eq!(hosts, expected, "{claims}");
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
        check(&format!(r#"{{"iss":["{entra}"]}}"#), host);
        assert_eq!(claims("no-token-of-this-form"), None);
        assert_eq!(claims("a.!!!.c"), None);
    }

    #[test]
    fn a_token_of_any_directory_is_told() {
        let check = |claims: &str, expected: bool| {
            let token = format!("Bearer e30.{}.c2ln", CLAIMS.encode(claims));
            let head = Request::builder().header("authorization", token).body(()).unwrap();
            let hosts = ["login.microsoftonline.com".to_owned()];
            assert_eq!(is_of(&head, &hosts), expected, "{claims}");
        };
        check(r#"{"iss":"https://login.microsoftonline.com/t/v2.0"}"#, true);
        check(r#"{"iss":"https://contoso.ciamlogin.com/t/v2.0"}"#, true);
        check(r#"{"iss":"https://contoso.b2clogin.com/t/v2.0"}"#, true);
        check(r#"{"tid":"t","oid":"o"}"#, true);
        check(r#"{"iss":"https://auth.atlassian.com","sub":"anna"}"#, false);
        check(r#"{"iss":"https://auth.atlassian.com","tid":"t"}"#, false);
    }
}
