//! The one place where a refusal becomes an answer: its headers and its JSON body.

use axum::{body::Body, response::Response};
use error_doc::Class;
use http::{HeaderValue, Method, Request, header};
use metrics::{Label as _, labels::Refusal};
use serde_json::{Value, json};

use crate::{
    http::request_id::RequestId,
    jsonrpc::{INTERNAL_ERROR, INVALID_REQUEST},
};

use super::{
    kind::{Reject, RpcId},
    spec::Spec,
};

/// Of the codes that JSON-RPC leaves to servers: who asks may not come in.
const NOT_ADMITTED: i32 = -32001;
/// And: not now.
const NOT_NOW: i32 = -32000;

/// The stable code of a refusal, left among the response's extensions for the access log.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RejectCode(pub(crate) Refusal);

/// In which format a refusal is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    /// The envelope alone.
    Plain,
    /// A JSON-RPC error, the envelope among its data: clients of MCP show people nothing else. It
    /// has an id only where a message was read before it was refused.
    JsonRpc,
}

impl Format {
    /// JSON-RPC for all below `/mcp`, and for whoever posts elsewhere: that is a client with a
    /// wrong address.
    pub(crate) fn of<B>(request: &Request<B>) -> Self {
        let path = request.uri().path();
        let is_endpoint =
            path.strip_prefix("/mcp").is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
        if is_endpoint || request.method() == Method::POST { Self::JsonRpc } else { Self::Plain }
    }
}

/// Gives a refusal from below its headers and its JSON body; any other response passes unchanged.
pub(crate) fn render(request_id: &RequestId, format: Format, mut response: Response) -> Response {
    let Some(reject) = response.extensions_mut().remove::<Reject>() else { return response };
    let headers = response.headers_mut();
    reject.set_headers(headers);
    headers.remove(header::CONTENT_LENGTH);
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response.extensions_mut().insert(RejectCode(reject.spec().refusal));
    let id = response.extensions_mut().remove::<RpcId>().map_or(Value::Null, |id| id.0);
    *response.body_mut() = Body::from(body(&reject, request_id, format, &id));
    response
}

fn body(reject: &Reject, request_id: &RequestId, format: Format, id: &Value) -> String {
    if let Reject::Rpc(fault) = reject {
        return fault.to_reply();
    }
    let (spec, message) = (reject.spec(), reject.message());
    let envelope = json!({
        "error": spec.refusal.as_str(),
        "status": spec.status.as_u16(),
        "message": message,
        "hint": spec.hint,
        "request_id": request_id.as_str(),
    });
    match format {
        Format::Plain => envelope.to_string(),
        Format::JsonRpc => {
            let message = format!("{message} {}", spec.hint);
            let error = json!({ "code": rpc_code(&spec), "message": message, "data": envelope });
            json!({ "jsonrpc": "2.0", "id": id, "error": error }).to_string()
        }
    }
}

/// JSON-RPC's own codes where they say it, and of those for servers one for who asks and one for
/// when.
fn rpc_code(spec: &Spec) -> i32 {
    match spec.class {
        Class::Authentication | Class::Permission => NOT_ADMITTED,
        Class::Internal => INTERNAL_ERROR,
        Class::Overload | Class::Timeout => NOT_NOW,
        _ => INVALID_REQUEST,
    }
}
