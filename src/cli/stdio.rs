//! `stdio`: the same tools for one local client, whose user's token is a setting.

use crate::{
    config::{Config, Source},
    run, telemetry,
};

use super::failure::Failure;

pub(super) async fn run(source: &Source) -> Result<(), Failure> {
    let (config, credential) = Config::read_local(source)?;
    telemetry::start(&config.telemetry);
    let stop = run::asked_to_stop();
    Ok(run::stdio(config, credential, stop).await?)
}
