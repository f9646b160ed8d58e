//! A client of 2026-07-28: what it puts into headers and `_meta`, each of which a test can leave
//! out or falsify.

use serde_json::{Value, json};

use super::{Bridge, Reply};

/// One request, complete until a test changes it.
pub(crate) struct Modern {
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Value,
}

impl Modern {
    /// A request that says everything it must.
    pub(crate) fn new(method: &str, params: Value) -> Self {
        let mut params = params;
        params["_meta"] = json!({
            "io.modelcontextprotocol/protocolVersion": "2026-07-28",
            "io.modelcontextprotocol/clientCapabilities": {},
        });
        let mut headers = vec![
            ("MCP-Protocol-Version", "2026-07-28".to_owned()),
            ("Mcp-Method", method.to_owned()),
        ];
        if let Some(name) = params["name"].as_str() {
            headers.push(("Mcp-Name", name.to_owned()));
        }
        Self {
            headers,
            body: json!({"jsonrpc": "2.0", "id": 3, "method": method, "params": params}),
        }
    }

    /// A call of a tool.
    pub(crate) fn call(tool: &str, arguments: Value) -> Self {
        let mut params = json!({"name": tool});
        params["arguments"] = arguments;
        Self::new("tools/call", params)
    }

    /// The same without a header.
    pub(crate) fn without(mut self, name: &str) -> Self {
        self.headers.retain(|(known, _)| *known != name);
        self
    }

    /// The same with another header, beside those of its name.
    pub(crate) fn with(mut self, name: &'static str, value: &str) -> Self {
        self.headers.push((name, value.to_owned()));
        self
    }

    /// The same with another `_meta` entry, or without it.
    pub(crate) fn meta(mut self, name: &str, value: Option<Value>) -> Self {
        let meta = self.body["params"]["_meta"].as_object_mut().unwrap();
        match value {
            Some(value) => drop(meta.insert(name.to_owned(), value)),
            None => drop(meta.remove(name)),
        }
        self
    }

    /// Sent as a user to a path.
    pub(crate) async fn send_to(&self, bridge: &Bridge, path: &str, user: &str) -> Reply {
        let headers: Vec<(&str, &str)> =
            self.headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        bridge.post_to(path, user, &headers, &self.body).await
    }

    /// Sent as the user who sees everything.
    pub(crate) async fn send(&self, bridge: &Bridge) -> Reply {
        self.send_to(bridge, "/mcp", "anna").await
    }
}
