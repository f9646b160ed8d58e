//! Reads on behind a refusal, within bounds. A client that sends before it reads would otherwise
//! find its connection reset instead of the answer.

use std::{sync::Arc, time::Duration};

use axum::body::{Body, Bytes};
use http::{HeaderMap, header};
use http_body_util::BodyExt;
use tokio::{sync::Semaphore, time::timeout};

/// Bodies that are refused and still coming, at the same time: what they send is read and dropped.
const DRAINS_MAX: usize = 16;
/// How much of each, and for how long.
const BYTES_MAX: usize = 8 << 20;
const TIME_MAX: Duration = Duration::from_secs(2);

/// The bodies that are being drained.
pub(super) struct Drains(Arc<Semaphore>);

impl Default for Drains {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(DRAINS_MAX)))
    }
}

impl Drains {
    /// Drains the body of a refused request in the background, if there is a permit for it.
    #[expect(
        clippy::disallowed_methods,
        reason = "it ends within seconds, and nothing that a stop waits for hangs on it"
    )]
    pub(super) fn drain(&self, headers: &HeaderMap, mut body: Body) {
        // Who waits for permission to send has sent nothing.
        if headers.contains_key(header::EXPECT) {
            return;
        }
        let Ok(permit) = Arc::clone(&self.0).try_acquire_owned() else { return };
        tokio::spawn(async move {
            let _permit = permit;
            let mut left = BYTES_MAX;
            let reading = async {
                while let Some(Ok(frame)) = body.frame().await {
                    left = left.saturating_sub(frame.data_ref().map_or(0, Bytes::len));
                    if left == 0 {
                        break;
                    }
                }
            };
            // A slow client has had its chance.
            let _ = timeout(TIME_MAX, reading).await;
        });
    }
}
