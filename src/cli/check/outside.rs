//! Whether the world outside fits: trusted certificates, the way to Jira, its clock.

use std::time::{Duration, SystemTime};

use http::{Method, header};
use single_header::single_header;
use tokio::time::Instant;
use upstream::{Request, Response, Safety, Settings, TrustedRoots, Upstream, UpstreamError};

use crate::{
    cli::report::{Finding, causes},
    config::Config,
    jira::Route,
};

/// Within it logs of both sides can be laid side by side.
const SKEW_SHOWN: Duration = Duration::from_secs(30);

/// Beyond it confirm tokens, which live ten minutes, fail between replicas.
const SKEW_MAX: Duration = Duration::from_mins(5);

const PATIENCE: Duration = Duration::from_secs(15);

/// Without any the HTTP client cannot be built, also where plain http would do.
pub(super) fn roots(roots: &TrustedRoots) -> Finding {
    let step = "TLS roots";
    let fault = roots.faults.first().map(|fault| format!("; {fault}")).unwrap_or_default();
    match roots.count {
        0 => Finding::failed(
            step,
            format!(
                "no trusted certificate found; install ca-certificates or set SSL_CERT_FILE{fault}"
            ),
        ),
        count if fault.is_empty() => Finding::ok(step, format!("{count} trusted certificates")),
        count => Finding::warn(step, format!("{count} trusted certificates{fault}")),
    }
}

/// The way to Jira's API host, and the two clocks.
pub(super) async fn jira(config: &Config) -> Vec<Finding> {
    let step = "Jira API host";
    // An API token goes to its site, and never to the host of OAuth tokens.
    let (step, path, setting) = match config.jira.route {
        Route::ApiGateway => (step, "oauth/token/accessible-resources", "JIRA_API_BASE_URL"),
        Route::Direct => ("Jira site", "rest/api/3/myself", "JIRA_SITE_URL"),
    };
    let unreached = |finding: Finding| {
        vec![finding, Finding::skipped("clock", "needs an answer of Jira's host")]
    };
    let Ok(url) = config.jira.api_base.join(path) else {
        return unreached(Finding::failed(step, format!("{setting} takes no path")));
    };
    let settings = Settings { retry_max: 0, timeout: PATIENCE, ..config.upstream.clone() };
    let upstream = match Upstream::new(&settings) {
        Ok(upstream) => upstream,
        Err(fault) => return unreached(Finding::failed(step, causes(&fault))),
    };
    let request = Request::new(Method::GET, url, Safety::Read, "check".into());
    let before = SystemTime::now();
    match upstream.call(&request, Instant::now() + PATIENCE * 2).await {
        Ok(answer) => vec![answered(step, setting, &answer), clock(&answer, before)],
        Err(fault) => {
            unreached(Finding::failed(step, format!("{}. {}", causes(&fault), way_out(&fault))))
        }
    }
}

/// Without a token Jira's gateway answers 401, which proves name lookup, TLS and the way there.
fn answered(step: &'static str, setting: &str, answer: &Response) -> Finding {
    match answer.status.as_u16() {
        code @ (200 | 401) => {
            Finding::ok(step, format!("answers (HTTP {code}, no token was sent)"))
        }
        429 => Finding::warn(step, "answers, and limits this address just now (HTTP 429)"),
        code @ 300..=399 => Finding::failed(
            step,
            format!("answers HTTP {code}, a redirect, which is never followed: check {setting}"),
        ),
        code @ 500.. => {
            Finding::failed(step, format!("answers HTTP {code}: it, or a proxy before it, is down"))
        }
        code => Finding::failed(
            step,
            format!(
                "answers HTTP {code}, which Jira Cloud does not: check {setting}, or a proxy in between"
            ),
        ),
    }
}

/// What to do about a host that cannot be reached.
pub(super) fn way_out(fault: &UpstreamError) -> &'static str {
    let said = causes(fault).to_lowercase();
    if said.contains("certificate") {
        "Fix: a gateway that inspects TLS needs its root certificate in the system's store or in SSL_CERT_FILE"
    } else if said.contains("dns") || said.contains("lookup") {
        "Fix: the host name cannot be looked up; check the address in the settings and the DNS of this network"
    } else {
        "Fix: allow TCP 443 from here to the host; proxies of the environment are not used"
    }
}

/// How far apart the clocks are, as far as the header's whole seconds and the call's duration tell.
fn clock(answer: &Response, before: SystemTime) -> Finding {
    let step = "clock";
    let date = single_header(&answer.headers, header::DATE).ok().flatten();
    let Some(theirs) = date.and_then(|line| httpdate::parse_http_date(line).ok()) else {
        return Finding::skipped(step, "the answer names no time");
    };
    let skew = apart(theirs, before, SystemTime::now());
    let seconds = skew.as_secs();
    if skew > SKEW_MAX {
        let detail = format!(
            "{seconds} s off from Jira's: switch time synchronisation on; confirmations fail"
        );
        Finding::failed(step, detail)
    } else if skew > SKEW_SHOWN {
        Finding::warn(step, format!("{seconds} s off from Jira's: switch time synchronisation on"))
    } else {
        Finding::ok(step, format!("within {} s of Jira's", SKEW_SHOWN.as_secs()))
    }
}

/// Nothing if the time named lies within the call, else the distance to its nearer end.
fn apart(theirs: SystemTime, before: SystemTime, after: SystemTime) -> Duration {
    let early = before.duration_since(theirs).unwrap_or_default();
    let late = theirs.duration_since(after).unwrap_or_default();
    early.max(late)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clocks_are_compared_with_the_whole_call() {
        let at = |seconds: u64| SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
        let check = |theirs: u64, expected: u64| {
            assert_eq!(
                apart(at(theirs), at(100), at(103)),
                Duration::from_secs(expected),
                "{theirs}"
            );
        };
        check(100, 0);
        check(102, 0);
        check(90, 10);
        check(503, 400);
    }
}
