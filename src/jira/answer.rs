//! What Jira answered: bytes, until somebody reads them as what they expect.

use std::borrow::Cow;

use bytes::Bytes;
use serde::Deserialize;

use crate::json;

use super::{JiraError, Unsure};

/// The body of a successful answer.
#[derive(Debug)]
pub struct Answer {
    pub(super) body: Bytes,
    pub(super) is_of_write: bool,
}

impl Answer {
    /// Whether there is no body, as in a 204.
    pub fn is_empty(&self) -> bool {
        self.body.is_empty()
    }

    /// Bytes that are no UTF-8 cost the signs that they stand for, not the answer.
    pub(super) fn new(body: Bytes, is_of_write: bool) -> Self {
        let body = match String::from_utf8_lossy(&body) {
            Cow::Borrowed(_) => body,
            Cow::Owned(mended) => {
                tracing::warn!(bytes = body.len(), "an answer that is no UTF-8");
                Bytes::from(mended)
            }
        };
        Self { body, is_of_write }
    }

    /// A page that something between here and Jira sends with status 200 does not say that a write was made.
    pub(super) fn of_jira(self) -> Result<Self, JiraError> {
        let is_foreign = self.is_of_write
            && !self.is_empty()
            && std::str::from_utf8(&self.body)
                .map_or(true, |text| serde_json::from_str::<serde::de::IgnoredAny>(text).is_err());
        if is_foreign { Err(self.unreadable()) } else { Ok(self) }
    }

    /// After a write, an answer that cannot be understood leaves open what has happened.
    fn unreadable(&self) -> JiraError {
        if self.is_of_write {
            return JiraError::Unavailable { status: None, sent: Unsure::MayHaveHappened };
        }
        JiraError::Unreadable
    }

    /// Decodes the parts that are read; text is borrowed from the body where possible.
    pub fn read<'a, T: Deserialize<'a>>(&'a self) -> Result<T, JiraError> {
        // Checked as a whole, text need not be checked again string by string.
        let text = std::str::from_utf8(&self.body).map_err(|fault| {
            tracing::warn!(at = fault.valid_up_to(), bytes = self.body.len(), "an answer that is no UTF-8");
            self.unreadable()
        })?;
        // Where a part may be null, the whole may not.
        let whole = if text.trim() == "null" { "" } else { text };
        json::from_str(whole).map_err(|fault| {
            tracing::warn!(%fault, bytes = self.body.len(), "undecodable answer");
            self.unreadable()
        })
    }
}
