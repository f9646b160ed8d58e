//! Reads the whole body once, within its size, its time and the room there is, and passes it on
//! only if it is one JSON-RPC message.

use std::{future::poll_fn, pin::Pin, task::Poll, time::Duration};

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

use super::{
    Edge,
    access_log::declared_length,
    jsonrpc,
    overload::{self, Hold, Room},
    reject::Reject,
};
use crate::identity::{Caller, CallerKey};

/// Bodies that are refused and still coming, at the same time: what they send is read and dropped.
pub(super) const DRAINS_MAX: usize = 16;
/// How much of each, and for how long.
const DRAIN_BYTES_MAX: usize = 8 << 20;
const DRAIN_TIME_MAX: Duration = Duration::from_secs(2);

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
    let mut room = Room::new(&edge.places, caller)?;
    let collected = collect(edge, &parts.headers, &mut body, caller, &mut room);
    let collected = timeout(edge.settings.body_read_timeout, collected).await;
    let bytes = match collected.map_err(|_| Reject::BodySlow)? {
        Ok(bytes) => bytes,
        Err(reject @ (Reject::BodyTooLarge { .. } | Reject::Overloaded)) => {
            drain(edge, &parts.headers, body);
            return Err(reject);
        }
        Err(reject) => return Err(reject),
    };
    if let Some(hold) = parts.extensions.get::<Hold>() {
        hold.keep(room);
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
    let version = single_header(headers, "mcp-protocol-version").ok().flatten();
    version.is_some_and(|version| version >= "2026-07-28")
}

async fn collect(
    edge: &Edge,
    headers: &HeaderMap,
    body: &mut Body,
    caller: CallerKey,
    room: &mut Room,
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
                    arriving = Some(overload::arriving(&edge.places, caller)?);
                }
                body.frame().await
            }
        };
        let Some(frame) = frame else { break };
        let Ok(chunk) = frame.map_err(|_| Reject::BodyBroken)?.into_data() else { continue };
        if only.len() + bytes.len() + chunk.len() > max_bytes {
            return Err(Reject::BodyTooLarge { max_bytes });
        }
        room.grow(chunk.len())?;
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

/// Reads on behind a refusal, within bounds. A client that sends before it reads would otherwise
/// find its connection reset instead of the answer.
#[expect(
    clippy::disallowed_methods,
    reason = "it ends within seconds, and nothing that a stop waits for hangs on it"
)]
pub(super) fn drain(edge: &Edge, headers: &HeaderMap, mut body: Body) {
    // Who waits for permission to send has sent nothing.
    if headers.contains_key(header::EXPECT) {
        return;
    }
    let Ok(permit) = edge.drains.clone().try_acquire_owned() else { return };
    tokio::spawn(async move {
        let _permit = permit;
        let mut left = DRAIN_BYTES_MAX;
        let reading = async {
            while let Some(Ok(frame)) = body.frame().await {
                left = left.saturating_sub(frame.data_ref().map_or(0, Bytes::len));
                if left == 0 {
                    break;
                }
            }
        };
        // A slow client has had its chance.
        let _ = timeout(DRAIN_TIME_MAX, reading).await;
    });
}
