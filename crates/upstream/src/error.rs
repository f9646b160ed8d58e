//! Why a call brought no answer, and whether the request may have had an effect nevertheless.

use std::time::Duration;

use http::StatusCode;
use http_client::Fault;
use metrics::labels::UpstreamResult;

/// Whether the upstream may have seen the request. A write that failed with `Maybe` has an unknown
/// outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sent {
    /// No attempt can have had an effect.
    No,
    /// At least one attempt may have been received and acted upon.
    Maybe,
}

/// What kind of failure it was; decides about repeating and about the breaker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FailureClass {
    /// No connection, a cut connection, an unreadable body. Counts toward the breaker.
    Network,
    /// No complete answer in time. Counts toward the breaker.
    Timeout,
    /// 5xx. Counts toward the breaker.
    Server,
    /// 429. A limit of one scope, not an outage: never counts.
    RateLimit,
    /// 401.
    Authentication,
    /// 403.
    Permission,
    /// 404 and 410.
    NotFound,
    /// Any other 4xx.
    Validation,
    /// Refused or given up on this side.
    Local,
}

impl FailureClass {
    /// The class of an answer; `None` when it is no failure.
    pub fn of_status(status: StatusCode) -> Option<Self> {
        match status.as_u16() {
            401 => Some(Self::Authentication),
            403 => Some(Self::Permission),
            404 | 410 => Some(Self::NotFound),
            429 => Some(Self::RateLimit),
            400..=499 => Some(Self::Validation),
            // A status above 599 has no meaning in HTTP; RFC 9110 section 15 wants it treated as
            // 5xx.
            500.. => Some(Self::Server),
            _ => None,
        }
    }

    /// The value of the metric's label.
    pub fn result(self) -> UpstreamResult {
        match self {
            Self::Network => UpstreamResult::Network,
            Self::Timeout => UpstreamResult::Timeout,
            Self::Server => UpstreamResult::Server,
            Self::RateLimit => UpstreamResult::RateLimit,
            Self::Authentication => UpstreamResult::Authentication,
            Self::Permission => UpstreamResult::Permission,
            Self::NotFound => UpstreamResult::NotFound,
            Self::Validation => UpstreamResult::Validation,
            Self::Local => UpstreamResult::Local,
        }
    }

    /// Whether it is a sign that the upstream is down.
    pub fn counts_toward_breaker(self) -> bool {
        matches!(self, Self::Network | Self::Timeout | Self::Server)
    }
}

/// A call without an answer. Neither text nor sources name the URL.
#[derive(Debug, thiserror::Error)]
pub enum UpstreamError {
    /// The request cannot be sent as it is; nothing was tried.
    #[error("the request is invalid: {reason}")]
    InvalidRequest {
        /// What is wrong with it.
        reason: &'static str,
    },
    /// The breaker of this key is open; nothing was tried.
    #[error("the upstream failed repeatedly and is not called for now")]
    CircuitOpen {
        /// When a call has a chance again.
        retry_after: Duration,
    },
    /// The body is larger than any that is sent.
    #[error("the request is larger than {limit_bytes} bytes")]
    RequestTooLarge {
        /// The limit in bytes.
        limit_bytes: usize,
    },
    /// This process holds as many bytes of requests or answers as it may.
    #[error("there was no room for the request or its answer")]
    Busy {
        /// Attempts made.
        attempts: u32,
        /// `No` if nothing was sent.
        sent: Sent,
        /// The status, if the head of the answer had come.
        status: Option<StatusCode>,
    },
    /// No connection came about in the last attempt.
    #[error("no connection to the upstream could be made")]
    Connect {
        /// Attempts made.
        attempts: u32,
        /// `Maybe` if an earlier attempt had reached the upstream.
        sent: Sent,
        /// The client's error.
        #[source]
        source: Fault,
    },
    /// The connection failed after the request may have left, before the answer's head.
    #[error("the connection to the upstream failed before it answered")]
    Network {
        /// Attempts made.
        attempts: u32,
        /// The client's error.
        #[source]
        source: Fault,
    },
    /// The last attempt ran out of its own time.
    #[error("the upstream did not answer in time")]
    Timeout {
        /// Attempts made.
        attempts: u32,
        /// The status, if the head of the answer had come.
        status: Option<StatusCode>,
    },
    /// The caller's deadline ended the call.
    #[error("the deadline of the call passed before the upstream answered")]
    DeadlineExceeded {
        /// Attempts made.
        attempts: u32,
        /// `No` if the deadline had passed before anything was tried.
        sent: Sent,
        /// The status, if the head of the answer had come.
        status: Option<StatusCode>,
    },
    /// The connection broke in the middle of the body.
    #[error("the answer of the upstream was cut off")]
    Truncated {
        /// Attempts made.
        attempts: u32,
        /// Status of the answer whose body broke.
        status: StatusCode,
        /// The client's error.
        #[source]
        source: Fault,
    },
    /// The body could not be inflated.
    #[error("the answer of the upstream could not be decoded")]
    Decode {
        /// Attempts made.
        attempts: u32,
        /// Status of the answer.
        status: StatusCode,
        /// What is wrong with it.
        #[source]
        source: std::io::Error,
    },
    /// The body is larger than allowed; the rest was not read.
    #[error("the answer of the upstream is larger than {limit_bytes} bytes")]
    BodyTooLarge {
        /// Attempts made.
        attempts: u32,
        /// Status of the answer.
        status: StatusCode,
        /// The limit, in bytes after inflation.
        limit_bytes: usize,
    },
}

