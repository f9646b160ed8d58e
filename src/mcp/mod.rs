//! MCP over streamable HTTP or stdio: the only layer that knows rmcp. A tool call looks the same over both.

mod blocks;
mod call;
mod consent;
mod endpoint;
mod handler;
mod in_flight;
mod legacy;
mod provenance;
mod rpc_errors;
mod schema;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use rmcp::transport::streamable_http_server::{
    StreamableHttpServerConfig, StreamableHttpService, session::never::NeverSessionManager,
};

pub use endpoint::Endpoint;
pub use handler::{Server, Settings};
pub use rpc_errors::errors;

/// The tower service behind the edge: stateless, one JSON reply for each POST.
///
/// Host, Origin and body size are the edge's questions, asked before anything is parsed; here they are off so that
/// one place decides.
pub fn http_service(server: Server, body_bytes_max: usize) -> Endpoint {
    let config = StreamableHttpServerConfig::default()
        .with_legacy_session_mode(false)
        .with_json_response(true)
        .with_max_request_body_bytes(body_bytes_max)
        .disable_allowed_hosts()
        .disable_allowed_origins();
    let same = server.clone();
    let factory = move || Ok(same.clone());
    let inner = StreamableHttpService::new(factory, Arc::new(NeverSessionManager::default()), config);
    Endpoint::new(inner, server)
}
