//! The way into Direct Line: which credential signs a call, and what happens when it is refused.

use std::{
    sync::{
        Arc, PoisonError, RwLock,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use http::{
    HeaderValue,
    header::{AUTHORIZATION, CONTENT_TYPE},
};
use metrics::Signals;
use secrecy::{ExposeSecret as _, SecretString};
use tokio::time::Instant;
use upstream::{BreakerKey, Request, Response, Upstream, UpstreamError};

use super::{
    conversation::Known,
    post::is_no_sign,
    request::{self, Operation},
    token::Due,
    wire::{Opened, is_refused},
};
use crate::agent::client::{
    address::{DirectLineAddress, HostRule},
    asker::Asker,
    conversation_id::IdKeys,
    error::{AgentError, AgentErrorKind, refusal},
    memory::Memory,
    secrets::DirectLineSecret,
    settings::{AgentName, DirectLineAccess, DirectLineSettings},
    tls::Tls,
    turn::Room,
};

/// One agent behind Direct Line.
#[derive(Debug)]
pub(crate) struct DirectLine {
    pub(super) name: AgentName,
    pub(super) access: DirectLineAccess,
    pub(super) locale: Option<String>,
    pub(super) rule: HostRule,
    pub(super) keys: IdKeys,
    pub(super) idle_time: Duration,
    pub(super) memory: Memory<Known>,
    pub(super) tls: Tls,
    /// That of the settings, or of the agent's region.
    address: RwLock<Arc<DirectLineAddress>>,
    pub(super) is_region_known: AtomicUsize,
    breaker: BreakerKey,
    pub(super) signals: Signals,
    pub(super) room: Room,
    upstream: Upstream,
    /// Which secret worked last.
    preferred: AtomicUsize,
}

/// What all agents of a process share.
#[derive(Clone, Debug)]
pub(in crate::agent::client) struct Shared {
    pub(in crate::agent::client) upstream: Upstream,
    pub(in crate::agent::client) keys: IdKeys,
    pub(in crate::agent::client) tls: Tls,
    pub(in crate::agent::client) idle_time: Duration,
    pub(in crate::agent::client) signals: Signals,
    pub(in crate::agent::client) room: Room,
}

impl DirectLine {
    /// Opens no connection.
    pub(in crate::agent::client) fn new(
        name: AgentName,
        settings: DirectLineSettings,
        shared: &Shared,
    ) -> Self {
        let DirectLineSettings { address, access, locale } = settings;
        let own = match &access {
            DirectLineAccess::Secrets(_) => vec![address.url()],
            DirectLineAccess::TokenEndpoint(endpoint) => vec![address.url(), endpoint.url()],
        };
        Self {
            rule: HostRule::direct_line(own),
            breaker: name.as_str().into(),
            signals: shared.signals.clone(),
            room: shared.room.clone(),
            name,
            access,
            locale,
            keys: shared.keys.clone(),
            idle_time: shared.idle_time,
            memory: Memory::default(),
            tls: shared.tls.clone(),
            address: RwLock::new(Arc::new(address)),
            is_region_known: AtomicUsize::new(0),
            upstream: shared.upstream.clone(),
            preferred: AtomicUsize::new(0),
        }
    }

    /// The secrets as they stand now; none behind a token endpoint.
    pub(in crate::agent::client) async fn secrets(&self) -> Arc<[DirectLineSecret]> {
        match &self.access {
            DirectLineAccess::Secrets(secrets) => secrets.current().await,
            DirectLineAccess::TokenEndpoint(_) => Arc::default(),
        }
    }

    /// Where Direct Line is for this agent.
    pub(super) fn address(&self) -> Arc<DirectLineAddress> {
        Arc::clone(&self.address.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Moves to the Direct Line of the agent's region.
    pub(super) fn move_to(&self, address: DirectLineAddress) {
        *self.address.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(address);
    }

    /// Sends one operation, signed if there is a bearer.
    pub(super) async fn send(
        &self,
        operation: &Operation,
        bearer: Option<&str>,
        asker: &Asker<'_>,
        deadline: Instant,
    ) -> Result<Response, UpstreamError> {
        let mut request = Request::new(
            operation.method.clone(),
            operation.url.clone(),
            operation.safety,
            self.breaker.clone(),
        );
        if let Some(bearer) = bearer {
            let value = HeaderValue::try_from(format!("Bearer {bearer}"));
            let mut value = value.map_err(|_| UpstreamError::InvalidRequest {
                reason: "the credential is no header value",
            })?;
            value.set_sensitive(true);
            request.headers.insert(AUTHORIZATION, value);
        }
        if let Some(body) = &operation.body {
            request.headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
            request.body = Some(body.clone());
        }
        request.caller = asker.caller;
        request.trace = asker.trace.clone();
        if operation.is_post {
            request.is_no_sign = is_no_sign;
        }
        self.upstream.call(&request, deadline).await
    }

    /// Sends with a secret: the one that worked last, and once the other if that is refused.
    pub(super) async fn send_by_secret(
        &self,
        operation: &Operation,
        asker: &Asker<'_>,
        deadline: Instant,
    ) -> Result<Response, AgentError> {
        let secrets = self.secrets().await;
        let preferred = self.preferred.load(Ordering::Relaxed);
        for turn in 0..secrets.len() {
            let place = (preferred + turn) % secrets.len();
            let Some(secret) = secrets.get(place) else { continue };
            let answer = self.send(operation, Some(secret.expose()), asker, deadline).await?;
            if is_refused(answer.status) {
                continue;
            }
            if turn > 0 {
                tracing::warn!(agent = %self.name, "Direct Line refuses one of the two secrets");
            }
            self.preferred.store(place, Ordering::Relaxed);
            return Ok(answer);
        }
        if secrets.is_empty() {
            return Err(AgentError::not_found());
        }
        tracing::error!(agent = %self.name, "Direct Line refuses every configured secret");
        Err(AgentErrorKind::OperatorCredentials.into())
    }

    /// The bearer for a call in this conversation; renews the token when that is due.
    pub(super) async fn bearer(
        &self,
        known: &mut Known,
        id: &str,
        asker: &Asker<'_>,
        deadline: Instant,
    ) -> Result<SecretString, AgentError> {
        match known.tokens.due(Instant::now()) {
            Due::Refresh => self.refresh(known, id, asker, deadline).await?,
            Due::Reconnect => self.reconnect(known, id, asker, deadline).await?,
            // The secret opens every conversation; it only has to be the last resort.
            Due::Nothing | Due::Wait => {}
        }
        if let Some(token) = known.tokens.current(Instant::now()) {
            return Ok(token.secret().clone());
        }
        let secrets = self.secrets().await;
        let preferred = self.preferred.load(Ordering::Relaxed);
        let secret = secrets.get(preferred % secrets.len().max(1));
        secret.map(|secret| secret.expose().into()).ok_or_else(AgentError::not_found)
    }

    /// The bearer after the last one was refused: a new token by the secret.
    pub(super) async fn bearer_after_refusal(
        &self,
        known: &mut Known,
        id: &str,
        asker: &Asker<'_>,
        deadline: Instant,
    ) -> Result<SecretString, AgentError> {
        known.tokens.refused();
        self.bearer(known, id, asker, deadline).await
    }

    /// Renews the token with itself. One that is past that is dropped; any other failure leaves the
    /// one that still lives.
    async fn refresh(
        &self,
        known: &mut Known,
        id: &str,
        asker: &Asker<'_>,
        deadline: Instant,
    ) -> Result<(), AgentError> {
        let now = Instant::now();
        known.tokens.ask(now);
        self.signals.metrics().agent_token_calls.inc();
        let Some(token) = known.tokens.current(now).map(|token| token.secret().clone()) else {
            return Ok(());
        };
        let operation = request::refresh(&self.address());
        let answer = self.send(&operation, Some(token.expose_secret()), asker, deadline).await;
        match answer {
            Ok(answer) if answer.status.is_success() => {
                if let Some(opened) = Opened::parse(&answer.body, Instant::now())
                    && opened.id.as_deref().is_none_or(|found| found == id)
                {
                    known.take(opened, Instant::now());
                }
                Ok(())
            }
            Ok(answer) if is_refused(answer.status) => {
                // The secret signs until a second has passed; then it brings a new token.
                known.tokens.refused();
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// Asks for a new token, and a new address to listen at, with the secret. Says whether the
    /// conversation stands.
    pub(super) async fn reconnect(
        &self,
        known: &mut Known,
        id: &str,
        asker: &Asker<'_>,
        deadline: Instant,
    ) -> Result<(), AgentError> {
        known.tokens.ask(Instant::now());
        self.signals.metrics().agent_token_calls.inc();
        let operation = request::reconnect(&self.address(), id, known.watermark.as_deref());
        let answer = self.send_by_secret(&operation, asker, deadline).await?;
        if !answer.status.is_success() {
            return Err(refusal(&answer).into());
        }
        let now = Instant::now();
        let opened = Opened::parse(&answer.body, now)
            .ok_or_else(|| AgentError::unreadable("it is no conversation"))?;
        if opened.id.as_deref() != Some(id) {
            return Err(AgentError::unreadable("it is another conversation"));
        }
        known.take(opened, now);
        Ok(())
    }

    /// Sends one operation of a conversation; after a refusal of its token, once more with a new
    /// one. For what may be sent twice, and for what a 403 refuses before work.
    pub(super) async fn send_in(
        &self,
        known: &mut Known,
        id: &str,
        operation: &Operation,
        asker: &Asker<'_>,
        deadline: Instant,
    ) -> Result<Response, AgentError> {
        let bearer = self.bearer(known, id, asker, deadline).await?;
        let answer = self.send(operation, Some(bearer.expose_secret()), asker, deadline).await?;
        if !is_refused(answer.status) {
            return Ok(answer);
        }
        let bearer = self.bearer_after_refusal(known, id, asker, deadline).await?;
        let answer = self.send(operation, Some(bearer.expose_secret()), asker, deadline).await?;
        if is_refused(answer.status) {
            return Err(AgentErrorKind::OperatorCredentials.into());
        }
        Ok(answer)
    }
}
