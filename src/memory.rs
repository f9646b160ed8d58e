//! Gives memory back to the system when there is nothing to do.
//!
//! The allocator returns freed pages as it is used, some time after they were freed. A server that
//! falls idle after a peak uses it no more and would keep the peak's pages for good, so once it has
//! come to rest they are returned by hand.

use std::{convert::Infallible, time::Duration};

use metrics::Signals;
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
            platform::give_memory_back();
        }
    }
}
