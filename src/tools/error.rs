//! What an agent is told when a tool fails: the envelope of BRIEF section 7, and the only way to build it.

use serde::Serialize;
use serde_json::{Map, Value};

use crate::trim::clip;

use crate::jira::{JiraError, RateLimit, Unsure};

/// A message may quote what the caller sent, which may be as long as a request.
const MESSAGE_CHARS_MAX: usize = 1_500;
const HINT_CHARS_MAX: usize = 4_000;

const API_TOKEN_HINT: &str = "Check JIRA_EMAIL and JIRA_API_TOKEN, which may be mistyped, expired or revoked, then \
    start again. A token with scopes works at api.atlassian.com only, where the site's cloud id is needed: if the site \
    does not tell it, set JIRA_CLOUD_ID.";

/// What is left of each part when the whole is over the byte budget.
const SHORT_CHARS_MAX: usize = 160;

/// Why a tool failed: one word an agent can branch on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Code {
    /// Jira does not accept the token any more.
    Unauthenticated,
    /// The user may not do this, or an operator's rule forbids it.
    Forbidden,
    /// The token was issued without the OAuth scope that the call needs.
    InsufficientScope,
    /// Nothing there, or nothing the user may see.
    NotFound,
    /// An argument, a query or a field value is wrong.
    InvalidArgument,
    /// Somebody else changed the same thing.
    Conflict,
    /// Jira asks to slow down.
    RateLimited,
    /// Jira cannot be reached or is failing.
    UpstreamUnavailable,
    /// Jira did not answer in time.
    UpstreamTimeout,
    /// Jira has been failing; no call is made for a while.
    CircuitOpen,
    /// An answer or an upload is larger than allowed.
    PayloadTooLarge,
    /// The user has several Jira sites and none was chosen.
    AmbiguousSite,
    /// A name fits several things; nothing was written.
    AmbiguousName,
    /// The action must be seen and agreed to first, or its token is not valid any more; nothing was changed.
    ConfirmationRequired,
    /// The bridge has too much to do.
    Overloaded,
    /// The client took the call back or hung up; nothing was changed.
    Cancelled,
    /// A fault of the bridge.
    Internal,
}

/// A failed tool call. Serialises to the envelope, without the request id, which the protocol layer adds.
#[derive(Debug, Clone, Serialize)]
#[serde(transparent)]
pub struct ToolError(Box<Fault>);

/// Boxed, because an error is rare and every result of every tool would be as large.
#[derive(Debug, Clone, Serialize)]
struct Fault {
    error: Code,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<u16>,
    message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<String>,
    /// The hint speaks of what Jira itself said, and no tool knows better.
    #[serde(skip)]
    is_specific: bool,
    retryable: bool,
    /// Seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    retry_after: Option<u64>,
    /// Data for the next step, such as the sites or names to choose from.
    #[serde(flatten)]
    data: Map<String, Value>,
}

impl ToolError {
    /// An error with a message for a person, not worth repeating unchanged.
    pub fn new(error: Code, message: impl Into<String>) -> Self {
        Self(Box::new(Fault {
            error,
            status: None,
            message: clip(&message.into(), MESSAGE_CHARS_MAX).into_owned(),
            hint: None,
            is_specific: false,
            retryable: false,
            retry_after: None,
            data: Map::new(),
        }))
    }

    /// The caller asked for something that cannot be done as asked.
    pub fn invalid_argument(message: impl Into<String>) -> Self {
        Self::new(Code::InvalidArgument, message)
    }

    /// The token was issued without a scope, and a new sign-in would bring the same ones.
    pub fn insufficient_scope(needed: &str) -> Self {
        let message = JiraError::InsufficientScope { needed: needed.to_owned() }.to_string();
        Self::new(Code::InsufficientScope, message)
            .hint(
                "Signing in again does not help: an administrator must add the scope to the Jira connection first.",
            )
            .with("scope", needed)
    }

    /// A fault of ours. `what` goes to the agent, so it names no internals beyond the broken expectation.
    pub fn internal(what: &str) -> Self {
        Self::new(Code::Internal, format!("The bridge failed: {what}."))
            .hint("This is a fault of the server. Report it with the request_id.")
    }

