//! `check`: what is wrong with a configuration and how to fix it, and whether the world outside
//! fits it.

mod agents;
mod entra;
mod entra_settings;
mod fix;
mod hosting;
mod outside;
mod settings;
mod signed_in;
mod signin;
mod user;

use tool_kit::Toolset;
use upstream::TrustedRoots;

use crate::config::{Config, Source};

use super::{
    failure::Failure,
    report::{self, Finding, Verdict},
};

/// What can be said of the settings without asking anybody, doubts among it.
pub(super) fn of_settings(config: &Config, source: &Source) -> Vec<Finding> {
    let mut findings = settings::unknown(source);
    findings.extend(settings::gateway(config, source));
    findings.extend(hosting::findings(config, source));
    findings.extend(settings::warnings(config, source));
    findings.extend(entra_settings::findings(config, source));
    findings
}

/// The settings of one user on their own machine: nothing listens, and their credential is there to
/// be tried.
async fn of_stdio(source: &Source, config: &Config) -> Result<(), Failure> {
    let local = match Config::read_local(source) {
        Ok((local, _)) => local,
        Err(problems) => {
            let mut findings: Vec<Finding> = problems.iter().map(fix::explained).collect();
            findings.extend(settings::unknown(source));
            report::print(&findings, &[])?;
            return Err(Failure::Shown);
        }
    };
    let mut findings = vec![settings::summary_of_stdio(config)];
    findings.extend(settings::unknown(source));
    findings.extend(settings::warnings(config, source));
    findings.push(outside::roots(&TrustedRoots::load()));
    let reached = outside::jira(&local).await;
    let is_reached = reached.iter().all(|finding| finding.verdict != Verdict::Failed);
    findings.extend(reached);
    findings.push(if is_reached {
        user::finding(source).await
    } else {
        Finding::skipped(user::STEP, "needs an answer of Jira's host")
    });
    findings.extend(agents::findings(config).await);
    report::conclude(&findings, &[])
}

pub(super) async fn run(source: &Source) -> Result<(), Failure> {
    let config = match Config::read(source) {
        Ok(config) => config,
        Err(problems) => {
            // The table names each with what to do; the exit code stays that of wrong settings.
            let mut findings: Vec<Finding> = problems.iter().map(fix::explained).collect();
            findings.extend(settings::unknown(source));
            report::print(&findings, &[])?;
            return Err(Failure::Shown);
        }
    };
    if Config::names_local_user(source) {
        return of_stdio(source, &config).await;
    }
    let mut findings = vec![settings::summary(&config)];
    findings.extend(of_settings(&config, source));
    findings.push(signed_in::finding(source).await);
    findings.push(outside::roots(&TrustedRoots::load()));
    let jira = outside::jira(&config).await;
    if config.policy.is_only(Toolset::Agent) {
        // There it only tells whose a token of Atlassian's is, over HTTP.
        findings.extend(jira.into_iter().map(Finding::at_most_a_warning));
    } else {
        findings.extend(jira);
    }
    findings.extend(agents::findings(&config).await);
    findings.extend(signin::findings(&config).await);
    findings.extend(entra::findings(&config).await);
    report::conclude(&findings, &[])
}
