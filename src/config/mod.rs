//! Configuration: from names and texts to the settings that each layer owns.
//!
//! Every problem is found before any is reported, and nothing starts with a wrong value.

mod dotenv;
mod local;
mod observe;
mod parts;
mod read;
mod rows;
mod source;
mod stray;

use std::{
    net::{IpAddr, SocketAddr},
    path::PathBuf,
    time::Duration,
};

use limit::LimiterSettings;
use secrecy::SecretString;
use url::Url;

use crate::{
    http::{self, AllowedOrigin, ConnectionSettings, Gateway, GatewaySource},
    jira::{self, Projects, Route, SitePin},
    mcp, policy, telemetry,
    tools::{self, Limits, Toolset},
};

pub use read::{Problem, is_safe_upstream};
pub use rows::{ROWS, Row, document, env_example};
pub use source::{Source, secret_of_environment};
pub use stray::Stray;

use read::{Reader, site_origin};

/// Everything that `serve` needs.
#[derive(Debug)]
pub struct Config {
    /// Where to listen.
    pub listen: SocketAddr,
    /// Who may come in.
    pub http: http::Settings,
    /// How many connections, and the drain.
    pub connections: ConnectionSettings,
    /// What is said to MCP clients.
    pub mcp: mcp::Settings,
    /// What may be called.
    pub policy: policy::Settings,
    /// How much one user may call.
    pub limits: LimiterSettings,
    /// Where Jira is.
    pub jira: jira::Settings,
    /// How it is called.
    pub upstream: upstream::Settings,
    /// Where operators read metrics, if anywhere.
    pub admin: Option<SocketAddr>,
    /// What is logged and sent.
    pub telemetry: telemetry::Settings,
}

/// One tool call ends this long before the edge gives up on the request, so that its better answer
/// arrives.
const EDGE_SLACK: Duration = Duration::from_secs(3);

/// How long a change of the secret file may go unnoticed.
const GATEWAY_RECHECK: Duration = Duration::from_secs(1);

const DAY_MS: u64 = 24 * 60 * 60 * 1000;

impl Config {
    /// Reads all settings, or says everything that is wrong with them.
    pub fn read(source: &Source) -> Result<Self, Vec<Problem>> {
        let mut reader = Reader::new(source);
        let listen = listen(&mut reader);
        let gateway = gateway(&mut reader);
        check_exposure(&mut reader, listen, gateway.is_some());
        let mcp = mcp_settings(&mut reader);
        let policy = policy_settings(&mut reader);
        let mut http = http::Settings {
            scopes: policy::Policy::new(policy.clone()).scopes(),
            ..http_settings(&mut reader, gateway, mcp.call_deadline)
        };
        // Nobody but this machine can reach it then, and local tools such as an inspector's page
        // must.
        if listen.ip().is_loopback() {
            http.allowed_origins.extend(AllowedOrigin::loopback());
        }
        let connections = ConnectionSettings {
            drain_grace: reader.millis("SHUTDOWN_GRACE_MS", 0..=DAY_MS),
            ..ConnectionSettings::default()
        };
        let limits = LimiterSettings {
            concurrent_max: reader.count("MAX_CONCURRENT_PER_USER", 1..=100_000),
            calls_per_minute: reader.count("RATE_LIMIT_PER_USER_PER_MINUTE", 1..=1_000_000),
            ..LimiterSettings::default()
        };
        let jira = jira_settings(&mut reader);
        let upstream = upstream_settings(&mut reader);
        let admin = observe::admin(&mut reader);
        let telemetry = observe::telemetry_settings(&mut reader);
        match jira {
            Some(jira) if reader.problems.is_empty() => Ok(Self {
                listen,
                http,
                connections,
                mcp,
                policy,
                limits,
                jira,
                upstream,
                admin,
                telemetry,
            }),
            _ => Err(reader.problems),
        }
    }
}

