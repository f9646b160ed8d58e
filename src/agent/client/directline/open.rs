//! Opening a conversation: with a secret, or with a token of the agent's token endpoint.

use std::sync::atomic::Ordering;

use http::Method;
use tokio::time::Instant;
use upstream::Safety;

use super::{
    access::DirectLine,
    conversation::Known,
    request::{self, Operation, Sender},
    wire::{Opened, is_refused, regional_url},
};
use crate::agent::client::{
    address::{DirectLineAddress, TokenEndpoint},
    asker::Asker,
    conversation_id::{Owner, user_id},
    error::{AgentError, AgentErrorKind, refusal},
    settings::DirectLineAccess,
};

/// How often the region of an agent is asked for before the address of the settings stands.
const REGION_ATTEMPTS_MAX: usize = 5;

impl DirectLine {
    /// The user's id towards this agent.
    pub(super) async fn user_id(&self, asker: &Asker<'_>) -> Result<String, AgentError> {
        let secrets = self.secrets().await;
        let owner = Owner { agent: self.name.as_str(), principal: asker.principal };
        user_id(&self.keys, &secrets, owner)
            .ok_or_else(|| AgentError::unreadable("there is no key for ids"))
    }

    /// Opens a new conversation and gives its id. Nothing is posted in it.
    pub(super) async fn open(
        &self,
        asker: &Asker<'_>,
        deadline: Instant,
    ) -> Result<String, AgentError> {
        let user_id = self.user_id(asker).await?;
        let sender = Sender { user_id: &user_id, locale: self.locale.as_deref() };
        let asked_at = Instant::now();
        let answer = match &self.access {
            DirectLineAccess::Secrets(_) => {
                let operation = request::open(&self.address(), Some(sender));
                self.send_by_secret(&operation, asker, deadline).await?
            }
            DirectLineAccess::TokenEndpoint(endpoint) => {
                self.find_region(endpoint, asker, deadline).await;
                let token = self.ask_for_token(endpoint, asker, deadline).await?;
                let operation = request::open(&self.address(), None);
                let bearer = token.token.as_ref().map(super::token::Token::expose);
                self.send(&operation, bearer, asker, deadline).await?
            }
        };
        if is_refused(answer.status) {
            return Err(AgentErrorKind::OperatorCredentials.into());
        }
        if !answer.status.is_success() {
            // There is no conversation yet that could be missing.
            return Err(match refusal(&answer) {
                AgentErrorKind::NotFound => {
                    AgentErrorKind::Rejected { status: answer.status, code: "unknown".to_owned() }
                }
                kind => kind,
            }
            .into());
        }
        let now = Instant::now();
        let opened = Opened::parse(&answer.body, now);
        let opened = opened.ok_or_else(|| AgentError::unreadable("it is no conversation"))?;
        let id = opened.id.clone();
        let id = id.ok_or_else(|| AgentError::unreadable("the conversation has no id"))?;
        let mut known = Known::default();
        known.tokens.ask(asked_at);
        self.signals.metrics().agent_token_calls.inc();
        known.take(opened, now);
        self.memory.put(&id, known, now);
        Ok(id)
    }

    /// A token for one new conversation.
    async fn ask_for_token(
        &self,
        endpoint: &TokenEndpoint,
        asker: &Asker<'_>,
        deadline: Instant,
    ) -> Result<Opened, AgentError> {
        let operation = get(endpoint.url().clone());
        let answer = self.send(&operation, None, asker, deadline).await?;
        match answer.status.as_u16() {
            200..=299 => {}
            // The agent wants its secret, or there is none at this address.
            401 | 403 | 404 => return Err(AgentErrorKind::OperatorCredentials.into()),
            _ => return Err(refusal(&answer).into()),
        }
        Opened::parse(&answer.body, Instant::now())
            .filter(|opened| opened.token.is_some())
            .ok_or_else(|| AgentError::unreadable("the token endpoint gave no token"))
    }

    /// Asks once which Direct Line serves the agent's region; the address of the settings stands
    /// for an agent that does not say, and for one whose answer leads elsewhere.
    async fn find_region(&self, endpoint: &TokenEndpoint, asker: &Asker<'_>, deadline: Instant) {
        let Some(url) = endpoint.regional_settings() else { return };
        if self.is_region_known.fetch_add(1, Ordering::Relaxed) >= REGION_ATTEMPTS_MAX {
            self.is_region_known.store(REGION_ATTEMPTS_MAX, Ordering::Relaxed);
            return;
        }
        let Ok(answer) = self.send(&get(url), None, asker, deadline).await else { return };
        if !answer.status.is_success() {
            return;
        }
        self.is_region_known.store(REGION_ATTEMPTS_MAX, Ordering::Relaxed);
        let Some(text) = regional_url(&answer.body) else { return };
        let is_usual = text.trim_end_matches('/') == DirectLineAddress::USUAL;
        if let Some(url) = self.rule.admit(&text) {
            self.move_to(DirectLineAddress::of_admitted(url));
        } else if !is_usual {
            tracing::warn!(agent = %self.name, "the region's Direct Line is not called");
        }
    }
}

fn get(url: url::Url) -> Operation {
    Operation { method: Method::GET, url, body: None, safety: Safety::Read, is_post: false }
}
