//! Why Jira did not do what was asked.

use serde_json::Value;
use thiserror::Error;
use upstream::{RateLimit as Limits, Response, Sent, UpstreamError};

use super::{
    error_body::{
        elements, field_ids, is_scope_mismatch, joined_or, texts, without_permission_hint,
    },
    request::{Request, Safety},
};

/// Whether a call that failed may still have changed something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Applied {
    /// The request was a read, or it never reached Jira.
    No,
    /// A write was sent and its answer was lost.
    Maybe,
}

/// What Jira said about slowing down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RateLimit {
    /// Seconds to wait, when Jira named a time.
    pub retry_after_s: Option<u64>,
    /// Whether an hourly quota is used up, which no wait inside a call can mend.
    pub quota: bool,
}

/// A failed call to Jira. `Display` is a sentence for the person; it never holds hosts, URLs,
/// headers or raw bodies.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum JiraError {
    /// 401: the token is expired, revoked or wrong.
    #[error("Jira does not accept the sign-in any more.")]
    Unauthenticated,
    /// The sign-in of the user's own machine was revoked or has expired.
    #[error("The sign-in of this machine has ended, or nobody is signed in any more.")]
    LocalSignInEnded,
    /// The sign-in stands, but its token has ended and the identity provider does not answer.
    #[error(
        "The sign-in must be renewed, and the identity provider does not answer at the moment."
    )]
    NotRenewed,
    /// The person signed in with another account and has not connected one of Jira.
    #[error("The signed-in user has not connected a Jira account yet.")]
    NotConnected {
        /// The page where they do it; none where the operator has set up nothing to connect.
        connect_url: Option<String>,
    },
    /// 401 of the gateway: the token lacks a scope.
    #[error("The Jira connection lacks an OAuth scope that this action needs ({needed}).")]
    InsufficientScope {
        /// The scope, as Atlassian names it.
        needed: String,
    },
    /// 401 to an e-mail address with an API token.
    #[error("Jira does not accept the e-mail address and API token.")]
    ApiToken,
    /// 401 of the API host to an API token: it lacks a scope.
    #[error("The API token lacks a scope that this action needs ({needed}).")]
    ApiTokenScope {
        /// The scope, as Atlassian names it.
        needed: String,
    },
    /// Not Jira failed, but the list of the sites that the token reaches.
    #[error(
        "Atlassian's list of the user's sites (accessible-resources) failed, so Jira was not asked. {cause}"
    )]
    SiteList {
        /// What it answered.
        cause: Box<Self>,
    },
    /// 403: the user may not do this.
    #[error("Jira refused: {}", joined_or(texts, "the signed-in user is not allowed to do this."))]
    Forbidden {
        /// Jira's own words.
        texts: Vec<String>,
    },
    /// 404: absent, or hidden from this user; Jira does not tell which.
    #[error("Not found, or the signed-in user may not see it: {}", joined_or(&without_permission_hint(texts), "Jira answered 404."))]
    NotFound {
        /// Jira's own words.
        texts: Vec<String>,
    },
    /// 400, 410, 422 and other refusals of what was asked.
    #[error("Jira did not accept the request: {}", joined_or(texts, "it gave no reason."))]
    Invalid {
        /// The HTTP status.
        status: u16,
        /// Jira's own words, field errors as `field: text`.
        texts: Vec<String>,
        /// The ids of the fields that Jira complained about.
        fields: Vec<String>,
        /// What was wrong with which element of a bulk request, by its place from 0.
        elements: Vec<(usize, String)>,
    },
    /// 409: a concurrent change.
    #[error(
        "Jira reports a conflict with another change: {}",
        joined_or(texts, "it gave no detail.")
    )]
    Conflict {
        /// Jira's own words.
        texts: Vec<String>,
    },
    /// 429.
    #[error("Jira asks to slow down.")]
    RateLimited(RateLimit),
    /// An answer over the byte limit, or a 413 for something too large for Jira.
    #[error("{}", if status.is_some() { format!("Jira says that the content is too large or a limit of the issue is reached: {}", joined_or(texts, "it gave no detail.")) } else { "Jira's answer is larger than the bridge accepts.".to_owned() })]
    TooLarge {
        /// 413 when it was Jira who refused.
        status: Option<u16>,
        /// Jira's own words.
        texts: Vec<String>,
    },
    /// No connection, or a server error.
    #[error("Jira is not available at the moment.")]
    Unavailable {
        /// The status, if there was an answer.
        status: Option<u16>,
        /// Whether something may have changed.
        applied: Applied,
    },
    /// No answer in time.
    #[error("Jira did not answer in time.")]
    Timeout {
        /// Whether something may have changed.
        applied: Applied,
    },
    /// The bridge holds as much of requests and answers as it may; nothing was changed.
    #[error("The bridge has as many large requests and answers in hand as it can take.")]
    Busy,
    /// The breaker is open.
    #[error("Jira has been failing, so no call is made for another {retry_after_s} seconds.")]
    CircuitOpen {
        /// Seconds until a probe is allowed.
        retry_after_s: u64,
    },
    /// The token reaches several sites.
    #[error("The signed-in user has {} Jira sites and none was chosen.", count(sites))]
    AmbiguousSite {
        /// Their URLs.
        sites: Vec<String>,
        /// What people call them, in the same order.
        names: Vec<String>,
    },
    /// The token reaches no Jira site.
    #[error("The sign-in gives access to no Jira site.")]
    NoSite,
    /// The pinned or requested site is not among the token's.
    #[error("The sign-in does not give access to the Jira site that was asked for.")]
    UnknownSite {
        /// The URLs that it does give access to.
        sites: Vec<String>,
    },
    /// 404 of the gateway: it does not lead to the site that was found a moment ago.
    #[error("The Jira site is unknown to Atlassian's gateway, or not reachable with this sign-in.")]
    SiteGone,
    /// A redirect, which the token never follows.
    #[error("Jira's API answered with a redirect, which is not followed.")]
    Redirected,
    /// A file lies where it must not be loaded from: another host, plain http, or behind a second
    /// redirect.
    #[error("Jira points to a place for this file from which the bridge does not load.")]
    UntrustedDownloadHost,
    /// An answer that is not what Jira documents.
    #[error("Jira's answer could not be understood.")]
    Unreadable,
    /// Jira does not say which time zone the user has, or the token may not ask.
    #[error("The user's time zone cannot be read from Jira.")]
    NoTimeZone,
    /// A request that cannot be sent.
    #[error("The request to Jira could not be built.")]
    Request,
}

