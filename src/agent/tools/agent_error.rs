//! What an agent of an MCP client is told when an agent of Copilot Studio did not answer.

use auth::CredentialsError;
use tool_kit::{Code, ToolError};
use upstream::FailureClass;

use super::context::Context;
use crate::agent::client::{AgentError, AgentErrorKind, Delivery};

/// An answer takes a few seconds.
const BUSY_WAIT_S: u64 = 5;

const OPERATOR: &str = "Only the operator of this server can mend this.";

impl Context {
    /// The failure in words for an agent, with what is known about the message.
    pub(super) fn failure(&self, error: AgentError) -> ToolError {
        // An id that opens nothing has one answer, whatever the reason and however far it came.
        let is_not_sent = error.delivery == Some(Delivery::NotSent);
        let has_one_answer = error.is_not_found() && is_not_sent;
        let told = match error.kind {
            AgentErrorKind::NoSuchAgent => {
                let names: Vec<_> = self.agents.names().map(ToString::to_string).collect();
                ToolError::invalid_argument("There is no agent of this name.")
                    .hint(format!("`agent` is one of: {}.", names.join(", ")))
            }
            kind => told(kind),
        };
        match error.delivery.filter(|_| !has_one_answer) {
            None => told,
            Some(delivery) => with_delivery(told, delivery),
        }
    }
}

/// Whatever went wrong, a message that may have arrived is not sent again.
fn with_delivery(told: ToolError, delivery: Delivery) -> ToolError {
    let told = told.with("delivery", delivery.as_str());
    match delivery {
        Delivery::NotSent => told,
        // The message may have been the last: there is nothing to read any more.
        _ if told.code() == Code::NotFound => told,
        Delivery::Unknown => told.not_retryable().last_hint(
            "The message may have arrived. Read get_conversation_history before sending it again.",
        ),
        Delivery::Delivered => told.not_retryable().last_hint(
            "The message has arrived. Do not send it again; read get_conversation_history for the answer.",
        ),
    }
}

fn told(kind: AgentErrorKind) -> ToolError {
    let said = sentence(&kind);
    match kind {
        AgentErrorKind::NotFound => ToolError::new(Code::NotFound, said)
            .hint("Call start_conversation, or send_message without conversationId."),
        AgentErrorKind::NoSuchAgent => ToolError::invalid_argument(said),
        AgentErrorKind::NoHistory => ToolError::invalid_argument(said)
            .hint("What was said is in the answers of send_message only."),
        AgentErrorKind::Busy => ToolError::new(Code::Overloaded, said)
            .hint("Wait for its answer, then go on; send one message at a time.")
            .retryable(Some(BUSY_WAIT_S)),
        AgentErrorKind::OperatorCredentials => {
            ToolError::new(Code::UpstreamUnavailable, said).hint(OPERATOR)
        }
        AgentErrorKind::UserCredentials => ToolError::new(Code::Unauthenticated, said)
            .hint("Sign in again; this agent takes people who sign in with Entra ID."),
        AgentErrorKind::NoCredential(fault) => no_credential(&fault),
        AgentErrorKind::Unsupported { status } => {
            ToolError::new(Code::UpstreamUnavailable, said).status(status.as_u16()).hint(OPERATOR)
        }
        AgentErrorKind::RateLimited { retry_after } => {
            let after_s = retry_after.map(|wait| wait.as_secs().max(1));
            ToolError::new(Code::RateLimited, said)
                .hint("Wait, then repeat it; make fewer calls.")
                .retryable(after_s)
        }
        AgentErrorKind::Rejected { status, .. } => {
            let (code, hint) = match status.as_u16() {
                401 | 403 => (Code::Forbidden, OPERATOR),
                408 | 425 => (Code::UpstreamTimeout, "Try again in a minute."),
                409 => (Code::Conflict, "Try again; if it goes on, start a new conversation."),
                413 => (Code::PayloadTooLarge, "Say it in several messages."),
                _ => (
                    Code::InvalidArgument,
                    "Say it in other words or without value; if it goes on, start a new conversation.",
                ),
            };
            ToolError::new(code, said).status(status.as_u16()).hint(hint)
        }
        AgentErrorKind::TooLarge { .. } => {
            ToolError::new(Code::PayloadTooLarge, said).hint("Say it in several messages.")
        }
        AgentErrorKind::Unreadable { .. } => ToolError::new(Code::UpstreamUnavailable, said)
            .hint("Try again once; if it goes on, only the operator of this server can mend it."),
        AgentErrorKind::Unavailable { class, retry_after } => {
            let after_s = retry_after.map(|wait| wait.as_secs().max(1));
            let (code, said) = match class {
                FailureClass::Timeout => {
                    (Code::UpstreamTimeout, "The agent's service did not answer in time.")
                }
                _ if retry_after.is_some() => (
                    Code::CircuitOpen,
                    "The agent's service has been failing, so it is left alone for a while.",
                ),
                FailureClass::Server => {
                    (Code::UpstreamUnavailable, "The agent's service answers with a failure.")
                }
                _ => (Code::UpstreamUnavailable, said.as_str()),
            };
            ToolError::new(code, said).hint("Try again in a minute.").retryable(after_s)
        }
    }
}

