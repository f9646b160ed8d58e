//! The server that the official conformance suite wants to see, behind this product's own edge and
//! transport.
//!
//! The suite judges a protocol stack by tools, prompts and resources that no product has. They
//! stand here, and everything below them is what ships: `http::router` and `mcp::streamable`. The
//! suite cannot send a header, so one layer of this file adds a bearer. Run by
//! `tests/conformance/run`; an example is never a part of the binary.

#![expect(deprecated, reason = "the old revisions are tested with what the new one dropped")]

mod extras;
mod questions;
mod server;
mod tools;

use std::{error::Error, io::Write, net::Ipv4Addr, sync::Arc};

use auth::{KeyedHasher, PassThroughBearer};
use axum::{extract::Request, middleware::map_request};
use http::{HeaderValue, header};
use jira_mcp_bridge::{
    http::{AllowedOrigin, Callers, ConnectionSettings, Readiness, Settings, router, serve},
    mcp::streamable,
};
use metrics::Signals;
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let settings = Settings { allowed_origins: AllowedOrigin::loopback(), ..Settings::default() };
    let mcp = streamable(server::Fixture::new()?, settings.body_bytes_max);
    let readiness = Readiness::default();
    let signals = Signals::default();
    let hasher = KeyedHasher::random()?;
    let authenticate = Arc::new(PassThroughBearer::new(hasher.clone()));
    let router = router(
        settings,
        Callers::trusted(authenticate),
        hasher,
        readiness.clone(),
        signals.clone(),
        mcp,
        jira_mcp_bridge::http::Public::default(),
    )
    .layer(map_request(with_bearer));
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    writeln!(std::io::stdout(), "http://{}/mcp", listener.local_addr()?)?;
    readiness.ready();
    let until_killed = std::future::pending();
    serve(listener, router, &ConnectionSettings::default(), &readiness, &signals, until_killed)
        .await;
    Ok(())
}

async fn with_bearer(mut request: Request) -> Request {
    request
        .headers_mut()
        .insert(header::AUTHORIZATION, HeaderValue::from_static("Bearer conformance"));
    request
}