/// Values of JSON in the body of a refusal; one for each of fifty issues has a few hundred.
const BODY_VALUES_MAX: usize = 10_000;

/// How many sites an error lists.
pub(super) const SITES_LISTED_MAX: usize = 200;

/// Of very many not all are listed.
fn count(sites: &[String]) -> String {
    let more = if sites.len() == SITES_LISTED_MAX { " or more" } else { "" };
    format!("{}{more}", sites.len())
}

/// Jira never names paths; what stands in front of it does.
fn is_of_gateway(body: &Value) -> bool {
    body.get("path").and_then(Value::as_str).is_some_and(|path| path.starts_with("/ex/jira/"))
}

impl JiraError {
    /// Reads an answer that is not a success.
    pub fn from_answer(request: &Request, answer: &Response) -> Self {
        let body = String::from_utf8_lossy(&answer.body);
        // What says more than any refusal of Jira's says nothing that can be passed on.
        let is_read = json_borrow::has_at_most(&body, BODY_VALUES_MAX);
        let body: Value =
            is_read.then(|| json_borrow::from_str(&body).ok()).flatten().unwrap_or(Value::Null);
        let texts = texts(&body);
        match answer.status.as_u16() {
            401 if is_scope_mismatch(&answer.headers, &texts) => {
                Self::InsufficientScope { needed: request.scope().to_owned() }
            }
            401 => Self::Unauthenticated,
            403 => Self::Forbidden { texts },
            404 if is_of_gateway(&body) => Self::SiteGone,
            404 => Self::NotFound { texts },
            409 => Self::Conflict { texts },
            413 => Self::TooLarge { status: Some(413), texts },
            429 => Self::RateLimited(RateLimit::of(&answer.rate_limit)),
            // Whatever stands in front of Jira may have passed a write on before it answered like
            // this.
            status @ 300..=399 if request.safety() != Safety::Read => {
                Self::Unavailable { status: Some(status), applied: Applied::Maybe }
            }
            300..=399 => Self::Redirected,
            status @ 400..=499 => {
                Self::Invalid { status, fields: field_ids(&body), elements: elements(&body), texts }
            }
            status => {
                Self::Unavailable { status: Some(status), applied: applied(request, Sent::Maybe) }
            }
        }
    }

    /// Turns a failure of the careful call into Jira's terms.
    pub(super) fn from_upstream(request: &Request, error: &UpstreamError) -> Self {
        let applied = applied(request, error.sent());
        match error {
            UpstreamError::InvalidRequest { .. } => Self::Request,
            UpstreamError::CircuitOpen { retry_after } => {
                Self::CircuitOpen { retry_after_s: retry_after.as_secs().max(1) }
            }
            UpstreamError::RequestTooLarge { limit_bytes } => {
                let text = format!("requests of more than {limit_bytes} bytes are not sent.");
                Self::TooLarge { status: Some(413), texts: vec![text] }
            }
            UpstreamError::Busy { .. } if applied == Applied::No => Self::Busy,
            UpstreamError::BodyTooLarge { .. } if request.safety() == Safety::Read => {
                Self::TooLarge { status: None, texts: Vec::new() }
            }
            UpstreamError::Timeout { .. } | UpstreamError::DeadlineExceeded { .. } => {
                Self::Timeout { applied }
            }
            _ => Self::Unavailable { status: None, applied },
        }
    }

    /// Whether it counts as a refusal of the token itself.
    pub(super) fn refuses_token(&self) -> bool {
        matches!(self, Self::Unauthenticated)
    }
}

impl RateLimit {
    fn of(limits: &Limits) -> Self {
        Self {
            retry_after_s: limits.wait().map(|wait| wait.as_secs().max(1)),
            quota: limits.is_quota(),
        }
    }
}

fn applied(request: &Request, sent: Sent) -> Applied {
    if sent == Sent::Maybe && request.safety() != Safety::Read {
        Applied::Maybe
    } else {
        Applied::No
    }
}

#[cfg(test)]
mod tests;
