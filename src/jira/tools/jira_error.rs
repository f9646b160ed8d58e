//! What an agent is told of a failed call to Jira.

use tool_kit::{Code, ToolError, WriteOutcome};

use crate::jira::{
    Applied, JiraError, RateLimit,
    views::{Visible, fenced_sentence},
};

const API_TOKEN_HINT: &str = "Check JIRA_EMAIL and JIRA_API_TOKEN, which may be mistyped, expired or revoked, then \
    start again. A token with scopes works at api.atlassian.com only, where the site's cloud id is needed: if the site \
    does not tell it, set JIRA_CLOUD_ID.";

impl From<JiraError> for ToolError {
    fn from(error: JiraError) -> Self {
        let message = error.to_string();
        match error {
            JiraError::Unauthenticated => Self::new(Code::Unauthenticated, message)
                .status(401)
                .hint("Ask the user to sign in to the Jira connection again, then repeat the call."),
            JiraError::LocalSignInEnded => Self::new(Code::Unauthenticated, message).hint(
                "Nothing was done. Ask the user to run `jira-mcp-bridge login` in a terminal, then repeat the call.",
            ),
            JiraError::NotRenewed => Self::new(Code::UpstreamUnavailable, message)
                .retryable(None)
                .hint("Nothing was done. Try again in a moment; the user need not sign in again."),
            JiraError::NotConnected { connect_url } => not_connected(message, connect_url),
            JiraError::InsufficientScope { needed } => Self::insufficient_scope(&needed).status(401),
            JiraError::ApiToken => Self::new(Code::Unauthenticated, message).status(401).hint(API_TOKEN_HINT),
            JiraError::ApiTokenScope { needed } => Self::new(Code::InsufficientScope, message)
                .status(401)
                .hint("Make an API token with this scope too, and set JIRA_API_TOKEN to it.")
                .with("scope", needed),
            JiraError::SiteList { cause } => {
                Self::from(*cause).message_replaced(&message)
            }
            JiraError::Forbidden { .. } => Self::new(Code::Forbidden, message)
                .status(403)
                .hint("The signed-in user lacks the permission. Somebody with it, or a Jira administrator, can help."),
            JiraError::NotFound { .. } => {
                Self::new(Code::NotFound, message).status(404).hint("Check the key or id.")
            }
            JiraError::Invalid { status, texts, .. } => {
                advised(Self::new(Code::InvalidArgument, message).status(status), &texts)
            }
            JiraError::Conflict { .. } => Self::new(Code::Conflict, message)
                .status(409)
                .hint("Read the issue again and repeat the change if it is still wanted."),
            JiraError::RateLimited(limit) => rate_limited(message, &limit),
            JiraError::TooLarge { status: None, .. } => Self::new(Code::PayloadTooLarge, message)
                .hint("Ask for fewer fields or a smaller page."),
            JiraError::TooLarge { status: Some(status), .. } => {
                Self::new(Code::PayloadTooLarge, message).status(status).hint("Send less at once.")
            }
            JiraError::Unavailable { status, applied } => {
                let error = Self::new(Code::UpstreamUnavailable, message).retryable(None);
                unsure(status.map_or(error.clone(), |status| error.status(status)), applied)
            }
            JiraError::Timeout { applied } => unsure(Self::new(Code::UpstreamTimeout, message).retryable(None), applied),
            JiraError::Busy => Self::new(Code::Overloaded, message).retryable(Some(1)),
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
            JiraError::UntrustedDownloadHost => Self::new(Code::UpstreamUnavailable, message)
                .hint("Open the file in Jira. An administrator should look at where the site keeps its files."),
            JiraError::NoTimeZone => Self::invalid_argument(message)
                .hint("Give the time with its offset, like 2026-11-20T14:00+01:00."),
            JiraError::Request => Self::invalid_argument("A name or query is too long to ask Jira for it.")
                .hint("Shorten it and repeat the call."),
        }
    }
}

/// Only the user can connect an account, and only the operator can make that possible: no tool
/// knows better.
fn not_connected(message: String, connect_url: Option<String>) -> ToolError {
    let error = ToolError::new(Code::SignInRequired, message);
    match connect_url {
        Some(url) => error.needs_page(url).last_hint(
            "Nothing was done. Ask the user to open `url` in their browser and to connect Jira there, then repeat the \
             call. The link is for this user only and ends after 10 minutes; a later call gives a new one.",
        ),
        None => error.last_hint(
            "Nothing was done, and the user cannot change it: an administrator must set up how people connect Jira first. \
             That is signin in AUTH of the bridge with ATLASSIAN_CLIENT_ID and ATLASSIAN_CLIENT_SECRET, or a gateway that \
             brings Atlassian's token; `jira-mcp-bridge check` says what is missing.",
        ),
    }
}

/// What Jira means by refusing a text in few words.
fn advice_on_text(texts: &[String]) -> Option<&'static str> {
    let says =
        |words: &[&str]| texts.iter().any(|text| words.iter().any(|word| text.contains(word)));
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

/// Advice on a text that Jira does not take goes before whatever a tool would say.
fn advised(error: ToolError, texts: &[String]) -> ToolError {
    match advice_on_text(texts) {
        Some(advice) => error.last_hint(advice),
        None => error,
    }
}

/// A write whose answer was lost must not be repeated blindly: it may have happened.
fn unsure(error: ToolError, applied: Applied) -> ToolError {
    match applied {
        Applied::No => error.hint("Try again in a moment."),
        Applied::Maybe => error
            .outcome(WriteOutcome::Unknown)
            .hint("The change may or may not have been made. Read the issue before trying again."),
    }
}

/// Without the issues of other projects, where Jira said it: its sentences name what it likes.
pub(super) fn fenced(error: ToolError, visible: &dyn Visible) -> ToolError {
    if error.upstream_status().is_none() {
        return error;
    }
    let message = fenced_sentence(error.message(), visible).into_owned();
    error.message_replaced(&message)
}

fn rate_limited(message: String, limit: &RateLimit) -> ToolError {
    let error =
        ToolError::new(Code::RateLimited, message).status(429).retryable(limit.retry_after_s);
    match limit.retry_after_s {
        Some(seconds) if limit.quota => error.hint(format!(
            "The hourly quota of the Jira connection is used up. Tell the user to try again in about {} minutes.",
            seconds.div_ceil(60)
        )),
        Some(seconds) => error.hint(format!("Wait {seconds} seconds, then repeat the call.")),
        None => error.hint("Wait a little, then repeat the call."),
    }
}