fn listen(reader: &mut Reader<'_>) -> SocketAddr {
    let host = match reader.text("HOST") {
        "localhost" => Some(IpAddr::from([127, 0, 0, 1])),
        text => text.parse().ok(),
    };
    if host.is_none() {
        reader.refuse("HOST", "expected an IP address such as 127.0.0.1 or 0.0.0.0");
    }
    // Azure App Service names its port itself; an explicit PORT is still the operator's word.
    let name = if reader.given("PORT").is_none() && reader.filled("WEBSITES_PORT").is_some() {
        "WEBSITES_PORT"
    } else {
        "PORT"
    };
    let port = reader.number(name, 0..=65_535);
    SocketAddr::new(
        host.unwrap_or(IpAddr::from([127, 0, 0, 1])),
        u16::try_from(port).unwrap_or_default(),
    )
}

fn gateway(reader: &mut Reader<'_>) -> Option<Gateway> {
    let names = ["GATEWAY_SHARED_SECRET", "GATEWAY_SHARED_SECRET_PREVIOUS"];
    let secrets: Vec<SecretString> =
        names.iter().filter_map(|name| reader.filled(name)).map(SecretString::from).collect();
    let file = reader.filled("GATEWAY_SHARED_SECRET_FILE").map(PathBuf::from);
    if secrets.is_empty() && file.is_none() {
        return None;
    }
    let blamed =
        if file.is_some() { "GATEWAY_SHARED_SECRET_FILE" } else { "GATEWAY_SHARED_SECRET" };
    match Gateway::load(&GatewaySource { secrets, file, recheck: GATEWAY_RECHECK }) {
        Ok(gateway) => Some(gateway),
        Err(fault) => {
            // A secret that was put in the place of its file must not be shown.
            reader.refuse_unshown(blamed, fault.to_string());
            None
        }
    }
}

/// Without a gateway secret anybody who reaches the port may try tokens, so only loopback is open
/// by itself.
fn check_exposure(reader: &mut Reader<'_>, listen: SocketAddr, has_gateway: bool) {
    let waived = reader.flag("INSECURE_NO_GATEWAY");
    let already_blamed = reader.problems.iter().any(|problem| problem.name.starts_with("GATEWAY_"));
    if !has_gateway && !already_blamed && !waived && !listen.ip().is_loopback() {
        reader.refuse(
            "GATEWAY_SHARED_SECRET",
            "needed to listen beyond loopback; set it, or GATEWAY_SHARED_SECRET_FILE, or INSECURE_NO_GATEWAY=true",
        );
    }
}

fn http_settings(
    reader: &mut Reader<'_>,
    gateway: Option<Gateway>,
    call_deadline: Duration,
) -> http::Settings {
    let challenge = match reader.text("UPSTREAM_401") {
        "" | "tool_error" => false,
        "http_401" => true,
        _ => {
            reader.refuse("UPSTREAM_401", "expected tool_error or http_401");
            false
        }
    };
    http::Settings {
        allowed_hosts: reader.parsed_list("ALLOWED_HOSTS"),
        allowed_origins: reader.parsed_list("ALLOWED_ORIGINS"),
        gateway,
        public_base_url: reader.parsed("PUBLIC_BASE_URL"),
        request_deadline: call_deadline + EDGE_SLACK,
        in_flight_max: reader.size("MAX_IN_FLIGHT", 1..=100_000),
        challenge_on_upstream_401: challenge,
        server_name: reader.text("SERVER_NAME").to_owned(),
        ..http::Settings::default()
    }
}

fn mcp_settings(reader: &mut Reader<'_>) -> mcp::Settings {
    let results_max = reader.count("MAX_RESULTS_CAP", 1..=100);
    mcp::Settings {
        server_name: reader.text("SERVER_NAME").to_owned(),
        call_deadline: reader.millis("CALL_DEADLINE_MS", 100..=600_000),
        reply_bytes_max: reader.size("MAX_RESPONSE_BYTES", 2_000..=450_000),
        structured_content: reader.flag("STRUCTURED_CONTENT"),
        limits: Limits {
            results_default: reader.count("DEFAULT_MAX_RESULTS", 1..=100).min(results_max),
            results_max,
            text_chars: reader.size("MAX_TEXT_CHARS", 100..=1_000_000),
        },
    }
}

