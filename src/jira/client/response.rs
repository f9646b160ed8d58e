//! What Jira answered: bytes, until somebody reads them as what they expect.

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
}

impl Response {
    /// Whether there is no body, as in a 204.
    pub fn is_empty(&self) -> bool {
        self.body.is_empty()
    }

    /// Bytes that are no UTF-8 cost the signs that they stand for, not the answer.
    pub(super) fn new(body: Bytes, is_of_write: bool) -> Self {
        // Looking for what is broken goes byte by byte, and nearly nothing is.
        if std::str::from_utf8(&body).is_ok() {
            return Self { body, is_of_write };
        }
        tracing::warn!(bytes = body.len(), "an answer that is no UTF-8");
        let mended = String::from_utf8_lossy(&body).into_owned();
        Self { body: Bytes::from(mended), is_of_write }
    }

    /// The body of a read, taken as it is.
    pub(super) fn of_read(body: Bytes) -> Self {
        Self { body, is_of_write: false }
    }

    /// A page that something between here and Jira sends with status 200 does not say that a write
    /// was made.
    pub(super) fn validate(self) -> Result<Self, JiraError> {
        let is_foreign = self.is_of_write
            && !self.is_empty()
            && std::str::from_utf8(&self.body)
                .map_or(true, |text| serde_json::from_str::<serde::de::IgnoredAny>(text).is_err());
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
        // Checked as a whole, text need not be checked again string by string.
        let text = std::str::from_utf8(&self.body).map_err(|fault| {
            tracing::warn!(
                at = fault.valid_up_to(),
                bytes = self.body.len(),
                "an answer that is no UTF-8"
            );
            self.unreadable()
        })?;
        // Where a part may be null, the whole may not.
        let whole = if text.trim() == "null" { "" } else { text };
        without_blocking_the_worker(whole.len(), || json_borrow::from_str(whole)).map_err(|fault| {
            tracing::warn!(%fault, bytes = self.body.len(), "undecodable answer");
            self.unreadable()
        })
    }
}
