//! The outermost step: names the request, writes its line in the access log, and turns a refusal
//! from below into an answer.

use std::{future, sync::Arc};

use axum::{
    body::Body,
    extract::{MatchedPath, Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use http::header;

use super::{
    access_log,
    connection::NoSlot,
    cors::{self, Readers},
    edge::Edge,
    header_names::{HTTPS_FOR_A_YEAR, NO_SNIFF},
    public_base_url::PublicBaseUrl,
    reject::{self, Format, Reject},
    request_id,
};

/// Middleware around every route, health and unknown paths included.
pub(super) async fn observe(
    State((edge, readers)): State<(Arc<Edge>, Readers)>,
    matched: Option<MatchedPath>,
    mut request: Request<Body>,
    next: Next,
) -> Response {
    // First, so that everything below can be told apart in logs and answers.
    let id = request_id::assign(&edge.request_ids, &mut request);
    let origin = readers.origin(request.headers(), &edge.settings);
    let preflight = readers.preflight(&edge.settings, &request);
    let format = Format::of(&request);
    let has_no_slot = request.extensions().get::<NoSlot>().is_some();
    let respond = |request| {
        let response = next.run(request);
        // The one place where a `Reject` from below becomes an answer.
        async {
            let response =
                if has_no_slot { Reject::ConnectionsFull.into_response() } else { response.await };
            reject::render(&id, format, response)
        }
    };
    let mut response = match preflight {
        Some(answer) => {
            let respond = |_| future::ready(answer);
            access_log::record(&edge, matched.as_ref(), &id, request, respond).await
        }
        None => access_log::record(&edge, matched.as_ref(), &id, request, respond).await,
    };
    if let Some(origin) = origin {
        cors::allow(origin, &mut response);
    }
    request_id::set_response_header(&id, &mut response);
    response.headers_mut().insert(header::X_CONTENT_TYPE_OPTIONS, NO_SNIFF);
    if edge.settings.public_base_url.as_ref().is_some_and(PublicBaseUrl::is_https) {
        response.headers_mut().insert(header::STRICT_TRANSPORT_SECURITY, HTTPS_FOR_A_YEAR);
    }
    response
}
