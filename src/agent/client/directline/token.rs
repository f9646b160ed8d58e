//! One conversation's token: how long it lives and when it is renewed. Told the time.

use std::{fmt, time::Duration};

use secrecy::{ExposeSecret as _, SecretString};
use serde_json::Value;
use tokio::time::Instant;

/// What counts where the service says nothing usable. Source: Microsoft, "Authentication in Direct
/// Line API 3.0".
const USUAL_LIFE: Duration = Duration::from_mins(30);
/// Sums of time points below it cannot overflow.
const LIFE_MAX: Duration = Duration::from_hours(30 * 24);
/// No two calls for tokens of one conversation are closer.
const CALLS_APART: Duration = Duration::from_secs(1);

/// A token for one conversation.
#[derive(Clone)]
pub(super) struct Token {
    secret: SecretString,
    since: Instant,
    life: Duration,
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(***)")
    }
}

impl Token {
    /// A token that was given just now, to live for as long as its `expires_in` says.
    pub(super) fn new(secret: SecretString, expires_in: Option<&Value>, since: Instant) -> Self {
        Self { secret, since, life: life(expires_in) }
    }

    pub(super) fn secret(&self) -> &SecretString {
        &self.secret
    }

    pub(super) fn expose(&self) -> &str {
        self.secret.expose_secret()
    }

    fn is_expired(&self, now: Instant) -> bool {
        now.saturating_duration_since(self.since) >= self.life
    }

    fn is_past_half_life(&self, now: Instant) -> bool {
        now.saturating_duration_since(self.since) >= self.life / 2
    }
}

/// The seconds of an `expires_in`; 1800 where it is absent, no number, or not above 0.
fn life(expires_in: Option<&Value>) -> Duration {
    let seconds = expires_in.and_then(Value::as_f64).filter(|seconds| *seconds > 0.0);
    let life = seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    match life {
        Some(life) if !life.is_zero() => life.min(LIFE_MAX),
        // A number beyond all durations is a long life.
        None if seconds.is_some() => LIFE_MAX,
        Some(_) | None => USUAL_LIFE,
    }
}

/// What to do before a call that needs a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Due {
    /// Use the one that is there.
    Nothing,
    /// Renew it with itself.
    Refresh,
    /// It is dead or was never there: get one with the secret.
    Reconnect,
    /// The same, but the last call for one is not a second ago.
    Wait,
}

/// The token of a conversation, and when it was last asked for.
#[derive(Debug, Default)]
pub(super) struct TokenState {
    token: Option<Token>,
    asked_at: Option<Instant>,
}

impl TokenState {
    /// What is due now, for a conversation that is in use: nothing is asked for an idle one.
    pub(super) fn due(&self, now: Instant) -> Due {
        let may_ask = self.may_ask(now);
        match &self.token {
            Some(token) if !token.is_expired(now) => {
                // A refresh that failed is tried again after as long as a half life.
                let is_tried = self.asked_at.is_some_and(|at| {
                    at > token.since && now.saturating_duration_since(at) < token.life / 2
                });
                if token.is_past_half_life(now) && may_ask && !is_tried {
                    Due::Refresh
                } else {
                    Due::Nothing
                }
            }
            _ if may_ask => Due::Reconnect,
            _ => Due::Wait,
        }
    }

    /// Whether a second has passed since the last call for a token.
    pub(super) fn may_ask(&self, now: Instant) -> bool {
        self.asked_at.is_none_or(|at| now.saturating_duration_since(at) >= CALLS_APART)
    }

    /// Notes a call for a token.
    pub(super) fn ask(&mut self, now: Instant) {
        self.asked_at = Some(now);
    }

    /// Takes the new one.
    pub(super) fn set(&mut self, token: Token) {
        self.token = Some(token);
    }

    /// The service refuses it.
    pub(super) fn refused(&mut self) {
        self.token = None;
    }

    /// The one that lives.
    pub(super) fn current(&self, now: Instant) -> Option<&Token> {
        self.token.as_ref().filter(|token| !token.is_expired(now))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn what_does_not_say_a_life_says_the_usual_one() {
        fn check(expires_in: impl Into<Option<Value>>, expected_ms: u128) {
            let expires_in = expires_in.into();
            assert_eq!(life(expires_in.as_ref()).as_millis(), expected_ms, "{expires_in:?}");
        }
        check(Some(json!(3600)), 3_600_000);
        check(Some(json!(0.5)), 500);
        check(None, 1_800_000);
        for odd in [json!(0), json!(-5), json!("3600"), json!(null), json!([1]), json!(1e-30)] {
            check(Some(odd), 1_800_000);
        }
        check(Some(json!(1e300)), LIFE_MAX.as_millis());
        check(Some(json!(u64::MAX)), LIFE_MAX.as_millis());
    }

    fn set(state: &mut TokenState, seconds: f64, now: Instant) {
        state.set(Token::new("t".into(), Some(&json!(seconds)), now));
    }

    #[tokio::test]
    async fn a_token_is_renewed_at_half_life_and_replaced_when_it_is_dead() {
        let start = Instant::now();
        let at = |seconds| start + Duration::from_secs(seconds);
        let mut state = TokenState::default();
        assert_eq!(state.due(start), Due::Reconnect);
        state.ask(start);
        assert_eq!(state.due(start), Due::Wait);
        set(&mut state, 100.0, start);
        assert_eq!(state.due(at(49)), Due::Nothing);
        assert_eq!(state.due(at(50)), Due::Refresh);
        // It fails: not again before the token is dead.
        state.ask(at(50));
        assert_eq!(state.due(at(99)), Due::Nothing);
        assert_eq!(state.due(at(100)), Due::Reconnect);
        state.refused();
        assert!(state.current(at(10)).is_none());
    }

    proptest! {
        /// Defect 1 of the program that this one replaces: hundreds of calls a second for one idle
        /// conversation. Here a call comes from use only, at most one in a half life, and never two
        /// within a second, whatever the life and however busy the conversation.
        #[test]
        fn calls_for_tokens_are_bounded(
            life in prop_oneof![Just(0.001), 0.001_f64..5.0, Just(1800.0), Just(-1.0)],
            steps in prop::collection::vec((0_u64..400, any::<bool>()), 1..300),
        ) {
            let start = Instant::now();
            let mut state = TokenState::default();
            let (mut now, mut calls) = (start, Vec::new());
            for (pause, succeeds) in steps {
                now += Duration::from_millis(pause);
                if matches!(state.due(now), Due::Refresh | Due::Reconnect) {
                    state.ask(now);
                    calls.push((now, succeeds));
                    if succeeds {
                        set(&mut state, life, now);
                    }
                }
            }
            let half = super::life(Some(&json!(life))) / 2;
            for pair in calls.windows(2) {
                let (apart, succeeded) = (pair[1].0 - pair[0].0, pair[0].1);
                prop_assert!(apart >= CALLS_APART);
                prop_assert!(!succeeded || apart >= half, "{apart:?} of {half:?}");
            }
        }
    }
}
