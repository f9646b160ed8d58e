//! One vocabulary for every way to fail: what kind of failure it is, how bad for whom, and whether
//! to try again.
//!
//! Each layer that answers with errors keeps an [`ErrorDoc`] for each of them beside its own enum;
//! `jira-mcp-bridge errors` prints them all as `docs/ERRORS.md`.

use std::fmt::Write as _;

/// What kind of failure it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// Who asks is unknown or not accepted any more.
    Authentication,
    /// Who asks is known and may not.
    Permission,
    /// What was asked for is wrong or incomplete.
    Validation,
    /// What was asked for is not there.
    NotFound,
    /// Somebody else changed the same thing.
    Conflict,
    /// Jira asks to slow down.
    RateLimit,
    /// The bridge asks to slow down, starts or stops.
    Overload,
    /// Jira fails.
    Upstream,
    /// No answer in time.
    Timeout,
    /// The client went away.
    Cancelled,
    /// A fault of the bridge.
    Internal,
}

/// What it means to whoever runs the bridge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Daily life.
    Info,
    /// Worth a look when there are many.
    Warning,
    /// Somebody must look.
    Error,
}

/// Whether the same call has a chance later.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retryable {
    /// Not as it is.
    No,
    /// Yes, after the time that the answer names, if it names one.
    Later,
    /// The answer's `retryable` says: a write that may have happened is not to be repeated.
    AsItSays,
}

/// One way to fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ErrorDoc {
    /// The stable code.
    pub code: &'static str,
    /// The HTTP status, where the answer is not a 200.
    pub status: Option<u16>,
    /// What kind.
    pub class: Class,
    /// How bad.
    pub severity: Severity,
    /// Whether to try again.
    pub retryable: Retryable,
    /// What happened.
    pub meaning: &'static str,
    /// What to do.
    pub advice: &'static str,
}

impl Class {
    /// The name in logs and documents.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Authentication => "authentication",
            Self::Permission => "permission",
            Self::Validation => "validation",
            Self::NotFound => "not_found",
            Self::Conflict => "conflict",
            Self::RateLimit => "rate_limit",
            Self::Overload => "overload",
            Self::Upstream => "upstream",
            Self::Timeout => "timeout",
            Self::Cancelled => "cancelled",
            Self::Internal => "internal",
        }
    }
}

impl Severity {
    /// The name in logs and documents.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

impl Retryable {
    const fn name(self) -> &'static str {
        match self {
            Self::No => "no",
            Self::Later => "later",
            Self::AsItSays => "as `retryable` says",
        }
    }
}

/// A table for documents.
pub fn table(docs: &[ErrorDoc]) -> String {
    let mut text = "| Code | HTTP | Class | Severity | Try again | What happened | What to do |\n\
        |---|---|---|---|---|---|---|\n"
        .to_owned();
    for doc in docs {
        let status = doc.status.unwrap_or(200);
        let (class, severity, retryable) =
            (doc.class.name(), doc.severity.name(), doc.retryable.name());
        let ErrorDoc { code, meaning, advice, .. } = doc;
        let _ = writeln!(
            text,
            "| `{code}` | {status} | {class} | {severity} | {retryable} | {meaning} | {advice} |"
        );
    }
    text
}
