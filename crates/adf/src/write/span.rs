//! Inline content while it is read: open marks and links, and the nodes of the current paragraph so
//! far.

use super::address::{href, is_account_id, status_color};
use super::blank::trimmed;
use super::merge::merged;
use super::scan::{Stretch, mention, scan};
use super::{image, person::Person, subsup};
use crate::node::{Mark, Node};

/// Every piece of a link's text carries its address. Up to this many bytes of it there may be
/// several pieces, with marks and line breaks; in a link with a longer one all is one piece, or a
/// page of text could become one of addresses.
const HREF_BYTES_MAX: usize = 256;

/// The state between two block boundaries.
pub(super) struct Span<'a> {
    people: &'a dyn Fn(&str) -> Option<Person>,
    text: String,
    escaped: Vec<usize>,
    /// How many of each emphasis are open; nesting one in itself means nothing.
    pub(super) strong: usize,
    pub(super) em: usize,
    pub(super) strike: usize,
    links: Vec<Link>,
    /// The outermost link is being closed.
    ends_link: bool,
    nodes: Vec<Node>,
}

/// An open link or image, by what its address makes of it.
enum Link {
    /// A link; the number of nodes there were before it.
    Href(String, usize),
    /// Text, followed by the address it cannot link to.
    Literal(Option<String>),
    /// A mention and its name so far.
    Mention(String, String),
    /// A status and its text so far.
    Status(&'static str, String),
    /// A smart link; its text is its address.
    Card(String, String),
    /// An image on the web, and its description so far.
    Image(String, String),
    /// An image that is a file of the issue, by its name, and its description so far.
    File(String, String),
    /// A link or image inside another one: only its text counts.
    Inner,
}

impl<'a> Span<'a> {
    pub(super) fn new(people: &'a dyn Fn(&str) -> Option<Person>) -> Self {
        Self {
            people,
            text: String::new(),
            escaped: Vec::new(),
            strong: 0,
            em: 0,
            strike: 0,
            links: Vec::new(),
            ends_link: false,
            nodes: Vec::new(),
        }
    }

    /// Text as it was written; `escaped` when its first character stood behind a backslash or was a
    /// reference.
    pub(super) fn push_text(&mut self, text: &str, escaped: bool) {
        let text = text
            .chars()
            .map(|c| if c == '\n' { ' ' } else { c })
            .filter(|c| !c.is_control() || *c == '\t');
        if let Some(label) = self.links.iter_mut().find_map(Link::label) {
            label.extend(text);
            return;
        }
        if escaped {
            self.escaped.push(self.text.len());
        }
        self.text.extend(text);
    }

    /// A line end. To `CommonMark` it is a blank; who writes text for people means a new line.
    pub(super) fn soft_break(&mut self) {
        let follows_break =
            self.text.is_empty() && self.nodes.last().is_some_and(|last| last.kind == "hardBreak");
        if !follows_break || self.captures() {
            self.hard_break();
        }
    }

    pub(super) fn hard_break(&mut self) {
        if self.captures() || self.is_in_long_link() {
            return self.push_text(" ", false);
        }
        self.flush();
        self.nodes.push(Node::new("hardBreak"));
    }

    /// A code span. Code takes no mark but a link. Source: ADF schema, `code_inline_node`.
    pub(super) fn code(&mut self, code: &str) {
        if self.captures() || self.is_in_long_link() {
            return self.push_text(code, false);
        }
        self.flush();
        let code: String = code.chars().filter(|c| !c.is_control() || *c == '\t').collect();
        let mut node = Node::text(code);
        if let Some(Link::Href(href, _)) = self.links.first() {
            node.marks.push(Mark::link(href));
        }
        self.push_node(node.with_mark(Mark::new("code")));
    }

    /// `<sup>`, `</sub>` and the like.
    pub(super) fn subsup(&mut self, tag: subsup::Tag) {
        if self.captures() || self.is_in_long_link() {
            return self.push_text(&tag.written(), false);
        }
        self.flush();
        subsup::apply(&mut self.nodes, tag);
    }

    /// A link or an image. An image of the issue itself stays text: only an upload makes media of
    /// it.
    pub(super) fn open_link(&mut self, address: &str, is_image: bool, is_autolink: bool) {
        self.flush();
        let on_web = href(address).filter(|href| is_image && href.starts_with("http"));
        let in_href = matches!(self.links.as_slice(), [] | [Link::Href(..)]);
        let link = if self.is_in_long_link() {
            Link::Inner
        } else if let Some(url) = on_web.filter(|_| in_href) {
            Link::Image(url.into_owned(), String::new())
        } else if !self.links.is_empty() {
            Link::Inner
        } else if let Some(name) = address.strip_prefix("attachment:").filter(|_| is_image) {
            Link::File(name.to_owned(), String::new())
        } else if let Some(id) =
            address.strip_prefix("accountid:").filter(|id| !is_image && is_account_id(id))
        {
            Link::Mention(id.to_owned(), String::new())
        } else if let Some(color) = address.strip_prefix("status:").filter(|_| !is_image) {
            Link::Status(status_color(color).unwrap_or("neutral"), String::new())
        } else if let Some(href) = href(address) {
            if is_autolink && href.starts_with("http") {
                Link::Card(href.into_owned(), String::new())
            } else {
                Link::Href(href.into_owned(), self.nodes.len())
            }
        } else {
            let own = is_image && address.starts_with("media:");
            let repeated = is_autolink || address.starts_with("accountid:");
            Link::Literal((!own && !repeated).then(|| address.to_owned()))
        };
        self.links.push(link);
    }

