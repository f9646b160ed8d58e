//! Writes the runs of one inline container as Markdown: opens and closes marks and links around
//! them.

use super::escape::{Context, Risk, escape_into};
use super::leaf::{code_span, destination};
use super::normalize_runs::normalize_runs;
use super::run::{EM, Fragment, Marks, Run, STRIKE, STRONG, is_wordish};
use crate::write::bare_url_bytes;

/// What surrounds the container.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    /// Lines of a paragraph; a break is a backslash.
    Paragraph,
    /// One line after `#`.
    Heading,
    /// A table cell.
    Cell,
}

/// Writes `runs` to `out`; `prefix` starts every further line.
pub(super) fn write_runs(out: &mut String, prefix: &str, runs: Vec<Run<'_>>, mode: Mode) {
    let runs = normalize_runs(runs);
    let risk = Risk::of(&runs);
    let mut emitter = Emitter { out, prefix, mode, risk, line_start: mode == Mode::Paragraph };
    let mut rest = runs.as_slice();
    while let Some(first) = rest.first() {
        let length = rest.iter().take_while(|run| run.href == first.href).count();
        let (group, after) = rest.split_at(length);
        emitter.group(group, after);
        rest = after;
    }
    if mode == Mode::Heading {
        keep_closing_hashes(out);
    }
}

struct Emitter<'o> {
    out: &'o mut String,
    prefix: &'o str,
    mode: Mode,
    risk: Risk,
    line_start: bool,
}

