//! One turn with an engine: the message is sent once, and its answer is read from the stream.

use std::time::Duration;

use tokio::time::{Instant, sleep, sleep_until, timeout_at};
use upstream::FailureClass;

use super::{
    access::{Engine, Known, Listening},
    endpoints::Endpoints,
    event_parser::Event,
    event_stream::EventStream,
    request,
};
use crate::agent::client::{
    activity::Activity,
    asker::{Asker, Outgoing, Reply, Started, Waiting},
    content::Message,
    delivery::Delivery,
    error::{AgentError, AgentErrorKind},
    exchange::Wanted,
    turn::{Next, Turn, TurnEnd, TurnRules},
};

const ID_HEADER: &str = "x-ms-conversationid";
/// How long a greeting is waited for.
const GREETING_TIME_MAX: Duration = Duration::from_secs(3);
/// Between two attempts to listen.
const LISTEN_APART: Duration = Duration::from_secs(1);
/// The most that is sent, as over Direct Line.
const ACTIVITY_BYTES_MAX: usize = 262_144;

impl Engine {
    /// Begins a conversation; whether the agent is asked to speak first, and waited for.
    pub(in crate::agent::client) async fn start(
        &self,
        speaks_first: bool,
        asker: &Asker<'_>,
        waiting: Waiting<'_>,
    ) -> Result<Started, AgentError> {
        let endpoints = self.endpoints(asker, waiting.limit).await?;
        let body = request::create(speaks_first, self.locale.as_deref()).to_string();
        let stream = self.send(&endpoints.create(), &body, asker, waiting.limit).await;
        // There is no conversation yet that could be missing.
        let mut stream = stream.map_err(|error| match error.kind {
            AgentErrorKind::NotFound => {
                AgentErrorKind::Unsupported { status: http::StatusCode::NOT_FOUND }.into()
            }
            _ => error,
        })?;
        let mut service_id = stream.header(ID_HEADER).map(str::to_owned);
        let soon = Instant::now() + GREETING_TIME_MAX;
        // The id may come with the first activity only; then that is waited for.
        let limit = if service_id.is_some() { waiting.limit.min(soon) } else { waiting.limit };
        let mut turn = Turn::new(TurnRules::new(limit, String::new(), self.room.clone()));
        loop {
            if service_id.is_some() && (!speaks_first || Instant::now() >= soon) {
                break;
            }
            let Next::Wait(until) = turn.next(Instant::now()) else { break };
            let until = if service_id.is_some() { until.min(soon) } else { until };
            let Ok(event) = timeout_at(until, stream.next()).await else { continue };
            let Some(event) = event else { break };
            let id_of = |activity: &Activity| activity.conversation_id().map(str::to_owned);
            match read(&event) {
                Read::Activity(activity) => {
                    service_id = service_id.or_else(|| id_of(&activity));
                    let role = activity.role_in_stream();
                    waiting.tell(turn.take(activity, role, Instant::now()));
                }
                Read::End => break,
                Read::Unreadable | Read::Nothing => {}
            }
        }
        let service_id =
            service_id.ok_or_else(|| AgentError::unreadable("the conversation has no id"))?;
        let known = Known { used_at: Some(Instant::now()), ..Known::default() };
        self.memory.put(&service_id, known, Instant::now());
        Ok(Started { service_id, greeting: messages(turn) })
    }

