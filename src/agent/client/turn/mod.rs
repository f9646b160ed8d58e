//! Collects the answer to one message: a machine that is fed with activities and told the time.
//!
//! An answer is all messages of the agent after ours, in order and without doubles, until the agent
//! is done. Agents seldom say that they are, so the turn ends when it has been quiet for long
//! enough; how long depends on what was said last. What answers another post belongs to another
//! turn, and a greeting is no answer.

mod piece;
mod room;
mod rules;
#[cfg(test)]
mod tests;

use std::{collections::HashSet, time::Duration};

use tokio::time::Instant;

use self::piece::Pieces;
pub use self::room::{HELD_BYTES_MAX, SOCKETS_MAX};
pub use self::rules::{TurnEnd, TurnProgress};
pub(crate) use self::{
    room::{Room, Share},
    rules::{Next, TurnRules},
};
use super::activity::{Activity, InputHint, Kind, Role, StreamPart, sequence};

/// After a message that hands over to the user.
const QUIET_AFTER_OPEN: Duration = Duration::from_millis(1_500);
/// After a message without a hint.
const QUIET_AFTER_MESSAGE: Duration = Duration::from_secs(2);
/// After a sign of work; and after what may be a late greeting.
const QUIET_AFTER_TYPING: Duration = Duration::from_secs(5);

/// What is kept of one turn at most; an endless agent is cut off here, and the turn is over.
const MESSAGES_MAX: usize = 200;
/// Ids that are remembered of one turn, to know a double by.
const SEEN_MAX: usize = 20_000;
/// What an id costs in a set, beside its letters.
const ID_BYTES: usize = 64;

/// One turn.
#[derive(Debug)]
pub(crate) struct Turn {
    rules: TurnRules,
    /// Our post, and what else we posted in this turn.
    own: HashSet<String>,
    /// The posts of others.
    foreign: HashSet<String>,
    seen: HashSet<String>,
    collected: Vec<Collected>,
    share: Share,
    /// Whether our post has gone by.
    is_past_echo: bool,
    last_sign_at: Option<Instant>,
    pieces: Pieces,
    over: Option<TurnEnd>,
    /// A stream that ended without content.
    ended_empty_at: Option<Instant>,
}

#[derive(Debug)]
struct Collected {
    activity: Activity,
    at: Instant,
    is_before_echo: bool,
}

/// Whether a message answers ours.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Belongs {
    Yes,
    No,
    /// It names no post.
    Unsaid,
}

impl Turn {
    /// A turn that begins before its message is sent.
    pub(crate) fn new(rules: TurnRules) -> Self {
        Self {
            is_past_echo: !rules.has_echo,
            share: rules.room.share(),
            rules,
            own: HashSet::new(),
            foreign: HashSet::new(),
            seen: HashSet::new(),
            collected: Vec::new(),
            last_sign_at: None,
            pieces: Pieces::default(),
            over: None,
            ended_empty_at: None,
        }
    }

    /// Notes what stood in the conversation before our message.
    pub(crate) fn known(&mut self, activity: &Activity) {
        if let Some(id) = activity.id() {
            self.seen.insert(id.to_owned());
            if activity.role() == Role::User {
                self.foreign.insert(id.to_owned());
            }
        }
    }

    /// Notes the id of a post that stood in the conversation before our message.
    pub(crate) fn known_post(&mut self, id: &str) {
        self.seen.insert(id.to_owned());
        self.foreign.insert(id.to_owned());
    }

    /// Notes the id that the service gave our post, or another post of this turn.
    pub(crate) fn posted(&mut self, id: &str) {
        self.own.insert(id.to_owned());
    }

    /// Whether our message was seen in the conversation: it has been delivered.
    pub(crate) fn saw_echo(&self) -> bool {
        self.rules.has_echo && self.is_past_echo
    }

    /// Whether any message of the agent belongs to the turn.
    pub(crate) fn has_messages(&self) -> bool {
        self.answers().next().is_some()
    }

    /// The id of our post: as the service gave it, or as its echo has it.
    pub(crate) fn own_id(&self) -> Option<&str> {
        self.own.iter().map(String::as_str).min_by_key(|id| sequence(id))
    }

    /// Takes what the service shows, and says what may be told about it.
    pub(crate) fn take(
        &mut self,
        activity: Activity,
        role: Role,
        now: Instant,
    ) -> Option<TurnProgress> {
        if self.over.is_some() || self.seen.len() >= SEEN_MAX {
            return None;
        }
        // Pieces of a stream may share one id, and so may its end.
        if activity.kind() != Kind::Typing
            && let Some(id) = activity.id()
            && !self.seen.insert(id.to_owned())
        {
            return None;
        }
        if !self.share.take(activity.id().map_or(0, str::len) + ID_BYTES) {
            self.over = Some(TurnEnd::Pending);
            return None;
        }
        if activity.kind() == Kind::End {
            self.over = Some(TurnEnd::Ended);
            return None;
        }
        if role == Role::User {
            self.take_post(&activity);
            return None;
        }
        match activity.kind() {
            Kind::Message => self.take_message(activity, now),
            Kind::Typing => self.take_sign(&activity, now),
            Kind::End | Kind::Other => None,
        }
    }

    fn take_post(&mut self, activity: &Activity) {
        let Some(id) = activity.id() else { return };
        if activity.client_id() == Some(&self.rules.client_id) || self.own.contains(id) {
            self.is_past_echo = true;
            self.own.insert(id.to_owned());
        } else {
            self.foreign.insert(id.to_owned());
        }
    }

