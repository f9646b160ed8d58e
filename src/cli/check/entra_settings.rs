//! Settings of Entra ID that are accepted and probably a mistake.

use crate::{
    agent::client::BackEndSettings,
    cli::report::Finding,
    config::{Config, Source},
};

/// They count only with `entra` in `AUTH`.
const OF_TOKENS: [&str; 2] = ["ENTRA_AUDIENCE", "ENTRA_REQUIRED_SCOPE"];

pub(super) fn findings(config: &Config, source: &Source) -> Vec<Finding> {
    let mut findings = unused(config, source);
    findings.extend(roles(config));
    findings.extend(roles_of_nothing(config));
    findings.extend(app(source));
    findings.extend(agents(config));
    findings
}

/// Settings that nobody looks at.
fn unused(config: &Config, source: &Source) -> Vec<Finding> {
    let is_set = |name: &&str| source.given(name).is_some_and(|value| !value.is_empty());
    let names = match (&config.bearers.entra, &config.bearers.signin) {
        (Some(_), _) => Vec::new(),
        (None, Some(signin)) if signin.providers.entra.is_some() => OF_TOKENS.to_vec(),
        _ => [&OF_TOKENS[..], &["ENTRA_ROLE_TOOLSETS"]].concat(),
    };
    let names = names.into_iter().filter(is_set);
    names.map(|name| Finding::warn(name, "does not count: AUTH has no entra")).collect()
}

/// Only the directory says which roles its users have.
fn roles(config: &Config) -> Option<Finding> {
    config.policy.roles.as_ref()?;
    let signs_in_elsewhere =
        config.bearers.signin.as_ref().is_some_and(|signin| signin.providers.entra.is_none());
    let others = [("atlassian", config.bearers.atlassian), ("signin", signs_in_elsewhere)];
    let others: Vec<_> = others.iter().filter(|(_, is_on)| *is_on).map(|(name, _)| *name).collect();
    let step = "Entra roles";
    Some(if others.is_empty() {
        Finding::ok(step, "who has no role of ENTRA_ROLE_TOOLSETS may do nothing")
    } else {
        let others = others.join(" and ");
        Finding::warn(step, format!("they do not count for who comes in by {others} of AUTH"))
    })
}

/// Roles whose sets are all switched off: their people get in and find an empty list.
fn roles_of_nothing(config: &Config) -> Option<Finding> {
    let names = config.policy.roles.as_ref()?.roles_of_nothing(&config.policy);
    let detail = format!("{}: no set of theirs is in TOOLSETS", names.join(", "));
    (!names.is_empty()).then(|| Finding::warn("Entra roles", detail))
}

/// Values that are often taken for each other.
fn app(source: &Source) -> Vec<Finding> {
    let is_guid = |name: &str| source.given(name).map(entra::is_guid);
    let secret = "ENTRA_CLIENT_SECRET";
    [
        (
            is_guid(secret) == Some(true),
            secret,
            "looks like the Secret ID; the secret is what stands under Value",
        ),
        (
            is_guid("ENTRA_CLIENT_ID") == Some(false),
            "ENTRA_CLIENT_ID",
            "is no id as Entra ID makes them: copy Application (client) ID",
        ),
    ]
    .into_iter()
    .filter(|(holds, ..)| *holds)
    .map(|(_, name, detail)| Finding::warn(name, detail))
    .collect()
}

/// Agents that take a token on behalf of the user, which nobody can get.
fn agents(config: &Config) -> Option<Finding> {
    config.bearers.entra.as_ref().filter(|entra| entra.apps.is_empty())?;
    let agents = &config.agents.as_ref()?.agents;
    let is_direct = |back_end: &BackEndSettings| matches!(back_end, BackEndSettings::Engine(_));
    let has_direct = agents.iter().any(|agent| is_direct(&agent.back_end));
    let detail = "an agent that is spoken to directly needs ENTRA_CLIENT_ID and ENTRA_CLIENT_SECRET for who brings a token of Entra ID";
    has_direct.then(|| Finding::warn("agent", detail))
}
