//! Turns nodes into inline runs. Blocks that stand where only inline content can (a list in a table
//! cell, a paragraph in a task) are flattened: one line each, with the marker that tells what they
//! are.

use std::borrow::Cow;

use super::code_text::code_text;
use super::leaf;
use super::limits::DEPTH_MAX;
use super::plain::plain;
use super::run::{EM, Fragment, Marks, Run, STRIKE, STRONG};
use super::shape::{
    cells, decision_label, emoji, extension_label, inside, is_inline, is_known_container, nested,
    unsupported_label,
};
use crate::node::Node;

/// The runs of a container's children.
pub(super) fn collect(nodes: &[Node], in_cell: bool) -> Vec<Run<'_>> {
    let mut collector = Collector {
        runs: Vec::with_capacity(nodes.len()),
        in_cell,
        inherited: 0,
        lists: 0,
        at_start: true,
        link: None,
    };
    collector.all(nodes, 0);
    collector.runs
}

struct Collector<'a> {
    runs: Vec<Run<'a>>,
    in_cell: bool,
    inherited: Marks,
    /// How many lists the current line is in.
    lists: usize,
    at_start: bool,
    /// The link around media.
    link: Option<&'a str>,
}

impl<'a> Collector<'a> {
    fn all(&mut self, nodes: &'a [Node], depth: usize) {
        for node in nodes {
            if depth > DEPTH_MAX {
                self.push_text(Cow::Owned(plain(node)));
            } else if is_inline(node) {
                self.leaf(node, depth);
            } else {
                self.block(node, depth);
            }
        }
    }

    fn leaf(&mut self, node: &'a Node, depth: usize) {
        let raw = match node.kind.as_ref() {
            "text" => return self.text(node),
            "hardBreak" => return self.push(Run::plain(Fragment::Break)),
            "emoji" => return self.push_text(emoji(node)),
            "mention" => leaf::mention(node, self.in_cell),
            "date" => leaf::date(node),
            "status" => leaf::status(node, self.in_cell),
            "inlineCard" => leaf::card(node, self.in_cell),
            "mediaInline" => Some(leaf::media(node, self.in_cell)),
            _ => None,
        };
        if let Some(raw) = raw {
            let href = if node.kind == "mediaInline" { leaf::link(node) } else { None };
            return self.push(Run { href, ..Run::plain(Fragment::Raw(raw)) });
        }
        match node.kind.as_ref() {
            "status" => {}
            "mention" if leaf::mention_name(node).is_some() => {
                self.push_text(Cow::Owned(format!(
                    "@{}",
                    leaf::mention_name(node).unwrap_or_default()
                )));
            }
            "placeholder" => {
                self.push_text(Cow::Owned(format!(
                    "[placeholder: {}]",
                    node.attr("text").unwrap_or_default()
                )));
            }
            "inlineExtension" => {
                self.push_text(Cow::Owned(extension_label(node)));
                self.all(&node.content, depth + 1);
            }
            _ => self.push_text(Cow::Owned(unsupported_label(node))),
        }
    }

    fn text(&mut self, node: &'a Node) {
        let mut marks = self.inherited;
        let href = leaf::link(node);
        let mut raised = None;
        let mut code = false;
        for mark in &node.marks {
            match mark.kind.as_ref() {
                "strong" => marks |= STRONG,
                "em" => marks |= EM,
                "strike" => marks |= STRIKE,
                "code" => code = true,
                "subsup" => {
                    let kind = mark.attrs.get("type").and_then(|kind| kind.as_str());
                    raised = kind.filter(|kind| ["sub", "sup"].contains(kind));
                }
                _ => {}
            }
        }
        let text = node.text.as_deref().unwrap_or_default();
        let breaks = text.bytes().filter(|byte| *byte == b'\n').count();
        if breaks > text.len() / 8 + 100 {
            // No text that people wrote has as many lines; each would be a run of its own.
            return self.push_text(Cow::Borrowed(text));
        }
        for (index, line) in text.split('\n').enumerate() {
            if index > 0 {
                self.push(Run::plain(Fragment::Break));
            }
            let line = line.strip_suffix('\r').unwrap_or(line);
            match line {
                "" => {}
                _ if !code && !line.trim().is_empty() && raised.is_some() => {
                    let raw = leaf::subsup(
                        raised.unwrap_or_default(),
                        line,
                        href.is_some(),
                        self.in_cell,
                    );
                    self.push(Run { href, ..Run::plain(Fragment::Raw(raw)) });
                }
                _ if code => {
                    self.push(Run {
                        fragment: Fragment::Code(Cow::Borrowed(line)),
                        marks: 0,
                        href,
                    });
                }
                _ => self.push(Run { fragment: Fragment::Text(Cow::Borrowed(line)), marks, href }),
            }
        }
    }

