//! What good settings mean, and which of them are probably a mistake.

use std::time::Duration;

use platform::Access;

use crate::{
    agent,
    cli::{report::Finding, unknown_names},
    config::{Config, Exposure, Source},
    http::SECRET_ADVICE,
    jira::tools,
    policy::Policy,
};

/// Teams and Microsoft 365 Copilot give up at about this time.
const CHANNEL_TIMEOUT: Duration = Duration::from_secs(45);

/// A rotation needs two; more is one that was never finished.
const SECRETS_MAX: usize = 2;

pub(super) fn summary(config: &Config) -> Finding {
    tools_of(config, &format!("listens on {}", config.listen))
}

pub(super) fn summary_of_stdio(config: &Config) -> Finding {
    tools_of(config, "for stdio and call")
}

fn tools_of(config: &Config, what: &str) -> Finding {
    let policy = Policy::new(config.policy.clone());
    let all = tools::all().chain(agent::tools::all());
    let tools = all.filter(|tool| policy.allows(tool)).count();
    let sets: Vec<&str> = config.policy.toolsets.iter().map(|set| set.name()).collect();
    let mode = if config.policy.read_only { ", read only" } else { "" };
    let detail = format!("{what}; {tools} tools of {}{mode}", sets.join(", "));
    if tools == 0 {
        Finding::failed(
            "settings",
            format!("{detail}: no tool is left; look at TOOLSETS, READ_ONLY, TOOLS_DENY"),
        )
    } else {
        Finding::ok("settings", detail)
    }
}

/// Names that no setting has.
pub(super) fn unknown(source: &Source) -> Vec<Finding> {
    unknown_names::sentences(source).map(|said| Finding::warn("unknown name", said)).collect()
}

/// The gateway's secrets, and who may read the file they stand in.
pub(super) fn gateway(config: &Config, source: &Source) -> Vec<Finding> {
    let step = "gateway secret";
    let Some(gateway) = &config.http.gateway else {
        return vec![match config.exposure {
            Exposure::Loopback => Finding::ok(step, "none, and none is needed on loopback"),
            Exposure::Network => Finding::warn(
                step,
                "none, by INSECURE_NO_GATEWAY: whoever reaches the port may try tokens",
            ),
            Exposure::FunctionsHost => Finding::warn(
                step,
                "none, by INSECURE_NO_GATEWAY: whoever reaches the Functions host may try tokens",
            ),
        }];
    };
    let secrets = gateway.accepted();
    let mut findings = vec![if secrets > SECRETS_MAX {
        Finding::warn(step, format!("{secrets} are accepted; drop those of past rotations"))
    } else {
        Finding::ok(step, format!("required; {secrets} accepted"))
    }];
    if gateway.is_guessable() {
        findings.push(Finding::warn(step, format!("one {SECRET_ADVICE}")));
    }
    if let Some(path) = Config::gateway_file(source) {
        let step = "gateway file";
        findings.push(match std::fs::metadata(&path) {
            Ok(file) if platform::access(&file).is_some_and(Access::is_readable_by_all) => {
                let path = path.display();
                Finding::warn(
                    step,
                    format!("every user of the machine may read {path}; fix: chmod o-r"),
                )
            }
            Ok(_) => Finding::ok(step, format!("{} is readable", path.display())),
            Err(fault) => Finding::failed(step, format!("{}: {fault}", path.display())),
        });
    }
    findings
}

/// Settings that are accepted and probably a mistake.
pub(super) fn warnings(config: &Config, source: &Source) -> Vec<Finding> {
    let is_public = config.exposure.is_public();
    let warnings = [
        (
            is_public && config.http.public_base_url.is_none(),
            "PUBLIC_BASE_URL",
            "empty: clients that run OAuth themselves are sent to http:// and the Host of the request",
        ),
        (
            !is_public
                && config.http.challenge_on_upstream_401
                && config.http.public_base_url.is_none(),
            "PUBLIC_BASE_URL",
            "empty: with UPSTREAM_401=http_401 clients sign in themselves, by the address that stands here",
        ),
        (
            config.mcp.call_deadline > CHANNEL_TIMEOUT,
            "CALL_DEADLINE_MS",
            "longer than Teams waits (about 45 s): users there see no answer instead of the error",
        ),
        (
            config.upstream.timeout > config.mcp.call_deadline,
            "JIRA_TIMEOUT_MS",
            "longer than CALL_DEADLINE_MS, which ends the call first",
        ),
        (
            config.http.streams.heartbeat >= config.http.streams.open_max,
            "STREAM_HEARTBEAT_MS",
            "not shorter than STREAM_MAX_MS: a stream ends before it has shown that it is alive",
        ),
        (
            Config::names_two_sites(source),
            "JIRA_SITE_URL",
            "set beside JIRA_CLOUD_ID, which takes precedence; keep one of them",
        ),
    ];
    warnings
        .into_iter()
        .filter(|(holds, ..)| *holds)
        .map(|(_, name, detail)| Finding::warn(name, detail))
        .collect()
}
