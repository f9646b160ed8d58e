//! Why an agent did not answer, and what is known about the message.

use std::time::Duration;

use auth::CredentialsError;
use http::StatusCode;
use upstream::{FailureClass, Response, Sent, UpstreamError};

use super::delivery::Delivery;

/// A failed operation. Nothing in it is secret, and nothing is the agent's own text.
#[derive(Debug, thiserror::Error)]
#[error("{kind}")]
pub struct AgentError {
    /// What went wrong.
    #[source]
    pub kind: AgentErrorKind,
    /// What is known about the message, if there was one to send.
    pub delivery: Option<Delivery>,
}

/// What went wrong.
#[derive(Debug, thiserror::Error)]
pub enum AgentErrorKind {
    /// The id is forged, another person's, ended, idle for too long or forgotten by the service;
    /// which of them, nobody is told.
    #[error("there is no such conversation; start a new one")]
    NotFound,
    /// Several agents are configured, and none of this name.
    #[error("there is no agent of this name")]
    NoSuchAgent,
    /// The service refuses every secret of the settings, or their token endpoint refuses us. The
    /// user can do nothing about it.
    #[error(
        "the agent's service refuses the credentials of this server; its operator has to set them"
    )]
    OperatorCredentials,
    /// The service refuses the user's own token, or there is none.
    #[error("the agent's service does not accept the user's sign-in")]
    UserCredentials,
    /// There is no token of the user for the service.
    #[error("{0}")]
    NoCredential(#[from] CredentialsError),
    /// The agent cannot be reached by this protocol: its harness or its authentication forbids it.
    #[error(
        "the agent does not take calls by this protocol (HTTP {status}); Direct Line is another way"
    )]
    Unsupported {
        /// The status of the refusal.
        status: StatusCode,
    },
    /// The service limits how often it is called.
    #[error("the agent's service limits how often it is called")]
    RateLimited {
        /// When to come back, if it said so.
        retry_after: Option<Duration>,
    },
    /// The service refused the request as it is.
    #[error("the agent's service refused the request (HTTP {status}, {code})")]
    Rejected {
        /// The status of the refusal.
        status: StatusCode,
        /// The service's code of the error: one word, or `unknown`.
        code: String,
    },
    /// Another message of the same conversation is still being answered.
    #[error("another message in this conversation is still being answered")]
    Busy,
    /// The message is larger than the service takes.
    #[error("the message has {bytes} bytes; the agent's service takes {limit_bytes}")]
    TooLarge {
        /// Bytes of the whole activity.
        bytes: usize,
        /// The most that is taken.
        limit_bytes: usize,
    },
    /// An answer that cannot be read.
    #[error("the answer of the agent's service cannot be read: {what}")]
    Unreadable {
        /// What is wrong with it.
        what: &'static str,
    },
    /// The service keeps no history, and neither do we.
    #[error("the service of this agent keeps no history")]
    NoHistory,
    /// The service is down, slow or not reached.
    #[error("the agent's service cannot be reached")]
    Unavailable {
        /// The failure class, for counters.
        class: FailureClass,
        /// When a call has a chance again, if that is known.
        retry_after: Option<Duration>,
    },
}

impl AgentErrorKind {
    /// Stable name for logs and metrics.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotFound => "not_found",
            Self::NoSuchAgent => "no_such_agent",
            Self::OperatorCredentials => "operator_credentials",
            Self::UserCredentials => "user_credentials",
            Self::NoCredential(_) => "no_credential",
            Self::Unsupported { .. } => "unsupported",
            Self::RateLimited { .. } => "rate_limited",
            Self::Rejected { .. } => "rejected",
            Self::Busy => "busy",
            Self::TooLarge { .. } => "too_large",
            Self::Unreadable { .. } => "unreadable",
            Self::NoHistory => "no_history",
            Self::Unavailable { .. } => "unavailable",
        }
    }
}

impl From<AgentErrorKind> for AgentError {
    fn from(kind: AgentErrorKind) -> Self {
        Self { kind, delivery: None }
    }
}

impl AgentError {
    /// The same, with what is known about the message.
    #[must_use]
    pub fn with(mut self, delivery: Delivery) -> Self {
        self.delivery = Some(delivery);
        self
    }

    /// Whether it is the one answer to every id that does not open a conversation.
    pub fn is_not_found(&self) -> bool {
        matches!(self.kind, AgentErrorKind::NotFound)
    }

    pub(super) fn not_found() -> Self {
        AgentErrorKind::NotFound.into()
    }

    pub(super) fn unreadable(what: &'static str) -> Self {
        AgentErrorKind::Unreadable { what }.into()
    }

    pub(super) fn unavailable(class: FailureClass) -> Self {
        AgentErrorKind::Unavailable { class, retry_after: None }.into()
    }
}

impl From<UpstreamError> for AgentErrorKind {
    fn from(error: UpstreamError) -> Self {
        let retry_after = match &error {
            UpstreamError::CircuitOpen { retry_after } => Some(*retry_after),
            _ => None,
        };
        match error {
            UpstreamError::BodyTooLarge { .. } => Self::Unreadable { what: "it is too large" },
            error => Self::Unavailable { class: error.class(), retry_after },
        }
    }
}

impl From<UpstreamError> for AgentError {
    fn from(error: UpstreamError) -> Self {
        AgentErrorKind::from(error).into()
    }
}

/// What an ending that is no success says about the delivery of a message.
pub(super) fn delivery_of(error: &UpstreamError) -> Delivery {
    match (error.sent(), error.status()) {
        (Sent::No, _) => Delivery::NotSent,
        // The head of a good answer had come; only its body is lost.
        (Sent::Maybe, Some(status)) if status.is_success() => Delivery::Delivered,
        (Sent::Maybe, _) => Delivery::Unknown,
    }
}

/// What a refusal with a status that is no success means for any call.
pub(super) fn refusal(answer: &Response) -> AgentErrorKind {
    match answer.status.as_u16() {
        404 | 410 => AgentErrorKind::NotFound,
        429 => AgentErrorKind::RateLimited { retry_after: answer.rate_limit.wait() },
        300..=399 => AgentErrorKind::Unreadable { what: "it is a redirect" },
        400..=499 => AgentErrorKind::Rejected {
            status: answer.status,
            code: error_code(&answer.body).unwrap_or_else(|| "unknown".to_owned()),
        },
        _ => AgentErrorKind::Unavailable {
            class: FailureClass::Server,
            retry_after: answer.rate_limit.retry_after,
        },
    }
}

/// The code of `{"error":{"code":…}}`, if it is one word that can be shown.
pub(super) fn error_code(body: &[u8]) -> Option<String> {
    const CODE_CHARS_MAX: usize = 64;
    let value: serde_json::Value = serde_json::from_slice(body).ok()?;
    let code = value.get("error")?.get("code")?.as_str()?;
    let is_word = code.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.'));
    (is_word && (1..=CODE_CHARS_MAX).contains(&code.len())).then(|| code.to_owned())
}
