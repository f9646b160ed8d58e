//! Why a stored document could not be edited.

/// Why a document could not be edited.
#[derive(Debug, thiserror::Error)]
pub enum PatchError {
    /// The stored value is neither a document nor null.
    #[error("the stored text is not an ADF document")]
    NotADocument(#[source] Option<serde_json::Error>),
    /// No heading has this text, or several have.
    #[error("{found} headings read {heading:?}, one is needed")]
    Heading {
        /// The text that was looked for.
        heading: String,
        /// How many headings have it.
        found: usize,
    },
    /// Nothing is to stand in the section.
    #[error("the new section holds nothing")]
    Nothing,
    /// The result is not JSON, which a valid original rules out.
    #[error("the edited document could not be written")]
    Write(#[from] serde_json::Error),
}