    fn block(&mut self, node: &'a Node, depth: usize) {
        match node.kind.as_ref() {
            "bulletList" | "orderedList" => return self.list(node, depth),
            "table" => {
                for row in &node.content {
                    self.separate();
                    self.row(row, depth);
                }
                return;
            }
            // A row or a column of blocks: each child parts itself.
            "taskList" | "decisionList" | "layoutSection" => {
                return self.all(&node.content, depth + 1);
            }
            "mediaSingle" => {
                let outer = std::mem::replace(&mut self.link, leaf::link(node));
                self.all(&node.content, depth + 1);
                self.link = outer;
                return;
            }
            _ => self.separate(),
        }
        match node.kind.as_ref() {
            "codeBlock" => self.code(node),
            "heading" => self.under(STRONG, |this| this.all(&node.content, depth + 1)),
            "rule" => self.prefix(Cow::Borrowed("---")),
            "taskItem" | "blockTaskItem" => {
                let done = node.attr("state") == Some("DONE");
                self.prefix(Cow::Borrowed(if done { "[x] " } else { "[ ] " }));
                self.all(&node.content, depth + 1);
            }
            "decisionItem" => {
                self.under(STRONG, |this| this.prefix(Cow::Borrowed(decision_label(node))));
                self.prefix(Cow::Borrowed(" "));
                self.all(&node.content, depth + 1);
            }
            "expand" | "nestedExpand" => {
                if let Some(title) = node.attr("title") {
                    self.under(STRONG, |this| this.push_text(Cow::Borrowed(title)));
                }
                self.all(&node.content, depth + 1);
            }
            "media" => {
                let href = leaf::link(node).or(self.link);
                self.push(Run {
                    href,
                    ..Run::plain(Fragment::Raw(leaf::media(node, self.in_cell)))
                });
            }
            "blockCard" | "embedCard" => match leaf::card(node, self.in_cell) {
                Some(card) => self.push(Run::plain(Fragment::Raw(card))),
                None => self.push_text(Cow::Owned(unsupported_label(node))),
            },
            "extension" | "bodiedExtension" => {
                self.push_text(Cow::Owned(extension_label(node)));
                self.all(&node.content, depth + 1);
                if let Some(nested) = nested(node).filter(|nested| !nested.content.is_empty()) {
                    self.separate();
                    for run in
                        collect(&nested.content, self.in_cell).into_iter().flat_map(Run::detached)
                    {
                        self.push(run);
                    }
                }
            }
            _ => self.other(node, depth),
        }
        if self.runs.last().is_some_and(|run| run.fragment != Fragment::Break) {
            self.at_start = false;
        }
    }

    fn other(&mut self, node: &'a Node, depth: usize) {
        if let Some(text) = &node.text {
            self.push_text(Cow::Borrowed(text));
        } else if node.content.is_empty() && !is_known_container(node) {
            self.push_text(Cow::Owned(unsupported_label(node)));
        }
        self.all(&node.content, depth + 1);
    }

    fn list(&mut self, node: &'a Node, depth: usize) {
        self.lists += 1;
        let first = (node.kind == "orderedList").then(|| node.number("order").unwrap_or(1));
        for (item, index) in node.content.iter().zip(0_u64..) {
            self.separate();
            for _ in 1..self.lists {
                self.prefix(Cow::Borrowed("- "));
            }
            self.prefix(match first {
                Some(first) => Cow::Owned(format!("{}. ", first.saturating_add(index))),
                None => Cow::Borrowed("- "),
            });
            self.all(inside(item), depth + 2);
        }
        self.lists -= 1;
    }

    fn row(&mut self, row: &'a Node, depth: usize) {
        for (index, cell) in cells(row).iter().enumerate() {
            if index > 0 {
                self.prefix(Cow::Borrowed(" / "));
            }
            self.all(inside(cell), depth + 3);
        }
    }

    fn code(&mut self, node: &'a Node) {
        for line in code_text(node).lines() {
            self.separate();
            if !line.is_empty() {
                self.push(Run::plain(Fragment::Code(Cow::Owned(line.to_owned()))));
            }
        }
    }

    fn under(&mut self, mark: Marks, write: impl FnOnce(&mut Self)) {
        let outer = self.inherited;
        self.inherited |= mark;
        write(self);
        self.inherited = outer;
    }

    /// Starts a new line, unless one has just been started.
    fn separate(&mut self) {
        if !self.at_start {
            self.push(Run::plain(Fragment::Break));
        }
    }

    /// A marker: what follows stands on the same line.
    fn prefix(&mut self, marker: Cow<'a, str>) {
        self.push_text(marker);
        self.at_start = true;
    }

    fn push_text(&mut self, text: Cow<'a, str>) {
        // Most has none, which is seen of many bytes at a time.
        let has = |byte| text.as_bytes().contains(&byte);
        let text = if has(b'\n') || has(b'\r') {
            Cow::Owned(text.replace(['\n', '\r'], " "))
        } else {
            text
        };
        self.push(Run { fragment: Fragment::Text(text), marks: self.inherited, href: None });
    }

    fn push(&mut self, run: Run<'a>) {
        self.at_start = run.fragment == Fragment::Break;
        self.runs.push(run);
    }
}
