//! Whether people will be able to sign in: the store and its keys, the provider, the addresses.

use std::time::Duration;

use http::Method;
use tokio::time::Instant;
use upstream::{Request, Safety, Settings as UpstreamSettings, Upstream};
use url::Url;

use crate::{
    cli::report::{Finding, causes},
    config::Config,
    http::AllowedHost,
    signin::{self, Settings, StoreSettings, StoreState},
};

const PATIENCE: Duration = Duration::from_secs(10);

/// Nothing where people do not sign in here.
pub(super) async fn findings(config: &Config) -> Vec<Finding> {
    let Some(settings) = &config.bearers.signin else { return Vec::new() };
    let mut findings = vec![addresses(config, settings), store(settings).await];
    for (step, address) in [
        ("Atlassian sign-in", settings.providers.atlassian.as_ref().map(|app| &app.auth_base)),
        ("Entra sign-in", settings.providers.entra.as_ref().map(|app| &app.authority)),
    ] {
        if let Some(address) = address {
            findings.push(provider(step, address).await);
        }
    }
    findings
}

/// The address that the provider must know, and whether requests to it will be taken.
fn addresses(config: &Config, settings: &Settings) -> Finding {
    let step = "sign-in address";
    let base = settings.public_base_url.as_ref().map_or_else(
        || format!("http://{}", config.listen),
        |url| url.as_str().trim_end_matches('/').to_owned(),
    );
    let host = settings.public_base_url.as_ref().and_then(Url::host_str);
    let detail = format!("the app at the provider must name the callback {base}/auth/callback");
    let is_taken = |host: &str| {
        let asked: Option<AllowedHost> = host.parse().ok();
        asked.is_some_and(|asked| config.http.allowed_hosts.iter().any(|rule| rule.is_for(&asked)))
    };
    match host {
        // Behind a gateway the host that arrives is the gateway's choice.
        Some(host) if config.http.gateway.is_none() && !is_taken(host) => Finding::warn(
            step,
            format!("{detail}; ALLOWED_HOSTS lacks {host}, so browsers would get 403"),
        ),
        _ => Finding::ok(step, detail),
    }
}

async fn store(settings: &Settings) -> Finding {
    let step = "session store";
    match signin::store_state(settings).await {
        Ok(StoreState::Ready) => match settings.store {
            StoreSettings::Memory => Finding::warn(
                step,
                "memory: every restart signs everybody out, and a second replica knows nobody; \
                 set SESSION_STORE_TYPE=file or redis",
            ),
            StoreSettings::Files(_) => Finding::ok(step, "file: writable, and the keys fit"),
            StoreSettings::Redis(_) => Finding::ok(step, "redis: it answers, and the keys fit"),
        },
        Ok(StoreState::Unavailable) => Finding::failed(
            step,
            "it does not answer. Fix: check REDIS_URL, its password, and the way to it",
        ),
        Err(fault) => Finding::failed(step, fault.to_string()),
    }
}

/// Any answer will do: without a client no authorization server says yes.
async fn provider(step: &'static str, address: &Url) -> Finding {
    let settings = UpstreamSettings {
        retry_max: 0,
        timeout: PATIENCE,
        ..UpstreamSettings::new(crate::program::USER_AGENT)
    };
    let upstream = match Upstream::new(&settings) {
        Ok(upstream) => upstream,
        Err(fault) => return Finding::failed(step, causes(&fault)),
    };
    let request = Request::new(Method::GET, address.clone(), Safety::Read, "check".into());
    match upstream.call(&request, Instant::now() + PATIENCE).await {
        Ok(answer) => Finding::ok(step, format!("answers (HTTP {})", answer.status.as_u16())),
        Err(fault) => Finding::failed(
            step,
            format!("{}. Fix: allow TCP 443 from here to the provider's host", causes(&fault)),
        ),
    }
}
