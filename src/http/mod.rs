//! The edge: who may come in, and how much. It knows no product; behind it stands one MCP service.

// The way in, in the order a request meets it.
mod access_log;
mod admin;
mod bearer;
mod body;
mod cors;
mod events;
mod gateway;
mod health;
mod host;
mod media;
mod metadata;
mod narrowing;
mod origin;
mod overload;
mod page;
mod plain_fault;
mod questions;
mod refused_tokens;
mod reject;
mod request_id;
mod secret_file;
mod secret_strength;
mod serve;
mod settings;
mod slots;
mod waiting;
mod write_stall;

#[cfg(test)]
mod tests;

use std::{convert::Infallible, sync::Arc};

use axum::{
    Extension, Router,
    body::Body,
    error_handling::HandleErrorLayer,
    extract::{MatchedPath, RawPathParams, Request, State, rejection::RawPathParamsRejection},
    middleware::{Next, from_fn_with_state},
    response::{IntoResponse, Response},
    routing::get,
};
use http::{HeaderValue, header};
use tokio::{sync::Semaphore, time::Instant};
use tower::{Service, ServiceBuilder, timeout::TimeoutLayer};
use tower_http::{catch_panic::CatchPanicLayer, set_header::SetResponseHeaderLayer};

use crate::{errors::Row, jsonrpc};
use questions::Admitted;
use refused_tokens::RefusedTokens;
use reject::Reject;

pub use admin::router as admin_router;
use auth::{Caller, KeyedHasher};
pub use gateway::{Gateway, GatewayError, GatewaySource, KEY_BYTES};
pub use health::Readiness;
pub use host::AllowedHost;
pub(crate) use jsonrpc::passed_on;
pub use metadata::PublicBaseUrl;
use metrics::Signals;
pub use origin::AllowedOrigin;
pub use overload::{BODIES_BYTES_MAX, BODY_BYTES_FREE};
pub use request_id::RequestId;
pub use secret_strength::ADVICE as SECRET_ADVICE;
pub use serve::{ConnectionSettings, Drain, serve};
pub use settings::{RuleError, Settings};
use slots::Crowded;
pub use slots::RESERVE as CONNECTIONS_RESERVE;
pub use waiting::HEADS_BYTES_MAX;

/// No browser may take an answer for something else than it says it is.
pub(crate) const NO_SNIFF: HeaderValue = HeaderValue::from_static("nosniff");

/// What every step of the way in shares for the life of the process.
struct Edge {
    settings: Settings,
    hasher: KeyedHasher,
    readiness: Readiness,
    request_ids: request_id::Mint,
    signals: Signals,
    /// Tokens that Jira has refused, for what is answered without asking it.
    refused: RefusedTokens,
    /// For requests inside /mcp.
    places: overload::Places,
    /// For bodies that are refused and still coming.
    drains: Arc<Semaphore>,
}

/// Routes, and the way in around them.
///
/// `mcp` gets only requests that passed every question below: a POST to `/mcp`, `/mcp/readonly` or
/// `/mcp/x/{toolsets}`, a slash at the end or not, whose body is one JSON-RPC message that rmcp can
/// read, with a [`Caller`], a [`RequestId`] and a [`Narrowing`](crate::policy::Narrowing) among its
/// extensions and no secret among its headers.
pub fn router<S, R>(
    settings: Settings,
    hasher: KeyedHasher,
    readiness: Readiness,
    signals: Signals,
    mcp: S,
) -> Router
where
    S: Service<Request, Response = R, Error = Infallible> + Clone + Send + Sync + 'static,
    S::Future: Send + 'static,
    R: IntoResponse,
{
    let places = overload::Places::new(settings.in_flight_max);
    let drains = Arc::new(Semaphore::new(body::DRAINS_MAX));
    let request_deadline = settings.request_deadline;
    let request_ids = request_id::Mint::new(hasher.clone());
    let edge = Arc::new(Edge {
        settings,
        hasher,
        readiness,
        request_ids,
        signals,
        refused: RefusedTokens::default(),
        places,
        drains,
    });

    // Every route, health and unknown paths included.
    let around_all = ServiceBuilder::new()
        .layer(from_fn_with_state(edge.clone(), attend))
        .layer(SetResponseHeaderLayer::if_not_present(
            header::CACHE_CONTROL,
            HeaderValue::from_static("no-store"),
        ))
        .layer(CatchPanicLayer::custom(|_payload| Reject::Internal.into_response()));

    // Only /mcp: the costly road. Each step is cheaper than the one after it.
    let way_in = ServiceBuilder::new()
        // One limit over all of /mcp.
        .layer(from_fn_with_state(edge.clone(), overload::place))
        .layer(HandleErrorLayer::new(overload::answer))
        .layer(TimeoutLayer::new(request_deadline))
        .layer(from_fn_with_state(edge.clone(), admit))
        .layer(from_fn_with_state(edge.clone(), hand_over));

    // A slash at the end is the same address: clients, gateways and hand-written connectors add
    // one.
    let addresses = ["/mcp", "/mcp/", "/mcp/readonly", "/mcp/readonly/", "/mcp/x/{toolsets}"];
    let mcp = addresses
        .into_iter()
        .fold(Router::new(), |router, path| router.route_service(path, mcp.clone()))
        .route_service("/mcp/x/{toolsets}/", mcp);
    let asked = [
        ("/healthz", get(health::alive)),
        ("/readyz", get(health::ready)),
        ("/.well-known/oauth-protected-resource", get(metadata::document)),
        ("/.well-known/oauth-protected-resource/mcp", get(metadata::document)),
        ("/.well-known/oauth-protected-resource/mcp/readonly", get(metadata::document)),
        ("/.well-known/oauth-protected-resource/mcp/x/{toolsets}", get(metadata::document)),
    ];
    let asked = asked.into_iter().fold(Router::new(), |router, (path, answer)| {
        router.route(path, answer.clone()).route(&format!("{path}/"), answer)
    });

    asked
        .fallback(page::fallback)
        .method_not_allowed_fallback(async || Reject::MethodNotAllowed { allow: "GET, HEAD" })
        .with_state(edge)
        .merge(mcp.layer(way_in))
        .layer(around_all)
}

