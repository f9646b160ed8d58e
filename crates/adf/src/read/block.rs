//! Writes blocks: what stands between them, what starts each of their lines, and which of them take
//! part.

use super::code_text::code_text;
use super::emit::{Mode, write_runs};
use super::leaf::{self, longest_run};
use super::limits::{DEPTH_MAX, PREFIX_BYTES_MAX};
use super::plain::plain;
use super::run::{Fragment, Run, STRONG};
use super::shape::{extension_label, is_inline, is_known_container, nested, unsupported_label};
use super::{list_rules, writer::Writer};
use crate::node::Node;

/// How a block is parted from the one before it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Gap {
    Line,
    Blank,
}

impl Writer {
    /// Blocks of a container, each parted by a blank line from the one before. Inline nodes that
    /// stand among them (no schema allows it, documents have it) are taken for a paragraph.
    pub(super) fn write_blocks(&mut self, nodes: &[Node], depth: usize) {
        self.write_separated(nodes, depth, |_, _| Gap::Blank);
    }

    /// Blocks of a list item: parted by a line end alone where the next cannot be taken for the
    /// paragraph.
    pub(super) fn write_item_blocks(&mut self, nodes: &[Node], depth: usize) {
        self.write_separated(nodes, depth, |before, node| {
            let tight =
                is_paragraph(before) && (node.kind == "codeBlock" || list_rules::interrupts(node));
            if tight { Gap::Line } else { Gap::Blank }
        });
    }

    fn write_separated(&mut self, nodes: &[Node], depth: usize, gap: impl Fn(&Node, &Node) -> Gap) {
        if depth > DEPTH_MAX || self.prefix.len() > PREFIX_BYTES_MAX {
            let text = nodes.iter().map(plain).collect::<Vec<_>>().join(" ");
            return self.text_line(&text);
        }
        let mut before: Option<(&Node, bool)> = None;
        let mut rest = nodes;
        while let Some(node) = rest.first() {
            let length = if is_inline(node) {
                rest.iter().take_while(|node| is_inline(node)).count()
            } else {
                1
            };
            let (group, after) = rest.split_at(length);
            let start = self.out.len();
            if let Some((before, _)) = before {
                match gap(before, node) {
                    Gap::Line => self.line(),
                    Gap::Blank => self.blank_line(),
                }
            }
            let body = self.out.len();
            // Two lists in a row would run into one, unless their markers differ, and markers of
            // one kind on one line would be a rule.
            let other_marker = match before {
                Some((before, other)) => list_rules::same_marker(before, node) && !other,
                None => self.out.ends_with("- "),
            };
            if is_inline(node) {
                self.inline(group, Mode::Paragraph);
            } else {
                self.block(node, other_marker, depth);
            }
            if self.out.len() == body {
                self.out.truncate(start);
            } else {
                before = Some((node, other_marker));
            }
            rest = after;
        }
    }

    fn block(&mut self, node: &Node, other_marker: bool, depth: usize) {
        match node.kind.as_ref() {
            "paragraph" | "caption" | "mediaGroup" => self.inline(&node.content, Mode::Paragraph),
            "mediaSingle" | "media" => self.inline(std::slice::from_ref(node), Mode::Paragraph),
            "heading" => self.heading(node),
            "bulletList" | "orderedList" => self.write_list(node, other_marker, depth),
            "taskList" => self.write_tasks(node, other_marker, depth),
            "decisionList" => self.write_decisions(node, other_marker, depth),
            "codeBlock" => self.code(node),
            "blockquote" => self.quoted("", &node.content, depth),
            "panel" => self.quoted(alert(node), &node.content, depth),
            "rule" => self.out.push_str(if self.out.ends_with("- ") { "***" } else { "---" }),
            "table" => self.write_table(node),
            "expand" | "nestedExpand" => self.expand(node, depth),
            "blockCard" | "embedCard" => match leaf::card(node, false) {
                Some(card) => self.out.push_str(&card),
                None => self.text_line(&unsupported_label(node)),
            },
            "extension" | "bodiedExtension" => {
                self.text_line(&extension_label(node));
                self.appended(&node.content, depth);
                if let Some(nested) = nested(node) {
                    self.appended(&nested.content, depth);
                }
            }
            _ => self.other(node, depth),
        }
    }

