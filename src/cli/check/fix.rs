//! How to fix a setting that cannot be used.

use crate::{cli::report::Finding, config::Problem};

/// A problem with what to do about it.
pub(super) fn explained(problem: &Problem) -> Finding {
    let found = match problem.found.as_str() {
        "" => String::new(),
        found => format!("found '{found}'; "),
    };
    Finding::failed(
        problem.name,
        format!("{found}{}. Fix: {}", problem.accepted, advice(problem.name)),
    )
}

fn advice(name: &str) -> &'static str {
    match name {
        "GATEWAY_SHARED_SECRET" | "GATEWAY_SHARED_SECRET_PREVIOUS" => {
            "make one with `openssl rand -base64 48` and give the gateway the same"
        }
        "GATEWAY_SHARED_SECRET_FILE" => {
            "one secret a line, readable by the server's user; make one with `openssl rand -base64 48`"
        }
        "HOST" => "127.0.0.1 for this machine only, 0.0.0.0 in a container",
        "ALLOWED_HOSTS" => {
            "the names by which the gateway calls, such as bridge.internal.example.com"
        }
        "ALLOWED_ORIGINS" => {
            "leave it unset for Copilot Studio, or name each origin, such as https://apps.example.com"
        }
        "PUBLIC_BASE_URL" => {
            "the URL in front of /mcp, such as https://contoso.azure-api.net/jira-mcp"
        }
        "SESSION_ENCRYPTION_KEY" | "SESSION_ENCRYPTION_KEY_FILE" => {
            "make one with `openssl rand -base64 32`, and give every replica the same"
        }
        "SESSION_STORE_TYPE" => "memory to try it out, file for one replica, redis for several",
        "SESSION_STORAGE_DIR" => "a folder that belongs to the server's user alone",
        "REDIS_URL" => {
            "redis://host:6379, or rediss:// for TLS; user and password stand before the host"
        }
        "AUTH" => {
            "atlassian for tokens of the connector, signin for clients that know only the URL, entra for access tokens of your tenant"
        }
        "ATLASSIAN_CLIENT_ID" | "ATLASSIAN_CLIENT_SECRET" | "ATLASSIAN_CLIENT_SECRET_FILE" => {
            "the app's settings in Atlassian's developer console show it"
        }
        "ENTRA_TENANT_ID"
        | "ENTRA_CLIENT_ID"
        | "ENTRA_CLIENT_SECRET"
        | "ENTRA_CLIENT_SECRET_FILE" => "the app registration in Entra ID shows it",
        "ENTRA_AUDIENCE" => {
            "the app registration shows it under Expose an API; best is the URL of /mcp"
        }
        "ENTRA_REQUIRED_SCOPE" => "the name of a scope under Expose an API, such as access",
        "ENTRA_ROLE_TOOLSETS" => {
            "values of app roles with sets of tools, such as Reader=readonly;Lead=core,agile"
        }
        "JIRA_API_BASE_URL" => {
            "leave it unset: Jira Cloud is https://api.atlassian.com for everybody"
        }
        "JIRA_EMAIL" => "the e-mail address of the account that the API token is of",
        "JIRA_API_TOKEN" => {
            "make one at https://id.atlassian.com/manage-profile/security/api-tokens"
        }
        "JIRA_SITE_URL" => {
            "the address at which people open Jira; without JIRA_API_TOKEN it may be unset"
        }
        "JIRA_CLOUD_ID" => {
            "set JIRA_SITE_URL instead, or leave both unset: each user's own site is found"
        }
        "TOOLSETS" => "name sets with commas, such as core,context,collab",
        "TOOLS_DENY" => "`jira-mcp-bridge tools` lists the names",
        "PROJECTS_ALLOW" => {
            "keys as they stand before an issue's number, with commas, such as ACME,OPS"
        }
        ".env" | "the configuration file" => {
            "one NAME=value a line in .env, `name = \"value\"` in the TOML file"
        }
        _ => "`jira-mcp-bridge settings` shows every setting with its default",
    }
}
