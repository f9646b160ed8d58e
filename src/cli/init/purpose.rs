//! What a first configuration is for, and which settings that takes.

use clap::ValueEnum;

/// One way to run the bridge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Purpose {
    /// For yourself, on this machine, with an API token.
    Stdio,
    /// For people who paste one URL and sign in at Atlassian.
    Signin,
    /// For a connector behind a gateway, which brings Atlassian tokens.
    Gateway,
    /// For clients that talk to an agent of Copilot Studio.
    Agents,
    /// For clients that bring access tokens of Entra ID.
    Entra,
}

/// What stands in the file at first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Start {
    Of(&'static str),
    /// Only the reader knows it.
    FillIn,
    /// Made anew.
    Secret,
}

use Start::{FillIn, Of, Secret};

impl Purpose {
    pub(super) fn title(self) -> &'static str {
        match self {
            Self::Stdio => "for yourself, on this machine",
            Self::Signin => "a server where people sign in at Atlassian",
            Self::Gateway => "a server behind a gateway, for a connector that brings tokens",
            Self::Agents => "tools that talk to an agent of Copilot Studio, on this machine",
            Self::Entra => "a server that takes access tokens of Entra ID",
        }
    }

    /// What runs it.
    pub(super) fn command(self) -> &'static str {
        match self {
            Self::Stdio | Self::Agents => "stdio",
            Self::Signin | Self::Gateway | Self::Entra => "serve",
        }
    }

    /// The settings that it needs.
    pub(super) fn set(self) -> &'static [(&'static str, Start)] {
        match self {
            Self::Stdio => {
                &[("JIRA_SITE_URL", FillIn), ("JIRA_EMAIL", FillIn), ("JIRA_API_TOKEN", FillIn)]
            }
            Self::Signin => &[
                ("HOST", Of("0.0.0.0")),
                ("PUBLIC_BASE_URL", FillIn),
                ("ALLOWED_HOSTS", FillIn),
                ("GATEWAY_SHARED_SECRET", Secret),
                ("AUTH", Of("signin")),
                ("ATLASSIAN_CLIENT_ID", FillIn),
                ("ATLASSIAN_CLIENT_SECRET", FillIn),
                ("SESSION_ENCRYPTION_KEY", Secret),
            ],
            Self::Gateway => &[
                ("HOST", Of("0.0.0.0")),
                ("PUBLIC_BASE_URL", FillIn),
                ("ALLOWED_HOSTS", FillIn),
                ("GATEWAY_SHARED_SECRET", Secret),
            ],
            Self::Agents => &[("TOOLSETS", Of("agent")), ("DIRECT_LINE_SECRET", FillIn)],
            Self::Entra => &[
                ("HOST", Of("0.0.0.0")),
                ("PUBLIC_BASE_URL", FillIn),
                ("ALLOWED_HOSTS", FillIn),
                ("GATEWAY_SHARED_SECRET", Secret),
                ("AUTH", Of("entra")),
                ("ENTRA_TENANT_ID", FillIn),
                ("ENTRA_AUDIENCE", FillIn),
            ],
        }
    }

    /// What is thought of next.
    pub(super) fn may_be_set(self) -> &'static [&'static str] {
        match self {
            Self::Stdio => &[
                "JIRA_ACCESS_TOKEN",
                "TOOLSETS",
                "READ_ONLY",
                "TOOLS_DENY",
                "PROJECTS_ALLOW",
                "LOG_LEVEL",
            ],
            Self::Signin => &[
                "PORT",
                "SESSION_STORE_TYPE",
                "SESSION_STORAGE_DIR",
                "REDIS_URL",
                "JIRA_SITE_URL",
                "TOOLSETS",
                "READ_ONLY",
                "PROJECTS_ALLOW",
                "OTEL_EXPORTER_OTLP_ENDPOINT",
            ],
            Self::Gateway => &[
                "PORT",
                "JIRA_SITE_URL",
                "TOOLSETS",
                "READ_ONLY",
                "TOOLS_DENY",
                "PROJECTS_ALLOW",
                "OTEL_EXPORTER_OTLP_ENDPOINT",
                "APPLICATIONINSIGHTS_CONNECTION_STRING",
            ],
            Self::Agents => &[
                "DIRECT_LINE_ENDPOINT",
                "DIRECT_LINE_TOKEN_ENDPOINT",
                "COPILOT_ENVIRONMENT_ID",
                "COPILOT_AGENT_SCHEMA",
                "AGENTS_FILE",
                "AGENT_REPLY_TIMEOUT_MS",
            ],
            Self::Entra => &[
                "PORT",
                "ENTRA_REQUIRED_SCOPE",
                "ENTRA_ROLE_TOOLSETS",
                "JIRA_SITE_URL",
                "TOOLSETS",
                "READ_ONLY",
                "PROJECTS_ALLOW",
            ],
        }
    }
}
