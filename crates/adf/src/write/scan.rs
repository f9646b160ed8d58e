//! Finds what a stretch of plain text holds beyond text: addresses, mentions, dates, emoji.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::address::{bare_url_bytes, is_account_id, starts_url, url_candidate_bytes};
use super::emoji::emoji_text;
use super::person::Person;
use crate::node::{Mark, Node};

/// The longest name or id looked for between brackets, in bytes.
const NAME_MAX: usize = 200;

/// Text of one paragraph under the same marks.
pub(super) struct Stretch<'t> {
    pub(super) text: &'t str,
    /// Byte offsets of characters written with a backslash, ascending: nothing is found there.
    pub(super) escaped: &'t [usize],
}

/// Hands the pieces of a stretch to `emit`, in order. Text pieces carry no marks yet.
pub(super) fn scan(
    stretch: &Stretch<'_>,
    people: &dyn Fn(&str) -> Option<Person>,
    emit: &mut dyn FnMut(Node),
) {
    let text = stretch.text;
    let mut done = 0;
    let mut at = 0;
    let mut prev: Option<char> = None;
    while let Some(c) = text.get(at..).and_then(|rest| rest.chars().next()) {
        let found = match c {
            'h' | '@' | '[' | ':' | '0'..='9' => stretch.find(at, c, prev, people),
            _ => None,
        };
        match found {
            Some((bytes, Some(node))) => {
                emit_text(text.get(done..at), emit);
                emit(node);
                at += bytes;
                done = at;
                prev = text.get(..at).and_then(|before| before.chars().next_back());
            }
            Some((bytes, None)) => {
                at += bytes;
                prev = text.get(..at).and_then(|before| before.chars().next_back());
            }
            None => {
                at += c.len_utf8();
                prev = Some(c);
            }
        }
    }
    emit_text(text.get(done..), emit);
}

fn emit_text(text: Option<&str>, emit: &mut dyn FnMut(Node)) {
    if let Some(text) = text.filter(|text| !text.is_empty()) {
        emit(Node::text(text));
    }
}

impl Stretch<'_> {
    /// What starts at byte `at`: its length, and its node unless it is text that must not be looked
    /// at again.
    fn find(
        &self,
        at: usize,
        c: char,
        prev: Option<char>,
        people: &dyn Fn(&str) -> Option<Person>,
    ) -> Option<(usize, Option<Node>)> {
        let rest = self.text.get(at..)?;
        let after_word = prev.is_some_and(char::is_alphanumeric);
        if self.is_escaped(at, 1) || (after_word && c != '[') {
            return None;
        }
        match c {
            'h' if starts_url(rest) && !self.is_escaped(at, 8) => match bare_url_bytes(rest) {
                0 => Some((url_candidate_bytes(rest), None)),
                bytes => {
                    let url = rest.get(..bytes)?;
                    Some((bytes, Some(Node::text(url).with_mark(Mark::link(url)))))
                }
            },
            '@' if !self.is_escaped(at + 1, 1) => {
                let name = bracketed(rest.strip_prefix("@[")?)?;
                let person = people(name.trim())?;
                Some((name.len() + 3, Some(mention(&person.account_id, &person.name))))
            }
            '[' => {
                let id = bracketed(rest.strip_prefix("[~accountid:")?)?;
                is_account_id(id).then(|| (id.len() + 13, Some(mention(id, ""))))
            }
            ':' => {
                let name = rest.get(1..)?.split(':').next().filter(|name| name.len() <= 32)?;
                let node = Node::new("emoji").with_attr("shortName", format!(":{name}:"));
                let node = node.with_attr("text", emoji_text(name)?);
                (rest.len() > name.len() + 1).then_some((name.len() + 2, Some(node)))
            }
            '0'..='9' => self.date(at, rest, prev),
            _ => None,
        }
    }

    /// `2026-12-24` that stands alone: not part of a path, a version or a time stamp, and not
    /// quoted like a value.
    fn date(&self, at: usize, rest: &str, prev: Option<char>) -> Option<(usize, Option<Node>)> {
        const BYTES: usize = 10;
        let text = rest.get(..BYTES)?;
        if prev.is_some_and(|prev| "-–/_.\\=+#@&?%:$'\"`‘’‚“”„«»‹›".contains(prev))
            || self.is_escaped(at, BYTES)
        {
            return None;
        }
        let mut after = rest.get(BYTES..)?.chars();
        let goes_on = match after.next() {
            Some('.') => after.next().is_some_and(char::is_alphanumeric),
            Some(',' | ':' | ' ') => after.next().is_some_and(|c| c.is_ascii_digit()),
            Some(c) => c.is_alphanumeric() || "-–/_\\=+@&%#".contains(c),
            None => false,
        };
        if goes_on || !is_date_shaped(text) {
            return None;
        }
        let date: Date = text.parse().ok()?;
        let timestamp: Timestamp = date.to_zoned(TimeZone::UTC).ok()?.timestamp();
        let node = Node::new("date").with_attr("timestamp", timestamp.as_millisecond().to_string());
        Some((BYTES, Some(node)))
    }

    fn is_escaped(&self, at: usize, bytes: usize) -> bool {
        let index = self.escaped.partition_point(|&escaped| escaped < at);
        self.escaped.get(index).is_some_and(|&escaped| escaped < at + bytes)
    }
}

/// A mention node. `name` may be empty: Jira shows the current name whatever is written.
pub(super) fn mention(id: &str, name: &str) -> Node {
    let node = Node::new("mention").with_attr("id", id);
    if name.is_empty() { node } else { node.with_attr("text", format!("@{name}")) }
}

/// The text up to the next `]`, if it is short and holds no other bracket.
fn bracketed(text: &str) -> Option<&str> {
    let end = text.bytes().take(NAME_MAX).position(|byte| matches!(byte, b'[' | b']'))?;
    let name = text.get(..end)?;
    (text.as_bytes().get(end) == Some(&b']') && !name.trim().is_empty()).then_some(name)
}

fn is_date_shaped(text: &str) -> bool {
    text.bytes().enumerate().all(|(index, byte)| match index {
        4 | 7 => byte == b'-',
        _ => byte.is_ascii_digit(),
    })
}
