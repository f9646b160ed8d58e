//! Indents lists below numbered items as far as the parser needs: `1. Step` wants three blanks
//! before what belongs to it, and many people and models write two. Without them one list would
//! become three.

use std::borrow::Cow;

/// An open list item.
struct Item {
    /// Columns before its marker, as written.
    indent: usize,
    /// The column its content starts at, after what was added.
    content: usize,
    is_numbered: bool,
    /// Blanks that are added to the lines below it.
    added: usize,
}

/// The text with such lists indented; nothing else is touched.
pub(super) fn below_numbers(markdown: Cow<'_, str>) -> Cow<'_, str> {
    let mut out: Option<String> = None;
    let mut start = 0;
    let mut lines = Lines::default();
    for line in markdown.split_inclusive('\n') {
        let (at, added) = lines.next(line);
        if added > 0 && out.is_none() {
            out = Some(markdown.get(..start).unwrap_or_default().to_owned());
        }
        if let Some(out) = &mut out {
            let (quote, rest) = line.split_at(at);
            out.push_str(quote);
            out.extend(std::iter::repeat_n(' ', added));
            out.push_str(rest);
        }
        start += line.len();
    }
    out.map_or(markdown, Cow::Owned)
}

/// What is open at the line that comes next.
#[derive(Default)]
struct Lines {
    items: Vec<Item>,
    /// The fence of an open code block, and how many blanks its lines get.
    fence: Option<(char, usize, usize)>,
    /// How many quote marks the last line started with.
    quotes: usize,
    after_blank: bool,
}

impl Lines {
    /// Where blanks are to be added to a line, and how many.
    fn next(&mut self, line: &str) -> (usize, usize) {
        let (at, quotes) = quote_marks(line);
        let rest = line.get(at..).unwrap_or_default();
        if quotes != self.quotes {
            *self = Self { quotes, ..Self::default() };
        }
        let text = rest.trim();
        if text.is_empty() {
            self.after_blank = true;
            return (at, 0);
        }
        (at, self.added(rest, text))
    }

    fn added(&mut self, rest: &str, text: &str) -> usize {
        let after_blank = std::mem::take(&mut self.after_blank);
        if let Some((mark, length, added)) = self.fence {
            if run(text, mark) >= length && text.trim_start_matches(mark).is_empty() {
                self.fence = None;
            }
            return added;
        }
        let Some(indent) = columns(rest) else {
            self.items.clear();
            return 0;
        };
        let marker = marker(text);
        if marker.is_some() || after_blank {
            while self.items.pop_if(|item| indent <= item.indent).is_some() {}
        }
        let Some(parent) = self.items.last_mut().filter(|item| indent > item.indent) else {
            self.open_fence(text, 0);
            // Further in it is code, not a list.
            if let Some((bytes, is_numbered)) =
                marker.filter(|_| indent < 4 && self.items.is_empty())
            {
                self.items.push(Item { indent, content: indent + bytes, is_numbered, added: 0 });
            }
            return 0;
        };
        let mut added = parent.added;
        if let Some((bytes, is_numbered)) = marker.filter(|_| indent + added < parent.content + 4) {
            // A number one blank further in is one of the same list that is not aligned.
            let is_below = parent.is_numbered && (!is_numbered || indent > parent.indent + 1);
            let lacking = parent.content.saturating_sub(indent + added);
            if lacking > 0 && is_below {
                parent.added += lacking;
                added += lacking;
            }
            let content = indent + added + bytes;
            self.items.push(Item { indent, content, is_numbered, added });
        }
        self.open_fence(text, added);
        added
    }

    fn open_fence(&mut self, text: &str, added: usize) {
        for mark in ['`', '~'] {
            let length = run(text, mark);
            if length >= 3 && (mark == '~' || !text.trim_start_matches(mark).contains(mark)) {
                self.fence = Some((mark, length, added));
            }
        }
    }
}

/// How many bytes the quote marks at the start of a line take, and how many they are.
fn quote_marks(line: &str) -> (usize, usize) {
    let (mut at, mut count) = (0, 0);
    while let Some(rest) = line.get(at..) {
        let blanks = rest.bytes().take_while(|byte| *byte == b' ').count();
        if blanks > 3 || rest.as_bytes().get(blanks) != Some(&b'>') {
            break;
        }
        at += blanks + 1;
        at += usize::from(line.as_bytes().get(at) == Some(&b' '));
        count += 1;
    }
    (at, count)
}

/// The columns of blanks at the start of a line; none with tabs, which reach far enough.
fn columns(line: &str) -> Option<usize> {
    let blanks = line.bytes().take_while(|byte| *byte == b' ').count();
    (line.as_bytes().get(blanks) != Some(&b'\t')).then_some(blanks)
}

/// The length of a list marker with its blanks, and whether it is a number.
fn marker(text: &str) -> Option<(usize, bool)> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let is_numbered = (1..10).contains(&digits);
    let signs: &[char] = if is_numbered { &['.', ')'] } else { &['-', '+', '*'] };
    let rest = text.get(if is_numbered { digits } else { 0 }..)?.strip_prefix(signs)?;
    let blanks = rest.bytes().take_while(|byte| *byte == b' ').count();
    let ends = rest.trim_start_matches(' ').is_empty();
    let blanks = if blanks > 4 || ends { 1 } else { blanks };
    (ends || rest.starts_with(' ')).then_some((text.len() - rest.len() + blanks, is_numbered))
}

fn run(text: &str, mark: char) -> usize {
    text.chars().take_while(|c| *c == mark).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(markdown: &str, expected: &str) {
        assert_eq!(below_numbers(Cow::Borrowed(markdown)), expected, "{markdown:?}");
    }

    #[test]
    fn lists_below_numbers_get_what_they_lack() {
        check("1. a\n  - b\n  - c\n2. d", "1. a\n   - b\n   - c\n2. d");
        check("1. a\n - b\n   - c\n2. d\n  - e", "1. a\n   - b\n     - c\n2. d\n   - e");
        check("10. a\n  - b\n    more\n\n    end", "10. a\n    - b\n      more\n\n      end");
        check("1. a\n  1. b\n  2. c\n2. d", "1. a\n   1. b\n   2. c\n2. d");
        check("- a\n  1. b\n    - c", "- a\n  1. b\n     - c");
        check("> 1. a\n>   - b\n> 2. c", "> 1. a\n>    - b\n> 2. c");
        check(
            "1. a\n  - b\n    ```\n    1. x\n      - y\n    ```\n2. c",
            "1. a\n   - b\n     ```\n     1. x\n       - y\n     ```\n2. c",
        );
    }

    #[test]
    fn all_else_stays() {
        for same in [
            "1. a\n   - b\n2. c",
            "1. a\n 2. b\n3. c",
            "- a\n - b\n  - c",
            "* a\n  * b",
            "1. a\n\t- b",
            "```\n1. a\n  - b\n```",
            "    1. a\n      - b",
            "1. a\n\ntext\n  - b",
            "1.a\n  - b",
            "text 1. a\n  - b",
            "1. a\ntext\n2. b",
            "> 1. a\n\n  - b",
            "",
        ] {
            check(same, same);
        }
    }
}
