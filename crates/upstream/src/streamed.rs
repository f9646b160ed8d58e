//! The breakers for what is no single answer: streams and sockets, which others open and read.

use tokio::time::Instant;

use super::{
    Upstream,
    breakers::CallPermit,
    error::UpstreamError,
    request::{BreakerKey, CallerId},
    rules::Outcome,
};

/// Admission to one stream. Dropped without a record it counts as neither success nor failure.
#[derive(Debug)]
pub struct Admission {
    upstream: Upstream,
    permit: CallPermit,
}

impl Upstream {
    /// Asks the breakers of this key whether a stream may be opened now; else
    /// [`CircuitOpen`](UpstreamError::CircuitOpen).
    pub fn admit(&self, key: &BreakerKey, caller: CallerId) -> Result<Admission, UpstreamError> {
        let is_accepted = self.0.accepted.has(caller);
        let admitted = self.0.breakers.admit(key, caller, is_accepted, Instant::now());
        let permit = admitted.map_err(|retry_after| {
            self.0.signals.metrics().breaker_refusals.inc();
            UpstreamError::CircuitOpen { retry_after }
        })?;
        Ok(Admission { upstream: self.clone(), permit })
    }
}

impl Admission {
    /// Notes that the upstream answered, be it with a refusal.
    pub fn answered(self) {
        self.upstream.record(self.permit, Outcome::Success);
    }

    /// Notes that the upstream is unwell: a 5xx of its own, no connection, no head in time.
    pub fn failed(self) {
        self.upstream.record(self.permit, Outcome::Failure);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Settings;

    #[tokio::test]
    async fn streams_that_fail_open_the_breaker_of_their_key_only() {
        let settings = Settings { breaker_failures: 3, ..Settings::new("test") };
        let upstream = Upstream::new(&settings).unwrap();
        let callers = || (0_u8..3).map(|n| CallerId::from([n; 16]));
        for caller in callers() {
            for _ in 0..3 {
                if let Ok(admission) = upstream.admit(&"one".into(), caller) {
                    admission.failed();
                }
            }
        }
        let refused = upstream.admit(&"one".into(), CallerId::from([0; 16]));
        assert!(matches!(refused, Err(UpstreamError::CircuitOpen { .. })));
        upstream.admit(&"other".into(), CallerId::from([0; 16])).unwrap().answered();
    }
}
