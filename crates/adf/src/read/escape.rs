//! Escapes text so that it reads back as text, with as few backslashes as that takes: each one
//! costs the agent tokens. Source: `CommonMark` 0.31.2 sections 2.4, 4 and 6; GFM sections 4.10 and
//! 6.5.

use super::run::{EM, Fragment, Run, STRIKE, STRONG};

/// The characters that mark text by standing on both sides of it.
const DELIMITERS: [char; 4] = ['*', '_', '~', '`'];

/// Which of [`DELIMITERS`] can pair up within one inline container.
#[derive(Debug, Clone, Copy)]
pub(super) struct Risk([bool; 4]);

/// Where a piece of text is about to be written.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Context {
    /// The character before it, `None` at the start of a line.
    pub(super) prev: Option<char>,
    /// The character after it, `None` at the end of a line.
    pub(super) next: Option<char>,
    /// At the start of a line, where block markup would be seen.
    pub(super) line_start: bool,
    /// Inside `[…]`.
    pub(super) in_link: bool,
    /// Inside a table cell.
    pub(super) in_cell: bool,
}

impl Risk {
    /// Every delimiter may find a partner.
    pub(super) const ALL: Self = Self([true; 4]);

    /// A lone delimiter run has no partner and needs no escape, so they are counted first.
    pub(super) fn of(runs: &[Run<'_>]) -> Self {
        let mut counts = [0_usize; 4];
        for run in runs {
            let written = match run.fragment {
                Fragment::Code(_) => [0, 0, 0, 2],
                // Not even a backslash keeps a backtick from closing what an earlier one opened.
                Fragment::Raw(ref markdown) => [0, 0, 0, markdown.matches('`').count()],
                _ if run.marks & (STRONG | EM) != 0 => [2, 2, 0, 0],
                _ => [0; 4],
            };
            let struck = if run.marks & STRIKE != 0 { 2 } else { 0 };
            let text = match &run.fragment {
                Fragment::Text(text) if has_delimiters(text) => text.as_ref(),
                _ => "",
            };
            for ((count, delimiter), written) in counts.iter_mut().zip(DELIMITERS).zip(written) {
                *count += written + if delimiter == '~' { struck } else { 0 };
                *count += delimiter_runs(text, delimiter);
            }
        }
        Self(counts.map(|count| count > 1))
    }

    fn covers(self, delimiter: char) -> bool {
        DELIMITERS.iter().zip(self.0).any(|(&known, paired)| paired && known == delimiter)
    }
}

/// Writes `text` to `out` so that it reads back as this text. Control characters are left out.
pub(super) fn escape_into(out: &mut String, text: &str, risk: Risk, context: Context) {
    let mut prev = context.prev;
    let mut rest = if context.line_start { escape_line_start(out, text, &mut prev) } else { text };
    loop {
        // Most text needs nothing, and is taken in one go.
        let (plain, after) = rest.split_at(plain_bytes(rest));
        out.push_str(plain);
        prev = plain.chars().next_back().or(prev);
        rest = after;
        let Some(c) = rest.chars().next() else { return };
        let run = if is_delimiter(c) { run_bytes(rest, c) } else { c.len_utf8() };
        let after = rest.get(run..).unwrap_or_default();
        let next = after.chars().next().or(context.next);
        if is_delimiter(c) {
            let escape = risk.covers(c) && can_delimit(c, prev, next);
            for _ in 0..run {
                if escape {
                    out.push('\\');
                }
                out.push(c);
            }
        } else if !c.is_control() || c == '\t' {
            if needs_escape(c, prev, after, next, context) {
                out.push('\\');
            }
            out.push(c);
        }
        prev = Some(c);
        rest = after;
    }
}

/// How many bytes of text are looked at in one go, without an early end.
const BLOCK_BYTES: usize = 32;

/// The length of the beginning that is written as it is wherever it stands within a line.
fn plain_bytes(text: &str) -> usize {
    let bytes = text.as_bytes();
    let all_plain = |block: &&[u8]| block.iter().fold(true, |all, byte| all & is_plain(*byte));
    let start: usize = bytes.chunks(BLOCK_BYTES).take_while(all_plain).map(<[u8]>::len).sum();
    let rest = bytes.get(start..).unwrap_or_default();
    start + rest.iter().position(|byte| !is_plain(*byte)).unwrap_or(rest.len())
}

/// Adding up faults instead of leaving at the first one lets many bytes be looked at at once.
#[inline]
fn is_plain(byte: u8) -> bool {
    let is = |mark: u8| u8::from(byte == mark);
    let control = u8::from(byte.wrapping_sub(b' ') > b'~' - b' ');
    let delimiter = is(b'*') | is(b'_') | is(b'~') | is(b'`');
    let bracket = is(b'[') | is(b']') | is(b'<') | is(b'!');
    control | delimiter | bracket | is(b'\\') | is(b'&') | is(b'|') == 0
}

/// Whether any of [`DELIMITERS`] is in the text.
fn has_delimiters(text: &str) -> bool {
    let is = |byte: u8, mark: u8| u8::from(byte == mark);
    let found = |byte: u8| is(byte, b'*') | is(byte, b'_') | is(byte, b'~') | is(byte, b'`');
    text.as_bytes()
        .chunks(BLOCK_BYTES)
        .any(|block| block.iter().fold(0, |any, byte| any | found(*byte)) != 0)
}

fn needs_escape(
    c: char,
    prev: Option<char>,
    after: &str,
    next: Option<char>,
    context: Context,
) -> bool {
    match c {
        '\\' => next.is_none_or(|next| next.is_ascii_punctuation()),
        '[' => context.in_link || prev == Some('@') || after.starts_with("~accountid:"),
        ']' => context.in_link || next == Some('('),
        '!' => after.is_empty() && next == Some('['),
        '<' => {
            next.is_some_and(|next| next.is_ascii_alphabetic() || matches!(next, '/' | '!' | '?'))
                || is_email(after)
        }
        '&' => starts_entity(after),
        '|' => context.in_cell,
        _ => false,
    }
}

/// Escapes what would start a block, and answers the text that is left.
fn escape_line_start<'t>(out: &mut String, text: &'t str, prev: &mut Option<char>) -> &'t str {
    let Some(first) = text.chars().next() else { return text };
    let ends_word = |rest: &str| rest.chars().next().is_none_or(char::is_whitespace);
    let after = |bytes: usize| text.get(bytes..).unwrap_or_default();
    let rule_like =
        || text.chars().all(|c| matches!(c, '-' | '=' | '_' | '*' | '|' | ':' | ' ' | '\t'));
    let escape = match first {
        '#' => run_bytes(text, '#') <= 6 && ends_word(after(run_bytes(text, '#'))),
        '>' => true,
        '-' | '+' | '*' => ends_word(after(1)) || rule_like(),
        '=' | '_' | '|' | ':' => rule_like(),
        '~' | '`' => run_bytes(text, first) >= 3,
        '[' => {
            ["[!", "[ ]", "[x]", "[X]"].iter().any(|start| text.starts_with(start))
                || text.contains("]:")
        }
        '0'..='9' => {
            let digits = text.bytes().take_while(u8::is_ascii_digit).count();
            let numbered = after(digits).starts_with(['.', ')']) && ends_word(after(digits + 1));
            if !numbered || digits > 9 {
                return text;
            }
            out.push_str(text.get(..digits).unwrap_or_default());
            out.push('\\');
            *prev = Some('\\');
            return after(digits);
        }
        _ => false,
    };
    if !escape {
        return text;
    }
    out.push('\\');
    out.push(first);
    *prev = Some(first);
    after(first.len_utf8())
}

