//! `stdio`: the same tools for one local client, whose user's token is a setting, or who has signed
//! in on this machine.

use crate::{
    config::{Config, Problem, Source},
    run::{self, StartError},
    telemetry,
};

use super::{failure::Failure, unknown_names};

pub(super) async fn run(source: &Source) -> Result<(), Failure> {
    let (config, user) = Config::read_local(source)?;
    telemetry::start(&config.telemetry);
    for doubt in unknown_names::sentences(source) {
        tracing::warn!("unknown name: {doubt}");
    }
    let stop = platform::asked_to_stop();
    run::stdio(config, user, stop).await.map_err(failure)
}

/// Without a user there is something to set; all else is a fault of the start.
pub(super) fn failure(error: StartError) -> Failure {
    match error {
        StartError::NobodySignedIn => Failure::Settings(vec![Problem {
            name: "JIRA_ACCESS_TOKEN",
            found: String::new(),
            accepted:
                "nobody is signed in on this machine: run `jira-mcp-bridge login` once, or set \
                       an OAuth access token here, or JIRA_EMAIL with JIRA_API_TOKEN and \
                       JIRA_SITE_URL"
                    .to_owned(),
        }]),
        other => other.into(),
    }
}
