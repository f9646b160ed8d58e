//! `subscriptions/listen` of MCP 2026-07-28: a stream for news of lists and resources.
//!
//! No list of ours ever changes while the process runs, and no resource is watched, so the filter
//! that is acknowledged is always empty: a server names only what it really supports. The stream is
//! kept by the edge, for it costs a connection and nothing else.
//!
//! Source: MCP 2026-07-28, schema, `SubscriptionsListenRequest`.

use bytes::Bytes;
use http::{HeaderMap, HeaderName, Response};
use http_body_util::{BodyExt, Empty};
use rmcp::model::{MetaObject, ProtocolVersion, RequestMetaObject, SubscriptionFilter};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json, value::RawValue};
use single_header::single_header;

use crate::jsonrpc::{self, Subscription};

use super::{
    answer::{Answer, json},
    server::Server,
};

const METHOD: &str = "subscriptions/listen";
const VERSION_HEADER: HeaderName = HeaderName::from_static("mcp-protocol-version");
const METHOD_HEADER: HeaderName = HeaderName::from_static("mcp-method");
const ID_KEY: &str = "io.modelcontextprotocol/subscriptionId";

#[derive(Deserialize)]
struct Message<'a> {
    jsonrpc: &'a str,
    #[serde(borrow)]
    id: &'a RawValue,
    method: &'a str,
    #[serde(borrow)]
    params: Params<'a>,
}

#[derive(Deserialize)]
struct Params<'a> {
    #[serde(rename = "_meta")]
    meta: Map<String, Value>,
    #[serde(borrow)]
    notifications: Option<&'a RawValue>,
}

/// The answer to a request of that method. What a client of another revision sends, or one whose
/// headers do not fit, is left to rmcp, which refuses it.
pub(super) fn answer(server: &Server, headers: &HeaderMap, body: &[u8]) -> Option<Answer> {
    memchr::memmem::find(body, METHOD.as_bytes())?;
    let Message { jsonrpc, id, method, params } = serde_json::from_slice(body).ok()?;
    if jsonrpc != "2.0" || method != METHOD || !is_modern(headers, params.meta) {
        return None;
    }
    let id: Value = serde_json::from_str(id.get()).ok().filter(is_id)?;
    let wanted = params.notifications.map(RawValue::get).unwrap_or_default();
    // A list would do for the parser as well.
    let is_object = wanted.starts_with('{');
    if !is_object || serde_json::from_str::<SubscriptionFilter>(wanted).is_err() {
        let detail = "subscriptions/listen takes params with notifications as an object: \
                      toolsListChanged, promptsListChanged and resourcesListChanged are true or \
                      false, resourceSubscriptions is a list of texts";
        let id = serde_json::value::to_raw_value(&id).ok()?;
        return Some(json(jsonrpc::invalid_params(detail, id).to_reply().into()));
    }
    let mut answer = Response::new(Empty::new().boxed());
    answer.extensions_mut().insert(subscription(server, &id));
    Some(answer)
}

fn subscription(server: &Server, id: &Value) -> Subscription {
    let first = json!({
        "jsonrpc": "2.0",
        "method": "notifications/subscriptions/acknowledged",
        "params": {"_meta": {ID_KEY: id}, "notifications": {}},
    });
    let mut meta = MetaObject::new();
    meta.insert(ID_KEY.to_owned(), id.clone());
    server.put_server_info(&mut meta);
    let result = json!({"resultType": "complete", "_meta": meta});
    let last = json!({"jsonrpc": "2.0", "id": id, "result": result});
    Subscription { id: id.clone(), first: bytes(&first), last: bytes(&last) }
}

fn bytes(message: &impl Serialize) -> Bytes {
    // Values of JSON are always written.
    serde_json::to_vec(message).unwrap_or_default().into()
}

/// A whole number or a text.
fn is_id(id: &Value) -> bool {
    id.is_i64() || id.is_string()
}

/// The version in body and header, and the method in its header.
fn is_modern(headers: &HeaderMap, meta: Map<String, Value>) -> bool {
    let version = ProtocolVersion::V_2026_07_28;
    let meta = RequestMetaObject::from(meta);
    let only = |name: HeaderName| single_header(headers, name).ok().flatten();
    meta.missing_required_keys(&version).is_empty()
        && meta.protocol_version().as_ref() == Some(&version)
        && only(VERSION_HEADER) == Some(version.as_str())
        && only(METHOD_HEADER) == Some(METHOD)
}
