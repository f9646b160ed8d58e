//! What the agent service is told at its start.

use std::time::Duration;

/// Where the agent service is reached, which agent it has, and how long what it hands out is good.
#[derive(Clone, Debug)]
pub struct AgentSettings {
    /// Where clients reach the router, such as `http://127.0.0.1:4000`; no slash at the end. It
    /// begins the addresses in answers, those of sockets with `ws` instead of `http`.
    pub base_url: String,
    /// The schema name of the agent, the last segment of direct to engine's address.
    pub schema: String,
    /// `expires_in` of tokens; whole seconds. Direct Line's own document has 1800, Copilot Studio
    /// answers 3600.
    pub token_life: Duration,
    /// How long a socket can be opened at a `streamUrl`.
    pub stream_url_life: Duration,
    /// How often an idle socket gets an empty frame, and an idle event stream a comment.
    pub keep_alive: Duration,
    /// How many activities a poller gets at once, at most.
    pub activities_per_page: usize,
    /// The `uri` in the card that `/sso` shows: the API for which a token is wanted.
    pub token_exchange_uri: String,
}

impl AgentSettings {
    /// Tokens for an hour, a minute to open a socket, a sign of life every 20 seconds, pages of
    /// 100 activities; the agent is `cr123_sandbox`.
    ///
    /// A slash at the end of `base_url` is dropped.
    #[must_use]
    pub fn new(base_url: &str) -> Self {
        Self {
            base_url: base_url.trim_end_matches('/').to_owned(),
            schema: "cr123_sandbox".to_owned(),
            token_life: Duration::from_hours(1),
            stream_url_life: Duration::from_mins(1),
            keep_alive: Duration::from_secs(20),
            activities_per_page: 100,
            token_exchange_uri: "api://botid-5a9db0c1-0000-4000-8000-0000000a6e27".to_owned(),
        }
    }

    /// The `directline_url` of clients: `{base_url}/v3/directline`.
    #[must_use]
    pub fn directline_url(&self) -> String {
        format!("{}/v3/directline", self.base_url)
    }

    /// The address of the agent that direct to engine's clients are given, to which they append
    /// `/conversations`.
    #[must_use]
    pub fn d2e_url(&self) -> String {
        let Self { base_url, schema, .. } = self;
        format!("{base_url}/copilotstudio/dataverse-backed/authenticated/bots/{schema}")
    }

    /// Where direct to engine names its addresses.
    #[must_use]
    pub fn discovery_url(&self) -> String {
        let Self { base_url, schema, .. } = self;
        format!("{base_url}/copilotstudio/agents/{schema}/conversation-endpoints")
    }

    /// The agent's token endpoint, which needs no secret.
    #[must_use]
    pub fn token_endpoint(&self) -> String {
        let Self { base_url, schema, .. } = self;
        format!(
            "{base_url}/powervirtualagents/botsbyschema/{schema}/directline/token\
             ?api-version=2022-03-01-preview"
        )
    }
}
