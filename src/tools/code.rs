//! The error codes as words: agents branch on them, logs and metrics count them.

use super::Code;

impl Code {
    /// Every code.
    pub const ALL: [Self; 16] = [
        Self::Unauthenticated,
        Self::Forbidden,
        Self::InsufficientScope,
        Self::NotFound,
        Self::InvalidArgument,
        Self::Conflict,
        Self::RateLimited,
        Self::UpstreamUnavailable,
        Self::UpstreamTimeout,
        Self::CircuitOpen,
        Self::PayloadTooLarge,
        Self::AmbiguousSite,
        Self::AmbiguousName,
        Self::ConfirmationRequired,
        Self::Overloaded,
        Self::Internal,
    ];

    /// The word that agents read, for logs and metrics.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Unauthenticated => "unauthenticated",
            Self::Forbidden => "forbidden",
            Self::InsufficientScope => "insufficient_scope",
            Self::NotFound => "not_found",
            Self::InvalidArgument => "invalid_argument",
            Self::Conflict => "conflict",
            Self::RateLimited => "rate_limited",
            Self::UpstreamUnavailable => "upstream_unavailable",
            Self::UpstreamTimeout => "upstream_timeout",
            Self::CircuitOpen => "circuit_open",
            Self::PayloadTooLarge => "payload_too_large",
            Self::AmbiguousSite => "ambiguous_site",
            Self::AmbiguousName => "ambiguous_name",
            Self::ConfirmationRequired => "confirmation_required",
            Self::Overloaded => "overloaded",
            Self::Internal => "internal",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_is_what_agents_read() {
        for code in Code::ALL {
            assert_eq!(serde_json::to_value(code).unwrap(), code.name());
        }
        let mut names = Code::ALL.map(Code::name).to_vec();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), Code::ALL.len());
    }
}
