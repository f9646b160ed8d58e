//! How much rich text one call makes, whatever the number of its texts.

use std::sync::atomic::{AtomicUsize, Ordering};

use tool_kit::{Code, ToolError};

/// Bytes of documents that one call makes, first looks and second ones together. A page of Markdown
/// makes a few dozen kilobytes.
const CALL_BYTES_MAX: usize = 4 * 1024 * 1024;

/// Characters of Markdown that one call has read. Many issues in one call share them.
const CALL_CHARS_MAX: usize = 400_000;

/// How much rich text a call has made so far, whatever the number of its texts.
#[derive(Debug, Default)]
pub struct TextsMade {
    chars: AtomicUsize,
    bytes: AtomicUsize,
}

impl TextsMade {
    pub(in crate::jira::tools) fn take_chars(&self, chars: usize) -> Result<(), ToolError> {
        within(&self.chars, chars, CALL_CHARS_MAX)
    }

    pub(in crate::jira::tools) fn take_bytes(&self, bytes: usize) -> Result<(), ToolError> {
        within(&self.bytes, bytes, CALL_BYTES_MAX)
    }
}

fn within(taken: &AtomicUsize, more: usize, max: usize) -> Result<(), ToolError> {
    if taken.fetch_add(more, Ordering::Relaxed).saturating_add(more) <= max {
        return Ok(());
    }
    // Not a fault of one of many issues: the others would meet it too.
    Err(ToolError::new(Code::PayloadTooLarge, "The texts of this call are too much for one call.")
        .hint("Nothing was written. Make several calls with fewer or shorter texts."))
}
