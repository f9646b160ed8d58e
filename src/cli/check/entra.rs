//! Whether tokens of Entra ID can be verified, and whether clients will get the right ones.

use std::time::Duration;

use entra::{KeyError, Keys, TenantId};
use metrics::Signals;
use tool_kit::Toolset;
use upstream::{Settings as UpstreamSettings, Upstream};

use crate::{
    cli::report::{Finding, causes},
    config::{Config, EntraTokens},
};

const PATIENCE: Duration = Duration::from_secs(5);

/// Where such tokens are not taken there is nothing but roles to speak of.
pub(super) async fn findings(config: &Config) -> Vec<Finding> {
    let mut findings: Vec<Finding> = roles(config).into_iter().collect();
    let Some(entra) = &config.bearers.entra else { return findings };
    findings.push(resource(config, entra));
    findings.push(accounts(config, entra));
    for id in &entra.tokens.tenant_ids {
        findings.push(keys(entra, id).await);
    }
    findings
}

/// Clients ask for the URL that they call; Entra ID gives a token for it only under that name.
fn resource(config: &Config, entra: &EntraTokens) -> Finding {
    let step = "Entra resource";
    let scope = entra.tokens.full_scope();
    let Some(resource) = entra.tokens.resource() else {
        return Finding::warn(
            step,
            format!(
                "ENTRA_AUDIENCE holds no https URL: clients that find their way by themselves fail \
                 with AADSTS9010010; others ask for {scope}"
            ),
        );
    };
    let base = config.http.public_base_url.as_ref().map(|base| format!("{}/mcp", base.as_str()));
    match base {
        Some(url) if url != resource => Finding::warn(
            step,
            format!(
                "clients call {url} and are told {resource}: some take only the URL that they call"
            ),
        ),
        _ => Finding::ok(step, format!("clients ask for {scope}")),
    }
}

/// A token of the directory opens nothing in Jira by itself.
fn accounts(config: &Config, entra: &EntraTokens) -> Finding {
    let step = "Entra and Jira";
    if config.policy.is_only(Toolset::Agent) {
        return Finding::ok(step, "no tool asks Jira");
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
            return Finding::ok(step, detail);
        }
    };
    Finding::warn(
        step,
        format!(
            "with a token of Entra ID every Jira tool answers sign_in_required, without a link: \
             connecting Jira needs {lacks}. A gateway that puts Atlassian's token in its place \
             needs nothing"
        ),
    )
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

async fn keys(EntraTokens { tokens, .. }: &EntraTokens, id: &TenantId) -> Finding {
    let step = "Entra keys";
    let settings = UpstreamSettings {
        retry_max: 0,
        timeout: PATIENCE,
        connect_timeout: PATIENCE / 2,
        ..UpstreamSettings::new(crate::program::USER_AGENT)
    };
    let upstream = match Upstream::new(&settings) {
        Ok(upstream) => upstream,
        Err(fault) => return Finding::failed(step, causes(&fault)),
    };
    let url = id.keys_url(&tokens.authority);
    let keys = Keys::new(upstream, url.clone(), PATIENCE, Signals::default());
    // Any name will do: the answer tells whether there are keys at all.
    match keys.find("check", 0).await {
        Ok(_) | Err(KeyError::Unknown) => Finding::ok(step, format!("tenant {id} publishes them")),
        Err(KeyError::Stale | KeyError::Unavailable) => Finding::failed(
            step,
            format!(
                "{url} gives none. Fix: check ENTRA_TENANT_ID, and allow TCP 443 from here to it"
            ),
        ),
    }
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
            let found = accounts(&config, config.bearers.entra.as_ref().unwrap());
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
}
