//! Markdown as it grows: its lines, and what stands before each of them.

use super::collect::collect;
use super::emit::{Mode, write_runs};
use super::run::{Fragment, Run};
use crate::node::Node;

/// Markdown as it grows, and the prefix each further line starts with (`> `, the indent of a list
/// item).
pub(super) struct Writer {
    pub(super) out: String,
    pub(super) prefix: String,
}

/// Most descriptions and comments fit.
const ROOM_BYTES: usize = 1024;

impl Writer {
    pub(super) fn new() -> Self {
        Self { out: String::with_capacity(ROOM_BYTES), prefix: String::new() }
    }

    pub(super) fn finish(mut self) -> String {
        self.out.truncate(self.out.trim_end_matches([' ', '\n']).len());
        // Thousands of short ones may be kept together.
        if self.out.len() < self.out.capacity() / 2 {
            self.out.shrink_to_fit();
        }
        self.out
    }

    /// Inline content in one container.
    pub(super) fn inline(&mut self, nodes: &[Node], mode: Mode) {
        write_runs(&mut self.out, &self.prefix, collect(nodes, mode == Mode::Cell), mode);
    }

    /// A paragraph of literal text.
    pub(super) fn text_line(&mut self, text: &str) {
        let text = text.replace(['\n', '\r'], " ");
        write_runs(
            &mut self.out,
            &self.prefix,
            vec![Run::plain(Fragment::Text(text.into()))],
            Mode::Paragraph,
        );
    }

    /// Ends the line and starts the next.
    pub(super) fn line(&mut self) {
        self.out.truncate(self.out.trim_end_matches(' ').len());
        self.out.push('\n');
        self.out.push_str(&self.prefix);
    }

    pub(super) fn blank_line(&mut self) {
        self.line();
        self.line();
    }
}
