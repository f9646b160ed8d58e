//! `check`: what the configuration means, and whether Jira's API host can be reached with it.

use std::{
    io::{self, Write},
    time::Duration,
};

use http::Method;
use tokio::time::Instant;

use crate::{
    config::{Config, Source},
    upstream::{Request, Safety, Upstream},
};

use super::Failure;

pub(super) async fn run(source: &Source) -> Result<(), Failure> {
    let config = Config::read(source)?;
    let mut out = io::stdout().lock();
    writeln!(out, "settings: good")?;
    writeln!(out, "listen: {}", config.listen)?;
    writeln!(out, "gateway secret: {}", if config.http.gateway.is_some() { "required" } else { "none" })?;
    let url = config
        .jira
        .api_base
        .join("oauth/token/accessible-resources")
        .map_err(|fault| Failure::Running(fault.to_string()))?;
    let upstream = Upstream::new(&config.upstream).map_err(|fault| Failure::Running(fault.to_string()))?;
    let request = Request::new(Method::GET, url, Safety::Read, "check".into());
    // Without a token Jira's gateway answers 401, which proves name lookup, TLS and the way there.
    match upstream.call(&request, Instant::now() + Duration::from_secs(15)).await {
        Ok(answer) if answer.status.as_u16() == 401 || answer.status.is_success() => {
            Ok(writeln!(out, "Jira API host: reachable (HTTP {})", answer.status.as_u16())?)
        }
        Ok(answer) => Err(Failure::Running(format!(
            "the Jira API host answered HTTP {}, which Jira Cloud does not: check JIRA_API_BASE_URL",
            answer.status.as_u16()
        ))),
        Err(fault) => Err(Failure::Running(format!("the Jira API host cannot be used: {fault}"))),
    }
}
