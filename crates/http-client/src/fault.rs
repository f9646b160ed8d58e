//! Why an exchange failed. Neither text nor causes hold a path, a query or a header. A cause may
//! name the host, as that of a certificate for another one does.

use std::{error::Error as StdError, io};

use hyper_util::client::legacy;

/// How far an exchange came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FaultKind {
    /// The request cannot be sent as it is; nothing was tried.
    Request,
    /// No connection came about: nothing was sent.
    Connect,
    /// The connection failed after the request may have left, before the head of the answer.
    Head,
    /// The connection failed before the answer was whole.
    Body,
}

/// A failed exchange.
#[derive(Debug, thiserror::Error)]
#[error("{}", self.text())]
pub struct Fault {
    kind: FaultKind,
    source: Source,
}

#[derive(Debug, thiserror::Error)]
enum Source {
    #[error("{0}")]
    Request(&'static str),
    #[error(transparent)]
    Client(legacy::Error),
    #[error(transparent)]
    Body(hyper::Error),
}

impl Fault {
    pub(super) fn request(reason: &'static str) -> Self {
        Self { kind: FaultKind::Request, source: Source::Request(reason) }
    }

    pub(super) fn client(source: legacy::Error) -> Self {
        let kind = if source.is_connect() { FaultKind::Connect } else { FaultKind::Head };
        Self { kind, source: Source::Client(source) }
    }

    pub(super) fn body(source: hyper::Error) -> Self {
        Self { kind: FaultKind::Body, source: Source::Body(source) }
    }

    /// How far the exchange came.
    pub fn kind(&self) -> FaultKind {
        self.kind
    }

    /// Whether it ran out of the time of a connection: for making it, or for an answer to a ping.
    pub fn is_timeout(&self) -> bool {
        self.causes().any(|cause| {
            let io = cause.downcast_ref::<io::Error>();
            let http = cause.downcast_ref::<hyper::Error>();
            io.is_some_and(|error| error.kind() == io::ErrorKind::TimedOut)
                || http.is_some_and(hyper::Error::is_timeout)
        })
    }

    /// Whether the server declared that it did nothing with the request: that it takes no more
    /// streams on this connection, or not this one. RFC 9113 section 8.7.
    pub(super) fn is_unprocessed(&self) -> bool {
        self.causes().filter_map(|cause| cause.downcast_ref::<h2::Error>()).any(|error| {
            let refused = error.is_reset() && error.reason() == Some(h2::Reason::REFUSED_STREAM);
            let leaving = error.is_go_away() && error.reason() == Some(h2::Reason::NO_ERROR);
            error.is_remote() && (refused || leaving)
        })
    }

    /// The causes, outermost first.
    pub fn causes(&self) -> impl Iterator<Item = &(dyn StdError + 'static)> {
        std::iter::successors(StdError::source(self), |error| (*error).source())
    }

    fn text(&self) -> &'static str {
        match self.kind {
            FaultKind::Request => "the request cannot be sent as it is",
            FaultKind::Connect => "no connection was made",
            FaultKind::Head => "the connection failed before the answer",
            FaultKind::Body => "the connection failed within the answer",
        }
    }
}
