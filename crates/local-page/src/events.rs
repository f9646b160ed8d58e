//! Tells open pages that there is something new: server-sent events, one line each.
//!
//! Source: HTML Standard, "Server-sent events".

use std::time::Duration;

use axum::{
    body::Body,
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use futures_util::stream;
use http::{StatusCode, header};
use tokio::{
    sync::watch,
    time::{Instant, timeout_at},
};

/// Often enough that no client takes a quiet stream for a dead one.
const QUIET: Duration = Duration::from_secs(15);

/// A browser opens the next one by itself; one that has gone without a word is not kept for ever.
const LIFE: Duration = Duration::from_mins(10);

/// Streams at a time: more are no person's pages, and each holds a connection of the process.
const STREAMS_MAX: usize = 16;

/// Counts what is new. Clones count together.
#[derive(Debug, Clone)]
pub struct Changes(watch::Sender<u64>);

impl Default for Changes {
    fn default() -> Self {
        Self(watch::Sender::new(0))
    }
}

impl Changes {
    /// There is something new.
    pub fn add(&self) {
        self.0.send_modify(|count| *count = count.wrapping_add(1));
    }

    /// Who wants to be told from now on, if not too many are told already.
    pub fn watch(&self) -> Watcher {
        Watcher((self.0.receiver_count() < STREAMS_MAX).then(|| self.0.subscribe()))
    }
}

/// Waits for what is new.
#[derive(Debug)]
pub struct Watcher(Option<watch::Receiver<u64>>);

impl IntoResponse for Watcher {
    /// A stream that says `change` at its beginning and each time there is something new; several
    /// at once are one. The first one tells a page that was drawn a moment ago to look again.
    fn into_response(self) -> Response {
        let Some(changes) = self.0 else {
            return (StatusCode::SERVICE_UNAVAILABLE, "Too many pages are open.\n").into_response();
        };
        let end = Instant::now() + LIFE;
        let body = stream::unfold((changes, true), move |(mut changes, is_first)| async move {
            if is_first {
                changes.mark_unchanged();
                return Some((Ok::<_, std::io::Error>(change()), (changes, false)));
            }
            let quiet = Instant::now() + QUIET;
            if quiet > end {
                return None;
            }
            match timeout_at(quiet, changes.changed()).await {
                Ok(Ok(())) => Some((Ok(change()), (changes, false))),
                // Whoever counted is gone.
                Ok(Err(_)) => None,
                Err(_) => Some((Ok(Bytes::from_static(b":\n\n")), (changes, false))),
            }
        });
        ([(header::CONTENT_TYPE, "text/event-stream")], Body::from_stream(body)).into_response()
    }
}

fn change() -> Bytes {
    Bytes::from_static(b"event: change\ndata: new\n\n")
}

#[cfg(test)]
mod tests {
    use http_body_util::BodyExt;

    use super::*;

    #[tokio::test]
    async fn no_more_pages_are_told_than_a_person_opens() {
        let changes = Changes::default();
        let mut open: Vec<Response> =
            (0..STREAMS_MAX).map(|_| changes.watch().into_response()).collect();
        assert!(open.iter().all(|answer| answer.status() == StatusCode::OK));
        assert_eq!(changes.watch().into_response().status(), StatusCode::SERVICE_UNAVAILABLE);
        open.pop();
        assert_eq!(changes.watch().into_response().status(), StatusCode::OK);
    }

    #[tokio::test(start_paused = true)]
    async fn several_changes_are_one_and_silence_is_filled() {
        let changes = Changes::default();
        let mut body = changes.watch().into_response().into_body();
        let mut next = async || {
            let frame = body.frame().await?.unwrap();
            Some(String::from_utf8(frame.into_data().unwrap().to_vec()).unwrap())
        };
        let change = Some("event: change\ndata: new\n\n".to_owned());
        assert_eq!(next().await, change);
        changes.add();
        changes.add();
        assert_eq!(next().await, change);
        let mut quiet = 0;
        while let Some(said) = next().await {
            assert_eq!(said, ":\n\n");
            quiet += 1;
        }
        assert!((30..=40).contains(&quiet), "{quiet}");
    }
}
