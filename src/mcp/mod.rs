//! MCP over streamable HTTP or stdio: the only layer that knows rmcp. A tool call looks the same over both.

mod about;
mod blocks;
mod call;
mod completion;
mod consent;
mod handler;
mod legacy;
mod lines;
mod observed;
mod prompts;
mod provenance;
mod resources;
mod schema;
mod stdio;

use std::sync::Arc;

use rmcp::transport::streamable_http_server::{
    StreamableHttpServerConfig, StreamableHttpService, session::never::NeverSessionManager,
};

pub use handler::{Server, Settings};
pub use stdio::{StdioSettings, serve_stdio};

/// The tower service behind the edge: stateless, one JSON reply for each POST.
///
/// Host, Origin and body size are the edge's questions, asked before anything is parsed; here they are off so that
/// one place decides.
pub fn http_service(
    server: Server,
    body_bytes_max: usize,
) -> StreamableHttpService<Server, NeverSessionManager> {
    let config = StreamableHttpServerConfig::default()
        .with_legacy_session_mode(false)
        .with_json_response(true)
        .with_max_request_body_bytes(body_bytes_max)
        .disable_allowed_hosts()
        .disable_allowed_origins();
    StreamableHttpService::new(move || Ok(server.clone()), Arc::new(NeverSessionManager::default()), config)
}
