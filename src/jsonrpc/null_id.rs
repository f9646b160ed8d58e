//! What Copilot Studio sends that the protocol crate refuses: notifications with `"id":null`.

use serde_json::value::RawValue;

use super::envelope::Envelope;

/// The notification without its id, or `None` if this is not such a message.
///
/// JSON-RPC knows a notification by the absence of an id, so rmcp takes a null one for a malformed
/// request. Copilot Studio was captured sending it with `notifications/initialized` (May 2026);
/// others report that it gives a server up that answers anything but 202.
pub(super) fn without_null_id(envelope: &Envelope, method: &str, id: &RawValue) -> Option<String> {
    let is_meant = id.get() == "null" && method.starts_with("notifications/");
    let Envelope { jsonrpc, method, params, .. } = *envelope;
    let bare = Envelope { jsonrpc, id: None, method, params, result: None, error: None };
    is_meant.then(|| serde_json::to_string(&bare).ok()).flatten()
}
