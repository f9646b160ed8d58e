//! HTML in Markdown: text, but for the few tags that say what nothing else can.

use super::{builder::Builder, subsup};

impl Builder<'_> {
    /// HTML is shown as written, except the line break that tables and headings have no other
    /// spelling for.
    pub(super) fn html(&mut self, html: &str) {
        let line = html.trim_end_matches(['\n', '\r']);
        let name: String = line.chars().filter(|c| !c.is_whitespace()).collect();
        if name.eq_ignore_ascii_case("<br>") || name.eq_ignore_ascii_case("<br/>") {
            self.span.hard_break();
            return;
        }
        if let Some(tag) = subsup::Tag::of(html) {
            return self.span.subsup(tag);
        }
        if self.in_html {
            self.span.hard_break();
        }
        self.in_html = line.len() < html.len();
        self.span.push_text(line, false);
    }
}
