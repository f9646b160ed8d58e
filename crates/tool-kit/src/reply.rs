//! What a tool answers: a result, or a preview of what it would do.

use std::borrow::Cow;

use serde::Serialize;

use super::{error::ToolError, preview::Preview, row::Row};

/// Room for what a usual reply of one row takes.
const ROW_BYTES: usize = 4096;

/// A tool's result.
#[derive(Debug, Clone, PartialEq)]
pub enum Reply {
    /// What was asked for: read, or done.
    Done(Done),
    /// What would be done, and the token for the call that does it.
    Preview(Preview),
}

/// One JSON value as text, and sometimes a block beside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Done {
    text: String,
    blocks: Vec<Block>,
}

/// What a result shows beside its JSON, and what JSON cannot hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Block {
    /// A picture.
    Image {
        /// The bytes in base64.
        base64: String,
        /// One of the types that models can see, as its bytes say.
        media_type: &'static str,
    },
    /// A file that is named but not sent.
    Link {
        /// The address of a resource of this server.
        uri: String,
        /// Its name, for people.
        name: String,
        /// Its declared type.
        media_type: String,
        /// Its size.
        bytes: u64,
    },
}

impl Block {
    /// What it weighs: a picture in base64.
    pub fn bytes(&self) -> usize {
        match self {
            Self::Image { base64, .. } => base64.len(),
            Self::Link { .. } => 0,
        }
    }
}

impl Reply {
    /// Serialises a result once; it goes to the client as it is.
    pub fn json(result: &impl Serialize) -> Result<Self, ToolError> {
        match serde_json::to_string(result) {
            Ok(text) => Ok(Self::Done(Done { text, blocks: Vec::new() })),
            Err(_) => Err(ToolError::internal("a result could not be written as JSON")),
        }
    }

    /// The same of a row, in less time.
    pub fn row(row: &Row) -> Result<Self, ToolError> {
        let mut json = Vec::with_capacity(ROW_BYTES);
        row.write_json(&mut json);
        Self::written(json)
    }

    /// Answers a result that is JSON already.
    pub fn written(json: Vec<u8>) -> Result<Self, ToolError> {
        match String::from_utf8(json) {
            Ok(text) => Ok(Self::Done(Done { text, blocks: Vec::new() })),
            Err(_) => Err(ToolError::internal("a result was no text")),
        }
    }

    /// Shows a block beside the JSON. The tool has made sure that both fit its budget.
    #[must_use]
    pub fn beside(mut self, block: Block) -> Self {
        if let Self::Done(done) = &mut self {
            done.blocks.push(block);
        }
        self
    }

    /// The minified JSON.
    pub fn text(&self) -> Cow<'_, str> {
        match self {
            Self::Done(done) => Cow::Borrowed(&done.text),
            Self::Preview(preview) => Cow::Owned(preview.to_json()),
        }
    }

    /// The minified JSON, and the blocks beside it.
    pub fn into_parts(self) -> (String, Vec<Block>) {
        match self {
            Self::Done(done) => (done.text, done.blocks),
            Self::Preview(preview) => (preview.to_json(), Vec::new()),
        }
    }
}
