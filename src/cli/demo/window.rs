//! What the sandbox's window shows of the demo: the calls of its tools, and how clients are
//! connected to it.

use base64::{Engine, engine::general_purpose::STANDARD};
use jira_sandbox::{CallLog, ToolCall, WindowPerson, WindowSettings, WindowWay};
use serde_json::{Value, json};
use url::Url;

use crate::{mcp::WatchCalls, telemetry::audit};

use super::shown::{World, about, servers_over_http, servers_over_stdio, which_tools};

/// Shows each finished call in the window. Arguments are content, and the window is the only place
/// that has them: the demo has no content but the sandbox's.
pub(super) struct ShowCalls(pub(super) CallLog);

impl std::fmt::Debug for ShowCalls {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ShowCalls").finish_non_exhaustive()
    }
}

impl WatchCalls for ShowCalls {
    fn ended(&self, line: &audit::Line<'_>, arguments: &str) {
        self.0.add(ToolCall {
            tool: line.tool.to_owned(),
            arguments: arguments.to_owned(),
            outcome: line.outcome.map_or("ok", |code| code.row().code).to_owned(),
            is_error: line.outcome.is_some(),
            requests: line.jira_calls,
            bytes_from_jira: line.bytes_from_jira,
            bytes_sent: line.bytes_sent as u64,
            elapsed_ms: u64::try_from(line.elapsed.as_millis()).unwrap_or(u64::MAX),
        });
    }
}

/// What the window says of the demo.
pub(super) fn settings(world: &World<'_>) -> WindowSettings {
    let people = world.tokens.iter().map(|(name, token)| WindowPerson {
        name: name.clone(),
        about: about(name).to_owned(),
        token: token.clone(),
    });
    WindowSettings {
        product: "jira-mcp-bridge demo".to_owned(),
        tools: which_tools(&world.tools),
        people: people.collect(),
        ways: ways(world),
    }
}

fn ways(world: &World<'_>) -> Vec<WindowWay> {
    let (url, server) = (&world.mcp_url, world.server());
    let headers = json!({ "Authorization": format!("Bearer {}", world.token()) });
    let way = |name: &str, about: &str, link: Option<String>, text: Option<String>| WindowWay {
        name: name.to_owned(),
        about: about.to_owned(),
        link,
        text,
    };
    // Who signs in needs no token.
    let claude = if world.issuer.is_some() {
        format!("claude mcp add --transport http {server} {url}")
    } else {
        format!(
            "claude mcp add --transport http {server} {url} --header \"Authorization: Bearer {}\"",
            world.token()
        )
    };
    let vs_code = json!({ "name": server, "type": "http", "url": url, "headers": headers });
    let cursor = json!({ "url": url, "headers": headers });
    vec![
        way(
            "VS Code",
            "Open the link, or put this into .vscode/mcp.json.",
            Some(vs_code_link(&vs_code)),
            Some(format!("{:#}", servers_over_http(world))),
        ),
        way(
            "Cursor",
            "Open the link; Cursor asks before it adds the server.",
            cursor_link(server, &cursor),
            None,
        ),
        way("Claude Code", "Paste this into a terminal.", None, Some(claude)),
        way(
            "Claude Desktop",
            "For this and other clients that start a server; it works in the same sandbox, but its calls are not shown here.",
            None,
            Some(format!("{:#}", servers_over_stdio(world))),
        ),
    ]
}

/// Source: "MCP developer guide", <https://code.visualstudio.com/api/extension-guides/ai/mcp>.
fn vs_code_link(config: &Value) -> String {
    let encoded: String =
        url::form_urlencoded::byte_serialize(config.to_string().as_bytes()).collect();
    // The form's plus would stay one.
    format!("vscode:mcp/install?{}", encoded.replace('+', "%20"))
}

/// Source: "MCP Install Links", <https://cursor.com/docs/mcp/install-links>.
fn cursor_link(name: &str, config: &Value) -> Option<String> {
    let config = STANDARD.encode(config.to_string());
    let mut link = Url::parse("cursor://anysphere.cursor-deeplink/mcp/install").ok()?;
    link.query_pairs_mut().append_pair("name", name).append_pair("config", &config);
    Some(link.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_hold_what_the_clients_read() {
        let config = json!({ "name": "jira", "url": "http://127.0.0.1:1/mcp", "headers": { "Authorization": "Bearer a b" } });
        let link = vs_code_link(&config);
        let query = Url::parse(&link).unwrap().query().unwrap().replace('+', "%2B");
        let (read, _) = url::form_urlencoded::parse(query.as_bytes()).next().unwrap();
        assert_eq!(serde_json::from_str::<Value>(&read).unwrap(), config);
        let link = Url::parse(&cursor_link("jira", &config).unwrap()).unwrap();
        let (_, encoded) = link.query_pairs().find(|(name, _)| name == "config").unwrap();
        let read = STANDARD.decode(encoded.as_bytes()).unwrap();
        assert_eq!(serde_json::from_slice::<Value>(&read).unwrap(), config);
    }
}
