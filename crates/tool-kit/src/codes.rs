//! What each [`Code`] means: its row in the table of all errors.

use error_doc::{
    Class, ErrorDoc,
    Retryable::{self, AsItSays, Later, No},
    Severity::{self, Error, Info, Warning},
};

use super::error::Code;

impl Code {
    /// All codes, in the order of the table.
    pub const ALL: &'static [Self] = &[
        Self::Unauthenticated,
        Self::SignInRequired,
        Self::Forbidden,
        Self::InsufficientScope,
        Self::NotFound,
        Self::InvalidArgument,
        Self::AmbiguousSite,
        Self::AmbiguousName,
        Self::ConfirmationRequired,
        Self::Conflict,
        Self::RateLimited,
        Self::UpstreamUnavailable,
        Self::UpstreamTimeout,
        Self::CircuitOpen,
        Self::PayloadTooLarge,
        Self::Overloaded,
        Self::Cancelled,
        Self::Internal,
    ];

    /// The word that agents read, for logs and metrics.
    pub const fn name(self) -> &'static str {
        self.kind().0
    }

    /// What is to be known about it. Single errors say more: their own message, hint and data.
    pub const fn row(self) -> ErrorDoc {
        let (code, class, severity, retryable) = self.kind();
        ErrorDoc {
            code,
            status: None,
            class,
            severity,
            retryable,
            meaning: self.meaning(),
            advice: self.advice(),
        }
    }

    const fn kind(self) -> (&'static str, Class, Severity, Retryable) {
        match self {
            Self::Unauthenticated => ("unauthenticated", Class::Authentication, Info, No),
            Self::SignInRequired => ("sign_in_required", Class::Authentication, Info, No),
            Self::Forbidden => ("forbidden", Class::Permission, Info, No),
            Self::InsufficientScope => ("insufficient_scope", Class::Permission, Warning, No),
            Self::NotFound => ("not_found", Class::NotFound, Info, No),
            Self::InvalidArgument => ("invalid_argument", Class::Validation, Info, No),
            Self::AmbiguousSite => ("ambiguous_site", Class::Validation, Info, No),
            Self::AmbiguousName => ("ambiguous_name", Class::Validation, Info, No),
            Self::ConfirmationRequired => ("confirmation_required", Class::Validation, Info, No),
            Self::Conflict => ("conflict", Class::Conflict, Info, No),
            Self::RateLimited => ("rate_limited", Class::RateLimit, Warning, Later),
            Self::UpstreamUnavailable => ("upstream_unavailable", Class::Upstream, Error, AsItSays),
            Self::UpstreamTimeout => ("upstream_timeout", Class::Timeout, Error, AsItSays),
            Self::CircuitOpen => ("circuit_open", Class::Upstream, Error, Later),
            Self::PayloadTooLarge => ("payload_too_large", Class::Validation, Info, No),
            Self::Overloaded => ("overloaded", Class::Overload, Warning, Later),
            Self::Cancelled => ("cancelled", Class::Cancelled, Info, No),
            Self::Internal => ("internal", Class::Internal, Error, No),
        }
    }

    const fn meaning(self) -> &'static str {
        match self {
            Self::Unauthenticated => "Jira does not accept the token any more.",
            Self::SignInRequired => {
                "The user is signed in, but has not connected a Jira account; nothing was done. `url` is the page for it."
            }
            Self::Forbidden => "The user may not do this, or an operator's rule forbids it.",
            Self::InsufficientScope => {
                "The token was issued without an OAuth scope; `scope` names it."
            }
            Self::NotFound => {
                "Nothing there, or nothing that this user may see; Jira does not tell which."
            }
            Self::InvalidArgument => "An argument, a query or a field value is wrong.",
            Self::AmbiguousSite => "The user has several Jira sites and none was chosen.",
            Self::AmbiguousName => "A name fits several things; nothing was written.",
            Self::ConfirmationRequired => {
                "The action was not agreed to, or its token is not valid any more; nothing was changed."
            }
            Self::Conflict => "Somebody else changed the same thing.",
            Self::RateLimited => "Jira asks to slow down and the wait does not fit into the call.",
            Self::UpstreamUnavailable => {
                "Jira cannot be reached, fails, or answers what it does not document."
            }
            Self::UpstreamTimeout => "Jira did not answer in time.",
            Self::CircuitOpen => "Jira has been failing, so no call is made for a while.",
            Self::PayloadTooLarge => "An answer, a file or an upload is larger than allowed.",
            Self::Overloaded => "The user has used up their share of the bridge.",
            Self::Cancelled => "The client cancelled the call or hung up; it was a read.",
            Self::Internal => "A fault of the bridge.",
        }
    }

    const fn advice(self) -> &'static str {
        match self {
            Self::Unauthenticated => "The user signs in to the connection again.",
            Self::SignInRequired => {
                "The user opens `url` and connects Jira; without one an administrator must set it up."
            }
            Self::Forbidden => "Ask somebody with the permission, or a Jira administrator.",
            Self::InsufficientScope => {
                "An administrator adds the scope to the connection; signing in again does not help before."
            }
            Self::NotFound => "Check the key or id, and the user's permissions.",
            Self::InvalidArgument => {
                "Mend what the message names; the hint holds what is accepted."
            }
            Self::AmbiguousSite => "Repeat with `site` set to one of `sites`.",
            Self::AmbiguousName => "Choose one of those listed.",
            Self::ConfirmationRequired => {
                "Show the user the preview, then repeat with its `confirm`."
            }
            Self::Conflict => "Read it again; repeat the change if it is still wanted.",
            Self::RateLimited | Self::CircuitOpen => "Wait `retry_after` seconds.",
            Self::UpstreamUnavailable | Self::UpstreamTimeout => {
                "Try again; after a write with `\"outcome\":\"unknown\"` read first."
            }
            Self::PayloadTooLarge => "Ask for less at once.",
            Self::Overloaded => "Wait `retry_after` seconds; make fewer calls at the same time.",
            Self::Cancelled => "Nothing.",
            Self::Internal => "Report it with the `request_id`.",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_listed_under_the_name_it_is_sent_with() {
        for code in Code::ALL {
            assert_eq!(serde_json::to_value(code).unwrap(), code.row().code);
        }
        let mut names: Vec<_> = Code::ALL.iter().map(|code| code.row().code).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), Code::ALL.len());
    }
}
