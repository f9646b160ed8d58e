//! `check`: what is wrong with a configuration and how to fix it, and whether the world outside
//! fits it.

mod entra;
mod fix;
mod outside;
mod settings;
mod signed_in;
mod signin;

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
    findings.extend(settings::warnings(&config, source));
    findings.push(signed_in::finding(source).await);
    findings.push(outside::roots(&TrustedRoots::load()));
    findings.extend(outside::jira(&config).await);
    findings.extend(signin::findings(&config).await);
    findings.extend(entra::findings(&config).await);
    report::conclude(&findings, &[])
}