    fn other(&mut self, node: &Node, depth: usize) {
        let start = self.out.len();
        if let Some(text) = &node.text {
            self.text_line(text);
        }
        if self.out.len() == start {
            self.write_blocks(&node.content, depth + 1);
        } else {
            self.appended(&node.content, depth);
        }
        if self.out.len() == start && !is_known_container(node) {
            self.text_line(&unsupported_label(node));
        }
    }

    fn heading(&mut self, node: &Node) {
        let level = node.number("level").unwrap_or(1).clamp(1, 6);
        let start = self.out.len();
        for _ in 0..level {
            self.out.push('#');
        }
        self.out.push(' ');
        let body = self.out.len();
        self.inline(&node.content, Mode::Heading);
        if self.out.len() == body {
            self.out.truncate(start);
        }
    }

    fn expand(&mut self, node: &Node, depth: usize) {
        if let Some(title) = node.attr("title") {
            let title = title.replace(['\n', '\r'], " ");
            let run = Run { marks: STRONG, ..Run::plain(Fragment::Text(title.into())) };
            write_runs(&mut self.out, &self.prefix, vec![run], Mode::Paragraph);
            self.appended(&node.content, depth);
        } else {
            self.write_blocks(&node.content, depth + 1);
        }
    }

    /// Blocks after a line that has just been written.
    fn appended(&mut self, nodes: &[Node], depth: usize) {
        let start = self.out.len();
        self.blank_line();
        let body = self.out.len();
        self.write_blocks(nodes, depth + 1);
        if self.out.len() == body {
            self.out.truncate(start);
        }
    }

    fn quoted(&mut self, alert: &str, nodes: &[Node], depth: usize) {
        let start = self.out.len();
        self.out.push_str("> ");
        self.prefix.push_str("> ");
        if !alert.is_empty() {
            self.out.push_str(alert);
            self.line();
            // Parsers take the alert line for a paragraph, which not every list may interrupt.
            let first = nodes.iter().find(|node| !is_paragraph(node) || !node.content.is_empty());
            if first
                .is_some_and(|first| first.kind.ends_with("List") && !list_rules::interrupts(first))
            {
                self.line();
            }
        }
        let body = self.out.len();
        self.write_blocks(nodes, depth + 1);
        if self.out.len() == body {
            self.out.truncate(start);
        }
        self.prefix.truncate(self.prefix.len() - 2);
    }

    fn code(&mut self, node: &Node) {
        let code = code_text(node);
        // Of lines that are shorter than what stands before each, in lists and quotes without end,
        // only the text is shown.
        let before_lines = self.prefix.len() * code.bytes().filter(|byte| *byte == b'\n').count();
        if before_lines > 8 * code.len() + 1_024 {
            return self.text_line(&code);
        }
        let fence = "`".repeat(longest_run(&code, '`').max(2) + 1);
        self.out.push_str(&fence);
        let language =
            node.attr("language").and_then(|language| language.split_whitespace().next());
        self.out.push_str(language.filter(|language| !language.contains('`')).unwrap_or_default());
        if !code.is_empty() {
            for line in code.split('\n') {
                self.verbatim_line(line);
            }
        }
        self.verbatim_line(&fence);
    }

    fn verbatim_line(&mut self, line: &str) {
        self.out.push('\n');
        self.out.push_str(if line.is_empty() { self.prefix.trim_end() } else { &self.prefix });
        if line.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
            self.out.push_str(line);
        } else {
            self.out.extend(line.chars().filter(|c| !c.is_control() || *c == '\t'));
        }
    }
}

fn is_paragraph(node: &Node) -> bool {
    node.kind == "paragraph" || is_inline(node)
}

/// The alert GitHub shows in the panel's color. A panel without a type is shown as information, as
/// Jira does.
fn alert(node: &Node) -> &'static str {
    match node.attr("panelType") {
        Some("note") => "[!IMPORTANT]",
        Some("warning") => "[!WARNING]",
        Some("error") => "[!CAUTION]",
        Some("success" | "tip") => "[!TIP]",
        _ => "[!NOTE]",
    }
}
