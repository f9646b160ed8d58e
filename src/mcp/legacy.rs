//! What clients of before 2026-07-28 send and expect, beyond what the protocol crate does by
//! itself.

use rmcp::{
    ErrorData, ServerHandler,
    model::{
        ClientCapabilities, CustomResult, Implementation, InitializeRequestParams, ProtocolVersion,
    },
};
use serde_json::Value;

use super::server::Server;

/// Answers an `initialize` whose client information is incomplete: only the version matters to a
/// stateless server.
pub(super) fn lenient_initialize(
    server: &Server,
    params: Option<&Value>,
) -> Result<CustomResult, ErrorData> {
    let version = params.and_then(|params| params.get("protocolVersion")).cloned();
    let version = version
        .and_then(|version| serde_json::from_value(version).ok())
        .unwrap_or(ProtocolVersion::LATEST_WITH_INITIALIZE);
    let request = InitializeRequestParams::new(
        ClientCapabilities::default(),
        Implementation::new("unknown", "0"),
    )
    .with_protocol_version(version);
    let answer = server.negotiate_initialize(&request)?;
    let answer =
        serde_json::to_value(answer).map_err(|_| ErrorData::internal_error("no answer", None))?;
    Ok(CustomResult::new(answer))
}
