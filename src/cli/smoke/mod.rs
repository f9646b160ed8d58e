//! `smoke`: a deployment tried from outside, step by step, the way Copilot Studio meets it.
//!
//! Read-only. The user's token goes to `--url` and nowhere else; `--direct-url` gets a made-up one,
//! because all that is asked there is to be refused.

mod client;
mod judgement;
mod steps;

use std::{str::FromStr, time::Duration};

use secrecy::{ExposeSecret, SecretString};
use url::Url;

use crate::config::{self, Problem};

use super::{failure::Failure, report};

use client::{Client, Secret};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The MCP endpoint as clients reach it, through the gateway:
    /// https://contoso.azure-api.net/jira-mcp/mcp.
    #[arg(long)]
    url: SafeUrl,
    /// The environment variable that holds a user's Atlassian access token; without it only what
    /// needs none is tried.
    #[arg(long, value_name = "NAME")]
    token_env: Option<String>,
    /// The same endpoint past the gateway: health is asked there, and access without the gateway's
    /// token must be refused.
    #[arg(long, value_name = "URL")]
    direct_url: Option<AnyUrl>,
    /// The environment variable that holds the gateway's secret, for a --url without a gateway in
    /// front.
    #[arg(long, value_name = "NAME")]
    gateway_secret_env: Option<String>,
    /// The Jira site, for a user who has several.
    #[arg(long)]
    site: Option<String>,
    /// Seconds that one request may take.
    #[arg(long, default_value_t = 60, value_parser = clap::value_parser!(u64).range(1..=300))]
    timeout_secs: u64,
}

/// Where secrets may be sent: https, or http to this machine.
#[derive(Debug, Clone)]
struct SafeUrl(Url);

impl FromStr for SafeUrl {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let url = text.parse::<Url>().ok().filter(config::is_safe_upstream);
        url.map(Self)
            .ok_or("expected an https URL without user, query or fragment; http only to loopback")
    }
}

/// Where nothing secret is sent.
#[derive(Debug, Clone)]
struct AnyUrl(Url);

impl FromStr for AnyUrl {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let is_bare =
            |url: &Url| url.username().is_empty() && url.password().is_none() && url.has_host();
        let url = text
            .parse::<Url>()
            .ok()
            .filter(|url| matches!(url.scheme(), "http" | "https") && is_bare(url));
        url.map(Self).ok_or("expected an http or https URL without user")
    }
}

pub(super) async fn run(args: &Args) -> Result<(), Failure> {
    let token = args.token_env.as_deref().map(|name| secret("--token-env", name)).transpose()?;
    let gateway = args
        .gateway_secret_env
        .as_deref()
        .map(|name| secret("--gateway-secret-env", name))
        .transpose()?;
    let client = Client::new(Duration::from_secs(args.timeout_secs))
        .map_err(|fault| Failure::Running(fault.to_string()))?;
    let smoke = steps::Smoke {
        client,
        url: args.url.0.clone(),
        direct: args.direct_url.as_ref().map(|url| url.0.clone()),
        token: sendable("--token-env", token.as_ref(), "Bearer ")?,
        gateway: sendable("--gateway-secret-env", gateway.as_ref(), "")?,
        site: args.site.clone(),
    };
    let findings = smoke.run().await;
    let secrets: Vec<&str> = [&token, &gateway]
        .into_iter()
        .flatten()
        .map(|secret| secret.expose_secret().trim())
        .collect();
    report::conclude(&findings, &secrets)
}

fn secret(option: &'static str, name: &str) -> Result<SecretString, Failure> {
    // What was given in the place of a name may be the secret itself; only what can be nothing but
    // a name is repeated.
    let found = if is_plain_name(name) { name.to_owned() } else { String::new() };
    let accepted =
        "expected the name of an environment variable that is set and not empty".to_owned();
    config::secret_of_environment(name)
        .ok_or_else(|| Failure::Settings(vec![Problem { name: option, found, accepted }]))
}

/// Capital letters and underscores, few digits: no token and no secret of length looks like this.
fn is_plain_name(name: &str) -> bool {
    let digits = name.bytes().filter(u8::is_ascii_digit).count();
    name.len() <= 40
        && digits <= 2
        && name.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_')
}

/// As a header's value, or a complaint that does not show it.
fn sendable(
    option: &'static str,
    secret: Option<&SecretString>,
    before: &str,
) -> Result<Option<Secret>, Failure> {
    let Some(secret) = secret else { return Ok(None) };
    let refused = || {
        let accepted = "the variable holds characters that no header can carry".to_owned();
        Failure::Settings(vec![Problem { name: option, found: String::new(), accepted }])
    };
    Secret::new(before, secret).map(Some).ok_or_else(refused)
}
