//! What Jira answered: bytes, until somebody reads them as what they expect.

use std::sync::OnceLock;

use bytes::Bytes;
use serde::Deserialize;
use tokio::{
    runtime::{Handle, RuntimeFlavor},
    task::block_in_place,
};

use super::error::{Applied, JiraError};

/// Answers of this many bytes take milliseconds to decode.
const LONG_BYTES: usize = 256 * 1024;

/// Runs what takes long where it keeps nobody from being served: the worker's other tasks move to
/// another thread.
fn without_blocking_the_worker<T>(bytes: usize, work: impl FnOnce() -> T) -> T {
    let has_others = || {
        Handle::try_current()
            .is_ok_and(|handle| handle.runtime_flavor() == RuntimeFlavor::MultiThread)
    };
    if bytes >= LONG_BYTES && has_others() { block_in_place(work) } else { work() }
}

/// The body of a successful answer.
#[derive(Debug)]
pub struct Response {
    pub(super) body: Bytes,
    pub(super) is_of_write: bool,
    /// The same without what is no UTF-8, once it was read.
    mended: OnceLock<String>,
}

impl Response {
    /// Whether there is no body, as in a 204.
    pub fn is_empty(&self) -> bool {
        self.body.is_empty()
    }

    pub(super) fn new(body: Bytes, is_of_write: bool) -> Self {
        Self { body, is_of_write, mended: OnceLock::new() }
    }

    /// The body of a read.
    pub(super) fn of_read(body: Bytes) -> Self {
        Self::new(body, false)
    }

    /// Checked as a whole, so that no text of it has to be. Bytes that are no UTF-8 cost the signs
    /// that they stand for, not the answer: looking for them goes byte by byte, and is rare.
    fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap_or_else(|fault| {
            self.mended.get_or_init(|| {
                let at = fault.valid_up_to();
                tracing::warn!(at, bytes = self.body.len(), "an answer that is no UTF-8");
                String::from_utf8_lossy(&self.body).into_owned()
            })
        })
    }

    /// A page that something between here and Jira sends with status 200 does not say that a write
    /// was made.
    pub(super) fn validate(self) -> Result<Self, JiraError> {
        let is_foreign = self.is_of_write
            && !self.is_empty()
            && serde_json::from_str::<serde::de::IgnoredAny>(self.text()).is_err();
        if is_foreign { Err(self.unreadable()) } else { Ok(self) }
    }

    /// After a write, an answer that cannot be understood leaves open what has happened.
    fn unreadable(&self) -> JiraError {
        if self.is_of_write {
            return JiraError::Unavailable { status: None, applied: Applied::Maybe };
        }
        JiraError::Unreadable
    }

    /// Decodes the parts that are read; text is borrowed from the body where possible.
    pub fn read<'a, T: Deserialize<'a>>(&'a self) -> Result<T, JiraError> {
        let text = self.text();
        // Where a part may be null, the whole may not.
        let whole = if text.trim() == "null" { "" } else { text };
        without_blocking_the_worker(whole.len(), || json_borrow::from_str(whole)).map_err(|fault| {
            tracing::warn!(%fault, bytes = self.body.len(), "undecodable answer");
            self.unreadable()
        })
    }
}
