//! The numbers of one upstream: how long to wait, how often to repeat, how much to read.

use std::time::Duration;

/// No setting needs to be longer, and sums of time points below it cannot overflow.
const DURATION_MAX: Duration = Duration::from_hours(24);

/// The limits of every call through one [`Upstream`](super::Upstream).
#[derive(Clone, Debug)]
pub struct Settings {
    /// Time for one attempt, from connecting to the last byte of the body.
    pub timeout: Duration,
    /// Time for name lookup, TCP and TLS together, at most half of `timeout`: when it runs out
    /// first, the upstream is known to have received nothing.
    pub connect_timeout: Duration,
    /// Largest body that is read, in bytes after inflation.
    pub body_bytes_max: usize,
    /// Repeats after the first attempt.
    pub retry_max: u32,
    /// Upper bound of the first random wait; it doubles with each repeat.
    pub retry_base: Duration,
    /// Longest single wait. A longer `Retry-After` ends the call instead.
    pub wait_max: Duration,
    /// Repeats that are allowed in ten seconds however little traffic there is. Above it, repeats
    /// stay below a tenth of the calls.
    pub retry_floor: u32,
    /// Counted failures within `breaker_window` that open the breaker of a key.
    pub breaker_failures: u32,
    /// How long a failure counts.
    pub breaker_window: Duration,
    /// How long an open breaker refuses calls.
    pub breaker_open: Duration,
    /// Successes in a row that close a half-open breaker.
    pub breaker_half_open_successes: u32,
    /// Keys whose breakers are remembered; beyond it the idle ones are forgotten.
    pub breaker_keys_max: usize,
    /// Whether to ask for gzip and to inflate it.
    pub gzip: bool,
    /// Value of the `User-Agent` header.
    pub user_agent: String,
}

impl Settings {
    /// The usual limits, under this `User-Agent`.
    pub fn new(user_agent: impl Into<String>) -> Self {
        Self {
            timeout: Duration::from_secs(20),
            connect_timeout: Duration::from_secs(5),
            body_bytes_max: 8 * 1024 * 1024,
            retry_max: 3,
            retry_base: Duration::from_secs(1),
            wait_max: Duration::from_secs(5),
            retry_floor: 10,
            breaker_failures: 5,
            breaker_window: Duration::from_secs(30),
            breaker_open: Duration::from_mins(1),
            breaker_half_open_successes: 3,
            breaker_keys_max: 256,
            gzip: true,
            user_agent: user_agent.into(),
        }
    }
}

/// Why an [`Upstream`](super::Upstream) could not be built.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// A setting is outside its range.
    #[error("{name} must be {accepted}")]
    Setting {
        /// The field of [`Settings`].
        name: &'static str,
        /// The accepted values in words.
        accepted: &'static str,
    },
    /// The `User-Agent` cannot be sent, or no root certificates were found.
    #[error("the HTTP client could not be built")]
    Client {
        /// What was wrong.
        #[from]
        source: http_client::BuildError,
    },
}

impl Settings {
    /// Refuses what would make a call impossible or a time computation overflow.
    pub(super) fn check(&self) -> Result<(), BuildError> {
        let positive = [
            ("timeout", self.timeout),
            ("connect_timeout", self.connect_timeout),
            ("breaker_window", self.breaker_window),
            ("breaker_open", self.breaker_open),
        ];
        for (name, value) in positive {
            if value.is_zero() || value > DURATION_MAX {
                return Err(BuildError::Setting {
                    name,
                    accepted: "longer than 0 and at most 24 hours",
                });
            }
        }
        for (name, value) in [("retry_base", self.retry_base), ("wait_max", self.wait_max)] {
            if value > DURATION_MAX {
                return Err(BuildError::Setting { name, accepted: "at most 24 hours" });
            }
        }
        let counts = [
            ("body_bytes_max", self.body_bytes_max),
            ("breaker_keys_max", self.breaker_keys_max),
            ("breaker_failures", self.breaker_failures as usize),
            ("breaker_half_open_successes", self.breaker_half_open_successes as usize),
        ];
        match counts.into_iter().find(|(_, value)| *value == 0) {
            Some((name, _)) => Err(BuildError::Setting { name, accepted: "at least 1" }),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{BuildError, Settings};
    use std::time::Duration;

    fn check(change: impl FnOnce(&mut Settings), expected: Option<&str>) {
        let mut settings = Settings::new("test");
        change(&mut settings);
        let refused = match settings.check() {
            Err(BuildError::Setting { name, .. }) => Some(name),
            _ => None,
        };
        assert_eq!(refused, expected);
    }

    #[test]
    fn impossible_settings_are_named() {
        check(|_| {}, None);
        check(|s| s.retry_base = Duration::ZERO, None);
        check(|s| s.timeout = Duration::ZERO, Some("timeout"));
        check(|s| s.breaker_open = Duration::MAX, Some("breaker_open"));
        check(|s| s.wait_max = Duration::MAX, Some("wait_max"));
        check(|s| s.breaker_failures = 0, Some("breaker_failures"));
        check(|s| s.breaker_keys_max = 0, Some("breaker_keys_max"));
        // What strangers can make it keep is bounded by this.
        assert_eq!(Settings::new("test").breaker_keys_max, 256);
    }
}
