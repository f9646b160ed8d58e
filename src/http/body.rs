//! Reads the whole body once, within its size, its time and the room there is, and passes it on
//! only if it is one JSON-RPC message.

use std::{future::poll_fn, pin::Pin, task::Poll};

use auth::{Caller, PrincipalKey};
use axum::{
    body::{Body, Bytes},
    extract::Request,
    response::{IntoResponse, Response},
};
use bytes::BytesMut;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use http_body::Body as _;
use http_body_util::BodyExt;
use single_header::single_header;
use tokio::time::timeout;

use crate::jsonrpc;

use super::{
    access_log::declared_length,
    edge::Edge,
    header_names::MCP_PROTOCOL_VERSION,
    permits::{BodyBytes, RequestPermit},
    reject::Reject,
};

/// What became of a body.
pub(super) enum Read {
    /// A message for whoever stands behind the edge.
    Message(Request),
    /// There is nothing to do about it.
    Answered(Response),
}

/// One timeout over the whole read: a limit per frame would let one byte a second go on for ever.
pub(super) async fn read(edge: &Edge, request: Request) -> Result<Read, Reject> {
    let (mut parts, mut body) = request.into_parts();
    let caller = parts.extensions.get::<Caller>().map(Caller::key).ok_or(Reject::Internal)?;
    let mut body_bytes = edge.permits.body_bytes(caller)?;
    let collected = collect(edge, &parts.headers, &mut body, caller, &mut body_bytes);
    let collected = timeout(edge.settings.body_read_timeout, collected).await;
    let bytes = match collected.map_err(|_| Reject::BodySlow)? {
        Ok(bytes) => bytes,
        Err(reject @ (Reject::BodyTooLarge { .. } | Reject::Overloaded)) => {
            edge.drains.drain(&parts.headers, body);
            return Err(reject);
        }
        Err(reject) => return Err(reject),
    };
    if let Some(permit) = parts.extensions.get::<RequestPermit>() {
        permit.keep(body_bytes);
    }
    let bytes = match jsonrpc::read(&bytes).map_err(Reject::Rpc)? {
        jsonrpc::Message::AsSent => bytes,
        jsonrpc::Message::Rewritten(text) => text.into(),
        jsonrpc::Message::Response if is_modern(&parts.headers) => {
            return Err(Reject::Rpc(jsonrpc::unwanted_response()));
        }
        // A client's response to a request we never sent: taken and dropped, as the old transport
        // asks.
        jsonrpc::Message::Response => {
            return Ok(Read::Answered(StatusCode::ACCEPTED.into_response()));
        }
    };
    parts.headers.remove(header::TRANSFER_ENCODING);
    parts.headers.insert(header::CONTENT_LENGTH, HeaderValue::from(bytes.len()));
    Ok(Read::Message(Request::from_parts(parts, Body::from(bytes))))
}

/// Since 2026-07-28 there is nothing that a client could respond to. ISO dates compare as text as
/// they do as dates.
fn is_modern(headers: &HeaderMap) -> bool {
    let version = single_header(headers, MCP_PROTOCOL_VERSION).ok().flatten();
    version.is_some_and(|version| version >= "2026-07-28")
}

async fn collect(
    edge: &Edge,
    headers: &HeaderMap,
    body: &mut Body,
    caller: PrincipalKey,
    body_bytes: &mut BodyBytes,
) -> Result<Bytes, Reject> {
    let max_bytes = edge.settings.body_bytes_max;
    let declared = declared_length(headers).unwrap_or_default();
    if declared > max_bytes as u64 {
        return Err(Reject::BodyTooLarge { max_bytes });
    }
    let (mut only, mut bytes) = (Bytes::new(), BytesMut::new());
    let mut arriving = None;
    loop {
        let frame = match poll_fn(|cx| Poll::Ready(Pin::new(&mut *body).poll_frame(cx))).await {
            Poll::Ready(frame) => frame,
            Poll::Pending => {
                if arriving.is_none() {
                    arriving = Some(edge.permits.body_arriving(caller)?);
                }
                body.frame().await
            }
        };
        let Some(frame) = frame else { break };
        let Ok(chunk) = frame.map_err(|_| Reject::BodyBroken)?.into_data() else { continue };
        if only.len() + bytes.len() + chunk.len() > max_bytes {
            return Err(Reject::BodyTooLarge { max_bytes });
        }
        body_bytes.grow(chunk.len())?;
        if only.is_empty() && bytes.is_empty() {
            // Most bodies are one chunk, which is passed on without a copy.
            only = chunk;
            continue;
        }
        if bytes.is_empty() {
            // What is not written to is no memory yet.
            bytes.reserve(
                usize::try_from(declared).unwrap_or_default().max(only.len() + chunk.len()),
            );
            bytes.extend_from_slice(&std::mem::take(&mut only));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(if bytes.is_empty() { only } else { bytes.freeze() })
}
