//! One turn: the message is posted once, and the conversation is read until the agent is done.

use std::{future::Future, pin::Pin, time::Duration};

use jiff::Timestamp;
use secrecy::ExposeSecret as _;
use serde_json::Value;
use tokio::time::{Instant, sleep_until, timeout_at};
use upstream::FailureClass;

use super::{
    access::DirectLine,
    conversation::Known,
    feed::{Fed, Feed},
    post::{Posted, judge},
    request::{self, ACTIVITY_BYTES_MAX, Sender},
    socket::Socket,
};
use crate::agent::client::{
    activity::Activity,
    activity_set::ActivitySet,
    asker::{Asker, Outgoing, Reply, Started, Waiting},
    content::Message,
    delivery::Delivery,
    error::{AgentError, AgentErrorKind},
    exchange::Wanted,
    mark::client_mark,
    turn::{Next, Turn, TurnEnd, TurnRules},
};

/// How long a greeting is waited for.
const GREETING_TIME_MAX: Duration = Duration::from_secs(3);
/// How long the conversation is looked at for a message that may not have arrived.
const DOUBT_TIME_MAX: Duration = Duration::from_secs(3);

type Posting<'a> = Pin<Box<dyn Future<Output = Posted> + Send + 'a>>;

impl DirectLine {
    /// Opens a conversation and lets the agent begin.
    pub(in crate::agent::client) async fn start(
        &self,
        asker: &Asker<'_>,
        waiting: Waiting<'_>,
    ) -> Result<Started, AgentError> {
        let service_id = self.open(asker, waiting.limit).await?;
        let known = self.memory.of(&service_id, Instant::now());
        let mut known = known.lock().await;
        let user_id = self.user_id(asker).await?;
        let sender = Sender { user_id: &user_id, locale: self.locale.as_deref() };
        let mark = client_mark();
        let event = request::start_event(sender, &mark);
        known.asked_for_greeting();
        let limit = waiting.limit.min(Instant::now() + GREETING_TIME_MAX);
        let waiting = Waiting { limit, ..waiting };
        let mut rules = TurnRules::new(limit, mark, self.room.clone());
        rules.has_echo = true;
        let turn = Running { line: self, asker, id: &service_id, sender, waiting };
        // The conversation stands, whether the agent says something or not.
        let greeting = match turn.run(&mut known, &event, rules).await {
            Ok(reply) => reply.messages,
            Err(error) if error.delivery == Some(Delivery::NotSent) => return Err(error),
            Err(_) => Vec::new(),
        };
        Ok(Started { service_id, greeting })
    }

    /// Opens a conversation for a message; the agent is not asked to begin.
    pub(in crate::agent::client) async fn open_silently(
        &self,
        asker: &Asker<'_>,
        deadline: Instant,
    ) -> Result<String, AgentError> {
        self.open(asker, deadline).await
    }

    /// Sends a message and collects its answer.
    pub(in crate::agent::client) async fn ask(
        &self,
        id: &str,
        outgoing: &Outgoing,
        asker: &Asker<'_>,
        waiting: Waiting<'_>,
    ) -> Result<Reply, AgentError> {
        let user_id = self.user_id(asker).await?;
        let sender = Sender { user_id: &user_id, locale: self.locale.as_deref() };
        let mark = client_mark();
        let message = request::message(sender, outgoing, &mark);
        let bytes = message.to_string().len();
        if bytes > ACTIVITY_BYTES_MAX {
            let kind = AgentErrorKind::TooLarge { bytes, limit_bytes: ACTIVITY_BYTES_MAX };
            return Err(AgentError::from(kind).with(Delivery::NotSent));
        }
        // Whoever holds the lock has its turn: two calls in one conversation run one by one.
        let known = self.memory.of(id, Instant::now());
        let mut known = timeout_at(waiting.limit, known.lock())
            .await
            .map_err(|_| AgentError::unavailable(FailureClass::Timeout).with(Delivery::NotSent))?;
        self.look(&mut known, id, asker, waiting.limit)
            .await
            .map_err(|error| error.with(Delivery::NotSent))?;
        let mut rules = TurnRules::new(waiting.limit, mark, self.room.clone());
        rules.has_echo = true;
        rules.is_greeting_due = known.is_greeting_due();
        let turn = Running { line: self, asker, id, sender, waiting };
        turn.run(&mut known, &message, rules).await
    }

