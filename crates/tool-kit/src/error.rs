//! What an agent is told when a tool fails: one envelope of code, message, hint and what else
//! helps, and the only way to build it.

use serde::Serialize;
use serde_json::{Map, Value};

use super::{preview::Preview, text::clip, write_outcome::WriteOutcome};

/// A message may quote what the caller sent, which may be as long as a request.
const MESSAGE_CHARS_MAX: usize = 1_500;
const HINT_CHARS_MAX: usize = 4_000;

/// What is left of each part when the whole is over the byte budget.
const SHORT_CHARS_MAX: usize = 160;

/// Why a tool failed: one word an agent can branch on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Code {
    /// Jira does not accept the token any more.
    Unauthenticated,
    /// The user is signed in and has not connected an account of the upstream.
    SignInRequired,
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
    /// The action must be seen and agreed to first, or its token is not valid any more; nothing was
    /// changed.
    ConfirmationRequired,
    /// The bridge has too much to do.
    Overloaded,
    /// The client cancelled the call or hung up; nothing was changed.
    Cancelled,
    /// A fault of the bridge.
    Internal,
}

/// A failed tool call. Serialises to the envelope, without the request id, which the protocol layer
/// adds.
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
    /// What the data shows as `preview`, for whoever asks the user.
    #[serde(skip)]
    preview: Option<Preview>,
    /// The page that the user has to see first.
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
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
            preview: None,
            url: None,
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
        let message =
            format!("The Jira connection lacks an OAuth scope that this action needs ({needed}).");
        Self::new(Code::InsufficientScope, message)
            .hint(
                "Signing in again does not help: an administrator must add the scope to the Jira connection first.",
            )
            .with("scope", needed)
    }

    /// A fault of ours. `what` goes to the agent, so it names no internals beyond the broken
    /// expectation.
    pub fn internal(what: &str) -> Self {
        Self::new(Code::Internal, format!("The bridge failed: {what}."))
            .hint("This is a fault of the server. Report it with the request_id.")
    }

    /// The same failure with another message.
    #[must_use]
    pub fn message_replaced(mut self, message: &str) -> Self {
        self.0.message = clip(message, MESSAGE_CHARS_MAX).into_owned();
        self
    }

    /// With a hint that no later one replaces, because it answers what the upstream itself said.
    #[must_use]
    pub fn last_hint(self, hint: impl Into<String>) -> Self {
        let mut error = self.hint(hint);
        error.0.is_specific = true;
        error
    }

    /// What became of a write: decides whether it may be repeated.
    #[must_use]
    pub fn outcome(mut self, outcome: WriteOutcome) -> Self {
        self.0.retryable = outcome.is_retryable();
        self.0.retry_after = None;
        self.with("outcome", outcome.as_str())
    }

    /// What would be done, for whoever asks the user for consent.
    #[must_use]
    pub fn with_preview(mut self, preview: Preview) -> Self {
        self.0.preview = Some(preview);
        self
    }

    /// What would be done, if the call was refused because nobody agreed to it.
    pub fn preview(&self) -> Option<&Preview> {
        self.0.preview.as_ref()
    }

    /// With the page that the user has to open in their browser before the call can succeed. It is
    /// shown as `url`, whole also in short.
    #[must_use]
    pub fn needs_page(mut self, url: String) -> Self {
        self.0.url = Some(url);
        self
    }

    /// The page that the user has to open first, for whoever can ask them to.
    pub fn page(&self) -> Option<&str> {
        self.0.url.as_deref()
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

    /// The same call must not be repeated as it is.
    #[must_use]
    pub fn not_retryable(mut self) -> Self {
        self.0.retryable = false;
        self.0.retry_after = None;
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
    pub fn with_some(self, name: &str, list: &[impl Serialize]) -> Self {
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

    /// What became of a write, where that was said.
    pub fn write_outcome(&self) -> Option<WriteOutcome> {
        let said = self.0.data.get("outcome")?.as_str()?;
        WriteOutcome::ALL.iter().copied().find(|outcome| outcome.as_str() == said)
    }

    /// The HTTP status that Jira answered, if Jira answered.
    pub fn upstream_status(&self) -> Option<u16> {
        self.0.status
    }

    /// The same failure in few words: what does not fit into a reply is no advice to anybody. Short
    /// data stays, such as a confirm token or a scope.
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
