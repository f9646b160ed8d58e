//! Turns the parser's events into a tree that is still shaped like Markdown; [`super::normalize`]
//! fits it to ADF.

use std::ops::Range;

use pulldown_cmark::{Event, LinkType, Options, Parser, Tag, TagEnd};

use super::definitions::{Definitions, placeholder};
use super::span::Span;
use super::{alert, code, extra, image, person::Person};
use crate::node::Node;

/// How many containers may be open at once. Deeper ones are left out and their content stands in
/// the last one; the document must stay below the 128 levels JSON parsers take, and each node is
/// two of them.
const DEPTH_MAX: usize = 40;

/// Collects events into a document.
pub(super) struct Builder<'a> {
    source: &'a str,
    people: &'a dyn Fn(&str) -> Option<Person>,
    pub(super) span: Span<'a>,
    /// Open containers, the document first.
    stack: Vec<Node>,
    /// For each open container tag, whether it is on the stack.
    entered: Vec<bool>,
    code: Option<(String, String)>,
    /// Where the last text ended in the source.
    text_end: usize,
    pub(super) in_html: bool,
    /// Where the last cell of a table ended.
    cell_end: usize,
    /// Where the open row of a table ends.
    row_end: Option<usize>,
    /// The title of a panel is being read; the marker before it ends here.
    title: Option<usize>,
    definitions: Definitions,
}

impl<'a> Builder<'a> {
    fn new(source: &'a str, people: &'a dyn Fn(&str) -> Option<Person>) -> Self {
        Self {
            source,
            people,
            span: Span::new(people),
            stack: vec![Node::new("doc")],
            entered: Vec::new(),
            code: None,
            text_end: 0,
            in_html: false,
            cell_end: 0,
            row_end: None,
            title: None,
            definitions: Definitions::default(),
        }
    }

    /// The tree that a text is, still shaped like Markdown.
    pub(super) fn tree(markdown: &'a str, people: &'a dyn Fn(&str) -> Option<Person>) -> Node {
        let options = Options::ENABLE_TABLES
            | Options::ENABLE_STRIKETHROUGH
            | Options::ENABLE_TASKLISTS
            | Options::ENABLE_GFM;
        let mut builder = Self::new(markdown, people);
        for (event, range) in Parser::new_ext(markdown, options).into_offset_iter() {
            builder.event(event, &range);
        }
        builder.finish()
    }

    /// The document, with everything that is still open closed.
    fn finish(mut self) -> Node {
        self.end_paragraph();
        self.skip_to(self.source.len());
        while self.stack.len() > 1 {
            self.close_top();
        }
        self.definitions.resolve(self.stack.pop().unwrap_or_default())
    }

    fn event(&mut self, event: Event<'_>, range: &Range<usize>) {
        let ends_container =
            matches!(event, Event::End(TagEnd::Item | TagEnd::List(_) | TagEnd::BlockQuote(_)));
        if self.span.is_empty() || ends_container {
            self.skip_to(if ends_container { range.end } else { range.start });
        }
        let is_container =
            matches!(event, Event::Start(Tag::Item | Tag::List(_) | Tag::BlockQuote(_)));
        self.definitions.seen(if is_container { range.start } else { range.end });
        match event {
            Event::Start(tag) => self.start(tag, range),
            Event::End(tag) => self.end(tag, range),
            Event::Text(text) => self.text(&text, range),
            Event::Code(code) => self.span.code(&code),
            Event::Html(html) | Event::InlineHtml(html) => self.html(&html),
            Event::SoftBreak | Event::HardBreak
                if self.title.is_some() && !self.span.is_in_link() =>
            {
                self.end_paragraph();
            }
            Event::SoftBreak => self.span.soft_break(),
            Event::HardBreak => self.span.hard_break(),
            Event::Rule => {
                self.end_paragraph();
                self.push(Node::new("rule"));
            }
            Event::TaskListMarker(done) => match self.stack.last_mut() {
                Some(item) if item.kind == "listItem" => {
                    item.attrs.insert("done", done.into());
                }
                _ => self.span.push_text(if done { "[x] " } else { "[ ] " }, true),
            },
            Event::InlineMath(text) | Event::DisplayMath(text) | Event::FootnoteReference(text) => {
                self.span.push_text(&text, false);
            }
        }
    }

