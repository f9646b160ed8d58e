//! The files from which Power Platform makes the custom connector, filled for one deployment.
//!
//! The files of `connector/` are the templates and at the same time what the defaults give, so they
//! can be read, checked and imported as they stand. Pure: values in, files out. There is no place
//! for a client secret; it is typed into the portal or asked for by the command-line tool.

mod parameters;
#[cfg(test)]
mod tests;

use std::{collections::BTreeSet, fmt::Write as _};

use serde_json::{Map, Value, json};

pub use parameters::{BasePath, ClientId, Host, ParameterError};

/// The path to which the connector sends MCP messages, below its base path.
pub const MCP_PATH: &str = "/mcp";

/// Without it Atlassian issues no refresh token. It is the client's business, not a resource's, so
/// no metadata document of the server names it.
pub const OFFLINE_ACCESS: &str = "offline_access";

const DEFINITION: &str = include_str!("../../connector/apiDefinition.swagger.json");
const PROPERTIES: &str = include_str!("../../connector/apiProperties.json");
const SETTINGS: &str = include_str!("../../connector/settings.json");
const README: &str = include_str!("../../connector/readme.md");
const ICON: &[u8] = include_bytes!("../../connector/icon.png");

const CLIENT_ID: &str = "/properties/connectionParameters/token/oAuthSettings/clientId";
const SCOPES: &str = "/properties/connectionParameters/token/oAuthSettings/scopes";

/// The lines of the readme between these two are made from the scopes.
const SCOPES_FROM: &str = "<!-- scopes -->\n";
const SCOPES_TO: &str = "<!-- /scopes -->";

/// One deployment's connector.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Connector {
    /// The gateway's host name.
    pub host: Host,
    /// The path under which the gateway publishes the server.
    pub base_path: BasePath,
    /// The OAuth app's client id, if it is known yet.
    pub client_id: Option<ClientId>,
    /// What the allowed tools need; `offline_access` is added here.
    pub scopes: Vec<String>,
}

/// One file of the connector.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// Its name within the folder.
    pub name: &'static str,
    /// All of it.
    pub content: Vec<u8>,
}

/// The templates in this binary are not what the code expects; only a build from changed templates
/// can meet it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the template of {file} in this binary is broken: {fault}")]
pub struct TemplateError {
    /// The file.
    pub file: &'static str,
    /// What is wrong with it, or the JSON pointer to what is missing.
    pub fault: &'static str,
}

impl Connector {
    /// All files, ready to be written.
    pub fn files(&self) -> Result<Vec<File>, TemplateError> {
        let file = |name, content: Vec<u8>| File { name, content };
        Ok(vec![
            file("apiDefinition.swagger.json", self.definition()?.into_bytes()),
            file("apiProperties.json", self.properties()?.into_bytes()),
            file("settings.json", SETTINGS.as_bytes().to_vec()),
            file("icon.png", ICON.to_vec()),
            file("readme.md", self.readme()?.into_bytes()),
        ])
    }

    /// Every scope of the sign-in, sorted, `offline_access` among them.
    pub fn sign_in_scopes(&self) -> Vec<&str> {
        let all: BTreeSet<&str> =
            self.scopes.iter().map(String::as_str).chain([OFFLINE_ACCESS]).collect();
        all.into_iter().collect()
    }

    fn definition(&self) -> Result<String, TemplateError> {
        let scopes = self.sign_in_scopes();
        let described: Map<String, Value> =
            scopes.iter().map(|scope| ((*scope).to_owned(), json!(about(scope)))).collect();
        let mut template = Template::read("apiDefinition.swagger.json", DEFINITION)?;
        template.set("/host", json!(self.host.as_str()))?;
        template.set("/basePath", json!(self.base_path.as_str()))?;
        template.set("/info/version", json!(env!("CARGO_PKG_VERSION")))?;
        template.set("/securityDefinitions/oauth2-auth/scopes", Value::Object(described))?;
        template.set("/security/0/oauth2-auth", json!(scopes))?;
        template.text()
    }

    fn properties(&self) -> Result<String, TemplateError> {
        let mut template = Template::read("apiProperties.json", PROPERTIES)?;
        if let Some(client_id) = &self.client_id {
            template.set(CLIENT_ID, json!(client_id.as_str()))?;
        }
        template.set(SCOPES, json!([self.sign_in_scopes().join(" ")]))?;
        template.text()
    }

    fn readme(&self) -> Result<String, TemplateError> {
        let broken = |fault| TemplateError { file: "readme.md", fault };
        let (head, rest) =
            README.split_once(SCOPES_FROM).ok_or(broken("the mark before the scopes"))?;
        let (_, tail) = rest.split_once(SCOPES_TO).ok_or(broken("the mark after the scopes"))?;
        let mut text = format!("{head}{SCOPES_FROM}\n| Scope | What it opens |\n|---|---|\n");
        for scope in self.sign_in_scopes() {
            // Writing to a string cannot fail.
            let _ = writeln!(text, "| `{scope}` | {} |", about(scope));
        }
        let _ = write!(text, "\n{SCOPES_TO}{tail}");
        let here = format!("https://{}{}", self.host.as_str(), self.base_path.as_prefix());
        Ok(text.replace(&format!("https://{}{}", Host::EXAMPLE, BasePath::EXAMPLE), &here))
    }
}

/// The sentence that stands for a scope in the files.
fn about(scope: &str) -> &'static str {
    match scope {
        "read:jira-work" => "Read projects and issues",
        "write:jira-work" => "Create and change issues",
        "read:jira-user" => "Read who the user and other people are",
        "manage:jira-project" => "Change versions of projects",
        "read:servicedesk-request" => "Read requests, approvals and queues of service desks",
        "write:servicedesk-request" => "Make requests and answer approvals at service desks",
        "offline_access" => "Stay signed in",
        "read:board-scope:jira-software" => "Read boards",
        "write:board-scope:jira-software" => "Move issues to the backlog",
        "read:sprint:jira-software" => "Read sprints",
        "write:sprint:jira-software" => "Plan, start and complete sprints",
        "write:issue:jira-software" => "Rank issues",
        "read:project:jira" => "Read the projects of boards",
        "read:issue-details:jira" => "Read the issues of boards",
        "read:jql:jira" => "Filter the issues of sprints",
        _ => UNDESCRIBED,
    }
}

const UNDESCRIBED: &str = "Used by a tool";

/// A JSON file some of whose values are replaced.
struct Template {
    file: &'static str,
    value: Value,
}

impl Template {
    fn read(file: &'static str, text: &str) -> Result<Self, TemplateError> {
        let value = serde_json::from_str(text)
            .map_err(|_| TemplateError { file, fault: "it is not JSON" })?;
        Ok(Self { file, value })
    }

    /// Replaces the value at a JSON pointer; one that leads nowhere is a broken template.
    fn set(&mut self, pointer: &'static str, value: Value) -> Result<(), TemplateError> {
        let slot = self
            .value
            .pointer_mut(pointer)
            .ok_or(TemplateError { file: self.file, fault: pointer })?;
        *slot = value;
        Ok(())
    }

    fn text(&self) -> Result<String, TemplateError> {
        let text = serde_json::to_string_pretty(&self.value);
        text.map(|text| text + "\n")
            .map_err(|_| TemplateError { file: self.file, fault: "it cannot be written" })
    }
}
