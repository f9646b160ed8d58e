//! Every way the edge says no, and the one place where a refusal becomes an answer.

use std::borrow::Cow;

use axum::{
    body::Body,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use serde_json::json;

use auth::BearerFault;
use metrics::{Label as _, labels::Refusal};

use super::{jsonrpc, request_id::RequestId};
use crate::errors::{Again, Class, Row, Severity};

/// Of the codes that JSON-RPC leaves to servers: who asks may not come in.
const NOT_ADMITTED: i32 = -32001;
/// And: not now.
const NOT_NOW: i32 = -32000;

/// Why a request goes no further. It travels typed to [`explain`], which knows the request's id.
#[derive(Clone, Debug)]
pub(super) enum Reject {
    HostMissing,
    HostForbidden,
    OriginForbidden,
    GatewayForbidden,
    Unauthenticated { fault: BearerFault, challenge: HeaderValue },
    TokenRefused { challenge: HeaderValue },
    ScopeMissing { challenge: HeaderValue },
    SiteWish,
    NotFound,
    MethodNotAllowed { allow: &'static str },
    NotAcceptable,
    UnsupportedMediaType,
    BodyTooLarge { max_bytes: usize },
    BodySlow,
    BodyBroken,
    Rpc(jsonrpc::Fault),
    Overloaded,
    Deadline,
    Starting,
    Draining,
    Internal,
}

/// The stable code of a refusal, left among the response's extensions for the access log.
#[derive(Clone, Copy, Debug)]
pub(super) struct RejectCode(pub(super) Refusal);

impl Reject {
    /// The table to read when a client reports one of them.
    fn status_and_refusal(&self) -> (StatusCode, Refusal) {
        match self {
            Self::HostMissing => (StatusCode::BAD_REQUEST, Refusal::HostMissing),
            Self::HostForbidden => (StatusCode::FORBIDDEN, Refusal::HostNotAllowed),
            Self::OriginForbidden => (StatusCode::FORBIDDEN, Refusal::OriginNotAllowed),
            Self::GatewayForbidden => (StatusCode::FORBIDDEN, Refusal::GatewayTokenRefused),
            Self::Unauthenticated { .. } | Self::TokenRefused { .. } => {
                (StatusCode::UNAUTHORIZED, Refusal::Unauthenticated)
            }
            Self::ScopeMissing { .. } => (StatusCode::FORBIDDEN, Refusal::InsufficientScope),
            Self::SiteWish | Self::BodyBroken | Self::Rpc(_) => {
                (StatusCode::BAD_REQUEST, Refusal::InvalidRequest)
            }
            Self::NotFound => (StatusCode::NOT_FOUND, Refusal::NotFound),
            Self::MethodNotAllowed { .. } => {
                (StatusCode::METHOD_NOT_ALLOWED, Refusal::MethodNotAllowed)
            }
            Self::NotAcceptable => (StatusCode::NOT_ACCEPTABLE, Refusal::NotAcceptable),
            Self::UnsupportedMediaType => {
                (StatusCode::UNSUPPORTED_MEDIA_TYPE, Refusal::UnsupportedMediaType)
            }
            Self::BodyTooLarge { .. } => (StatusCode::PAYLOAD_TOO_LARGE, Refusal::PayloadTooLarge),
            Self::BodySlow => (StatusCode::REQUEST_TIMEOUT, Refusal::RequestTimeout),
            Self::Overloaded => (StatusCode::SERVICE_UNAVAILABLE, Refusal::Overloaded),
            Self::Deadline => (StatusCode::GATEWAY_TIMEOUT, Refusal::UpstreamTimeout),
            Self::Starting => (StatusCode::SERVICE_UNAVAILABLE, Refusal::Starting),
            Self::Draining => (StatusCode::SERVICE_UNAVAILABLE, Refusal::Draining),
            Self::Internal => (StatusCode::INTERNAL_SERVER_ERROR, Refusal::Internal),
        }
    }

    fn message(&self) -> Cow<'static, str> {
        let fixed = match self {
            Self::Unauthenticated { fault, .. } => {
                return format!("The user's access token is missing or malformed: {fault}.").into();
            }
            Self::BodyTooLarge { max_bytes } => {
                return format!("The body is larger than {max_bytes} bytes.").into();
            }
            Self::Rpc(fault) => return fault.message.clone().into(),
            Self::HostMissing => "The request needs exactly one valid Host header.",
            Self::HostForbidden => "This server does not answer to that host name.",
            Self::OriginForbidden => "Web pages of that origin may not call this server.",
            Self::GatewayForbidden => "The request did not come through the gateway.",
            Self::TokenRefused { .. } => "Jira did not accept the access token.",
            Self::ScopeMissing { .. } => "The access token lacks a scope that this call needs.",
            Self::SiteWish => "The X-Jira-Site header is not usable.",
            Self::NotFound => "There is nothing under this path.",
            Self::MethodNotAllowed { .. } => "This path does not take that method.",
            Self::NotAcceptable => "The Accept header excludes JSON.",
            Self::UnsupportedMediaType => "The body must be plain JSON in UTF-8.",
            Self::BodySlow => "The body did not arrive in time.",
            Self::BodyBroken => "The body broke off or was wrongly framed.",
            Self::Overloaded => "The server has as many calls in hand as it can take.",
            Self::Deadline => "The call did not finish in time.",
            Self::Starting => "The server is starting.",
            Self::Draining => "The server is stopping.",
            Self::Internal => "Something went wrong in the server.",
        };
        fixed.into()
    }

    fn hint(&self) -> &'static str {
        match self {
            Self::HostMissing => "Send the host name the server is reached under.",
            Self::HostForbidden => {
                "Add the name to ALLOWED_HOSTS, or let the gateway send a listed one."
            }
            Self::OriginForbidden => {
                "Add the origin to ALLOWED_ORIGINS, or call without an Origin header."
            }
            Self::GatewayForbidden => {
                "Call through the gateway; its X-Gateway-Token must be one of the server's secrets."
            }
            Self::Unauthenticated { .. } => {
                "Sign in to the connection and send Authorization: Bearer with the Atlassian access token."
            }
            Self::TokenRefused { .. } => "Sign in to the connection again, or refresh the token.",
            Self::ScopeMissing { .. } => {
                "Sign in again and ask for the scopes of the WWW-Authenticate header too."
            }
            Self::SiteWish => {
                "Send it once, with 1 to 255 printable ASCII characters, or leave it out."
            }
            Self::NotFound => "The MCP endpoint is POST /mcp.",
            Self::MethodNotAllowed { .. } => {
                "Use a method of the Allow header; there are no sessions, and no stream on GET."
            }
            Self::NotAcceptable => "Send Accept: application/json, text/event-stream.",
            Self::UnsupportedMediaType => "Send Content-Type: application/json, uncompressed.",
            Self::BodyTooLarge { .. } => "Send less at once; long text can be added in parts.",
            Self::BodySlow | Self::BodyBroken => "Send the request again, in one go.",
            Self::Rpc(_) => "Send one JSON-RPC 2.0 message.",
            Self::Overloaded | Self::Starting => "Try again after the seconds in Retry-After.",
            Self::Deadline => "A change may have been made: read before trying again.",
            Self::Draining => "Another instance takes over.",
            Self::Internal => "Report the request_id.",
        }
    }

    fn headers(&self, headers: &mut HeaderMap) {
        match self {
            Self::Unauthenticated { challenge, .. }
            | Self::TokenRefused { challenge }
            | Self::ScopeMissing { challenge } => {
                headers.insert(header::WWW_AUTHENTICATE, challenge.clone());
            }
            Self::MethodNotAllowed { allow } => {
                headers.insert(header::ALLOW, HeaderValue::from_static(allow));
            }
            Self::Overloaded | Self::Starting | Self::Draining => {
                headers.insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
            }
            _ => {}
        }
    }

    fn body(&self, request_id: &RequestId, form: Form) -> String {
        if let Self::Rpc(fault) = self {
            return fault.to_reply();
        }
        let (status, refusal) = self.status_and_refusal();
        let (message, hint) = (self.message(), self.hint());
        let said = json!({
            "error": refusal.as_str(),
            "status": status.as_u16(),
            "message": message,
            "hint": hint,
            "request_id": request_id.as_str(),
        });
        match form {
            Form::Plain => said.to_string(),
            Form::JsonRpc => {
                let error = json!({ "code": self.rpc_code(), "message": format!("{message} {hint}"), "data": said });
                json!({ "jsonrpc": "2.0", "id": null, "error": error }).to_string()
            }
        }
    }

    /// JSON-RPC's own codes where they say it, and of those for servers one for who asks and one
    /// for when.
    fn rpc_code(&self) -> i32 {
        match self.kind().0 {
            Class::Authentication | Class::Permission => NOT_ADMITTED,
            Class::Internal => jsonrpc::INTERNAL_ERROR,
            Class::Overload | Class::Timeout => NOT_NOW,
            _ => jsonrpc::INVALID_REQUEST,
        }
    }
}

