//! What is fixed about each kind of refusal: the table to read when a client reports one.

use error_doc::{
    Class,
    Retryable::{self, AsItSays, Later, No},
    Severity::{self, Error, Info, Warning},
};
use http::StatusCode;
use metrics::labels::Refusal;

/// One kind of refusal. Codes are stable, words are not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Spec {
    pub(super) status: StatusCode,
    /// The stable code, under which it is counted as well.
    pub(super) refusal: Refusal,
    pub(super) class: Class,
    pub(super) severity: Severity,
    pub(super) retryable: Retryable,
    /// What happened; a kind may say more about the single request.
    pub(super) message: &'static str,
    /// What to do.
    pub(super) hint: &'static str,
    /// The value of `Retry-After`, in seconds.
    pub(super) retry_after: Option<&'static str>,
}

impl Spec {
    /// A request that is wrong: the client's own doing, and no use to repeat.
    const fn wrong(
        status: StatusCode,
        refusal: Refusal,
        message: &'static str,
        hint: &'static str,
    ) -> Self {
        let (class, severity, retryable) = (Class::Validation, Info, No);
        Self { status, refusal, class, severity, retryable, message, hint, retry_after: None }
    }

    const fn class(self, class: Class, severity: Severity) -> Self {
        Self { class, severity, ..self }
    }

    const fn retryable(self, retryable: Retryable) -> Self {
        Self { retryable, ..self }
    }

    const fn retry_after(self, seconds: &'static str) -> Self {
        Self { retryable: Later, retry_after: Some(seconds), ..self }
    }
}

