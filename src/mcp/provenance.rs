//! Says of a result that it shows what others wrote upstream, so that a host can treat it as such.

use rmcp::model::MetaObject;
use serde_json::json;

use tool_kit::{Product, Tool};

/// The `_meta` of what a tool has read; `_meta` exists in every revision since 2024-11-05. Bytes of
/// it count in every reply.
pub(super) fn of(product: &dyn Product, tool: &Tool) -> Option<MetaObject> {
    product.shows_words_of_others(tool).then(|| untrusted(product.name()))
}

/// The same for a resource's contents.
pub(super) fn untrusted(source: &str) -> MetaObject {
    let mut meta = MetaObject::default();
    let provenance = json!({ "source": source, "untrusted": true });
    meta.0.insert("jira-mcp-bridge/provenance".to_owned(), provenance);
    meta
}