/// In which words a refusal is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// The envelope alone.
    Plain,
    /// A JSON-RPC error without an id, the envelope among its data: clients of MCP show people
    /// nothing else.
    JsonRpc,
}

impl Form {
    /// JSON-RPC for all below `/mcp`, and for whoever posts elsewhere: that is a client with a
    /// wrong address.
    pub(super) fn of<B>(request: &http::Request<B>) -> Self {
        let path = request.uri().path();
        let is_endpoint =
            path.strip_prefix("/mcp").is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
        if is_endpoint || request.method() == http::Method::POST {
            Self::JsonRpc
        } else {
            Self::Plain
        }
    }
}

impl Reject {
    /// One of each, in the order of the table.
    pub(super) fn all() -> Vec<Self> {
        let challenge = || HeaderValue::from_static("Bearer");
        vec![
            Self::HostMissing,
            Self::HostForbidden,
            Self::OriginForbidden,
            Self::GatewayForbidden,
            Self::Unauthenticated { fault: BearerFault::Missing, challenge: challenge() },
            Self::TokenRefused { challenge: challenge() },
            Self::ScopeMissing { challenge: challenge() },
            Self::SiteWish,
            Self::NotFound,
            Self::MethodNotAllowed { allow: "POST" },
            Self::NotAcceptable,
            Self::UnsupportedMediaType,
            Self::BodyTooLarge { max_bytes: 1 << 20 },
            Self::BodySlow,
            Self::BodyBroken,
            Self::Overloaded,
            Self::Deadline,
            Self::Starting,
            Self::Draining,
            Self::Internal,
        ]
    }