    pub(super) fn close_link(&mut self) {
        self.ends_link = self.links.len() == 1;
        self.flush();
        self.ends_link = false;
        match self.links.pop() {
            Some(Link::Href(href, before)) if self.nodes.len() == before => {
                let node = Node::text(href.as_str()).with_mark(Mark::link(&href));
                self.push_node(self.emphasised(node));
            }
            Some(Link::Literal(Some(address))) if !address.is_empty() => {
                let text: String =
                    format!(" ({address})").chars().filter(|c| !c.is_control()).collect();
                self.push_node(self.emphasised(Node::text(text)));
            }
            Some(Link::Mention(id, name)) => {
                self.nodes.push(mention(&id, name.trim().trim_start_matches('@').trim()));
            }
            Some(Link::Status(color, text)) if !text.trim().is_empty() => {
                self.nodes.push(
                    Node::new("status").with_attr("text", text.trim()).with_attr("color", color),
                );
            }
            Some(Link::Card(url, _)) => {
                self.nodes.push(Node::new("inlineCard").with_attr("url", url));
            }
            Some(Link::Image(url, alt)) => {
                let outer = if let Some(Link::Href(href, _)) = self.links.first() {
                    Some(href.as_str())
                } else {
                    None
                };
                self.nodes.push(image::inline(&url, &alt, outer));
            }
            Some(Link::File(name, alt)) => {
                let text = match alt.trim() {
                    "" => name,
                    alt if alt == name => name,
                    alt => format!("{alt} ({name})"),
                };
                let text: String = text.chars().filter(|c| !c.is_control()).collect();
                self.push_node(self.emphasised(Node::text(text)));
            }
            _ => {}
        }
    }

    /// Turns the text collected so far into nodes. Called wherever marks change.
    pub(super) fn flush(&mut self) {
        // An address that is long stands once: what is read of its text is one piece until the link
        // ends.
        if self.text.is_empty() || (self.is_in_long_link() && !self.ends_link) {
            return;
        }
        let text = std::mem::take(&mut self.text);
        let escaped = std::mem::take(&mut self.escaped);
        match self.links.first() {
            None => {
                let mut found = Vec::new();
                scan(&Stretch { text: &text, escaped: &escaped }, self.people, &mut |node| {
                    found.push(node);
                });
                for node in found {
                    let node = if node.kind == "text" { self.emphasised(node) } else { node };
                    self.push_node(node);
                }
            }
            Some(Link::Href(href, _)) => {
                let node = Node::text(text).with_mark(Mark::link(href));
                self.push_node(self.emphasised(node));
            }
            Some(_) => self.push_node(self.emphasised(Node::text(text))),
        }
    }

    /// The nodes since the last block boundary, without blanks and breaks at their ends.
    pub(super) fn take(&mut self) -> Vec<Node> {
        self.flush();
        let mut nodes = std::mem::take(&mut self.nodes);
        if subsup::normalize(&mut nodes) {
            nodes = merged(nodes);
        }
        trimmed(nodes)
    }

    /// Whether a link is open.
    pub(super) fn is_in_link(&self) -> bool {
        !self.links.is_empty()
    }

    /// Whether nothing has been read since the last block boundary.
    pub(super) fn is_empty(&self) -> bool {
        self.text.is_empty() && self.nodes.is_empty() && self.links.is_empty()
    }

    fn captures(&self) -> bool {
        self.links.iter().any(Link::captures)
    }

    fn is_in_long_link(&self) -> bool {
        matches!(self.links.first(), Some(Link::Href(href, _)) if href.len() > HREF_BYTES_MAX)
    }

    fn emphasised(&self, mut node: Node) -> Node {
        for (depth, kind) in [(self.strong, "strong"), (self.em, "em"), (self.strike, "strike")] {
            if depth > 0 {
                node.marks.push(Mark::new(kind));
            }
        }
        node
    }

    fn push_node(&mut self, node: Node) {
        if node.text.as_deref() == Some("") {
            return;
        }
        if let Some(last) = self.nodes.last_mut()
            && last.marks == node.marks
            && let (Some(text), Some(more)) = (&mut last.text, &node.text)
        {
            text.push_str(more);
            return;
        }
        self.nodes.push(node);
    }
}

impl Link {
    /// The text of its own that it collects, if it does.
    fn label(&mut self) -> Option<&mut String> {
        match self {
            Self::Mention(_, label)
            | Self::Status(_, label)
            | Self::Card(_, label)
            | Self::Image(_, label)
            | Self::File(_, label) => Some(label),
            Self::Href(..) | Self::Literal(_) | Self::Inner => None,
        }
    }

    fn captures(&self) -> bool {
        !matches!(self, Self::Href(..) | Self::Literal(_) | Self::Inner)
    }
}
