//! Gives memory back to the system when there is nothing to do.
//!
//! The allocator returns freed pages as it is used, some time after they were freed. A server that
//! falls idle after a peak uses it no more and would keep the peak's pages for good, so once it has
//! come to rest they are returned by hand.

use std::{convert::Infallible, time::Duration};

use metrics::Signals;
use tikv_jemalloc_ctl::{Access, AsName, arenas};
use tokio::time::{MissedTickBehavior, interval};

/// How often to check whether there is nothing to do. Returning pages that are wanted again
/// costs page faults, so this is long beside a call.
const CHECK_INTERVAL: Duration = Duration::from_secs(2);

/// Returns freed pages each time the server has come to rest; to be dropped with the server.
pub(crate) async fn purge_idle(signals: &Signals) -> Infallible {
    let metrics = signals.metrics();
    let mut checks = interval(CHECK_INTERVAL);
    checks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let (mut used_before, mut is_used) = ((0, 0), false);
    loop {
        checks.tick().await;
        let running = metrics.http_in_flight.value();
        let used = (metrics.connections.value(), metrics.http_response_bytes.value());
        is_used |= running > 0 || used != used_before;
        used_before = used;
        if running == 0 && is_used {
            is_used = false;
            purge();
        }
    }
}

/// Returns all pages that hold nothing.
fn purge() {
    let count = arenas::narenas::read().unwrap_or(0);
    for arena in 0..count {
        // Pages may be kept for this long; when it is set to nothing, all go at once. An arena that
        // was never used answers with an error and has none.
        let name = format!("arena.{arena}.dirty_decay_ms\0");
        let kept_ms = name.as_str().name();
        if let Ok(usual_ms) = Access::<isize>::read(kept_ms) {
            // What fails here leaves the pages to the allocator's own pace.
            let _ = kept_ms.write(0_isize).and_then(|()| kept_ms.write(usual_ms));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_arena_keeps_its_usual_pace() {
        let pace = || Access::<isize>::read("arena.0.dirty_decay_ms\0".name());
        let before = pace().unwrap();
        assert!(before > 0);
        purge();
        assert_eq!(pace(), Ok(before));
        assert!(arenas::narenas::read().unwrap() > 0);
    }
}
