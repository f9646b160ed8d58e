//! What the operator may set about the edge; config fills it, nothing here reads the environment.

use std::time::Duration;

use super::{
    gateway::Gateway, host::AllowedHost, origin::AllowedOrigin, public_base_url::PublicBaseUrl,
    streams::settings::StreamSettings,
};

/// The edge's own settings. [`Settings::default`] is a safe laptop: loopback names, no origins, no
/// gateway.
#[derive(Debug)]
pub struct Settings {
    /// Accepted `Host` values; empty refuses everything.
    pub allowed_hosts: Vec<AllowedHost>,
    /// Accepted `Origin` values; a request without `Origin` passes in any case.
    pub allowed_origins: Vec<AllowedOrigin>,
    /// The gateway's secrets, already loaded; `None` switches the check off.
    pub gateway: Option<Gateway>,
    /// The URL clients see; without it the vetted `Host` of the request stands in, over plain http.
    pub public_base_url: Option<PublicBaseUrl>,
    /// Largest accepted request body in bytes.
    pub body_bytes_max: usize,
    /// How long the whole body may take to arrive.
    pub body_read_timeout: Duration,
    /// Last resort over one whole request; keep it above the deadline of the tool layer, whose
    /// answer is better.
    pub request_deadline: Duration,
    /// How long a client that takes only events waits for an answer with a status of its own; then
    /// its stream begins.
    pub events_patience: Duration,
    /// A comment this often keeps proxies from giving up such a stream.
    pub events_keep_alive: Duration,
    /// Requests inside `/mcp` at the same time; more are shed with 503.
    pub in_flight_max: usize,
    /// Event streams that stay open without a call.
    pub streams: StreamSettings,
    /// Turns a 401 of the upstream into HTTP 401 with a challenge, for clients that run OAuth
    /// themselves.
    pub challenge_on_upstream_401: bool,
    /// Shown by `/readyz`, in the metadata document and in the server card.
    pub server_name: String,
    /// Shown by `/healthz` and in the server card.
    pub version: String,
    /// The server's name for people, in the server card.
    pub title: String,
    /// The versions of the protocol that it speaks, in the server card.
    pub protocol_versions: Vec<String>,
    /// Issuer URLs of the authorization servers clients sign in at, the best one first.
    pub authorization_servers: Vec<String>,
    /// The one name of the resource, where its authorization server wants one for every path;
    /// otherwise each path is named by its own URL.
    pub resource: Option<String>,
    /// The scope that all tokens of a directory need, in the form in which clients ask for it.
    pub directory_scope: Option<String>,
    /// Whether the first of those servers is this one.
    pub has_sign_in: bool,
    /// Scopes of the metadata document and the challenge; `offline_access` is the client's
    /// business, not a resource's (MCP authorization, 2026-07-28).
    pub scopes: Vec<String>,
}

impl Settings {
    /// Atlassian's authorization server.
    pub const ATLASSIAN: &str = "https://auth.atlassian.com";
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            allowed_hosts: AllowedHost::loopback(),
            allowed_origins: Vec::new(),
            gateway: None,
            public_base_url: None,
            body_bytes_max: 1 << 20,
            body_read_timeout: Duration::from_secs(10),
            request_deadline: Duration::from_secs(42),
            events_patience: Duration::from_secs(5),
            events_keep_alive: Duration::from_secs(15),
            in_flight_max: 1024,
            streams: StreamSettings::default(),
            challenge_on_upstream_401: false,
            server_name: env!("CARGO_PKG_NAME").to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            title: String::new(),
            protocol_versions: Vec::new(),
            authorization_servers: vec![Self::ATLASSIAN.to_owned()],
            resource: None,
            directory_scope: None,
            has_sign_in: false,
            scopes: ["read:jira-work", "write:jira-work", "read:jira-user"]
                .map(str::to_owned)
                .to_vec(),
        }
    }
}
