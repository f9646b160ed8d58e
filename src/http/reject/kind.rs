//! Why a request goes no further, with what its answer must say about this one request.

use std::borrow::Cow;

use auth::AuthenticateError;
use axum::response::{IntoResponse, Response};
use error_doc::ErrorDoc;
use http::{HeaderMap, HeaderValue, header};
use metrics::Label as _;
use serde_json::Value;

use crate::jsonrpc;

use super::spec::{self, Spec};

/// One refusal. It travels typed to [`super::render`].
#[derive(Clone, Debug)]
pub(crate) enum Reject {
    HostMissing,
    HostForbidden,
    OriginForbidden,
    GatewayForbidden,
    Unauthenticated { error: AuthenticateError, challenge: HeaderValue },
    SignInUnavailable,
    TokenRefused { challenge: HeaderValue },
    ScopeMissing { challenge: HeaderValue },
    NoRole,
    SiteHeader,
    NotFound,
    SessionUnknown,
    TooManyStreams,
    StreamsFull,
    TokenNotChecked,
    MethodNotAllowed { allow: &'static str },
    NotAcceptable,
    UnsupportedMediaType,
    BodyTooLarge { max_bytes: usize },
    BodySlow,
    BodyBroken,
    Rpc(jsonrpc::Fault),
    Overloaded,
    ConnectionsFull,
    Deadline,
    Starting,
    Draining,
    Internal,
}

impl Reject {
    /// What is fixed about this kind; all else derives from it.
    pub(super) const fn spec(&self) -> Spec {
        match self {
            Self::HostMissing => spec::HOST_MISSING,
            Self::HostForbidden => spec::HOST_FORBIDDEN,
            Self::OriginForbidden => spec::ORIGIN_FORBIDDEN,
            Self::GatewayForbidden => spec::GATEWAY_FORBIDDEN,
            Self::Unauthenticated { .. } => spec::UNAUTHENTICATED,
            Self::SignInUnavailable => spec::SIGN_IN_UNAVAILABLE,
            Self::TokenRefused { .. } => spec::TOKEN_REFUSED,
            Self::ScopeMissing { .. } => spec::SCOPE_MISSING,
            Self::NoRole => spec::NO_ROLE,
            Self::SiteHeader => spec::SITE_HEADER,
            Self::NotFound => spec::NOT_FOUND,
            Self::SessionUnknown => spec::SESSION_UNKNOWN,
            Self::TooManyStreams => spec::TOO_MANY_STREAMS,
            Self::StreamsFull => spec::STREAMS_FULL,
            Self::TokenNotChecked => spec::TOKEN_NOT_CHECKED,
            Self::MethodNotAllowed { .. } => spec::METHOD_NOT_ALLOWED,
            Self::NotAcceptable => spec::NOT_ACCEPTABLE,
            Self::UnsupportedMediaType => spec::UNSUPPORTED_MEDIA_TYPE,
            Self::BodyTooLarge { .. } => spec::BODY_TOO_LARGE,
            Self::BodySlow => spec::BODY_SLOW,
            Self::BodyBroken => spec::BODY_BROKEN,
            Self::Rpc(_) => spec::RPC,
            Self::Overloaded => spec::OVERLOADED,
            Self::ConnectionsFull => spec::CONNECTIONS_FULL,
            Self::Deadline => spec::DEADLINE,
            Self::Starting => spec::STARTING,
            Self::Draining => spec::DRAINING,
            Self::Internal => spec::INTERNAL,
        }
    }

    /// What happened to this one request.
    pub(super) fn message(&self) -> Cow<'static, str> {
        match self {
            Self::Unauthenticated { error, .. } => {
                format!("The user's access token is {error}.").into()
            }
            Self::BodyTooLarge { max_bytes } => {
                format!("The body is larger than {max_bytes} bytes.").into()
            }
            Self::Rpc(fault) => fault.message.clone().into(),
            _ => self.spec().message.into(),
        }
    }

    /// The bare status like any other, for the request with this id.
    pub(crate) fn into_response_to(self, id: Value) -> Response {
        let mut response = self.into_response();
        response.extensions_mut().insert(RpcId(id));
        response
    }

