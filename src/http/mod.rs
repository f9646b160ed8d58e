//! The edge: who may come in, and how much. It knows no product; behind it stands one MCP service.

// The stack of `router`, from the outside to the inside.
mod admit_public;
mod authorize;
mod observe;
mod overload;
mod prepare_mcp;

// What its steps are made of.
mod access_log;
mod admission;
mod authenticate;
mod body;
mod callers;
mod challenge;
mod connection;
mod content_negotiation;
mod cors;
mod drain;
mod edge;
mod event_stream;
mod gateway;
mod host;
mod narrowing;
mod origin;
mod permits;
mod refused_tokens;
mod reject;
mod request_id;
mod streams;
mod text_errors;

// What is answered here.
mod admin;
mod browser_page;
mod console;
mod health;
mod metadata;
mod server_card;

// What an operator sets, and what several of these use.
mod header_names;
mod public_base_url;
mod readiness;
mod rule_error;
mod settings;

use std::{convert::Infallible, iter, sync::Arc};

use auth::KeyedHasher;
use axum::{
    Router,
    error_handling::HandleErrorLayer,
    extract::Request,
    middleware::from_fn_with_state,
    response::IntoResponse,
    routing::{self, MethodRouter, get},
};
use http::{HeaderValue, header};
use metrics::Signals;
use tower::{Service, ServiceBuilder, timeout::TimeoutLayer};
use tower_http::{catch_panic::CatchPanicLayer, set_header::SetResponseHeaderLayer};

use admit_public::admit_public;
use authorize::authorize;
use cors::Readers;
use edge::Edge;
use observe::observe;
use overload::{acquire_permit, on_timeout};
use prepare_mcp::prepare_mcp;
use reject::Reject;
use streams::compat;

pub use admin::router as admin_router;
pub use callers::Callers;
pub use connection::{
    ConnectionSettings, Drain, HEADERS_BYTES_MAX, RESERVE as CONNECTIONS_RESERVE, serve,
};
pub use gateway::{
    Gateway, GatewayError, GatewaySource, KEY_BYTES, SECRET_ADVICE, is_vault_reference,
};
pub use host::AllowedHost;
pub use origin::AllowedOrigin;
pub use permits::{BODIES_BYTES_MAX, BODY_BYTES_FREE};
pub use public_base_url::PublicBaseUrl;
pub use readiness::Readiness;
pub use reject::errors;
pub use request_id::RequestId;
pub use rule_error::RuleError;
pub use settings::Settings;
pub use streams::{
    settings::StreamSettings,
    vouch::{NotVouched, Vouch, VouchForAll, Vouched},
};

/// A slash at the end is the same address: clients, gateways and hand-written connectors add one.
const MCP_PATHS: [&str; 6] =
    ["/mcp", "/mcp/", "/mcp/readonly", "/mcp/readonly/", "/mcp/x/{toolsets}", "/mcp/x/{toolsets}/"];

/// What is answered beside `/mcp` to whoever has no token yet.
#[derive(Debug, Default)]
pub struct Public {
    /// What people see in their browser: no page of another origin may read it.
    pub pages: Router,
    /// What programs ask for, those in a browser too: pages of every origin may read the answers,
    /// refusals of the edge among them.
    pub any_origin: Router,
}

