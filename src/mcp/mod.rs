//! MCP over streamable HTTP or stdio: the only layer that knows rmcp. A tool call looks the same over both.

mod blocks;
mod call;
mod consent;
mod direct;
mod handler;
mod legacy;
mod provenance;
mod schema;

use std::sync::Arc;

use rmcp::transport::streamable_http_server::{
    StreamableHttpServerConfig, StreamableHttpService, session::never::NeverSessionManager,
};

pub use direct::HttpService;
pub use handler::{Server, Settings};

/// rmcp's own service behind the short way.
type Rmcp = StreamableHttpService<Server, NeverSessionManager>;

/// The tower service behind the edge: stateless, one JSON reply for each POST.
///
/// Host, Origin and body size are the edge's questions, asked before anything is parsed; here they are off so that
/// one place decides.
pub fn http_service(server: Server, body_bytes_max: usize) -> HttpService<Rmcp> {
    let config = StreamableHttpServerConfig::default()
        .with_legacy_session_mode(false)
        .with_json_response(true)
        .with_max_request_body_bytes(body_bytes_max)
        .disable_allowed_hosts()
        .disable_allowed_origins();
    let sessions = Arc::new(NeverSessionManager::default());
    let own = server.clone();
    HttpService::new(own, StreamableHttpService::new(move || Ok(server.clone()), sessions, config))
}
