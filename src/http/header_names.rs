//! The names of headers that are ours, or that the `http` crate does not know.

use http::{HeaderName, HeaderValue};

/// The gateway proves with it that a request came through it.
pub(super) const GATEWAY_TOKEN: HeaderName = HeaderName::from_static("x-gateway-token");
/// The client's own id of a request, and ours in the answer.
pub(super) const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// The Jira site that the client wants.
pub(super) const JIRA_SITE: HeaderName = HeaderName::from_static("x-jira-site");
/// Leaves the client only tools that change nothing.
pub(super) const READ_ONLY: HeaderName = HeaderName::from_static("x-mcp-readonly");
/// Leaves the client only these sets of tools.
pub(super) const TOOLSETS: HeaderName = HeaderName::from_static("x-mcp-toolsets");
/// The id of a stream's session, which a client may send when it comes back.
pub(super) const SESSION_ID: HeaderName = HeaderName::from_static("x-session-id");
/// Source: MCP, basic/transports/streamable-http, "Protocol Version Header".
pub(super) const MCP_PROTOCOL_VERSION: HeaderName = HeaderName::from_static("mcp-protocol-version");
/// Source: the same, "Standard Request Headers".
pub(super) const MCP_METHOD: HeaderName = HeaderName::from_static("mcp-method");
/// Source: W3C Trace Context, section 3.2.
pub(super) const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");

/// The value of `X-Content-Type-Options`: no browser may take an answer for something else than it
/// says it is.
pub(super) const NO_SNIFF: HeaderValue = HeaderValue::from_static("nosniff");
/// What `Strict-Transport-Security` says where clients come by https (RFC 6797): of this host alone.
pub(super) const HTTPS_FOR_A_YEAR: HeaderValue = HeaderValue::from_static("max-age=31536000");