fn no_credential(fault: &CredentialsError) -> ToolError {
    match fault {
        CredentialsError::SignInEnded | CredentialsError::LocalSignInEnded => {
            ToolError::new(Code::Unauthenticated, "The sign-in has ended.").hint("Sign in again.")
        }
        CredentialsError::Unavailable => ToolError::new(
            Code::UpstreamUnavailable,
            "The identity provider gives no token for the agent at the moment.",
        )
        .retryable(None),
        // Somebody with rights in the directory has to consent, or a rule there wants more.
        CredentialsError::NotGranted { code } => ToolError::new(
            Code::Forbidden,
            format!("Entra ID gives this server no token of the user for the agent ({code})."),
        )
        .hint(
            "Sign in again, if the sign-in is older than the agent's settings; otherwise an \
             administrator has to consent to the agent's API for this server's app registration.",
        ),
        CredentialsError::NotConnected { .. } => ToolError::new(
            Code::Unauthenticated,
            "This agent is spoken to with the user's own token of Entra ID, and this sign-in has \
             none.",
        )
        .hint("Sign in with Entra ID, where the operator has set it up."),
    }
}

/// A sentence of an error's own text.
fn sentence(kind: &AgentErrorKind) -> String {
    let text = kind.to_string();
    let mut chars = text.chars();
    let first = chars.next().map(|first| first.to_ascii_uppercase());
    first.into_iter().chain(chars).chain(['.']).collect()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn what_may_have_arrived_is_not_worth_repeating() {
        let unavailable =
            || AgentErrorKind::Unavailable { class: FailureClass::Network, retry_after: None };
        let check = |delivery, retryable: bool| {
            let envelope = with_delivery(told(unavailable()), delivery).envelope("r-1");
            assert_eq!(envelope["retryable"], retryable, "{envelope}");
            assert_eq!(envelope["delivery"], delivery.as_str());
        };
        check(Delivery::NotSent, true);
        check(Delivery::Unknown, false);
        check(Delivery::Delivered, false);
    }

    #[test]
    fn each_kind_has_its_code() {
        let check = |kind: AgentErrorKind, expected: Code| {
            assert_eq!(told(kind).code(), expected);
        };
        check(AgentErrorKind::NotFound, Code::NotFound);
        check(AgentErrorKind::OperatorCredentials, Code::UpstreamUnavailable);
        check(AgentErrorKind::UserCredentials, Code::Unauthenticated);
        check(AgentErrorKind::RateLimited { retry_after: None }, Code::RateLimited);
        let late = AgentErrorKind::Unavailable { class: FailureClass::Timeout, retry_after: None };
        check(late, Code::UpstreamTimeout);
        let open = AgentErrorKind::Unavailable {
            class: FailureClass::Local,
            retry_after: Some(Duration::from_millis(200)),
        };
        check(open, Code::CircuitOpen);
    }
}