    pub(super) fn set_headers(&self, headers: &mut HeaderMap) {
        if let Some(seconds) = self.spec().retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from_static(seconds));
        }
        match self {
            Self::Unauthenticated { challenge, .. }
            | Self::TokenRefused { challenge }
            | Self::ScopeMissing { challenge } => {
                headers.insert(header::WWW_AUTHENTICATE, challenge.clone());
            }
            Self::MethodNotAllowed { allow } => {
                headers.insert(header::ALLOW, HeaderValue::from_static(allow));
            }
            _ => {}
        }
    }

    /// One of each, in the order of `docs/ERRORS.md`.
    fn all() -> Vec<Self> {
        let challenge = HeaderValue::from_static("Bearer");
        let (challenge_error, reason) = ("invalid_token", "it has expired");
        let error = AuthenticateError::Refused { challenge_error, reason };
        vec![
            Self::HostMissing,
            Self::HostForbidden,
            Self::OriginForbidden,
            Self::GatewayForbidden,
            Self::Unauthenticated { error, challenge: challenge.clone() },
            Self::SignInUnavailable,
            Self::TokenRefused { challenge: challenge.clone() },
            Self::ScopeMissing { challenge },
            Self::NoRole,
            Self::SiteHeader,
            Self::NotFound,
            Self::SessionUnknown,
            Self::TooManyStreams,
            Self::StreamsFull,
            Self::TokenNotChecked,
            Self::MethodNotAllowed { allow: "POST" },
            Self::NotAcceptable,
            Self::UnsupportedMediaType,
            Self::BodyTooLarge { max_bytes: 1 << 20 },
            Self::BodySlow,
            Self::BodyBroken,
            Self::Rpc(jsonrpc::unwanted_response()),
            Self::Overloaded,
            Self::ConnectionsFull,
            Self::Deadline,
            Self::Starting,
            Self::Draining,
            Self::Internal,
        ]
    }
}

/// The id of the message that is refused, where it was read before: left among the extensions for
/// [`super::render`].
#[derive(Clone, Debug)]
pub(super) struct RpcId(pub(super) Value);

/// Every way the edge says no, for documents. The codes of JSON-RPC have a table of their own.
pub fn errors() -> Vec<ErrorDoc> {
    let all = Reject::all().into_iter().filter(|reject| !matches!(reject, Reject::Rpc(_)));
    all.map(|reject| reject.spec().doc()).collect()
}

impl Spec {
    fn doc(self) -> ErrorDoc {
        let Self { status, refusal, class, severity, retryable, message, hint, .. } = self;
        let status = Some(status.as_u16());
        ErrorDoc {
            code: refusal.as_str(),
            status,
            class,
            severity,
            retryable,
            meaning: message,
            advice: hint,
        }
    }
}

impl IntoResponse for Reject {
    /// The bare status, with the refusal among the extensions until it is rendered.
    fn into_response(self) -> Response {
        let mut response = self.spec().status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use error_doc::{Class, Retryable};

    /// A new kind does not compile before it has a number here.
    fn number(reject: &Reject) -> usize {
        match reject {
            Reject::HostMissing => 0,
            Reject::HostForbidden => 1,
            Reject::OriginForbidden => 2,
            Reject::GatewayForbidden => 3,
            Reject::Unauthenticated { .. } => 4,
            Reject::SignInUnavailable => 5,
            Reject::TokenRefused { .. } => 6,
            Reject::ScopeMissing { .. } => 7,
            Reject::NoRole => 8,
            Reject::SiteHeader => 9,
            Reject::NotFound => 10,
            Reject::SessionUnknown => 11,
            Reject::TooManyStreams => 12,
            Reject::StreamsFull => 13,
            Reject::TokenNotChecked => 14,
            Reject::MethodNotAllowed { .. } => 15,
            Reject::NotAcceptable => 16,
            Reject::UnsupportedMediaType => 17,
            Reject::BodyTooLarge { .. } => 18,
            Reject::BodySlow => 19,
            Reject::BodyBroken => 20,
            Reject::Rpc(_) => 21,
            Reject::Overloaded => 22,
            Reject::ConnectionsFull => 23,
            Reject::Deadline => 24,
            Reject::Starting => 25,
            Reject::Draining => 26,
            Reject::Internal => 27,
        }
    }

    #[test]
    fn every_kind_says_what_its_spec_says_and_nothing_against_it() {
        let all = Reject::all();
        let numbers: Vec<usize> = all.iter().map(number).collect();
        assert_eq!(numbers, (0..=27).collect::<Vec<_>>());
        let mut statuses_of_codes = BTreeSet::new();
        for reject in &all {
            let Spec { status, refusal, class, retryable, message, hint, retry_after, .. } =
                reject.spec();
            let code = refusal.as_str();
            assert!(status.is_client_error() || status.is_server_error(), "{code}");
            assert!(message.ends_with('.') && hint.ends_with('.'), "{code}");
            assert!(!reject.message().is_empty(), "{code}");
            assert_eq!(retry_after.is_some(), class == Class::Overload, "{code}");
            assert!(retry_after.is_none() || retryable == Retryable::Later, "{code}");
            statuses_of_codes.insert((code, status.as_u16()));

            let mut headers = HeaderMap::new();
            reject.set_headers(&mut headers);
            let sent: Vec<&str> = headers.keys().map(header::HeaderName::as_str).collect();
            let expected: &[&str] = match status.as_u16() {
                401 => &["www-authenticate"],
                403 if code == "insufficient_scope" => &["www-authenticate"],
                405 => &["allow"],
                429 | 503 => &["retry-after"],
                _ => &[],
            };
            assert_eq!(sent, expected, "{code}");
            assert_eq!(reject.clone().into_response().status(), status);
        }
        let codes: BTreeSet<&str> = statuses_of_codes.iter().map(|(code, _)| *code).collect();
        assert_eq!(codes.len(), statuses_of_codes.len(), "a code has one status: {codes:?}");
    }
}