    /// Sends a message and collects its answer.
    pub(in crate::agent::client) async fn ask(
        &self,
        id: &str,
        outgoing: &Outgoing,
        asker: &Asker<'_>,
        waiting: Waiting<'_>,
    ) -> Result<Reply, AgentError> {
        let not_sent = |error: AgentError| error.with(Delivery::NotSent);
        let body = request::turn(id, outgoing, self.locale.as_deref()).to_string();
        if body.len() > ACTIVITY_BYTES_MAX {
            let (bytes, limit_bytes) = (body.len(), ACTIVITY_BYTES_MAX);
            return Err(not_sent(AgentErrorKind::TooLarge { bytes, limit_bytes }.into()));
        }
        let known = self.memory.of(id, Instant::now());
        let mut known = timeout_at(waiting.limit, known.lock())
            .await
            .map_err(|_| not_sent(AgentError::unavailable(FailureClass::Timeout)))?;
        self.check(&mut known).map_err(not_sent)?;
        let endpoints = self.endpoints(asker, waiting.limit).await.map_err(not_sent)?;
        let url = endpoints.execute(id).ok_or_else(AgentError::not_found).map_err(not_sent)?;
        let stream = match self.send(&url, &body, asker, waiting.limit).await {
            Ok(stream) => Some(stream),
            // It may be with the agent; then its answer can still be listened for.
            Err(error) if error.delivery == Some(Delivery::Unknown) => {
                if Instant::now() >= waiting.limit {
                    return Ok(Reply {
                        activity_id: None,
                        end: TurnEnd::Pending,
                        delivery: Delivery::Unknown,
                        messages: Vec::new(),
                        unreadable: 0,
                    });
                }
                None
            }
            Err(error) => return Err(error),
        };
        let delivery = if stream.is_some() { Delivery::Delivered } else { Delivery::Unknown };
        let running = Running { engine: self, endpoints: &endpoints, id, asker, waiting };
        let mut unreadable = 0;
        let (end, turn) = running.collect(stream, &mut unreadable).await;
        known.used_at = Some(Instant::now());
        known.is_ended |= end == TurnEnd::Ended;
        let messages = messages(turn);
        known.messages += 1 + messages.len();
        if delivery == Delivery::Unknown && messages.is_empty() {
            let error = AgentError::unavailable(FailureClass::Network);
            return Err(error.with(Delivery::Unknown));
        }
        Ok(Reply { activity_id: None, end, delivery: Delivery::Delivered, messages, unreadable })
    }

    /// Ends a conversation here: the service has no call for it, and forgets it by itself. Says how
    /// many messages went through this replica.
    pub(in crate::agent::client) async fn end(
        &self,
        id: &str,
        deadline: Instant,
    ) -> Result<usize, AgentError> {
        let known = self.memory.of(id, Instant::now());
        let mut known = timeout_at(deadline, known.lock())
            .await
            .map_err(|_| AgentError::unavailable(FailureClass::Timeout))?;
        self.check(&mut known)?;
        known.is_ended = true;
        Ok(known.messages)
    }

    /// The service keeps none; whether the conversation stands is said all the same.
    pub(in crate::agent::client) async fn history(
        &self,
        id: &str,
        deadline: Instant,
    ) -> Result<std::convert::Infallible, AgentError> {
        let known = self.memory.of(id, Instant::now());
        if let Ok(mut known) = timeout_at(deadline, known.lock()).await {
            self.check(&mut known)?;
        }
        Err(AgentErrorKind::NoHistory.into())
    }

    /// Whether the conversation stands, as far as this replica knows.
    fn check(&self, known: &mut Known) -> Result<(), AgentError> {
        let is_idle = known.used_at.is_some_and(|at| at.elapsed() >= self.idle_time);
        known.is_ended |= is_idle;
        if known.is_ended { Err(AgentError::not_found()) } else { Ok(()) }
    }
}

/// A turn that goes on.
struct Running<'a> {
    engine: &'a Engine,
    endpoints: &'a Endpoints,
    id: &'a str,
    asker: &'a Asker<'a>,
    waiting: Waiting<'a>,
}

/// A token that the agent asked for; there is one in a turn.
#[derive(Default)]
struct Exchange {
    is_tried: bool,
    /// What the agent says to it, read once the stream of its question has ended.
    answer: Option<Box<EventStream>>,
}

/// What the stream did.
enum Came {
    Event(Event),
    /// It is over.
    Over,
    /// Nothing in time.
    Nothing,
}