    /// What to do next, unless what Jira said has told it already.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        if self.0.is_specific {
            return self;
        }
        self.0.hint = Some(clip(&hint.into(), HINT_CHARS_MAX).into_owned());
        self
    }

    /// The HTTP status that Jira answered.
    #[must_use]
    pub fn status(mut self, status: u16) -> Self {
        self.0.status = Some(status);
        self
    }

    /// The same call may succeed later, after that many seconds if Jira said so.
    #[must_use]
    pub fn retryable(mut self, after_s: Option<u64>) -> Self {
        self.0.retryable = true;
        self.0.retry_after = after_s;
        self
    }

    /// Data the next step needs.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.0.data.insert(name.to_owned(), value.into());
        self
    }

    /// Like [`ToolError::with`], unless the list is empty.
    #[must_use]
    pub(super) fn with_some(self, name: &str, list: Vec<impl Serialize>) -> Self {
        if list.is_empty() { self } else { self.with(name, serde_json::json!(list)) }
    }

    /// The class of the failure.
    pub fn code(&self) -> Code {
        self.0.error
    }

    /// What happened, in words for a person.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// The OAuth scope, or scopes, that the token lacks, if that is what is wrong.
    pub fn missing_scope(&self) -> Option<&str> {
        let scope = self.0.data.get("scope").and_then(Value::as_str);
        scope.filter(|_| self.0.error == Code::InsufficientScope)
    }

    /// What to do next, if that is known.
    pub fn advice(&self) -> Option<&str> {
        self.0.hint.as_deref()
    }

    /// The HTTP status that Jira answered, if Jira answered.
    pub fn upstream_status(&self) -> Option<u16> {
        self.0.status
    }

    /// The same failure in few words: what does not fit into a reply is no advice to anybody. Short data stays, such as
    /// a confirm token or a scope.
    #[must_use]
    pub fn in_short(mut self) -> Self {
        self.0.message = clip(&self.0.message, SHORT_CHARS_MAX).into_owned();
        self.0.hint = self.0.hint.map(|hint| clip(&hint, SHORT_CHARS_MAX).into_owned());
        self.0.data.retain(|_, value| value.to_string().len() <= SHORT_CHARS_MAX);
        self
    }

    /// The envelope as JSON.
    pub fn envelope(&self, request_id: &str) -> Value {
        let mut envelope = serde_json::to_value(self).unwrap_or_default();
        if let Value::Object(map) = &mut envelope {
            map.insert("request_id".to_owned(), Value::from(request_id));
        }
        envelope
    }
}

