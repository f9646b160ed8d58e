//! What a running tool has at hand: the agents, who asks, until when, and within how many bytes.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
    time::Duration,
};

use auth::{BoxFuture, Caller, Credentials, CredentialsError, UpstreamCredential};
use http::HeaderValue;
use metrics::{Signals, Trace, labels::TurnResult};
use secrecy::{ExposeSecret, SecretString};
use tokio::time::Instant;
use tool_kit::{Budget, Progress, ToolError, clean};
use zeroize::Zeroizing;

use super::who::{FindPrincipal, NoPrincipal};
use crate::agent::client::{
    Agent, AgentError, Agents, Asker, ExchangeToken, Reply, TurnEnd, TurnProgress,
};

/// What is left of a call for its answer when the wait for the agent is over.
const ANSWER_SLACK: Duration = Duration::from_secs(2);

/// Characters of a piece of the answer in a progress message.
const PROGRESS_CHARS_MAX: usize = 300;

/// One call.
#[derive(Debug)]
pub(super) struct Context {
    pub(super) agents: Arc<Agents>,
    pub(super) who: Arc<dyn FindPrincipal>,
    pub(super) signals: Signals,
    pub(super) caller: Caller,
    pub(super) deadline: Instant,
    pub(super) budget: Budget,
    pub(super) trace: Trace,
    pub(super) progress: Progress,
    /// Whether the token that says who asks was refused.
    pub(super) is_refused: AtomicBool,
    /// The agent that the call names.
    pub(super) agent: Option<String>,
}

impl Context {
    /// Who asks, by a name that stays.
    pub(super) async fn principal(&self) -> Result<String, ToolError> {
        if let Some(subject) = &self.caller.principal().subject {
            return Ok(subject.as_ref().to_owned());
        }
        let found = self.who.principal(&self.caller, self.deadline).await;
        if found == Err(NoPrincipal::Refused) {
            self.is_refused.store(true, Ordering::Relaxed);
        }
        Ok(found?)
    }

    /// The agent that the call names, or the first.
    pub(super) fn agent(&self) -> Result<&Agent, ToolError> {
        self.agents.agent(self.agent.as_deref()).map_err(|error| self.failure(error))
    }

    /// Until when an answer is waited for.
    pub(super) fn wait_until(&self) -> Instant {
        let limit = Instant::now() + self.agents.reply_timeout();
        limit.min(self.deadline.checked_sub(ANSWER_SLACK).unwrap_or(self.deadline))
    }

    /// The user as the client of agents knows them.
    pub(super) fn asker<'a>(
        &'a self,
        principal: &'a str,
        on_behalf: &'a OnBehalf<'a>,
    ) -> Asker<'a> {
        Asker {
            credentials: Some(on_behalf),
            exchange: Some(on_behalf),
            ..self.bare_asker(principal)
        }
    }

    /// The same without any way to a token: for what asks nobody.
    pub(super) fn bare_asker<'a>(&'a self, principal: &'a str) -> Asker<'a> {
        let caller = self.caller.key().to_bytes().into();
        Asker { principal, caller, trace: &self.trace, credentials: None, exchange: None }
    }

    /// Tokens of the user for an agent's service, and for what an agent asks a token for.
    pub(super) fn on_behalf<'a>(&'a self, agent: &'a Agent) -> OnBehalf<'a> {
        OnBehalf { credentials: self.caller.credentials(), scope: agent.token_scope() }
    }

    /// Counts a turn that is over.
    pub(super) fn count_turn(&self, answer: &Result<Reply, AgentError>, took: Duration) {
        let metrics = self.signals.metrics();
        let end = match answer.as_ref().map(|reply| reply.end) {
            Ok(TurnEnd::Answered) => TurnResult::Completed,
            Ok(TurnEnd::Ended) => TurnResult::Ended,
            Ok(TurnEnd::Pending) => TurnResult::Pending,
            Err(_) => TurnResult::Failed,
        };
        metrics.agent_turns.inc(end);
        metrics.agent_turn_seconds.observe(end, took);
        let count = answer.as_ref().map_or(0, |reply| reply.messages.len());
        metrics.agent_messages.add(u64::try_from(count).unwrap_or(u64::MAX));
    }

    /// Tells the client how far the turn is, in words that are safe to show.
    pub(super) fn report(&self) -> impl Fn(TurnProgress) + Send + Sync {
        let step = AtomicU32::new(0);
        move |progress| {
            let done = f64::from(step.fetch_add(1, Ordering::Relaxed) + 1);
            self.progress.report(done, None, || match progress {
                TurnProgress::Typing => "The agent is typing.".to_owned(),
                // The end of it: that is what is new.
                TurnProgress::Writing(text) => {
                    let text = self.caller.redact(clean(&text).into_owned());
                    let skipped = text.chars().count().saturating_sub(PROGRESS_CHARS_MAX);
                    text.chars().skip(skipped).collect()
                }
                TurnProgress::Messages(count) => {
                    let plural = if count == 1 { "" } else { "s" };
                    format!("{count} message{plural} of the agent.")
                }
            });
        }
    }
}

/// Tokens of the user that are got on their behalf; none of them is the one that the request
/// brought.
pub(super) struct OnBehalf<'a> {
    credentials: &'a dyn Credentials,
    /// What the agent's service takes, if it takes a token of the user.
    scope: Option<&'a str>,
}

/// Resources that an agent may name: those of the tenant's own applications. With anything else an
/// agent could have a token for Microsoft Graph sent to itself.
const EXCHANGED: &str = "api://";

impl Credentials for OnBehalf<'_> {
    fn for_upstream(&self) -> BoxFuture<'_, Result<UpstreamCredential, CredentialsError>> {
        Box::pin(async {
            let none = || CredentialsError::NotConnected { connect_url: None };
            let scope = self.scope.ok_or_else(none)?;
            let token = self.credentials.on_behalf(scope).await?.ok_or_else(none)?;
            let bearer = Zeroizing::new(format!("Bearer {}", token.expose_secret()));
            let value =
                HeaderValue::from_str(&bearer).map_err(|_| CredentialsError::SignInEnded)?;
            Ok(UpstreamCredential::new(value))
        })
    }

    fn redact(&self, text: String) -> String {
        self.credentials.redact(text)
    }
}

impl ExchangeToken for OnBehalf<'_> {
    fn token_for<'a>(&'a self, resource: &'a str) -> BoxFuture<'a, Option<SecretString>> {
        Box::pin(async move {
            let resource = resource.trim_end_matches('/');
            let name = resource.strip_prefix(EXCHANGED)?;
            if name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_graphic()) {
                return None;
            }
            self.credentials.on_behalf(&format!("{resource}/.default")).await.ok().flatten()
        })
    }
}