pub(super) const HOST_MISSING: Spec = Spec::wrong(
    StatusCode::BAD_REQUEST,
    Refusal::HostMissing,
    "The request needs exactly one valid Host header.",
    "Send the host name under which clients reach the server.",
);
pub(super) const HOST_FORBIDDEN: Spec = Spec::wrong(
    StatusCode::FORBIDDEN,
    Refusal::HostNotAllowed,
    "This server does not answer to that host name.",
    "Add the name to ALLOWED_HOSTS, or let the gateway send a listed one.",
)
.class(Class::Permission, Warning);
pub(super) const ORIGIN_FORBIDDEN: Spec = Spec::wrong(
    StatusCode::FORBIDDEN,
    Refusal::OriginNotAllowed,
    "Web pages of that origin may not call this server.",
    "Add the origin to ALLOWED_ORIGINS, or call without an Origin header.",
)
.class(Class::Permission, Warning);
pub(super) const GATEWAY_FORBIDDEN: Spec = Spec::wrong(
    StatusCode::FORBIDDEN,
    Refusal::GatewayTokenRefused,
    "The request did not come through the gateway.",
    "Call through the gateway; its X-Gateway-Token must be one of the server's secrets.",
)
.class(Class::Permission, Warning);
pub(super) const UNAUTHENTICATED: Spec = Spec::wrong(
    StatusCode::UNAUTHORIZED,
    Refusal::Unauthenticated,
    "The user's access token is missing or malformed.",
    "Sign in to the connection and send Authorization: Bearer with the access token.",
)
.class(Class::Authentication, Info);
pub(super) const SIGN_IN_UNAVAILABLE: Spec = Spec::wrong(
    StatusCode::SERVICE_UNAVAILABLE,
    Refusal::SignInUnavailable,
    "The sign-in cannot be checked: the session store or the identity provider does not answer.",
    "Try again after the seconds in Retry-After; nobody needs to sign in again.",
)
.class(Class::Overload, Error)
.retry_after("5");
pub(super) const TOKEN_REFUSED: Spec = Spec::wrong(
    StatusCode::UNAUTHORIZED,
    Refusal::Unauthenticated,
    "Jira did not accept the access token.",
    "Sign in to the connection again, or refresh the token.",
)
.class(Class::Authentication, Info);
pub(super) const SCOPE_MISSING: Spec = Spec::wrong(
    StatusCode::FORBIDDEN,
    Refusal::InsufficientScope,
    "The access token lacks a scope that this call needs.",
    "Sign in again and ask for the scopes of the WWW-Authenticate header too.",
)
.class(Class::Permission, Warning);
pub(super) const NO_ROLE: Spec = Spec::wrong(
    StatusCode::FORBIDDEN,
    Refusal::NoRole,
    "None of the user's roles in the directory allows anything here.",
    "An administrator of the directory must give the user one of the app roles of this server; then sign in again.",
)
.class(Class::Permission, Warning);
pub(super) const SITE_HEADER: Spec = Spec::wrong(
    StatusCode::BAD_REQUEST,
    Refusal::InvalidRequest,
    "The X-Jira-Site header cannot be used.",
    "Send it once, with 1 to 255 printable ASCII characters, or leave it out.",
);
pub(super) const NOT_FOUND: Spec = Spec::wrong(
    StatusCode::NOT_FOUND,
    Refusal::NotFound,
    "There is nothing under this path.",
    "The MCP endpoint is POST /mcp.",
)
.class(Class::NotFound, Info);
pub(super) const SESSION_UNKNOWN: Spec = Spec::wrong(
    StatusCode::NOT_FOUND,
    Refusal::NotFound,
    "There is no such session of this user.",
    "Leave X-Session-Id out: GET /api/mcp/stream brings a new one.",
)
.class(Class::NotFound, Info);
pub(super) const TOO_MANY_STREAMS: Spec = Spec::wrong(
    StatusCode::TOO_MANY_REQUESTS,
    Refusal::TooManyStreams,
    "This user has as many event streams open as one may have.",
    "Close one, or try again after the seconds in Retry-After.",
)
.class(Class::Overload, Info)
.retry_after("5");
pub(super) const STREAMS_FULL: Spec = Spec::wrong(
    StatusCode::SERVICE_UNAVAILABLE,
    Refusal::StreamsFull,
    "The server has as many event streams open as it can take.",
    "Try again after the seconds in Retry-After; calls are answered meanwhile.",
)
.class(Class::Overload, Error)
.retry_after("5");
pub(super) const TOKEN_NOT_CHECKED: Spec = Spec::wrong(
    StatusCode::SERVICE_UNAVAILABLE,
    Refusal::UpstreamUnavailable,
    "Jira does not say whether the access token is good, and a stream needs to know it.",
    "Try again after the seconds in Retry-After; nobody needs to sign in again.",
)
.class(Class::Overload, Error)
.retry_after("5");
pub(super) const METHOD_NOT_ALLOWED: Spec = Spec::wrong(
    StatusCode::METHOD_NOT_ALLOWED,
    Refusal::MethodNotAllowed,
    "This path does not take that method.",
    "Use a method of the Allow header: messages are posted, and streams with a path of their own are opened with GET. \
     /mcp has no sessions, and no stream on GET.",
);
pub(super) const NOT_ACCEPTABLE: Spec = Spec::wrong(
    StatusCode::NOT_ACCEPTABLE,
    Refusal::NotAcceptable,
    "The Accept header excludes JSON.",
    "Send Accept: application/json, text/event-stream.",
);
pub(super) const UNSUPPORTED_MEDIA_TYPE: Spec = Spec::wrong(
    StatusCode::UNSUPPORTED_MEDIA_TYPE,
    Refusal::UnsupportedMediaType,
    "The body must be plain JSON in UTF-8.",
    "Send Content-Type: application/json, uncompressed.",
);
pub(super) const BODY_TOO_LARGE: Spec = Spec::wrong(
    StatusCode::PAYLOAD_TOO_LARGE,
    Refusal::PayloadTooLarge,
    "The body is larger than 1 MiB.",
    "Send less at once; long text can be added in parts.",
);
pub(super) const BODY_SLOW: Spec = Spec::wrong(
    StatusCode::REQUEST_TIMEOUT,
    Refusal::RequestTimeout,
    "The body did not arrive in time.",
    "Send the request again, all of it at once.",
)
.class(Class::Timeout, Info)
.retryable(Later);
pub(super) const BODY_BROKEN: Spec = Spec::wrong(
    StatusCode::BAD_REQUEST,
    Refusal::InvalidRequest,
    "The body broke off or was wrongly framed.",
    "Send the request again, all of it at once.",
)
.retryable(Later);
/// The fault says itself what is wrong, in JSON-RPC's own codes.
pub(super) const RPC: Spec = Spec::wrong(
    StatusCode::BAD_REQUEST,
    Refusal::InvalidRequest,
    "The body is not a JSON-RPC message.",
    "Send one JSON-RPC 2.0 message.",
);
pub(super) const OVERLOADED: Spec = Spec::wrong(
    StatusCode::SERVICE_UNAVAILABLE,
    Refusal::Overloaded,
    "The server has as many calls running as it can take.",
    "Try again after the seconds in Retry-After.",
)
.class(Class::Overload, Error)
.retry_after("1");
pub(super) const CONNECTIONS_FULL: Spec = Spec::wrong(
    StatusCode::SERVICE_UNAVAILABLE,
    Refusal::ConnectionsFull,
    "The server has as many connections open as it can take.",
    "Try again after the seconds in Retry-After, on a new connection.",
)
.class(Class::Overload, Error)
.retry_after("1");
pub(super) const DEADLINE: Spec = Spec::wrong(
    StatusCode::GATEWAY_TIMEOUT,
    Refusal::UpstreamTimeout,
    "The call did not finish in time.",
    "A change may have been made: read before trying again.",
)
.class(Class::Timeout, Error)
.retryable(AsItSays);
pub(super) const STARTING: Spec = Spec::wrong(
    StatusCode::SERVICE_UNAVAILABLE,
    Refusal::Starting,
    "The server is starting.",
    "Try again after the seconds in Retry-After.",
)
.class(Class::Overload, Info)
.retry_after("1");
pub(super) const DRAINING: Spec = Spec::wrong(
    StatusCode::SERVICE_UNAVAILABLE,
    Refusal::Draining,
    "The server is stopping.",
    "Another instance takes over.",
)
.class(Class::Overload, Info)
.retry_after("1");
pub(super) const INTERNAL: Spec = Spec::wrong(
    StatusCode::INTERNAL_SERVER_ERROR,
    Refusal::Internal,
    "Something went wrong in the server.",
    "Report the request_id.",
)
.class(Class::Internal, Error);
