//! Which agents are spoken to, and whether their services can be reached. No secret and no token is
//! sent.

use std::time::Duration;

use http::Method;
use tokio::time::Instant;
use upstream::{Request, Safety, Settings, Upstream};
use url::Url;

use super::outside::way_out;
use crate::{
    agent::client::{AgentSettings, BackEndSettings, DirectLineAccess, EngineAddress, EnginePlace},
    cli::report::{Finding, causes},
    config::Config,
};

const PATIENCE: Duration = Duration::from_secs(15);

/// A line for each agent.
pub(super) async fn findings(config: &Config) -> Vec<Finding> {
    let Some(agents) = &config.agents else { return Vec::new() };
    let settings = Settings { retry_max: 0, timeout: PATIENCE, ..config.upstream.clone() };
    let upstream = match Upstream::new(&settings) {
        Ok(upstream) => upstream,
        Err(fault) => return vec![Finding::failed("agents", causes(&fault))],
    };
    let mut findings = Vec::new();
    for agent in &agents.agents {
        findings.push(finding(agent, &upstream).await);
    }
    findings
}

async fn finding(agent: &AgentSettings, upstream: &Upstream) -> Finding {
    let step = "agent";
    let name = &agent.name;
    let (how, url) = described(&agent.back_end);
    let Some(url) = url else {
        return Finding::failed(step, format!("{name}: {how}, which is no address"));
    };
    let host = url.host_str().unwrap_or_default().to_owned();
    let request = Request::new(Method::GET, url, Safety::Read, "check".into());
    match upstream.call(&request, Instant::now() + PATIENCE * 2).await {
        // Whatever it says to somebody without a credential, it is there.
        Ok(answer) if answer.status.as_u16() < 500 => Finding::ok(
            step,
            format!("{name}: {how}; {host} answers (no credential was sent, so none was tried)"),
        ),
        Ok(answer) => Finding::failed(
            step,
            format!("{name}: {how}; {host} answers HTTP {}", answer.status.as_u16()),
        ),
        Err(fault) => Finding::failed(
            step,
            format!("{name}: {how}; {host}: {}. {}", causes(&fault), way_out(&fault)),
        ),
    }
}

fn described(back_end: &BackEndSettings) -> (&'static str, Option<Url>) {
    match back_end {
        BackEndSettings::DirectLine(settings) => {
            let how = match &settings.access {
                DirectLineAccess::Secrets(_) => "Direct Line, by secret",
                DirectLineAccess::TokenEndpoint(_) => "Direct Line, by token endpoint",
            };
            (how, Some(settings.address.operation(&["session", "getsessionid"])))
        }
        BackEndSettings::Engine(settings) => {
            let url = match &settings.place {
                EnginePlace::Environment { id, cloud, .. } => cloud.environment(id),
                EnginePlace::Address(
                    EngineAddress::Discovery(url) | EngineAddress::Classic(url),
                ) => Some(url.clone()),
            };
            ("direct to engine, with the user's own token", url)
        }
    }
}