/// Routes, and the way in around them.
///
/// `mcp` gets only requests that passed every check below: a POST to `/mcp`, `/mcp/readonly`,
/// `/mcp/x/{toolsets}` or, if it is there, `/api/mcp/command`, a slash at the end or not, whose
/// body is one JSON-RPC message that rmcp can read, with a [`Caller`](auth::Caller), a
/// [`VerdictSlot`](auth::VerdictSlot), a [`RequestId`] and a
/// [`Narrowing`](crate::policy::Narrowing) among its extensions and no secret among its headers.
///
/// An answer of it that holds a [`Subscription`](crate::jsonrpc::Subscription) becomes a stream.
///
/// Who a request speaks for is what `callers` say; `hasher` makes the ids of requests.
/// `public` is reached by the right Host and through the gateway, and shares the permits and the
/// deadline of `/mcp`.
pub fn router<S, R>(
    settings: Settings,
    callers: Callers,
    hasher: KeyedHasher,
    readiness: Readiness,
    signals: Signals,
    mcp: S,
    public: Public,
) -> Router
where
    S: Service<Request, Response = R, Error = Infallible> + Clone + Send + Sync + 'static,
    S::Future: Send + 'static,
    R: IntoResponse,
{
    let edge = Arc::new(Edge::new(settings, callers, hasher, readiness, signals));

    // Every route, health and unknown paths included.
    let around_all = |readers: Readers| {
        ServiceBuilder::new()
            .layer(from_fn_with_state((edge.clone(), readers), observe))
            .layer(SetResponseHeaderLayer::if_not_present(
                header::CACHE_CONTROL,
                HeaderValue::from_static("no-store"),
            ))
            .layer(CatchPanicLayer::custom(|_payload| Reject::Internal.into_response()))
    };

    // Only /mcp: the costly road. Each step is cheaper than the one after it.
    let around_mcp = ServiceBuilder::new()
        // One limit over all of /mcp.
        .layer(from_fn_with_state(edge.clone(), acquire_permit))
        .layer(HandleErrorLayer::new(on_timeout))
        .layer(TimeoutLayer::new(edge.settings.request_deadline))
        .layer(from_fn_with_state(edge.clone(), authorize))
        .layer(from_fn_with_state(edge.clone(), prepare_mcp));

    // Opening one asks a question, so it is a request like any other; an open one is not.
    let around_stream = ServiceBuilder::new()
        .layer(from_fn_with_state(edge.clone(), acquire_permit))
        .layer(HandleErrorLayer::new(on_timeout))
        .layer(TimeoutLayer::new(edge.settings.request_deadline));

    let around_public = ServiceBuilder::new()
        .layer(from_fn_with_state(edge.clone(), acquire_permit))
        .layer(HandleErrorLayer::new(on_timeout))
        .layer(TimeoutLayer::new(edge.settings.request_deadline))
        .layer(from_fn_with_state(edge.clone(), admit_public));

    let has_compat_paths = edge.settings.streams.has_compat_paths;
    let compat_paths = |path: &str| {
        let paths = [path.to_owned(), format!("{path}/")];
        paths.into_iter().filter(move |_| has_compat_paths)
    };
    let mcp_paths = MCP_PATHS.into_iter().map(str::to_owned);
    let mcp = mcp_paths
        .chain(compat_paths(compat::COMMAND_PATH))
        .zip(iter::repeat(mcp))
        .fold(Router::new(), |router, (path, mcp)| router.route_service(&path, mcp))
        .layer(around_mcp);
    let stream = compat_paths(compat::STREAM_PATH)
        .fold(Router::new(), |router, path| router.route(&path, routing::any(compat::stream)))
        .with_state(edge.clone())
        .layer(around_stream);

    let health = [("/healthz", get(health::alive)), ("/readyz", get(health::ready))];
    // Clients that run in a browser read them too, before they have anything that is secret.
    let compat = [compat::STREAM_PATH, compat::COMMAND_PATH].into_iter();
    let documents = ["", "/mcp", "/mcp/readonly", "/mcp/x/{toolsets}"]
        .into_iter()
        .chain(compat.filter(|_| has_compat_paths))
        .map(|path| (format!("{}{path}", metadata::WELL_KNOWN), get(metadata::document)));
    let cards = ["/mcp", "/mcp/readonly", "/mcp/x/{toolsets}"]
        .map(|path| (format!("{path}{}", server_card::ENDING), get(server_card::card)));
    let refused = async || Reject::MethodNotAllowed { allow: "GET, HEAD" };
    let documents = with_slashes(documents.chain(cards))
        .method_not_allowed_fallback(refused)
        .with_state(edge.clone())
        .layer(around_all(Readers::Everybody));
    with_slashes(health.map(|(path, handler)| (path.to_owned(), handler)))
        .fallback(browser_page::fallback)
        .method_not_allowed_fallback(refused)
        .with_state(edge.clone())
        .merge(mcp)
        .merge(stream)
        .layer(around_all(Readers::Listed))
        .merge(documents)
        .merge(public.pages.layer(around_public.clone()).layer(around_all(Readers::Nobody)))
        .merge(public.any_origin.layer(around_public).layer(around_all(Readers::Everybody)))
}

/// Each path with and without a slash at its end.
fn with_slashes(
    routes: impl IntoIterator<Item = (String, MethodRouter<Arc<Edge>>)>,
) -> Router<Arc<Edge>> {
    routes.into_iter().fold(Router::new(), |router, (path, handler)| {
        router.route(&path, handler.clone()).route(&format!("{path}/"), handler)
    })
}

#[cfg(test)]
mod tests;