impl Emitter<'_> {
    /// Runs that share a link, or that share having none.
    fn group(&mut self, group: &[Run<'_>], after: &[Run<'_>]) {
        let Some(href) = group.first().and_then(|run| run.href) else {
            let next = after.first().map(|_| '[');
            self.marked(group, next, false);
            return;
        };
        if let [Run { fragment: Fragment::Text(text), marks: 0, .. }] = group
            && href.strip_prefix("mailto:") == Some(text)
            && is_autolinked_email(text)
        {
            self.out.extend(["<", text, ">"]);
            self.line_start = false;
            return;
        }
        if self.is_bare_link(group, after, href) {
            self.out.push_str(href);
            self.line_start = false;
            return;
        }
        self.out.push('[');
        self.line_start = false;
        self.marked(group, Some(']'), true);
        self.out.push_str("](");
        destination(self.out, href, self.mode == Mode::Cell);
        self.out.push(')');
    }

    /// A link whose text is its address, standing where reading back would find exactly it.
    fn is_bare_link(&self, group: &[Run<'_>], after: &[Run<'_>], href: &str) -> bool {
        let [Run { fragment: Fragment::Text(text), marks: 0, .. }] = group else { return false };
        let ends = match after.first().map(|run| &run.fragment) {
            None | Some(Fragment::Break) => true,
            Some(Fragment::Text(next))
                if after.first().is_some_and(|run| run.marks == 0 && run.href.is_none()) =>
            {
                let next = next.trim_start_matches(['.', ',', ';', ':', '?', '!']);
                next.is_empty() || next.starts_with(char::is_whitespace)
            }
            Some(_) => false,
        };
        let starts = self.out.chars().next_back().is_none_or(|prev| !prev.is_alphanumeric());
        if !ends || !starts || text != href || bare_url_bytes(href) != href.len() {
            return false;
        }
        let mut escaped = String::with_capacity(href.len());
        let context = Context { in_cell: self.mode == Mode::Cell, ..Context::default() };
        escape_into(&mut escaped, href, Risk::ALL, context);
        escaped == href
    }

    /// Runs under their marks, which all open and close within.
    fn marked(&mut self, runs: &[Run<'_>], next_outside: Option<char>, in_link: bool) {
        let mut open: Vec<(Marks, &'static str)> = Vec::new();
        let mut rest = runs;
        while let Some((run, after)) = rest.split_first() {
            let stays = open.iter().take_while(|(mark, _)| run.marks & mark != 0).count();
            self.close(&mut open, stays);
            let is_open = |mark: Marks| open.iter().any(|(other, _)| *other == mark);
            let opens = [STRONG, EM, STRIKE]
                .into_iter()
                .any(|mark| run.marks & mark != 0 && !is_open(mark));
            let mut skipped = 0;
            if opens {
                // A delimiter before white space opens nothing.
                skipped = self.leading_space(run);
                if !run.is_space() {
                    self.open(&mut open, rest, next_outside);
                }
            }
            let next = match after.first() {
                Some(next) if next.fragment == Fragment::Break && self.mode == Mode::Paragraph => {
                    Some('\\')
                }
                Some(next) if next.fragment == Fragment::Break => Some('<'),
                Some(next) if next.marks == run.marks => Some(next.first()),
                None if open.is_empty() => next_outside,
                _ => Some('*'),
            };
            self.fragment(run, skipped, next, in_link);
            rest = after;
        }
        self.close(&mut open, 0);
    }

    fn close(&mut self, open: &mut Vec<(Marks, &'static str)>, stays: usize) {
        for (_, delimiter) in open.drain(stays..).rev() {
            self.out.push_str(delimiter);
        }
    }

    /// Opens the marks of the first run that are not open, the one that lasts longest first.
    fn open(
        &mut self,
        open: &mut Vec<(Marks, &'static str)>,
        runs: &[Run<'_>],
        next_outside: Option<char>,
    ) {
        let Some(run) = runs.first() else { return };
        let missing =
            |mark: &Marks| run.marks & mark != 0 && open.iter().all(|(other, _)| other != mark);
        let lasts = |mark: Marks| runs.iter().take_while(|run| run.marks & mark != 0).count();
        let mut marks: Vec<(usize, Marks)> = [STRONG, EM, STRIKE]
            .into_iter()
            .filter(missing)
            .map(|mark| (lasts(mark), mark))
            .collect();
        marks.sort_by_key(|&(length, mark)| (usize::MAX - length, mark));
        for (length, mark) in marks {
            let next = runs.get(length).map(Run::first).or(next_outside).unwrap_or(' ');
            let prev = self.out.chars().next_back().unwrap_or(' ');
            let delimiter = match mark {
                STRONG => "**",
                STRIKE => "~~",
                // An underscore cannot stand beside a letter, an asterisk is easily taken for half
                // of `**`.
                _ if is_wordish(prev) || is_wordish(next) => "*",
                _ => "_",
            };
            self.out.push_str(delimiter);
            open.push((mark, delimiter));
            self.line_start = false;
        }
    }

    /// Writes the white space a run starts with, and answers its length.
    fn leading_space(&mut self, run: &Run<'_>) -> usize {
        let Fragment::Text(text) = &run.fragment else { return 0 };
        let (space, _) = text.split_at(text.len() - text.trim_start().len());
        self.out.push_str(space);
        space.len()
    }

    /// Writes a run without its first `skipped` bytes.
    fn fragment(&mut self, run: &Run<'_>, skipped: usize, next: Option<char>, in_link: bool) {
        let in_cell = self.mode == Mode::Cell;
        match &run.fragment {
            Fragment::Text(text) => {
                let prev = self.out.chars().next_back().filter(|_| !self.line_start);
                let context = Context { prev, next, line_start: self.line_start, in_link, in_cell };
                escape_into(self.out, text.get(skipped..).unwrap_or_default(), self.risk, context);
            }
            Fragment::Code(text) => code_span(self.out, text, in_cell),
            Fragment::Raw(markdown) => self.out.push_str(markdown),
            Fragment::Break if self.mode == Mode::Paragraph => {
                self.out.push_str("\\\n");
                self.out.push_str(self.prefix);
            }
            Fragment::Break => self.out.push_str("<br>"),
        }
        self.line_start = self.mode == Mode::Paragraph && run.fragment == Fragment::Break;
    }
}

/// Whether `<text>` is read as an address. Source: `CommonMark` section 6.5, kept to what
/// everybody's have.
fn is_autolinked_email(text: &str) -> bool {
    let safe = |part: &str| {
        let edges =
            part.starts_with(|c: char| c.is_ascii_alphanumeric()) && !part.ends_with(['-', '.']);
        edges
            && part.bytes().all(|byte| {
                byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_' | b'+')
            })
    };
    let domain = |part: &str| {
        safe(part) && !part.contains(['_', '+']) && !part.contains("..") && part.len() < 64
    };
    text.split_once('@').is_some_and(|(name, host)| safe(name) && domain(host))
}

/// Hashes at the end of a heading would be taken for its closing sequence. Source: `CommonMark`
/// section 4.2.
fn keep_closing_hashes(out: &mut String) {
    let kept = out.trim_end_matches('#');
    if kept.len() < out.len() && kept.ends_with(' ') {
        out.insert(kept.len(), '\\');
    }
}
