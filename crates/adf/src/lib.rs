//! Rich text: Atlassian Document Format (ADF) to Markdown, Markdown to ADF, and patching of stored
//! documents.
//!
//! Everything here is pure. Jira speaks ADF, agents read and write Markdown, and nothing above this
//! layer sees a node it has to understand.
//!
//! Markdown here is `CommonMark` with GitHub's tables, task lists, strike-through and alerts. What
//! ADF can say beyond that has one fixed spelling:
//!
//! | ADF | Markdown | read back |
//! |---|---|---|
//! | mention | `[@Name](accountid:ID)` | yes; also `[~accountid:ID]`, and `@[Name]` through `people` |
//! | status | `[TEXT](status:color)`, colors neutral purple blue red yellow green | yes, in any letter case |
//! | date | `2026-12-24` | yes, when it stands alone, no time follows and no quotation mark stands before |
//! | superscript, subscript | `10<sup>6</sup>`, `H<sub>2</sub>O` | yes, with no other mark but a link |
//! | panel info, note, warning, error, success | `> [!NOTE]`, `[!IMPORTANT]`, `[!WARNING]`, `[!CAUTION]`, `[!TIP]` | yes; a title behind the marker becomes a bold first line |
//! | inline card | `<https://…>` | yes |
//! | link whose text is its address | the bare address | yes |
//! | emoji | the character, or `:name:` | as text; a known `:name:` as an emoji |
//! | hard break | `\` at the end of a line, `<br>` in a heading or a cell | yes; also a plain line end |
//! | image on the web | `![alt](https://…)` | yes, as a block; as a link in a heading, a cell or a task |
//! | table without a header row | an empty header row | yes |
//! | other media | `![file name](media:ID)` (a media id, not an attachment id) | no, as its file name |
//! | expand | bold title, then the content | no |
//! | decision | `- **Decision:** …` | no |
//! | extension, anything unknown | `[extension: key]`, `[unsupported: type]`, and its text | no |
//!
//! Reading a text back changes it in a few harmless ways: a bare address becomes a link, a lone
//! `2026-12-24` a date and a known `:name:` an emoji (`https\://…`, `2026\-12-24` and `\:name:`
//! stay text); empty paragraphs and blanks at the ends of lines go; paragraphs in a table cell
//! become lines of one.
//!
//! [`unsupported_in_markdown`] names what a document would lose on the way to Markdown and back.

/// The lenient document tree both directions share.
mod node;

/// The same tree from JSON text.
mod attrs;
mod decode;

/// Markdown for the agent.
mod read;

/// Documents for Jira.
mod write;

/// Edits that keep every stored node as it is.
mod headings;
mod patch;
mod patch_error;
mod slot;

/// What Markdown cannot say.
mod lossiness;

/// Markdown, or a document as JSON text.
mod given;

/// A document as it is sent.
mod document;

#[cfg(test)]
mod tests;

pub use attrs::Attrs;
pub use document::Document;
pub use given::{NotADocument, document, from_text, is_blank, text_chars};
pub use headings::begins_with_heading;
pub use lossiness::unsupported_in_markdown;
pub use node::{Mark, Node};
pub use patch::{Section, append, replace_section, section};
pub use patch_error::PatchError;
pub use read::{plain, to_markdown};
pub use write::{Excess, Person, check_markdown, check_parts, from_markdown, mentioned};
