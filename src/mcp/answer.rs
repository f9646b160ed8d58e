//! What an MCP server over HTTP answers with.

use std::convert::Infallible;

use bytes::Bytes;
use http::Response;
use http_body_util::combinators::BoxBody;

/// One answer, whole or as a stream of events.
pub type Answer = Response<BoxBody<Bytes, Infallible>>;
