//! `check`: what is wrong with a configuration and how to fix it, and whether the world outside
//! fits it.

mod agents;
mod entra;
mod fix;
mod hosting;
mod outside;
mod settings;
mod signed_in;
mod signin;

use tool_kit::Toolset;
use upstream::TrustedRoots;

use crate::config::{Config, Source};

use super::{
    failure::Failure,
    report::{self, Finding},
};

pub(super) async fn run(source: &Source) -> Result<(), Failure> {
    let unknown = settings::unknown(source);
    let config = match Config::read(source) {
        Ok(config) => config,
        Err(problems) => {
            // The table names each with what to do; the exit code stays that of wrong settings.
            let mut findings: Vec<Finding> = problems.iter().map(fix::explained).collect();
            findings.extend(unknown);
            report::print(&findings, &[])?;
            return Err(Failure::Shown);
        }
    };
    let mut findings = vec![settings::summary(&config)];
    findings.extend(unknown);
    findings.extend(settings::gateway(&config, source));
    findings.extend(hosting::findings(&config, source));
    findings.extend(settings::warnings(&config, source));
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