impl UpstreamError {
    /// Stable name for logs and metrics.
    pub fn code(&self) -> &'static str {
        match self {
            Self::InvalidRequest { .. } => "invalid_request",
            Self::CircuitOpen { .. } => "circuit_open",
            Self::RequestTooLarge { .. } => "request_too_large",
            Self::Busy { .. } => "busy",
            Self::Connect { .. } => "connect",
            Self::Network { .. } => "network",
            Self::Timeout { .. } => "timeout",
            Self::DeadlineExceeded { .. } => "deadline_exceeded",
            Self::Truncated { .. } => "truncated",
            Self::Decode { .. } => "decode",
            Self::BodyTooLarge { .. } => "body_too_large",
        }
    }

    /// Whether the upstream may have acted on the request.
    pub fn sent(&self) -> Sent {
        match self {
            Self::InvalidRequest { .. }
            | Self::RequestTooLarge { .. }
            | Self::CircuitOpen { .. } => Sent::No,
            Self::Busy { sent, .. }
            | Self::Connect { sent, .. }
            | Self::DeadlineExceeded { sent, .. } => *sent,
            Self::Network { .. }
            | Self::Timeout { .. }
            | Self::Truncated { .. }
            | Self::Decode { .. }
            | Self::BodyTooLarge { .. } => Sent::Maybe,
        }
    }

    /// The status of the answer, if its head had come. It tells the outcome of a write whose body
    /// was lost.
    pub fn status(&self) -> Option<StatusCode> {
        match self {
            Self::Busy { status, .. }
            | Self::Timeout { status, .. }
            | Self::DeadlineExceeded { status, .. } => *status,
            Self::Truncated { status, .. }
            | Self::Decode { status, .. }
            | Self::BodyTooLarge { status, .. } => Some(*status),
            Self::InvalidRequest { .. }
            | Self::RequestTooLarge { .. }
            | Self::CircuitOpen { .. }
            | Self::Connect { .. }
            | Self::Network { .. } => None,
        }
    }

    /// Attempts made.
    pub fn attempts(&self) -> u32 {
        match self {
            Self::InvalidRequest { .. }
            | Self::RequestTooLarge { .. }
            | Self::CircuitOpen { .. } => 0,
            Self::Busy { attempts, .. }
            | Self::Connect { attempts, .. }
            | Self::Network { attempts, .. }
            | Self::Timeout { attempts, .. }
            | Self::DeadlineExceeded { attempts, .. }
            | Self::Truncated { attempts, .. }
            | Self::Decode { attempts, .. }
            | Self::BodyTooLarge { attempts, .. } => *attempts,
        }
    }

    /// The failure class.
    pub fn class(&self) -> FailureClass {
        match self {
            Self::Connect { .. }
            | Self::Network { .. }
            | Self::Truncated { .. }
            | Self::Decode { .. } => FailureClass::Network,
            Self::Timeout { .. } | Self::DeadlineExceeded { .. } => FailureClass::Timeout,
            Self::InvalidRequest { .. }
            | Self::RequestTooLarge { .. }
            | Self::CircuitOpen { .. }
            | Self::Busy { .. }
            | Self::BodyTooLarge { .. } => FailureClass::Local,
        }
    }

    /// Whether the connection was refused or broke, as it does when the upstream is restarted. One
    /// that ran out of time tells of a longer trouble, and so does a 5xx, whole or not.
    pub(super) fn is_break(&self) -> bool {
        match self {
            Self::Connect { source, .. } | Self::Network { source, .. } => !source.is_timeout(),
            Self::Truncated { status, .. } => !status.is_server_error(),
            _ => false,
        }
    }

    /// Whether nobody listens at the upstream's port, so that not even a handshake was made.
    pub(super) fn is_refused_connection(&self) -> bool {
        let Self::Connect { source, .. } = self else { return false };
        source
            .causes()
            .filter_map(|cause| cause.downcast_ref::<std::io::Error>())
            .any(|error| error.kind() == std::io::ErrorKind::ConnectionRefused)
    }

    /// Remembers that an earlier attempt of the same call may have had an effect.
    pub(super) fn after_earlier(mut self, earlier: Sent) -> Self {
        if let Self::Busy { sent, .. }
        | Self::Connect { sent, .. }
        | Self::DeadlineExceeded { sent, .. } = &mut self
            && earlier == Sent::Maybe
        {
            *sent = Sent::Maybe;
        }
        self
    }
}
