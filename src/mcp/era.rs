//! Which of the protocol's two eras a request belongs to.

use rmcp::{RoleServer, model::ProtocolVersion, service::RequestContext};

/// Whether the client speaks 2026-07-28 or later.
pub(super) fn is_modern(context: &RequestContext<RoleServer>) -> bool {
    // ISO dates compare as text as they do as dates.
    context
        .protocol_version()
        .is_some_and(|version| version.as_str() >= ProtocolVersion::V_2026_07_28.as_str())
}

/// Which fields a client knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Era {
    /// `initialize`, 2024-11-05 to 2025-11-25.
    Legacy,
    /// 2026-07-28.
    Modern,
}

/// In which form a client gets the list of tools.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Wanted {
    pub(super) era: Era,
    /// The client shows pages.
    pub(super) apps: bool,
}