impl Running<'_> {
    /// Reads until the turn is over. A stream that was cut, or ended before any message, is
    /// followed by listening; the message is not sent again.
    async fn collect(
        &self,
        mut stream: Option<Box<EventStream>>,
        unreadable: &mut usize,
    ) -> (TurnEnd, Turn) {
        let mut turn =
            Turn::new(TurnRules::new(self.waiting.limit, String::new(), self.engine.room.clone()));
        let mut last_id = None;
        let mut has_said_end = false;
        let mut exchange = Exchange::default();
        loop {
            let until = match turn.next(Instant::now()) {
                Next::Over(end) => return (end, turn),
                Next::Wait(until) => until,
            };
            let Some(open) = &mut stream else {
                match self.listen(last_id.as_deref(), until).await {
                    Listening::Stream(opened) => stream = Some(opened),
                    Listening::Later => {
                        tokio::select! {
                            () = sleep(LISTEN_APART) => {}
                            () = sleep_until(until) => {}
                        }
                    }
                    Listening::Impossible => {
                        // Nothing more can be heard: what came is all that will.
                        let is_done = has_said_end || turn.has_messages();
                        let end = if is_done { TurnEnd::Answered } else { TurnEnd::Pending };
                        return (end, turn);
                    }
                }
                continue;
            };
            let came = match timeout_at(until, open.next()).await {
                Ok(Some(event)) => Came::Event(event),
                Ok(None) => Came::Over,
                Err(_) => Came::Nothing,
            };
            last_id = open.last_id().map(str::to_owned).or(last_id);
            match came {
                Came::Event(event) => match read(&event) {
                    Read::Activity(activity) => {
                        if self.exchanged(&activity, &mut exchange).await {
                            // The card was answered; nobody has to see it.
                            turn.known(&activity);
                            continue;
                        }
                        let role = activity.role_in_stream();
                        self.waiting.tell(turn.take(activity, role, Instant::now()));
                    }
                    Read::End if exchange.answer.is_some() => stream = exchange.answer.take(),
                    Read::End => {
                        has_said_end = true;
                        if !turn.end_of_stream() {
                            stream = None;
                            self.pause(until).await;
                        }
                    }
                    Read::Unreadable => *unreadable += 1,
                    Read::Nothing => {}
                },
                Came::Over if exchange.answer.is_some() => stream = exchange.answer.take(),
                Came::Over => {
                    stream = None;
                    self.pause(until).await;
                }
                Came::Nothing => {}
            }
        }
    }

    /// Whether an activity was a card that asked for a token, and got it.
    async fn exchanged(&self, activity: &Activity, exchange: &mut Exchange) -> bool {
        if self.asker.exchange.is_none() || exchange.is_tried {
            return false;
        }
        let wanted = Wanted::of(activity, activity.role_in_stream());
        let Some(wanted) = wanted else { return false };
        exchange.is_tried = true;
        let place = (self.endpoints, self.id);
        let limit = self.waiting.limit;
        exchange.answer = self.engine.exchange(place, &wanted, self.asker, limit).await;
        exchange.answer.is_some()
    }

    /// Lets a service that ends each stream at once not be asked without a break.
    async fn pause(&self, until: Instant) {
        sleep_until(until.min(Instant::now() + LISTEN_APART / 4)).await;
    }

    async fn listen(&self, last_id: Option<&str>, until: Instant) -> Listening {
        self.engine.subscribe(self.endpoints, (self.id, last_id), self.asker, until).await
    }
}

/// What an event is.
enum Read {
    Activity(Activity),
    End,
    /// An activity that cannot be read.
    Unreadable,
    /// Of another kind.
    Nothing,
}

fn read(event: &Event) -> Read {
    match event.name.as_str() {
        "activity" => Activity::parse(&event.data).map_or(Read::Unreadable, Read::Activity),
        "end" => Read::End,
        _ => Read::Nothing,
    }
}

fn messages(turn: Turn) -> Vec<Message> {
    let messages = turn.into_messages();
    messages
        .iter()
        .filter_map(|activity| Message::of(activity, activity.role_in_stream()))
        .collect()
}
