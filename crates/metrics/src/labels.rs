//! Label values: each set is an enum, so nothing that a client sent can become one, and nothing
//! that is counted can be missing from the set.

/// One value of a label.
pub trait Label: Copy + Send + Sync + 'static {
    /// The label's name.
    const NAME: &'static str;
    /// The text of every value, in the order of [`Label::index`].
    const VALUES: &'static [&'static str];

    /// Where this value stands in [`Label::VALUES`].
    fn index(self) -> usize;

    /// The text of this value.
    fn as_str(self) -> &'static str {
        Self::VALUES.get(self.index()).copied().unwrap_or_default()
    }
}

macro_rules! labels {
    ($($(#[$doc:meta])+ $name:ident $label:literal {
        $($(#[$of:meta])* $value:ident $text:literal,)+
    })+) => {
        $(
            $(#[$doc])+
            #[derive(Debug, Clone, Copy, PartialEq, Eq)]
            pub enum $name { $(#[doc = concat!("`", $text, "`")] $(#[$of])* $value,)+ }

            impl Label for $name {
                const NAME: &'static str = $label;
                const VALUES: &'static [&'static str] = &[$($text),+];

                fn index(self) -> usize {
                    self as usize
                }
            }

            impl $name {
                /// Every value, in order.
                pub const ALL: &'static [Self] = &[$(Self::$value),+];
            }
        )+
    };
}

labels! {
    /// A route pattern of the edge; whatever else is asked for is `Unmatched`.
    Route "route" {
        Mcp "/mcp",
        McpReadonly "/mcp/readonly",
        McpToolsets "/mcp/x/{toolsets}",
        CompatStream "/api/mcp/stream",
        CompatCommand "/api/mcp/command",
        Healthz "/healthz",
        Readyz "/readyz",
        ResourceMetadata "/.well-known/oauth-protected-resource",
        ResourceMetadataMcp "/.well-known/oauth-protected-resource/mcp",
        ResourceMetadataReadonly "/.well-known/oauth-protected-resource/mcp/readonly",
        ResourceMetadataToolsets "/.well-known/oauth-protected-resource/mcp/x/{toolsets}",
        ResourceMetadataStream "/.well-known/oauth-protected-resource/api/mcp/stream",
        ResourceMetadataCommand "/.well-known/oauth-protected-resource/api/mcp/command",
        ServerMetadata "/.well-known/oauth-authorization-server",
        OpenidMetadata "/.well-known/openid-configuration",
        Authorize "/authorize",
        Token "/token",
        Register "/register",
        Revoke "/revoke",
        SignInCallback "/auth/callback",
        SignInLogin "/auth/login",
        SignInStatus "/auth/status",
        SignInLogout "/auth/logout",
        SignInConnect "/auth/connect",
        Unmatched "unmatched",
    }

    /// The class of an answer's status.
    StatusClass "status" {
        Informational "1xx",
        Success "2xx",
        Redirection "3xx",
        ClientError "4xx",
        ServerError "5xx",
        /// The client left before the answer.
        ClientGone "client_gone",
    }

    /// The stable code with which the edge refuses a request.
    Refusal "reason" {
        HostMissing "host_missing",
        HostNotAllowed "host_not_allowed",
        OriginNotAllowed "origin_not_allowed",
        GatewayTokenRefused "gateway_token_refused",
        Unauthenticated "unauthenticated",
        SignInUnavailable "sign_in_unavailable",
        InsufficientScope "insufficient_scope",
        NoRole "no_role",
        InvalidRequest "invalid_request",
        NotFound "not_found",
        MethodNotAllowed "method_not_allowed",
        NotAcceptable "not_acceptable",
        UnsupportedMediaType "unsupported_media_type",
        PayloadTooLarge "payload_too_large",
        RequestTimeout "request_timeout",
        TooManyStreams "too_many_streams",
        StreamsFull "streams_full",
        ConnectionsFull "connections_full",
        Overloaded "overloaded",
        UpstreamUnavailable "upstream_unavailable",
        UpstreamTimeout "upstream_timeout",
        Starting "starting",
        Draining "draining",
        Internal "internal",
    }

    /// A limit that refused a call.
    Limit "limit" {
        /// Calls of one user within a minute.
        Rate "rate",
        /// Calls of one user at the same time.
        Concurrency "concurrency",
        /// Users at the same time.
        Callers "callers",
        /// Calls of the whole process at the same time.
        InFlight "in_flight",
        /// Event streams of the whole process at the same time.
        Streams "streams",
        /// Connections of the whole process at the same time.
        Connections "connections",
    }

    /// What became of one HTTP request to the upstream.
    UpstreamResult "result" {
        Ok "ok",
        Redirect "redirect",
        Authentication "authentication",
        Permission "permission",
        NotFound "not_found",
        Validation "validation",
        RateLimit "rate_limit",
        Server "server",
        Network "network",
        Timeout "timeout",
        Local "local",
    }

    /// What had become of a request that was sent again.
    RetryReason "reason" {
        RateLimit "rate_limit",
        Server "server",
        Network "network",
        Timeout "timeout",
    }

    /// Whether a request to the upstream can change something.
    Effect "effect" {
        Read "read",
        Write "write",
    }

    /// How the wait for an agent's answer ended.
    TurnResult "end" {
        /// The agent was done.
        Completed "completed",
        /// The conversation was over with it.
        Ended "ended",
        /// Time was up before.
        Pending "pending",
        /// There was no answer to wait for.
        Failed "failed",
    }

    /// How an event stream ended.
    StreamEnd "end" {
        /// It had been open as long as one may be.
        Time "time",
        /// The token that opened it was good no longer.
        Token "token",
        /// The server stopped.
        Drain "drain",
        /// The client left, or took no more bytes.
        ClientGone "client_gone",
    }

    /// What became of a sign-in.
    SignInOutcome "outcome" {
        Ok "ok",
        /// On our own page.
        Denied "denied",
        DeniedAtProvider "denied_at_provider",
        NoJiraSite "no_jira_site",
        ProviderRefused "provider_refused",
        ProviderUnavailable "provider_unavailable",
        /// The provider does not take our own id or secret.
        Misconfigured "misconfigured",
        StoreUnavailable "store_unavailable",
        /// The program asked for something that is not served.
        InvalidRequest "invalid_request",
    }

    /// Why a session ended before its time.
    SessionEnd "reason" {
        /// A code came a second time.
        CodeReused "code_reused",
        /// A refresh token came that had been replaced.
        RefreshReused "refresh_token_reused",
        /// Its program gave it up.
        Revoked "revoked",
        /// Its person signed out.
        SignedOut "signed_out",
        /// Its person has as many newer ones.
        TooMany "too_many_sessions",
        /// The provider takes its grant no longer.
        Provider "provider",
    }

    /// What became of the renewal of a grant.
    RenewalResult "result" {
        Ok "ok",
        Refused "refused",
        Unavailable "unavailable",
        /// The provider does not take our own id or secret.
        Misconfigured "misconfigured",
        NotUnderstood "not_understood",
    }

    /// What became of a reading of a directory's keys.
    KeyFetchResult "result" {
        Ok "ok",
        /// No answer, or one that refuses.
        Unavailable "unavailable",
        /// An answer that is no set of keys.
        NotUnderstood "not_understood",
    }

    /// Why the session store gave no answer.
    StoreFailure "fault" {
        /// Down, full or too slow.
        Unavailable "unavailable",
        /// No key of ours opens the record.
        Unreadable "unreadable",
    }

    /// What became of a span.
    SpanResult "fate" {
        Sent "sent",
        /// The queue was full.
        Dropped "dropped",
        /// A receiver did not take it.
        Failed "failed",
    }
}

impl Route {
    /// The route with this pattern.
    pub fn of_pattern(pattern: &str) -> Self {
        let known = Self::ALL.iter().find(|route| route.as_str() == pattern);
        known.copied().unwrap_or(Self::Unmatched)
    }
}

impl StatusClass {
    /// The class of a status; none is a client that left before the answer.
    pub fn of_status(status: Option<u16>) -> Self {
        match status {
            None => Self::ClientGone,
            Some(..200) => Self::Informational,
            Some(200..300) => Self::Success,
            Some(300..400) => Self::Redirection,
            Some(400..500) => Self::ClientError,
            Some(500..) => Self::ServerError,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn check<L: Label>(all: &[L]) {
        assert_eq!(all.len(), L::VALUES.len());
        for (at, value) in all.iter().enumerate() {
            assert_eq!((value.index(), value.as_str()), (at, L::VALUES[at]));
        }
        let texts: BTreeSet<_> = L::VALUES.iter().collect();
        assert_eq!(texts.len(), all.len(), "{} tells its values apart", L::NAME);
    }

    #[test]
    fn each_value_has_its_own_text() {
        check(Route::ALL);
        check(StatusClass::ALL);
        check(Refusal::ALL);
        check(Limit::ALL);
        check(UpstreamResult::ALL);
        check(RetryReason::ALL);
        check(Effect::ALL);
        check(TurnResult::ALL);
        check(StreamEnd::ALL);
        check(SignInOutcome::ALL);
        check(SessionEnd::ALL);
        check(RenewalResult::ALL);
        check(KeyFetchResult::ALL);
        check(StoreFailure::ALL);
        check(SpanResult::ALL);
    }

    #[test]
    fn a_path_nobody_planned_is_no_label() {
        assert_eq!(Route::of_pattern("/mcp/x/{toolsets}"), Route::McpToolsets);
        assert_eq!(Route::of_pattern("/hostile\"\n} 1"), Route::Unmatched);
        assert_eq!(Route::of_pattern(""), Route::Unmatched);
    }
}
