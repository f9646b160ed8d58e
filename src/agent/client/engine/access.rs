//! The way to an engine: the user's token, the agent's operations, and what a refusal means.

use std::{
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use auth::Credentials;
use http::{
    HeaderValue, Method,
    header::{ACCEPT, AUTHORIZATION},
};
use tokio::time::{Instant, sleep};
use upstream::{BreakerKey, FailureClass, Request, Safety, Upstream};
use url::Url;

use super::{
    endpoints::{Endpoints, classic_base, discovery, schema_in},
    event_stream::{Answer, Asked, EventStream, StreamClient},
};
use crate::agent::client::{
    address::{EngineAddress, HostRule},
    asker::Asker,
    delivery::Delivery,
    error::{AgentError, AgentErrorKind, error_code, refusal},
    memory::Memory,
    settings::{AgentName, EnginePlace, EngineSettings},
    turn::Room,
};

/// How long the operations of an agent are believed, and how long it is that it tells none.
const DISCOVERED_KEPT: Duration = Duration::from_hours(1);
const CLASSIC_KEPT: Duration = Duration::from_mins(5);
/// A refusal for a limit is waited out once, if it is short.
const LIMIT_WAIT_MAX: Duration = Duration::from_secs(10);

/// One agent that is spoken to directly.
#[derive(Debug)]
pub(crate) struct Engine {
    pub(super) name: AgentName,
    token_scope: String,
    pub(super) locale: Option<String>,
    pub(super) idle_time: Duration,
    pub(super) memory: Memory<Known>,
    pub(super) room: Room,
    /// Where it tells its operations; none where the classic ones are set.
    discovery: Option<Url>,
    classic: Endpoints,
    rule: HostRule,
    known: RwLock<Option<(Arc<Endpoints>, Instant)>>,
    breaker: BreakerKey,
    upstream: Upstream,
    streams: StreamClient,
}

/// What this replica knows of a conversation: the service can be asked about none of it.
#[derive(Debug, Default)]
pub(super) struct Known {
    pub(super) used_at: Option<Instant>,
    pub(super) is_ended: bool,
    pub(super) messages: usize,
}

/// The address of an agent cannot be made of its settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the agent's address cannot be made of its environment, schema and cloud")]
pub struct NoAddress;

impl Engine {
    /// Opens no connection.
    pub(in crate::agent::client) fn new(
        name: AgentName,
        settings: EngineSettings,
        (upstream, streams, room): (Upstream, StreamClient, Room),
        idle_time: Duration,
    ) -> Result<Self, NoAddress> {
        let (discovery, base, cloud) = match settings.place {
            EnginePlace::Environment { id, schema, cloud } => {
                let host = cloud.environment(&id).ok_or(NoAddress)?;
                let base = classic_base(&host, schema.as_str());
                (Some(discovery(&host, &schema)), base, Some(cloud.host().to_owned()))
            }
            EnginePlace::Address(EngineAddress::Discovery(url)) => {
                let schema = schema_in(&url).ok_or(NoAddress)?;
                let cloud = url.host_str().and_then(|host| host.split_once(".environment."));
                let cloud = cloud.map(|(_, cloud)| cloud.to_owned());
                let base = classic_base(&url, &schema);
                (Some(url), base, cloud)
            }
            EnginePlace::Address(EngineAddress::Classic(base)) => (None, base, None),
        };
        Ok(Self {
            rule: HostRule::engine(&base, cloud.as_deref()),
            classic: Endpoints::classic(&base).ok_or(NoAddress)?,
            breaker: name.as_str().into(),
            name,
            token_scope: settings.token_scope,
            locale: settings.locale,
            idle_time,
            memory: Memory::default(),
            room,
            discovery,
            known: RwLock::new(None),
            upstream,
            streams,
        })
    }

    /// The scope of a token of the user for it.
    pub(in crate::agent::client) fn token_scope(&self) -> &str {
        &self.token_scope
    }

    /// The agent's operations: as it says, as it said lately, or the classic ones.
    pub(super) async fn endpoints(
        &self,
        asker: &Asker<'_>,
        deadline: Instant,
    ) -> Result<Arc<Endpoints>, AgentError> {
        let Some(url) = &self.discovery else { return Ok(Arc::new(self.classic.clone())) };
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some((endpoints, until)) = known
            && Instant::now() < until
        {
            return Ok(endpoints);
        }
        let mut request =
            Request::new(Method::GET, url.clone(), Safety::Read, self.breaker.clone());
        request.headers.insert(AUTHORIZATION, credential(asker).await?);
        request.headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        request.caller = asker.caller;
        request.trace = asker.trace.clone();
        let answer = self.upstream.call(&request, deadline).await?;
        let discovered = match answer.status.as_u16() {
            200 => Endpoints::discovered(&answer.body, &self.rule),
            401 => return Err(AgentErrorKind::UserCredentials.into()),
            429 | 500.. => return Err(refusal(&answer).into()),
            // Agents that are not published, and clouds that do not know the call yet.
            _ => None,
        };
        if answer.status.is_success() && discovered.is_none() {
            tracing::warn!(agent = %self.name, "the agent names operations that are not called");
        }
        let kept = if discovered.is_some() { DISCOVERED_KEPT } else { CLASSIC_KEPT };
        let endpoints = Arc::new(discovered.unwrap_or_else(|| self.classic.clone()));
        let entry = Some((Arc::clone(&endpoints), Instant::now() + kept));
        *self.known.write().unwrap_or_else(PoisonError::into_inner) = entry;
        Ok(endpoints)
    }

    /// Sends a message, or the request to begin, once; gives the stream of its answer. A request
    /// that was refused before work is sent again once: without a connection, with a renewed token,
    /// after a short wait for a limit.
    pub(super) async fn send(
        &self,
        url: &Url,
        body: &str,
        asker: &Asker<'_>,
        deadline: Instant,
    ) -> Result<Box<EventStream>, AgentError> {
        let mut is_last = false;
        loop {
            let admission = self.upstream.admit(&self.breaker, asker.caller);
            let admission =
                admission.map_err(|error| AgentError::from(error).with(Delivery::NotSent))?;
            let signed = credential(asker).await;
            let request = Asked {
                url: url.clone(),
                credential: signed.map_err(|error| error.with(Delivery::NotSent))?,
                body: Some(body.to_owned()),
                last_event_id: None,
            };
            let answer = self.streams.open(request, deadline).await;
            // Whatever is slow may be the agent, so only what nobody but the service can cause is a
            // sign that it is down.
            match &answer {
                Answer::NoConnection => admission.failed(),
                Answer::Refused { status, .. }
                    if status.is_server_error() && !matches!(status.as_u16(), 502 | 504) =>
                {
                    admission.failed();
                }
                Answer::Stream(_) | Answer::Refused { .. } | Answer::NoStream => {
                    admission.answered();
                }
                Answer::Broken | Answer::Late => drop(admission),
            }
            let renews = || asker.credentials.is_some_and(Credentials::renew_refused);
            match answer {
                Answer::Stream(stream) => return Ok(stream),
                Answer::NoConnection if !is_last => {}
                Answer::Refused { status, .. } if status == 401 && !is_last && renews() => {}
                Answer::Refused { status, wait: Some(wait), .. }
                    if status == 429
                        && !is_last
                        && wait <= LIMIT_WAIT_MAX
                        && Instant::now() + wait < deadline =>
                {
                    sleep(wait).await;
                }
                answer => return Err(failure(answer)),
            }
            is_last = true;
        }
    }

    /// Listens for what is still to come, with the last id that was seen. Changes nothing.
    pub(super) async fn subscribe(
        &self,
        endpoints: &Endpoints,
        (id, last_event_id): (&str, Option<&str>),
        asker: &Asker<'_>,
        deadline: Instant,
    ) -> Listening {
        let Some(url) = endpoints.subscribe(id) else { return Listening::Impossible };
        let Ok(signed) = credential(asker).await else { return Listening::Impossible };
        let request = Asked { url, credential: signed, body: None, last_event_id };
        match self.streams.open(request, deadline).await {
            Answer::Stream(stream) => Listening::Stream(stream),
            Answer::Refused { status, .. } if status.is_server_error() || status == 429 => {
                Listening::Later
            }
            Answer::Refused { .. } | Answer::NoStream => Listening::Impossible,
            Answer::NoConnection | Answer::Broken | Answer::Late => Listening::Later,
        }
    }
}

/// Whether what is still to come can be listened for.
pub(super) enum Listening {
    Stream(Box<EventStream>),
    /// Not now.
    Later,
    /// The service has no such operation for this conversation.
    Impossible,
}

async fn credential(asker: &Asker<'_>) -> Result<HeaderValue, AgentError> {
    let Some(credentials) = asker.credentials else {
        return Err(AgentErrorKind::UserCredentials.into());
    };
    let credential = credentials.for_upstream().await.map_err(AgentErrorKind::from)?;
    Ok(credential.expose_header_value())
}

/// What a request without a stream means.
fn failure(answer: Answer) -> AgentError {
    let unavailable = |class| AgentErrorKind::Unavailable { class, retry_after: None };
    let (kind, delivery) = match answer {
        Answer::Refused { status, wait, body } => {
            let kind = match status.as_u16() {
                401 | 403 => AgentErrorKind::UserCredentials,
                404 | 410 => AgentErrorKind::NotFound,
                405 | 501 => AgentErrorKind::Unsupported { status },
                429 => AgentErrorKind::RateLimited { retry_after: wait },
                300..=399 => AgentErrorKind::Unreadable { what: "it is a redirect" },
                400..=499 => AgentErrorKind::Rejected {
                    status,
                    code: error_code(&body).unwrap_or_else(|| "unknown".to_owned()),
                },
                _ => unavailable(FailureClass::Server),
            };
            let is_refused = status.is_client_error() || status.is_redirection();
            (kind, if is_refused { Delivery::NotSent } else { Delivery::Unknown })
        }
        Answer::NoConnection => (unavailable(FailureClass::Network), Delivery::NotSent),
        Answer::Broken => (unavailable(FailureClass::Network), Delivery::Unknown),
        Answer::Late => (unavailable(FailureClass::Timeout), Delivery::Unknown),
        Answer::NoStream | Answer::Stream(_) => {
            (AgentErrorKind::Unreadable { what: "it is no stream of events" }, Delivery::Delivered)
        }
    };
    AgentError::from(kind).with(delivery)
}