/// Every way the edge says no, for documents.
pub fn errors() -> Vec<Row> {
    Reject::all().iter().map(Reject::row).collect()
}

/// Names the request, writes its line, and says in words why it was refused.
async fn attend(
    State(edge): State<Arc<Edge>>,
    matched: Option<MatchedPath>,
    mut request: Request<Body>,
    next: Next,
) -> Response {
    // First, so that everything below can be told apart in logs and answers.
    let id = request_id::assign(&edge.request_ids, &mut request);
    let page = cors::page(request.headers(), &edge.settings);
    let preflight = cors::preflight(&edge.settings, &request);
    let form = reject::Form::of(&request);
    let is_crowded = request.extensions().get::<Crowded>().is_some();
    let answered = |request| {
        let answer = next.run(request);
        // The one place where a `Reject` from below becomes an answer.
        async {
            let answer = if is_crowded { Reject::Overloaded.into_response() } else { answer.await };
            reject::explain(&id, form, answer)
        }
    };
    let mut response = match preflight {
        Some(answer) => {
            let answered = |_| std::future::ready(answer);
            access_log::record(&edge, matched.as_ref(), &id, request, answered).await
        }
        None => access_log::record(&edge, matched.as_ref(), &id, request, answered).await,
    };
    if let Some(page) = page {
        cors::admit(page, &mut response);
    }
    request_id::tell(&id, &mut response);
    response.headers_mut().insert(header::X_CONTENT_TYPE_OPTIONS, NO_SNIFF);
    response
}

/// Reads what an admitted client wants and in which form, and speaks for what stands behind the
/// edge.
///
/// One step and not several layers: each layer of functions is two allocations and a copy of all
/// below it, for each call.
async fn hand_over(
    State(edge): State<Arc<Edge>>,
    matched: MatchedPath,
    params: Result<RawPathParams, RawPathParamsRejection>,
    mut request: Request<Body>,
    next: Next,
) -> Result<Response, Reject> {
    let noted = narrowing::note(&matched, params, &mut request);
    let answers = match noted.and_then(|()| media::negotiate(request.headers_mut())) {
        Ok(answers) => answers,
        Err(reject) => {
            let (parts, body) = request.into_parts();
            body::drain(&edge, &parts.headers, body);
            return Err(reject);
        }
    };
    // Last of the questions, so that nobody without a name makes us hold a body.
    let request = match body::read(&edge, request).await? {
        body::Read::Message(request) => request,
        body::Read::Answered(answer) => return Ok(answer),
    };
    let answer = async move { plain_fault::to_json(next.run(request).await).await };
    // Below the questions, so that their refusals keep their status.
    Ok(match answers {
        media::Answers::AsTheyAre => answer.await,
        media::Answers::AsEvents => events::serve(&edge.settings, answer).await,
    })
}

/// Asks the questions that need no body, and lets in a request that carries a name but no secret.
async fn admit(
    State(edge): State<Arc<Edge>>,
    Extension(request_id): Extension<RequestId>,
    request: Request<Body>,
    next: Next,
) -> Result<Response, Reject> {
    let settings = &edge.settings;
    let (parts, body) = request.into_parts();
    let head = Request::from_parts(parts, ());
    let (bearer, site_wish) = match questions::ask(&edge, &head).await {
        Ok(Admitted::Caller { bearer, site_wish }) => (bearer, site_wish),
        Ok(Admitted::Browser) => return Ok(page::of(&edge, &head)),
        Err(reject) => {
            // Whoever still sends would find the connection closed instead of the reason.
            body::drain(&edge, head.headers(), body);
            return Err(reject);
        }
    };
    let mut request = head.map(|()| body);
    let challenge =
        settings.challenge_on_upstream_401.then(|| metadata::Challenge::of(&edge, &request));

    bearer::remove_secrets(request.headers_mut());
    let caller = Caller::new(bearer, &edge.hasher, request_id.shared(), site_wish);
    if let Some(hold) = request.extensions().get::<overload::Hold>() {
        hold.count(&edge.places, caller.key())?;
    }
    request.extensions_mut().insert(caller.clone());
    let mut response = next.run(request).await;
    edge.places.learn(&caller);
    if let Some(challenge) = challenge {
        // What was refused before Jira could be asked stays refused for its own reason.
        let is_answered = response.status().is_success() && caller.lacking().is_none();
        let is_told = is_answered || caller.was_refused();
        if is_told && edge.refused.is_still_refused(&caller, Instant::now()) {
            return Err(Reject::TokenRefused { challenge: challenge.invalid_token() });
        }
        if let Some(scopes) = caller.lacking() {
            return Err(Reject::ScopeMissing { challenge: challenge.insufficient_scope(scopes) });
        }
    }
    response.extensions_mut().insert(caller.key());
    Ok(response)
}
