//! Reads what an admitted client wants and in which form, and answers in that form for the MCP
//! service behind the edge.
//!
//! One step and not several layers: each layer of functions is two allocations and a copy of all
//! below it, for each call.

use std::sync::Arc;

use axum::{
    body::Body,
    extract::{MatchedPath, RawPathParams, Request, State, rejection::RawPathParamsRejection},
    middleware::Next,
    response::Response,
};

use crate::jsonrpc::OneReply;

use super::{
    body,
    content_negotiation::{self, ResponseFormat},
    edge::Edge,
    event_stream, narrowing,
    reject::Reject,
    text_errors,
};

/// Middleware of `/mcp`, the last one before the service.
pub(super) async fn prepare_mcp(
    State(edge): State<Arc<Edge>>,
    matched: MatchedPath,
    params: Result<RawPathParams, RawPathParamsRejection>,
    mut request: Request<Body>,
    next: Next,
) -> Result<Response, Reject> {
    let narrowed = narrowing::insert(&matched, params, &mut request);
    let format = narrowed.and_then(|()| content_negotiation::negotiate(request.headers_mut()));
    let format = match format {
        Ok(format) => format,
        Err(reject) => {
            let (parts, body) = request.into_parts();
            edge.drains.drain(&parts.headers, body);
            return Err(reject);
        }
    };
    if format == ResponseFormat::Json {
        request.extensions_mut().insert(OneReply);
    }
    // Last of the checks, so that nobody without a token makes us hold a body.
    let request = match body::read(&edge, request).await? {
        body::Read::Message(request) => request,
        body::Read::Answered(response) => return Ok(response),
    };
    let response = async move { text_errors::to_json_rpc(next.run(request).await).await };
    // Below the checks, so that their refusals keep their status.
    Ok(match format {
        ResponseFormat::Json | ResponseFormat::JsonOrEvents => response.await,
        ResponseFormat::EventStream => event_stream::serve(&edge.settings, response).await,
    })
}
