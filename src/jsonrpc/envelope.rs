//! The outermost members of a message; nothing below them is built.

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::value::RawValue;

/// The members JSON-RPC and MCP know; a member sent twice is an error here, so that no two parsers
/// can differ.
#[derive(Deserialize, Serialize)]
pub(super) struct Envelope<'a> {
    #[serde(
        borrow,
        default,
        deserialize_with = "present",
        skip_serializing_if = "Option::is_none"
    )]
    pub(super) jsonrpc: Option<&'a RawValue>,
    #[serde(
        borrow,
        default,
        deserialize_with = "present",
        skip_serializing_if = "Option::is_none"
    )]
    pub(super) id: Option<&'a RawValue>,
    #[serde(
        borrow,
        default,
        deserialize_with = "present",
        skip_serializing_if = "Option::is_none"
    )]
    pub(super) method: Option<&'a RawValue>,
    #[serde(
        borrow,
        default,
        deserialize_with = "present",
        skip_serializing_if = "Option::is_none"
    )]
    pub(super) params: Option<&'a RawValue>,
    #[serde(borrow, default, deserialize_with = "present", skip_serializing)]
    pub(super) result: Option<&'a RawValue>,
    #[serde(borrow, default, deserialize_with = "present", skip_serializing)]
    pub(super) error: Option<&'a RawValue>,
}

/// Keeps `null` apart from absent.
fn present<'de, D: Deserializer<'de>>(member: D) -> Result<Option<&'de RawValue>, D::Error> {
    <&RawValue>::deserialize(member).map(Some)
}
