//! The table of settings: one row for each, from which `.env.example`, `docs/CONFIGURATION.md` and
//! every default follow.

/// One setting.
#[derive(Debug, Clone, Copy)]
pub struct Setting {
    /// The name in the environment, in `.env` and (in any letter case) in the TOML file.
    pub name: &'static str,
    /// Used when nothing is set; empty means none.
    pub default: &'static str,
    /// What it does, for operators.
    pub about: &'static str,
    /// Its value is never shown, also not when it is wrong.
    pub secret: bool,
}

const fn setting(name: &'static str, default: &'static str, about: &'static str) -> Setting {
    Setting { name, default, about, secret: false }
}

const fn secret(name: &'static str, about: &'static str) -> Setting {
    Setting { name, default: "", about, secret: true }
}

/// Every setting, in the order in which operators read them.
pub const SETTINGS: &[Setting] = &[
    setting("HOST", "127.0.0.1", "address to listen on"),
    setting("PORT", "8080", "port to listen on; 0 takes any free one"),
    setting("WEBSITES_PORT", "", "Azure App Service's name for PORT; PORT takes precedence"),
    setting(
        "FUNCTIONS_CUSTOMHANDLER_PORT",
        "",
        "Azure Functions' name for PORT, after PORT and WEBSITES_PORT; set, the server counts as public and needs a gateway secret",
    ),
    setting(
        "ADMIN_ADDR",
        "127.0.0.1:9090",
        "where operators have GET /metrics, /healthz, /readyz and a console at /; empty = nowhere (demo: nowhere unless set)",
    ),
    setting("SERVER_NAME", "jira-mcp-bridge", "MCP server name"),
    setting("PUBLIC_BASE_URL", "", "the URL clients see, such as https://api.example.com/jira"),
    setting(
        "ALLOWED_HOSTS",
        "localhost,127.0.0.1,[::1]",
        "accepted Host values, with or without a port",
    ),
    setting(
        "ALLOWED_ORIGINS",
        "https://copilotstudio.microsoft.com,https://make.powerapps.com,https://make.powerautomate.com",
        "accepted Origin values; without Origin a request passes; * is refused; on loopback also local pages",
    ),
    secret("GATEWAY_SHARED_SECRET", "what the gateway sends as X-Gateway-Token, at least 32 bytes"),
    secret("GATEWAY_SHARED_SECRET_PREVIOUS", "accepted as well, during a rotation"),
    setting(
        "GATEWAY_SHARED_SECRET_FILE",
        "",
        "file with one accepted secret a line, re-read when it changes",
    ),
    setting(
        "INSECURE_NO_GATEWAY",
        "false",
        "true: listen beyond loopback, or behind an Azure Functions host, although no gateway secret is set",
    ),
    setting(
        "AUTH",
        "atlassian",
        "bearers that are taken, several with commas: atlassian (passed on to Jira), signin (our own), entra (access tokens of Entra ID)",
    ),
    setting(
        "SIGNIN_PROVIDER",
        "atlassian",
        "signin: where people sign in, atlassian or entra; with entra they connect Jira afterwards",
    ),
    setting("ATLASSIAN_CLIENT_ID", "", "signin, login: the client id of the OAuth 2.0 (3LO) app"),
    secret("ATLASSIAN_CLIENT_SECRET", "signin, login: its secret"),
    setting("ATLASSIAN_CLIENT_SECRET_FILE", "", "signin, login: file with that secret"),
    setting(
        "ATLASSIAN_AUTH_BASE_URL",
        "https://auth.atlassian.com",
        "signin, login: Atlassian's authorization server",
    ),
    setting(
        "ENTRA_TENANT_ID",
        "",
        "signin, entra: the tenant's id; entra: several with commas, of which people sign in at the first",
    ),
    setting(
        "ENTRA_CLIENT_ID",
        "",
        "signin: the application (client) id of the app registration; entra: for agents, to get tokens on a user's behalf",
    ),
    secret("ENTRA_CLIENT_SECRET", "signin, entra: a client secret of it"),
    setting("ENTRA_CLIENT_SECRET_FILE", "", "signin, entra: file with that secret"),
    setting(
        "ENTRA_AUTHORITY",
        "https://login.microsoftonline.com",
        "signin, entra: Entra ID, or a national cloud's",
    ),
    setting(
        "ENTRA_AUDIENCE",
        "",
        "entra: whom tokens are for, several with commas: the Application ID URI or the client id of the app registration; the first https one is the resource that clients ask for",
    ),
    setting(
        "ENTRA_REQUIRED_SCOPE",
        "",
        "entra: the scope that a token needs, such as access, unless a role of ENTRA_ROLE_TOOLSETS stands in for it; empty: any scope of that audience",
    ),
    setting(
        "ENTRA_ROLE_TOOLSETS",
        "",
        "entra, signin at Entra ID: what app roles open within TOOLSETS, such as Reader=readonly;Lead=core,agile,bulk; who has none of them may do nothing; empty: roles do not count",
    ),
    setting("ENTRA_SCOPES", "", "signin: scopes beside openid, profile and offline_access"),
    setting(
        "SESSION_STORE_TYPE",
        "memory",
        "signin: where sessions are kept: memory (one process, lost at its end), file or redis",
    ),
    setting(
        "SESSION_STORAGE_DIR",
        "",
        "signin: the folder for file, ours alone; login: where its folder is, instead of the user's state folder",
    ),
    secret(
        "REDIS_URL",
        "signin: redis://host:6379/0, or rediss:// with TLS; user and password stand before the host",
    ),
    setting("REDIS_URL_FILE", "", "signin: file with that URL"),
    secret(
        "SESSION_ENCRYPTION_KEY",
        "signin, login, ids of streams and conversations: base64 of 32 random bytes; several with commas: the first seals, all open; client ids are sealed by it too, so an old key stays while its registrations shall live",
    ),
    setting("SESSION_ENCRYPTION_KEY_FILE", "", "signin: file with one such key a line"),
    setting("ACCESS_TOKEN_TTL_MS", "3600000", "signin: life of our access tokens"),
    setting(
        "REFRESH_REUSE_GRACE_MS",
        "30000",
        "signin: how long the refresh token just replaced is still answered",
    ),
    setting("SESSION_TIMEOUT", "2592000000", "signin: absolute end of a session, in milliseconds"),
    setting(
        "SESSION_IDLE_TIMEOUT",
        "1209600000",
        "signin: end of a session that is not used, in milliseconds",
    ),
    setting(
        "MAX_SESSIONS_PER_USER",
        "5",
        "signin: sessions of one person; a new one ends the oldest",
    ),
    setting(
        "CLIENT_METADATA_LOOPBACK",
        "false",
        "signin: true takes client ID metadata documents from this machine too; for tests, and only with a PUBLIC_BASE_URL on it",
    ),
    setting(
        "JIRA_API_BASE_URL",
        "https://api.atlassian.com",
        "Jira's API host; plain http only to loopback",
    ),
    setting("JIRA_CLOUD_ID", "", "the only Jira site to use, by cloud id"),
    setting(
        "JIRA_SITE_URL",
        "",
        "the only Jira site to use, by address; JIRA_CLOUD_ID takes precedence",
    ),
    secret(
        "JIRA_ACCESS_TOKEN",
        "stdio only: the user's OAuth access token; with no token at all stdio works as whoever ran login",
    ),
    setting("JIRA_EMAIL", "", "stdio only: the user's e-mail address, beside JIRA_API_TOKEN"),
    secret(
        "JIRA_API_TOKEN",
        "stdio only: the user's API token; it goes to JIRA_SITE_URL, which is then needed, and with scopes to Jira's API host",
    ),
    secret(
        "DIRECT_LINE_SECRET",
        "agent: the secret of the agent's Direct Line channel in Copilot Studio",
    ),
    secret("DIRECT_LINE_SECRET_PREVIOUS", "agent: tried as well, while the secret is replaced"),
    setting(
        "DIRECT_LINE_SECRET_FILE",
        "",
        "agent: file with one or two such secrets, one a line, re-read when it changes",
    ),
    setting(
        "DIRECT_LINE_TOKEN_ENDPOINT",
        "",
        "agent: the agent's token endpoint, instead of a secret; conversations then live on one replica",
    ),
    setting(
        "DIRECT_LINE_ENDPOINT",
        "https://directline.botframework.com",
        "agent: where Direct Line is, such as https://europe.directline.botframework.com; with a token endpoint its region is asked for",
    ),
    setting(
        "COPILOT_ENVIRONMENT_ID",
        "",
        "agent: direct to engine instead of Direct Line: the id of the agent's environment",
    ),
    setting("COPILOT_AGENT_SCHEMA", "", "agent: the agent's schema name, such as cr123_agent"),
    setting(
        "COPILOT_CLOUD",
        "Prod",
        "agent: the cloud of the environment, such as Gov or Mooncake",
    ),
    setting(
        "COPILOT_DIRECT_URL",
        "",
        "agent: the whole address instead; one that ends in /conversation-endpoints is asked for the rest",
    ),
    secret(
        "COPILOT_TOKEN",
        "stdio only: the user's token for the Power Platform API, for direct to engine",
    ),
    setting(
        "AGENTS_FILE",
        "",
        "agent: TOML file with a table for each of several agents, keys as these settings in lower case",
    ),
    setting(
        "AGENT_REPLY_TIMEOUT_MS",
        "30000",
        "agent: how long a call waits for the whole answer, 1000 to 120000, and 2 seconds less than CALL_DEADLINE_MS at most",
    ),
    setting(
        "CONVERSATION_IDLE_MS",
        "1800000",
        "agent: end of a conversation in which nothing is said",
    ),
    setting("DEFAULT_MAX_RESULTS", "25", "items on a page when a call names no number"),
    setting("MAX_RESULTS_CAP", "50", "items on a page at most, 1 to 100"),
    setting("MAX_RESPONSE_BYTES", "90000", "bytes of one whole JSON-RPC reply, 2000 to 450000"),
    setting("MAX_TEXT_CHARS", "2000", "characters of one long text"),
    setting(
        "TOOLSETS",
        "core,context,collab",
        "sets of tools: core, context, collab, agile, bulk, manage, destructive, jsm; agent for agents of Copilot Studio",
    ),
    setting("READ_ONLY", "false", "true: no tool that changes anything"),
    setting("TOOLS_DENY", "", "names of tools to switch off"),
    setting(
        "PROJECTS_ALLOW",
        "",
        "the only project keys that may be touched; empty = all the user may see",
    ),
    setting(
        "STRUCTURED_CONTENT",
        "false",
        "true: send each result a second time as structuredContent",
    ),
    setting("JIRA_TIMEOUT_MS", "20000", "one HTTP call to Jira"),
    setting("CALL_DEADLINE_MS", "40000", "one whole tool call"),
    setting(
        "RATE_LIMIT_PER_USER_PER_MINUTE",
        "100",
        "tool calls of one user a minute; with redis over all replicas",
    ),
    setting("MAX_CONCURRENT_PER_USER", "8", "tool calls of one user at the same time"),
    setting(
        "MAX_IN_FLIGHT",
        "1024",
        "requests at the same time, a third of them one caller's at most; more get 503",
    ),
    setting(
        "MAX_CONNECTIONS",
        "8192",
        "connections at the same time, event streams seven eighths of them at most; beyond them silent ones are ended, probes are answered, all else gets 503",
    ),
    setting(
        "MAX_STREAMS_PER_USER",
        "4",
        "event streams of one user at the same time; they count as no calls",
    ),
    setting("STREAM_HEARTBEAT_MS", "30000", "how often an event stream shows that it is alive"),
    setting(
        "STREAM_MAX_MS",
        "900000",
        "how long an event stream is open; its session id is good for twice as long",
    ),
    setting(
        "COMPAT_STREAM",
        "false",
        "true: GET /api/mcp/stream, and POST /api/mcp/command as another name of /mcp",
    ),
    setting(
        "UPSTREAM_401",
        "tool_error",
        "how a refused token or a missing scope is answered: tool_error, or http_401 with a challenge",
    ),
    setting(
        "BREAKER_FAILURES",
        "5",
        "failed calls that open the circuit breaker of a Jira site: at least half of all, and not one caller's only",
    ),
    setting("BREAKER_WINDOW_MS", "30000", "how long a failure counts"),
    setting("BREAKER_OPEN_MS", "60000", "how long the breaker stays open"),
    setting("BREAKER_HALF_OPEN_SUCCESSES", "3", "successes in a row that close it"),
    setting("RETRY_MAX", "3", "repeats of a read after a failure"),
    setting(
        "RETRY_BASE_MS",
        "1000",
        "upper bound of the first random wait before a repeat; doubles each time",
    ),
    setting("SHUTDOWN_GRACE_MS", "30000", "time for running calls after SIGTERM"),
    setting("LOG_LEVEL", "info", "error, warn, info, debug or trace"),
    setting("LOG_FORMAT", "", "json or pretty; empty: pretty on a terminal, json elsewhere"),
    setting(
        "OTEL_EXPORTER_OTLP_ENDPOINT",
        "",
        "base URL of an OTLP receiver over HTTP (protobuf), such as http://collector:4318; traces and metrics are sent there",
    ),
    secret(
        "APPLICATIONINSIGHTS_CONNECTION_STRING",
        "Application Insights' connection string; traces and metrics are sent there",
    ),
    setting(
        "APPLICATIONINSIGHTS_CUSTOM_EVENTS",
        "false",
        "a custom event MCPEvent for each tool call, beside its request; one more record to pay for",
    ),
    setting(
        "OTEL_TRACES_SAMPLER_ARG",
        "1",
        "share of traces that are sent, 0 to 1, where the caller's traceparent has not decided",
    ),
];

/// The default of a setting; empty for what is no setting.
pub(super) fn default_of(name: &str) -> &'static str {
    SETTINGS.iter().find(|setting| setting.name == name).map_or("", |setting| setting.default)
}