impl From<JiraError> for ToolError {
    fn from(error: JiraError) -> Self {
        let message = error.to_string();
        match error {
            JiraError::Unauthenticated => Self::new(Code::Unauthenticated, message)
                .status(401)
                .hint("Ask the user to sign in to the Jira connection again, then repeat the call."),
            JiraError::InsufficientScope { needed } => Self::insufficient_scope(&needed).status(401),
            JiraError::ApiToken => Self::new(Code::Unauthenticated, message).status(401).hint(API_TOKEN_HINT),
            JiraError::ApiTokenScope { needed } => Self::new(Code::InsufficientScope, message)
                .status(401)
                .hint("Make an API token with this scope too, and set JIRA_API_TOKEN to it.")
                .with("scope", needed),
            JiraError::SiteList { cause } => {
                let mut error = Self::from(*cause);
                error.0.message = message;
                error
            }
            JiraError::Forbidden { .. } => Self::new(Code::Forbidden, message)
                .status(403)
                .hint("The signed-in user lacks the permission. Somebody with it, or a Jira administrator, can help."),
            JiraError::NotFound { .. } => {
                Self::new(Code::NotFound, message).status(404).hint("Check the key or id.")
            }
            JiraError::Invalid { status, texts, .. } => {
                let error = Self::new(Code::InvalidArgument, message).status(status);
                match advice_on_text(&texts) {
                    Some(advice) => {
                        let Self(fault) = error.hint(advice);
                        Self(Box::new(Fault { is_specific: true, ..*fault }))
                    }
                    None => error,
                }
            }
            JiraError::Conflict { .. } => Self::new(Code::Conflict, message)
                .status(409)
                .hint("Read the issue again and repeat the change if it is still wanted."),
            JiraError::RateLimited(limit) => rate_limited(message, &limit),
            JiraError::TooLarge { status: None } => Self::new(Code::PayloadTooLarge, message)
                .hint("Ask for fewer fields or a smaller page."),
            JiraError::TooLarge { status: Some(status) } => Self::new(Code::PayloadTooLarge, message).status(status),
            JiraError::Unavailable { status, sent } => {
                let error = Self::new(Code::UpstreamUnavailable, message).retryable(None);
                unsure(status.map_or(error.clone(), |status| error.status(status)), sent)
            }
            JiraError::Timeout { sent } => unsure(Self::new(Code::UpstreamTimeout, message).retryable(None), sent),
            JiraError::CircuitOpen { retry_after_s } => {
                Self::new(Code::CircuitOpen, message).retryable(Some(retry_after_s))
            }
            JiraError::AmbiguousSite { sites, names } => Self::new(Code::AmbiguousSite, message)
                .hint("Repeat the call with the argument `site` set to one of `sites`.")
                .with("sites", sites)
                .with("names", names),
            JiraError::NoSite => Self::new(Code::Forbidden, message)
                .hint("Ask the user to sign in again and to grant access to a Jira site."),
            JiraError::UnknownSite { sites } => Self::new(Code::NotFound, message)
                .hint("Use one of the listed sites, or ask the user to sign in with access to the wanted one.")
                .with("sites", sites),
            JiraError::SiteGone => Self::new(Code::NotFound, message)
                .status(404)
                .hint("Ask the user to sign in to the Jira connection again; an administrator should look at whether the site still exists."),
            JiraError::Redirected | JiraError::Unreadable => Self::new(Code::UpstreamUnavailable, message)
                .retryable(None)
                .hint("Try again; if it lasts, an administrator should look at the Jira API address of the bridge."),
            JiraError::Misdirected => Self::new(Code::UpstreamUnavailable, message)
                .hint("Open the file in Jira. An administrator should look at where the site keeps its files."),
            JiraError::NoTimeZone => Self::invalid_argument(message)
                .hint("Give the time with its offset, like 2026-11-20T14:00+01:00."),
            JiraError::Request => Self::invalid_argument("A name or query is too long to ask Jira for it.")
                .hint("Shorten it and repeat the call."),
        }
    }
}

/// What Jira means by refusing a text in few words.
fn advice_on_text(texts: &[String]) -> Option<&'static str> {
    let says = |words: &[&str]| texts.iter().any(|text| words.iter().any(|word| text.contains(word)));
    if says(&["CONTENT_LIMIT_EXCEEDED", "32,767", "32767"]) {
        Some(
            "Nothing was written. Jira takes 32,767 characters for one text, its formatting counted; split it, or attach \
             a file with jira_add_attachment.",
        )
    } else if says(&[
        "INVALID_INPUT",
        "nsupported content",
        "Comment body is not valid",
        "Atlassian Document",
    ]) {
        Some(
            "Nothing was written. Jira does not take the rich text: write it in simpler Markdown. Jira takes 32,767 \
             characters for one text; split a longer one, or attach a file with jira_add_attachment.",
        )
    } else {
        None
    }
}

/// A write whose answer was lost must not be repeated blindly: it may have happened.
fn unsure(error: ToolError, sent: Unsure) -> ToolError {
    match sent {
        Unsure::NothingChanged => error.hint("Try again in a moment."),
        Unsure::MayHaveHappened => {
            ToolError(Box::new(Fault { retryable: false, retry_after: None, ..*error.0 }))
                .hint("The change may or may not have been made. Read the issue before trying again.")
                .with("outcome", "unknown")
        }
    }
}

fn rate_limited(message: String, limit: &RateLimit) -> ToolError {
    let error = ToolError::new(Code::RateLimited, message).status(429).retryable(limit.retry_after_s);
    match limit.retry_after_s {
        Some(seconds) if limit.quota => error.hint(format!(
            "The hourly quota of the Jira connection is used up. Tell the user to try again in about {} minutes.",
            seconds.div_ceil(60)
        )),
        Some(seconds) => error.hint(format!("Wait {seconds} seconds, then repeat the call.")),
        None => error.hint("Wait a little, then repeat the call."),
    }
}