fn is_delimiter(c: char) -> bool {
    DELIMITERS.contains(&c)
}

fn run_bytes(text: &str, c: char) -> usize {
    text.chars().take_while(|&other| other == c).count() * c.len_utf8()
}

/// Whether a run of `delimiter` between these two characters can open or close anything.
fn can_delimit(delimiter: char, prev: Option<char>, next: Option<char>) -> bool {
    let space = |c: Option<char>| c.is_none_or(char::is_whitespace);
    let word = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    match delimiter {
        '`' => true,
        '_' => !(space(prev) && space(next) || word(prev) && word(next)),
        _ => !(space(prev) && space(next)),
    }
}

fn delimiter_runs(text: &str, delimiter: char) -> usize {
    if !text.contains(delimiter) {
        return 0;
    }
    let mut count = 0;
    // A neighbour outside this text is unknown, so an edge counts as one that could pair.
    let mut prev = Some('.');
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        if c == delimiter {
            while chars.next_if_eq(&delimiter).is_some() {}
            let next = chars.peek().copied().or(Some('.'));
            count += usize::from(can_delimit(delimiter, prev, next));
        }
        prev = Some(c);
    }
    count
}

/// Whether what follows a `<` can be read as `<name@host>`.
fn is_email(after: &str) -> bool {
    let word = after.split(|c: char| c.is_whitespace() || c == '<').next().unwrap_or_default();
    word.contains('@') && word.contains('>')
}

/// `amp;`, `#38;`, `#x26;`: what after `&` makes a character reference. Source: `CommonMark`
/// section 2.5.
fn starts_entity(after: &str) -> bool {
    let name = after.strip_prefix('#').unwrap_or(after);
    let length = name.bytes().take(40).take_while(u8::is_ascii_alphanumeric).count();
    length > 0 && name.as_bytes().get(length) == Some(&b';')
}