    fn start(&mut self, tag: Tag<'_>, range: &Range<usize>) {
        match tag {
            Tag::Emphasis => self.mark(|span| span.em += 1),
            Tag::Strong => self.mark(|span| span.strong += 1),
            Tag::Strikethrough => self.mark(|span| span.strike += 1),
            Tag::Link { link_type: LinkType::Email, dest_url, .. } => {
                self.span.open_link(&format!("mailto:{dest_url}"), false, true);
            }
            Tag::Link { link_type, dest_url, id, .. } => {
                self.definitions.refer(&id);
                self.span.open_link(&dest_url, false, link_type == LinkType::Autolink);
            }
            Tag::Image { dest_url, id, .. } => {
                self.definitions.refer(&id);
                self.span.open_link(&dest_url, true, false);
            }
            Tag::Paragraph => {
                self.end_paragraph();
                self.begin_title(range.start);
            }
            block => {
                self.end_paragraph();
                if matches!(block, Tag::TableHead | Tag::TableRow) {
                    self.row_end = Some(range.end);
                }
                self.start_block(block);
            }
        }
    }

    fn start_block(&mut self, tag: Tag<'_>) {
        match tag {
            Tag::BlockQuote(kind) => self.enter(alert::quote(kind), true),
            Tag::List(start) => {
                let list = match start {
                    None => Node::new("bulletList"),
                    Some(1) => Node::new("orderedList"),
                    Some(start) => Node::new("orderedList").with_attr("order", start),
                };
                self.enter(list, true);
            }
            Tag::Item => {
                self.enter(Node::new("listItem"), self.is_in(&["bulletList", "orderedList"]));
            }
            Tag::Table(_) => self.enter(Node::new("table"), true),
            Tag::TableHead | Tag::TableRow => {
                self.enter(Node::new("tableRow"), self.is_in(&["table"]));
            }
            Tag::CodeBlock(kind) => self.code = Some((code::language(&kind), String::new())),
            Tag::HtmlBlock => self.in_html = false,
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd, range: &Range<usize>) {
        match tag {
            TagEnd::Emphasis => self.mark(|span| span.em = span.em.saturating_sub(1)),
            TagEnd::Strong => self.mark(|span| span.strong = span.strong.saturating_sub(1)),
            TagEnd::Strikethrough => self.mark(|span| span.strike = span.strike.saturating_sub(1)),
            TagEnd::Link | TagEnd::Image => self.span.close_link(),
            TagEnd::Heading(level) => {
                let content = self.span.take();
                if !content.is_empty() {
                    self.push(
                        Node::new("heading").with_attr("level", level as u64).with_content(content),
                    );
                }
            }
            TagEnd::CodeBlock => {
                if let Some((language, text)) = self.code.take() {
                    self.push(code::block(&language, &text));
                }
            }
            // The parser fills short rows up, each cell of it at the row's end. Who wrote none has
            // none: filled up, a table would cost the product of its rows and columns.
            TagEnd::TableCell if self.is_in(&["tableRow"]) && self.is_filled_up(range) => {
                self.span.take();
            }
            TagEnd::TableCell if self.is_in(&["tableRow"]) => {
                let first_row =
                    self.stack.iter().nth_back(1).is_some_and(|table| table.content.is_empty());
                let paragraph =
                    Node::new("paragraph").with_content(image::as_links(self.span.take()));
                self.cell_end = range.end;
                let cell = Node::new(if first_row { "tableHeader" } else { "tableCell" });
                self.push(cell.with_content(vec![paragraph]));
            }
            TagEnd::BlockQuote(_)
            | TagEnd::List(_)
            | TagEnd::Item
            | TagEnd::Table
            | TagEnd::TableHead
            | TagEnd::TableRow => {
                self.end_paragraph();
                if let Some(row) = self.stack.last_mut().filter(|top| top.kind == "tableRow") {
                    let left_out = self.source.get(self.cell_end..range.end).unwrap_or_default();
                    // The text of the cells is parsed like any other, by a builder of its own.
                    extra::add(row, left_out, |line| Builder::tree(line, self.people));
                }
                if self.entered.pop() == Some(true) {
                    self.close_top();
                }
            }
            _ => self.end_paragraph(),
        }
    }

    fn text(&mut self, text: &str, range: &Range<usize>) {
        if let Some((_, code)) = &mut self.code {
            code.push_str(text);
            return;
        }
        // The marker before a title is no text of it.
        let marker = self.title.map_or(0, |start| start.saturating_sub(range.start));
        let text = text.get(marker..).unwrap_or_default();
        let behind_backslash = range.start > self.text_end
            && range.start.checked_sub(1).and_then(|at| self.source.as_bytes().get(at))
                == Some(&b'\\');
        let reference =
            self.source.get(range.start + marker..range.end).is_some_and(|source| source != text);
        self.span.push_text(text, behind_backslash || reference);
        self.text_end = range.end;
    }

    fn mark(&mut self, change: impl FnOnce(&mut Span<'a>)) {
        self.span.flush();
        change(&mut self.span);
    }

    fn enter(&mut self, node: Node, fits: bool) {
        // A list needs room for its items, a table for rows and cells.
        let room = if fits && node.kind != "listItem" && node.kind != "tableRow" { 3 } else { 0 };
        let enters = fits && self.stack.len() + room < DEPTH_MAX;
        self.entered.push(enters);
        if enters {
            self.stack.push(node);
        }
    }

    /// Whether a cell is none of the source: it begins where its row ends.
    fn is_filled_up(&self, range: &Range<usize>) -> bool {
        self.row_end.is_some_and(|end| range.start >= end)
    }

    fn is_in(&self, kinds: &[&str]) -> bool {
        self.stack.last().is_some_and(|top| kinds.contains(&top.kind.as_ref()))
    }

    /// Keeps what the parser has passed over without an event, up to byte `start` of the source.
    fn skip_to(&mut self, start: usize) {
        for (label, line) in self.definitions.skipped(self.source, start) {
            self.end_paragraph();
            self.span.push_text(line, false);
            let content = self.span.take();
            self.push(placeholder(label, content));
        }
    }

    /// A quote that begins with the marker of a panel and a title is that panel, the title its
    /// first line.
    fn begin_title(&mut self, start: usize) {
        let Some(quote) =
            self.stack.last_mut().filter(|top| top.kind == "blockquote" && top.content.is_empty())
        else {
            return;
        };
        if let Some((panel, bytes)) = self.source.get(start..).and_then(alert::marker) {
            *quote = Node::new("panel").with_attr("panelType", panel);
            self.title = Some(start + bytes);
            self.span.strong += 1;
        }
    }

    /// Whatever inline content there is becomes a paragraph.
    fn end_paragraph(&mut self) {
        let content = self.span.take();
        if self.title.take().is_some() {
            self.span.strong = self.span.strong.saturating_sub(1);
        }
        self.in_html = false;
        if !content.is_empty() {
            self.push(Node::new("paragraph").with_content(content));
        }
    }

    fn push(&mut self, node: Node) {
        // The parser gives up within a table that would grow too large; the rest stands below what
        // there is of it.
        if node.kind != "tableRow"
            && self.is_in(&["table"])
            && let Some(entered) = self.entered.iter_mut().rfind(|entered| **entered)
        {
            *entered = false;
            self.close_top();
        }
        if let Some(top) = self.stack.last_mut() {
            top.content.push(node);
        }
    }

    fn close_top(&mut self) {
        if let Some(node) = self.stack.pop() {
            self.push(node);
        }
    }
}