    /// Reads what is new, and says whether the conversation still stands: the service is asked, not
    /// our memory.
    pub(super) async fn look(
        &self,
        known: &mut Known,
        id: &str,
        asker: &Asker<'_>,
        deadline: Instant,
    ) -> Result<ActivitySet, AgentError> {
        let set = self.read(known, id, asker, deadline).await?;
        known.learn(&set);
        if known.is_over(Timestamp::now(), self.idle_time) {
            known.end();
            return Err(AgentError::not_found());
        }
        Ok(set)
    }
}

/// A turn that goes on.
struct Running<'a> {
    line: &'a DirectLine,
    asker: &'a Asker<'a>,
    id: &'a str,
    sender: Sender<'a>,
    waiting: Waiting<'a>,
}

/// What is known of the post so far.
#[derive(Default)]
struct Fate {
    delivery: Option<Delivery>,
    is_repeated: bool,
    /// Why it is uncertain, and until when that is looked into.
    doubt: Option<(AgentErrorKind, Instant)>,
    has_tried_exchange: bool,
    /// Activities that cannot be read.
    unreadable: usize,
}

impl Running<'_> {
    async fn run(
        &self,
        known: &mut Known,
        message: &Value,
        rules: TurnRules,
    ) -> Result<Reply, AgentError> {
        let not_sent = |error: AgentError| error.with(Delivery::NotSent);
        let limit = rules.limit;
        let socket = self.socket(known).await;
        let bearer = self.line.bearer(known, self.id, self.asker, limit).await.map_err(not_sent)?;
        let mut turn = Turn::new(rules);
        known.posts().iter().for_each(|post| turn.known_post(post));
        let place = (self.line, self.asker, self.id);
        let mut feed = Feed::new(place, limit, (known.watermark.clone(), bearer), socket);
        let operation = request::post(&self.line.address(), self.id, message);
        let mut fate = Fate::default();
        let mut posting = Some(self.post(&operation, &feed));
        let end = loop {
            let wake = match turn.next(Instant::now()) {
                Next::Over(end) => break end,
                Next::Wait(until) => until,
            };
            let doubt = fate.doubt.as_ref().map(|(_, until)| *until);
            let wake = doubt.map_or(wake, |until| wake.min(until));
            tokio::select! {
                biased;
                posted = async { match &mut posting {
                    Some(posting) => posting.await,
                    None => std::future::pending().await,
                }} => {
                    posting = None;
                    if posted.note(&mut fate, &mut turn)? {
                        feed.bearer = self.line
                            .bearer_after_refusal(known, self.id, self.asker, limit)
                            .await.map_err(not_sent)?;
                        posting = Some(self.post(&operation, &feed));
                    }
                    feed.hurry();
                }
                came = feed.next() => match came {
                    Fed::Set(set) => {
                        known.learn(&set);
                        self.take(set, &mut turn, &mut fate, &feed).await;
                    }
                    Fed::Gone => turn.conversation_gone(),
                    Fed::Refused => {
                        let renewing =
                            self.line.bearer_after_refusal(known, self.id, self.asker, limit);
                        if let Ok(bearer) = renewing.await {
                            feed.bearer = bearer;
                        }
                    }
                },
                () = sleep_until(wake) => {}
            }
            if turn.saw_echo() || turn.has_messages() {
                fate.doubt = None;
                fate.delivery = Some(Delivery::Delivered);
            }
            match fate.doubt.take() {
                Some((kind, until)) if Instant::now() >= until => {
                    return Err(AgentError::from(kind).with(Delivery::Unknown));
                }
                doubt => fate.doubt = doubt,
            }
        };
        known.watermark.clone_from(&feed.watermark);
        if end == TurnEnd::Ended {
            known.end();
        }
        reply(turn, end, &fate)
    }

    fn post<'a>(&'a self, operation: &'a request::Operation, feed: &Feed<'_>) -> Posting<'a> {
        let bearer = feed.bearer.clone();
        let limit = feed.limit;
        Box::pin(async move {
            let bearer = Some(bearer.expose_secret());
            judge(self.line.send(operation, bearer, self.asker, limit).await)
        })
    }

    async fn take(&self, set: ActivitySet, turn: &mut Turn, fate: &mut Fate, feed: &Feed<'_>) {
        fate.unreadable += set.unreadable;
        for activity in set.activities {
            if self.exchanged(&activity, turn, fate, feed).await {
                // The card was answered; nobody has to see it.
                turn.known(&activity);
                continue;
            }
            let role = activity.role();
            self.waiting.tell(turn.take(activity, role, Instant::now()));
        }
    }

    /// Whether an activity was a card that asked for a token, and got it.
    async fn exchanged(
        &self,
        activity: &Activity,
        turn: &mut Turn,
        fate: &mut Fate,
        feed: &Feed<'_>,
    ) -> bool {
        if self.asker.exchange.is_none() || fate.has_tried_exchange {
            return false;
        }
        let Some(wanted) = Wanted::of(activity, activity.role()) else { return false };
        fate.has_tried_exchange = true;
        let place = (self.id, feed.bearer.expose_secret());
        let exchanging = self.line.exchange(place, &wanted, self.sender, self.asker, feed.limit);
        let Some(id) = exchanging.await else { return false };
        if let Some(id) = id {
            turn.posted(&id);
        }
        true
    }

    /// A socket, if an address to listen at is at hand, or if somebody wants to know what can only
    /// be heard there.
    async fn socket(&self, known: &mut Known) -> Option<Socket> {
        let now = Instant::now();
        let mut url = known.take_stream_url(now);
        if url.is_none() && self.waiting.report.is_some() && known.tokens.may_ask(now) {
            let asking = self.line.reconnect(known, self.id, self.asker, self.waiting.limit);
            if asking.await.is_ok() {
                url = known.take_stream_url(Instant::now());
            }
        }
        let DirectLine { rule, tls, room, .. } = self.line;
        Socket::open(url?.expose_secret(), rule, tls, room).await
    }
}

