//! `smoke`: a deployment tried from outside, step by step, the way Copilot Studio meets it.
//!
//! Read-only. The user's token goes to `--url` and nowhere else; `--direct-url` gets a made-up one,
//! because all that is asked there is to be refused.

mod judgement;
mod steps;

use std::{str::FromStr, time::Duration};

use url::Url;

use super::{
    failure::Failure,
    named_secret::{exposed, named, sendable},
    remote::{Client, SafeUrl},
    report,
};

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
    let token = args.token_env.as_deref().map(|name| named("--token-env", name)).transpose()?;
    let gateway = args
        .gateway_secret_env
        .as_deref()
        .map(|name| named("--gateway-secret-env", name))
        .transpose()?;
    let client = Client::new(Duration::from_secs(args.timeout_secs), "smoke")
        .map_err(|fault| Failure::Running(fault.to_string()))?;
    let smoke = steps::Smoke {
        client,
        url: args.url.url().clone(),
        direct: args.direct_url.as_ref().map(|url| url.0.clone()),
        token: sendable("--token-env", token.as_ref(), "Bearer ")?,
        gateway: sendable("--gateway-secret-env", gateway.as_ref(), "")?,
        site: args.site.clone(),
    };
    let findings = smoke.run().await;
    report::conclude(&findings, &exposed([&token, &gateway]))
}
