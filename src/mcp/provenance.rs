//! Says of a result that it shows what others wrote in Jira, so that a host can treat it as such.

use rmcp::model::MetaObject;
use serde_json::json;

use crate::tools::Tool;

/// The `_meta` of what a tool has read; `_meta` exists in every revision since 2024-11-05. Bytes of
/// it count in every reply.
pub(super) fn of(tool: &Tool) -> Option<MetaObject> {
    tool.effect.is_read().then(untrusted)
}

/// The same for a resource's contents.
pub(super) fn untrusted() -> MetaObject {
    let mut meta = MetaObject::default();
    let provenance = json!({ "source": "jira", "untrusted": true });
    meta.0.insert("jira-mcp-bridge/provenance".to_owned(), provenance);
    meta
}