impl Posted {
    /// Notes how the post ended; says whether to post again because its token was refused, which
    /// happens once.
    fn note(self, fate: &mut Fate, turn: &mut Turn) -> Result<bool, AgentError> {
        match self {
            Self::Delivered(id) => {
                fate.delivery = Some(Delivery::Delivered);
                if let Some(id) = id {
                    turn.posted(&id);
                }
            }
            Self::Uncertain(kind) => {
                fate.delivery = Some(Delivery::Unknown);
                fate.doubt = Some((kind, Instant::now() + DOUBT_TIME_MAX));
            }
            Self::Refused if !fate.is_repeated => {
                fate.is_repeated = true;
                return Ok(true);
            }
            Self::Refused => {
                let error = AgentError::from(AgentErrorKind::OperatorCredentials);
                return Err(error.with(Delivery::NotSent));
            }
            Self::Failed(error) => return Err(error),
        }
        Ok(false)
    }
}

/// The reply; a conversation that ended before the message was in it did not take it.
fn reply(turn: Turn, end: TurnEnd, fate: &Fate) -> Result<Reply, AgentError> {
    let delivery = fate.delivery.unwrap_or(Delivery::Unknown);
    if end == TurnEnd::Ended && !turn.has_messages() && delivery != Delivery::Delivered {
        return Err(AgentError::not_found().with(delivery));
    }
    let activity_id = turn.own_id().map(str::to_owned);
    let messages = turn.into_messages();
    let messages =
        messages.iter().filter_map(|activity| Message::of(activity, activity.role())).collect();
    Ok(Reply { activity_id, end, delivery, messages, unreadable: fate.unreadable })
}