    fn take_message(&mut self, activity: Activity, now: Instant) -> Option<TurnProgress> {
        self.pieces.clear();
        if self.collected.len() >= MESSAGES_MAX || !self.share.take(activity.weight()) {
            self.over = Some(TurnEnd::Pending);
            return None;
        }
        let is_before_echo = !self.is_past_echo;
        self.collected.push(Collected { activity, at: now, is_before_echo });
        let last = self.collected.last()?;
        (self.belongs(last) == Belongs::Yes || self.is_answer(last))
            .then(|| TurnProgress::Messages(self.answers().count()))
    }

    fn take_sign(&mut self, activity: &Activity, now: Instant) -> Option<TurnProgress> {
        if activity.reply_to().is_some_and(|id| self.foreign.contains(id)) {
            return None;
        }
        self.last_sign_at = Some(now);
        match activity.stream_part() {
            Some(StreamPart::Final) => {
                self.ended_empty_at = Some(now);
                None
            }
            Some(StreamPart::Piece { is_delta }) => {
                let text = self.pieces.add(activity.text().unwrap_or_default(), is_delta);
                Some(text.map_or(TurnProgress::Typing, TurnProgress::Writing))
            }
            Some(StreamPart::Informative) | None => Some(TurnProgress::Typing),
        }
    }

    /// Notes that the service said `end` behind the activities of this turn. Says whether that ends
    /// it: an end before any message is that of an agent that handed over to another.
    pub(crate) fn end_of_stream(&mut self) -> bool {
        if self.over.is_none() && self.has_messages() {
            self.over = Some(TurnEnd::Answered);
        }
        self.over.is_some()
    }

    /// Notes that the conversation is no more.
    pub(crate) fn conversation_gone(&mut self) {
        self.over.get_or_insert(TurnEnd::Ended);
    }

    /// What to do next, at this moment.
    pub(crate) fn next(&self, now: Instant) -> Next {
        if let Some(end) = self.over {
            return Next::Over(end);
        }
        if now >= self.rules.limit {
            return Next::Over(TurnEnd::Pending);
        }
        match self.quiet_until() {
            Some(until) if now >= until => Next::Over(TurnEnd::Answered),
            Some(until) => Next::Wait(until.min(self.rules.limit)),
            None => Next::Wait(self.rules.limit),
        }
    }

    /// When it will have been quiet for long enough, if nothing else comes; the last word counts.
    fn quiet_until(&self) -> Option<Instant> {
        let last = self.answers().max_by_key(|collected| collected.at);
        let sign = self.last_sign_at.filter(|at| last.is_some_and(|last| last.at <= *at));
        if let (Some(ended), true) = (self.ended_empty_at, self.last_sign_at == self.ended_empty_at)
            && last.is_none_or(|last| last.at <= ended)
        {
            return Some(ended + QUIET_AFTER_OPEN);
        }
        if let Some(sign) = sign {
            return Some(sign + QUIET_AFTER_TYPING);
        }
        let last = last?;
        if self.rules.is_greeting_due && self.belongs(last) == Belongs::Unsaid {
            return Some(last.at + QUIET_AFTER_TYPING);
        }
        let is_final = last.activity.stream_part() == Some(StreamPart::Final);
        match last.activity.input_hint() {
            InputHint::Open => Some(last.at + QUIET_AFTER_OPEN),
            InputHint::Ignoring => None,
            InputHint::None if is_final => Some(last.at + QUIET_AFTER_OPEN),
            InputHint::None => Some(last.at + QUIET_AFTER_MESSAGE),
        }
    }

    fn belongs(&self, collected: &Collected) -> Belongs {
        let Some(post) = collected.activity.reply_to() else { return Belongs::Unsaid };
        let is_ours = if self.own.is_empty() {
            // Our own id is not known yet, but that of every other post is.
            !self.foreign.contains(post)
        } else {
            self.own.contains(post)
        };
        if is_ours { Belongs::Yes } else { Belongs::No }
    }

    /// Whether a message that names no post answers ours: it stands behind it.
    fn is_behind_ours(&self, collected: &Collected) -> bool {
        if !self.rules.has_echo {
            return true;
        }
        let own = self.own_id().and_then(sequence);
        match (collected.activity.sequence(), own) {
            (Some(place), Some(own)) => place > own,
            _ => !(collected.is_before_echo && self.is_past_echo),
        }
    }

    fn is_answer(&self, collected: &Collected) -> bool {
        match self.belongs(collected) {
            Belongs::Yes => true,
            Belongs::No => false,
            Belongs::Unsaid => self.is_behind_ours(collected) && !self.is_late_greeting(),
        }
    }

    /// While a greeting is due, messages that name no post are it, once any names ours.
    fn is_late_greeting(&self) -> bool {
        self.rules.is_greeting_due
            && self.collected.iter().any(|other| self.belongs(other) == Belongs::Yes)
    }

    fn answers(&self) -> impl Iterator<Item = &Collected> {
        self.collected.iter().filter(|collected| self.is_answer(collected))
    }

    /// The messages of the turn, in the order of the conversation.
    pub(crate) fn into_messages(self) -> Vec<Activity> {
        let is_answer: Vec<bool> =
            self.collected.iter().map(|collected| self.is_answer(collected)).collect();
        let answers = self.collected.into_iter().zip(is_answer);
        let mut answers: Vec<_> =
            answers.filter(|(_, is_answer)| *is_answer).map(|(one, _)| one.activity).collect();
        // A socket and a read beside it may bring them out of order; numbers tell, if all have one.
        if answers.iter().all(|one| one.sequence().is_some()) {
            answers.sort_by_key(Activity::sequence);
        }
        answers
    }
}
