//! `check`: what is wrong with a configuration and how to mend it, and whether the world outside
//! fits it.

mod mend;
mod outside;
mod settings;

use upstream::TrustedRoots;

use crate::config::{Config, Source};

use super::{
    Failure,
    report::{self, Finding},
};

pub(super) async fn run(source: &Source) -> Result<(), Failure> {
    let strays = settings::strays(source);
    let config = match Config::read(source) {
        Ok(config) => config,
        Err(problems) => {
            // The table names each with what to do; the exit code stays that of wrong settings.
            let mut findings: Vec<Finding> = problems.iter().map(mend::explained).collect();
            findings.extend(strays);
            report::print(&findings, &[])?;
            return Err(Failure::Shown);
        }
    };
    let mut findings = vec![settings::summary(&config)];
    findings.extend(strays);
    findings.extend(settings::gateway(&config, source));
    findings.extend(settings::doubts(&config, source));
    findings.push(outside::roots(&TrustedRoots::load()));
    findings.extend(outside::jira(&config).await);
    report::conclude(&findings, &[])
}