    /// Its row in the table of all errors; the words there stand for those that depend on the
    /// request.
    pub(super) fn row(&self) -> Row {
        let (status, refusal) = self.status_and_refusal();
        let meaning = match self {
            Self::Unauthenticated { .. } => "The user's access token is missing or malformed.",
            Self::BodyTooLarge { .. } => "The body is larger than 1 MiB.",
            Self::Rpc(_) => "The body is no JSON-RPC message.",
            other => match other.message() {
                Cow::Borrowed(text) => text,
                Cow::Owned(_) => "",
            },
        };
        let (class, severity, again) = self.kind();
        Row {
            code: refusal.as_str(),
            status: Some(status.as_u16()),
            class,
            severity,
            again,
            meaning,
            advice: self.hint(),
        }
    }

    fn kind(&self) -> (Class, Severity, Again) {
        match self {
            Self::GatewayForbidden | Self::OriginForbidden | Self::HostForbidden => {
                (Class::Permission, Severity::Warning, Again::No)
            }
            Self::Unauthenticated { .. } | Self::TokenRefused { .. } => {
                (Class::Authentication, Severity::Info, Again::No)
            }
            Self::HostMissing
            | Self::SiteWish
            | Self::NotAcceptable
            | Self::UnsupportedMediaType
            | Self::MethodNotAllowed { .. }
            | Self::BodyTooLarge { .. }
            | Self::Rpc(_) => (Class::Validation, Severity::Info, Again::No),
            Self::ScopeMissing { .. } => (Class::Permission, Severity::Warning, Again::No),
            Self::NotFound => (Class::NotFound, Severity::Info, Again::No),
            Self::BodySlow | Self::BodyBroken => (Class::Timeout, Severity::Info, Again::Later),
            Self::Overloaded => (Class::Overload, Severity::Error, Again::Later),
            Self::Starting | Self::Draining => (Class::Overload, Severity::Info, Again::Later),
            Self::Deadline => (Class::Timeout, Severity::Error, Again::AsItSays),
            Self::Internal => (Class::Internal, Severity::Error, Again::No),
        }
    }
}

impl IntoResponse for Reject {
    fn into_response(self) -> Response {
        let mut response = self.status_and_refusal().0.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// Gives a refusal from below its headers and its JSON body.
pub(super) fn explain(request_id: &RequestId, form: Form, mut response: Response) -> Response {
    let Some(reject) = response.extensions_mut().remove::<Reject>() else { return response };
    reject.headers(response.headers_mut());
    response.headers_mut().remove(header::CONTENT_LENGTH);
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response.extensions_mut().insert(RejectCode(reject.status_and_refusal().1));
    *response.body_mut() = Body::from(reject.body(request_id, form));
    response
}
