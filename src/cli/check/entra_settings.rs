//! Settings of Entra ID that are accepted and probably a mistake.

use tool_kit::Toolset;

use crate::{
    agent::client::BackEndSettings,
    cli::report::Finding,
    config::{Config, Source},
};

/// They count only with `entra` in `AUTH`.
const OF_TOKENS: [&str; 2] = ["ENTRA_AUDIENCE", "ENTRA_REQUIRED_SCOPE"];

pub(super) fn findings(config: &Config, source: &Source) -> Vec<Finding> {
    let mut findings = unused(config, source);
    findings.extend(accounts(config));
    findings.extend(roles(config));
    findings.extend(roles_of_nothing(config));
    findings.extend(app(source));
    findings.extend(agents(config));
    findings
}

/// A token of the directory opens nothing in Jira by itself.
fn accounts(config: &Config) -> Option<Finding> {
    let entra = config.bearers.entra.as_ref()?;
    let step = "Entra and Jira";
    if config.policy.is_only(Toolset::Agent) {
        return Some(Finding::ok(step, "no tool asks Jira"));
    }
    let providers = config.bearers.signin.as_ref().map(|settings| &settings.providers);
    let lacks = match providers {
        None => "signin in AUTH with SIGNIN_PROVIDER=entra",
        Some(providers) if providers.entra.is_none() => "SIGNIN_PROVIDER=entra",
        Some(providers) if providers.atlassian.is_none() => "ATLASSIAN_CLIENT_ID and its secret",
        Some(_) => {
            // People of the others have nowhere to sign in here.
            let is_one = entra.tokens.tenant_ids.len() == 1;
            let whose = if is_one { "people" } else { "people of the first tenant" };
            let detail = format!("{whose} connect Jira once, by the link that a Jira tool gives");
            return Some(Finding::ok(step, detail));
        }
    };
    Some(Finding::warn(
        step,
        format!(
            "with a token of Entra ID every Jira tool answers sign_in_required, without a link: \
             connecting Jira needs {lacks}. Where a gateway puts Atlassian's token in its place, \
             AUTH is atlassian"
        ),
    ))
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
    let names = config.policy.roles_of_nothing();
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{cli::report::Verdict, config::Source};

    #[test]
    fn it_is_said_whether_people_can_connect_jira_and_what_is_missing() {
        let one = "11111111-aaaa-4aaa-8aaa-000000000001";
        let two = format!("{one},22222222-aaaa-4aaa-8aaa-000000000002");
        let check = |more: &[(&str, &str)], verdict: Verdict, words: &str| {
            let base = [
                ("AUTH", "signin,entra"),
                ("SIGNIN_PROVIDER", "entra"),
                ("ENTRA_TENANT_ID", one),
                ("ENTRA_AUDIENCE", "https://bridge.example.com/mcp"),
                ("ENTRA_CLIENT_ID", "bridge"),
                ("ENTRA_CLIENT_SECRET", "made-for-this-test"),
                ("ATLASSIAN_CLIENT_ID", "bridge"),
                ("ATLASSIAN_CLIENT_SECRET", "made-for-this-test"),
            ];
            let all = base.into_iter().chain(more.iter().copied());
            let config = Config::read(&Source::of(all)).unwrap();
            let found = accounts(&config).unwrap();
            assert_eq!(found.verdict, verdict, "{more:?}: {}", found.detail);
            assert!(found.detail.contains(words), "{more:?}: {}", found.detail);
        };
        check(&[], Verdict::Ok, "people connect Jira once");
        check(&[("ENTRA_TENANT_ID", &two)], Verdict::Ok, "people of the first tenant");
        check(&[("AUTH", "entra")], Verdict::Warn, "needs signin in AUTH");
        check(&[("SIGNIN_PROVIDER", "")], Verdict::Warn, "needs SIGNIN_PROVIDER=entra");
        let no_app = [("ATLASSIAN_CLIENT_ID", ""), ("ATLASSIAN_CLIENT_SECRET", "")];
        check(&no_app, Verdict::Warn, "needs ATLASSIAN_CLIENT_ID");
    }

    #[test]
    fn what_is_probably_a_mistake_is_said() {
        let check = |settings: &[(&str, &str)], expected: &str| {
            let source = Source::of(settings.iter().copied());
            let found = findings(&Config::read(&source).unwrap(), &source);
            let doubts = found.iter().filter(|found| found.verdict == Verdict::Warn);
            let lines: Vec<_> = doubts.map(|it| format!("{}: {}", it.step, it.detail)).collect();
            let has_it = lines.iter().any(|line| line.contains(expected));
            assert!(has_it || (expected.is_empty() && lines.is_empty()), "{settings:?}: {lines:?}");
        };
        let id = "11111111-aaaa-4aaa-8aaa-000000000001";
        let entra = |more: &[(&'static str, &'static str)]| {
            let base = [
                ("AUTH", "atlassian,entra"),
                ("ENTRA_TENANT_ID", id),
                ("ENTRA_AUDIENCE", "https://bridge.example.com/mcp"),
                ("TOOLSETS", "core"),
            ];
            base.into_iter().chain(more.iter().copied()).collect::<Vec<_>>()
        };
        check(&[("AUTH", "atlassian")], "");
        let unused = [("AUTH", "atlassian"), ("ENTRA_ROLE_TOOLSETS", "Reader=readonly")];
        check(&unused, "ENTRA_ROLE_TOOLSETS: does not count");
        check(&[("AUTH", "atlassian"), ("ENTRA_AUDIENCE", id)], "ENTRA_AUDIENCE: does not count");
        check(&entra(&[("ENTRA_ROLE_TOOLSETS", "A=core;B=agile,bulk")]), "Entra roles: B: no set");
        check(&entra(&[("ENTRA_ROLE_TOOLSETS", "A=core")]), "by atlassian of AUTH");
        let app = [("ENTRA_CLIENT_ID", id), ("ENTRA_CLIENT_SECRET", id)];
        check(&entra(&app), "ENTRA_CLIENT_SECRET: looks like the Secret ID");
        let app = [("ENTRA_CLIENT_ID", "bridge"), ("ENTRA_CLIENT_SECRET", "made-for-this-test")];
        check(&entra(&app), "ENTRA_CLIENT_ID: is no id");
        let direct = [
            ("TOOLSETS", "agent"),
            ("COPILOT_DIRECT_URL", "http://127.0.0.1:1/copilotstudio/conversations"),
        ];
        check(&entra(&direct), "agent: an agent that is spoken to directly needs");
    }
}
