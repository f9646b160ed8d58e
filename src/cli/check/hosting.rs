//! Whether the server's settings fit the Azure host in front of it, which chooses port and `Host`.

use crate::{
    cli::report::Finding,
    config::{Config, Exposure, Source, of_surroundings},
    http::AllowedHost,
};

/// Under this name App Service and Functions tell their programs the site's own host.
///
/// Source: learn.microsoft.com/azure/app-service/reference-app-settings
const SITE: &str = "WEBSITE_HOSTNAME";

pub(super) fn findings(config: &Config, source: &Source) -> Vec<Finding> {
    let site = of_surroundings(SITE).and_then(|name| name.into_string().ok());
    let mut findings = Vec::new();
    if let Some(detail) = unknown_hosts(config, site.as_deref()) {
        findings.push(Finding::warn("ALLOWED_HOSTS", detail));
    }
    if let Some(port) = Config::forwarded_past(source) {
        let listen = config.listen.port();
        let detail = format!(
            "the Functions host forwards to {port}, and another name of the port makes it {listen}: nobody is reached; unset PORT and WEBSITES_PORT",
        );
        findings.push(Finding::warn("FUNCTIONS_CUSTOMHANDLER_PORT", detail));
    }
    findings
}

/// Which `Host` will be refused although the host in front sends it.
fn unknown_hosts(config: &Config, site: Option<&str>) -> Option<String> {
    let allowed = &config.http.allowed_hosts;
    if allowed.is_empty() {
        return Some(
            "empty: every request gets 403; name the host that the gateway calls".to_owned(),
        );
    }
    let only_loopback = *allowed == AllowedHost::loopback();
    match config.exposure {
        Exposure::Network if only_loopback => {
            let here = site.map(|site| format!("; here that may be {site}")).unwrap_or_default();
            Some(format!(
                "only loopback names are accepted, so everybody else gets 403; name the host that the gateway calls{here}",
            ))
        }
        // The host's proxy replaces `Host` by the address that it forwards to, and says what it was
        // in X-Forwarded-Host. That is its source and nothing that Microsoft promises: a proxy that
        // passes `Host` on is one changed line away, so the site's name has to stand there too.
        // Source: azure-functions-host, ScriptInvocationRequestTransformer; YARP, HttpTransformer
        Exposure::FunctionsHost => {
            let here = format!("127.0.0.1:{}", config.listen.port());
            let admitted = |sent: &str| {
                sent.parse().is_ok_and(|sent| allowed.iter().any(|rule| rule.admits(&sent)))
            };
            let missing = match site {
                _ if !admitted(&here) => "127.0.0.1",
                Some(site) if !admitted(site) => site,
                None if only_loopback => "the site's own name, such as name.azurewebsites.net,",
                _ => return None,
            };
            Some(format!(
                "{missing} is missing: the Functions host calls 127.0.0.1, and may pass on the name that the caller used; accept both",
            ))
        }
        Exposure::Network | Exposure::Loopback => None,
    }
}