fn policy_settings(reader: &mut Reader<'_>) -> policy::Settings {
    let mut toolsets = std::collections::BTreeSet::new();
    for name in reader.list("TOOLSETS") {
        match Toolset::parse(name) {
            Some(set) => {
                toolsets.insert(set);
            }
            None => {
                reader.refuse("TOOLSETS", format!("'{name}' is no set; there are {}", set_names()));
            }
        }
    }
    let mut tools_deny = std::collections::BTreeSet::new();
    for name in reader.list("TOOLS_DENY") {
        // A misspelt name would silently leave the tool on.
        if tools::named(name).is_none() {
            let near = tools::nearest(name, |_| true)
                .map(|near| format!(", perhaps {near}"))
                .unwrap_or_default();
            reader.refuse("TOOLS_DENY", format!("'{name}' is the name of no tool{near}"));
        }
        tools_deny.insert(name.to_owned());
    }
    let projects = tools::allowed_projects(reader.list("PROJECTS_ALLOW")).unwrap_or_else(|key| {
        reader.refuse("PROJECTS_ALLOW", format!("'{key}' is no project key"));
        Projects::default()
    });
    policy::Settings { toolsets, read_only: reader.flag("READ_ONLY"), tools_deny, projects }
}

fn set_names() -> String {
    Toolset::ALL.iter().map(|set| set.name()).collect::<Vec<_>>().join(", ")
}

/// None when the address is wrong, which is then among the problems.
fn jira_settings(reader: &mut Reader<'_>) -> Option<jira::Settings> {
    let api_base = reader.needed("JIRA_API_BASE_URL").parse::<Url>().ok().filter(is_safe_upstream);
    if api_base.is_none() {
        reader.refuse(
            "JIRA_API_BASE_URL",
            "expected an https URL without user, query or fragment; http only to loopback",
        );
    }
    let cloud_id = reader.filled("JIRA_CLOUD_ID").map(str::to_owned);
    if cloud_id.as_deref().is_some_and(|id| !jira::is_cloud_id(id)) {
        reader.refuse(
            "JIRA_CLOUD_ID",
            "expected the site's id, such as 11111111-2222-3333-4444-555555555555; \
             https://YOUR-SITE.atlassian.net/_edge/tenant_info shows it",
        );
    }
    let site_url = reader.filled("JIRA_SITE_URL").map(str::to_owned);
    if site_url.as_deref().is_some_and(|url| site_origin(url).is_none()) {
        reader.refuse(
            "JIRA_SITE_URL",
            "expected the site's https address, such as https://example.atlassian.net; http only to loopback",
        );
    }
    let media_hosts = jira::MEDIA_HOSTS.iter().map(|host| (*host).to_owned()).collect();
    Some(jira::Settings {
        api_base: api_base?,
        route: Route::ApiGateway,
        site_address: site_url.clone(),
        site: cloud_id.map(SitePin::CloudId).or(site_url.map(SitePin::Url)),
        api_host: None,
        media_hosts,
    })
}

fn upstream_settings(reader: &mut Reader<'_>) -> upstream::Settings {
    let base = reader.needed("JIRA_API_BASE_URL");
    upstream::Settings {
        timeout: reader.millis("JIRA_TIMEOUT_MS", 50..=600_000),
        retry_max: reader.count("RETRY_MAX", 0..=10),
        retry_base: reader.millis("RETRY_BASE_MS", 1..=60_000),
        breaker_failures: reader.count("BREAKER_FAILURES", 1..=10_000),
        breaker_window: reader.millis("BREAKER_WINDOW_MS", 1..=DAY_MS),
        breaker_open: reader.millis("BREAKER_OPEN_MS", 1..=DAY_MS),
        breaker_half_open_successes: reader.count("BREAKER_HALF_OPEN_SUCCESSES", 1..=100),
        // On loopback compressing costs more than the bytes.
        gzip: base.starts_with("https://"),
        ..upstream::Settings::new(crate::program::USER_AGENT)
    }
}

#[cfg(test)]
mod tests;
