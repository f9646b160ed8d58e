//! HTML and SVG as the text that a person would see: no tags, no scripts, no comments.
//!
//! This is no HTML parser. Its promise is about what does not come out: the result holds no `<` at
//! all, so that nothing which shows it can take it for markup.

/// What stands between these is never seen, and in HTML a `/` at the end of one does not close it.
const HIDDEN: &[&str] = &["script", "style", "template", "noscript", "iframe", "object"];

/// The same of SVG, where it does.
const HIDDEN_IN_SVG: &[&str] = &["metadata", "defs", "desc"];

/// These begin a new line.
const BLOCKS: &[&str] = &[
    "address",
    "article",
    "aside",
    "blockquote",
    "br",
    "dd",
    "div",
    "dl",
    "dt",
    "fieldset",
    "figure",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hr",
    "li",
    "main",
    "nav",
    "ol",
    "option",
    "p",
    "pre",
    "section",
    "table",
    "text",
    "title",
    "tr",
    "tspan",
    "ul",
];

/// The visible text. Blank lines and runs of spaces shrink to one; `<` and `>` stay escaped.
pub(super) fn visible(markup: &str) -> String {
    let mut text = Text::default();
    let mut rest = markup;
    let mut hidden: Option<&'static str> = None;
    while let Some(at) = rest.find('<') {
        let (before, from) = rest.split_at(at);
        if hidden.is_none() {
            text.push(before);
        }
        let Some(tag) = Tag::at(from) else {
            if hidden.is_none() {
                text.push("&lt;");
            }
            rest = from.get(1..).unwrap_or_default();
            continue;
        };
        rest = tag.rest;
        match hidden {
            Some(name) if tag.closes && tag.is(name) => hidden = None,
            Some(_) => {}
            None => {
                if !tag.closes {
                    let in_svg = HIDDEN_IN_SVG.iter().filter(|_| !tag.is_empty);
                    hidden = HIDDEN.iter().chain(in_svg).copied().find(|name| tag.is(name));
                }
                if BLOCKS.iter().any(|name| tag.is(name)) {
                    text.line();
                } else if tag.is("td") || tag.is("th") {
                    text.push(" ");
                }
            }
        }
    }
    if hidden.is_none() {
        text.push(rest);
    }
    text.finish()
}

/// Something in angle brackets, and what follows it.
struct Tag<'a> {
    name: &'a str,
    closes: bool,
    is_empty: bool,
    rest: &'a str,
}

impl<'a> Tag<'a> {
    /// Reads a tag, a comment or a declaration; none when the `<` is a mere character.
    fn at(from: &'a str) -> Option<Self> {
        let inside = from.strip_prefix('<')?;
        let unnamed = |rest| Some(Self { name: "", closes: false, is_empty: true, rest });
        if let Some(comment) = inside.strip_prefix("!--") {
            return unnamed(comment.split_once("-->").map_or("", |(_, rest)| rest));
        }
        if inside.starts_with(['!', '?']) {
            return unnamed(inside.split_once('>').map_or("", |(_, rest)| rest));
        }
        let (closes, inside) =
            inside.strip_prefix('/').map_or((false, inside), |inside| (true, inside));
        if !inside.starts_with(|c: char| c.is_ascii_alphabetic()) {
            return None;
        }
        let name_end =
            inside.find(|c: char| !c.is_ascii_alphanumeric() && c != '-').unwrap_or(inside.len());
        let (name, attributes) = inside.split_at(name_end);
        let end = end_of(attributes);
        let (attributes, rest) = attributes.split_at(end);
        let is_empty = attributes.trim_end().ends_with('/');
        Some(Self { name, closes, is_empty, rest: rest.get(1..).unwrap_or_default() })
    }

    fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name)
    }
}

/// The place of the `>` that ends a tag: one in quotes does not. A tag that never ends takes all.
fn end_of(attributes: &str) -> usize {
    let mut quote = None;
    for (at, c) in attributes.char_indices() {
        match (quote, c) {
            (None, '>') => return at,
            (None, '"' | '\'') => quote = Some(c),
            (Some(open), c) if c == open => quote = None,
            _ => {}
        }
    }
    attributes.len()
}

/// Text in the making: runs of white space are held back until something follows them.
#[derive(Default)]
struct Text {
    done: String,
    space: bool,
    line: bool,
}

impl Text {
    fn push(&mut self, raw: &str) {
        let mut rest = raw;
        while let Some(c) = rest.chars().next() {
            let (c, length) = if c == '&' { entity(rest) } else { (Some(c), c.len_utf8()) };
            match c {
                Some(c) if c.is_whitespace() => self.space = true,
                Some(c) => self.put(|done| done.push(c)),
                None => self.put(|done| done.push_str(rest.get(..length).unwrap_or_default())),
            }
            rest = rest.get(length..).unwrap_or_default();
        }
    }

    fn line(&mut self) {
        self.line = true;
    }

    fn put(&mut self, write: impl FnOnce(&mut String)) {
        if !self.done.is_empty() {
            if self.line {
                self.done.push('\n');
            } else if self.space {
                self.done.push(' ');
            }
        }
        (self.line, self.space) = (false, false);
        write(&mut self.done);
    }

    fn finish(self) -> String {
        self.done
    }
}

/// The character an entity stands for and its length in bytes; none for what has to stay as it is
/// written, above all `&lt;` in each of its spellings.
fn entity(text: &str) -> (Option<char>, usize) {
    const LENGTH_MAX: usize = 10;
    let end = text.bytes().take(LENGTH_MAX).position(|byte| byte == b';');
    let Some((end, name)) = end.and_then(|end| Some((end, text.get(1..end)?))) else {
        return (Some('&'), 1);
    };
    let number = name.strip_prefix('#').and_then(|number| match number.strip_prefix(['x', 'X']) {
        Some(hex) => u32::from_str_radix(hex, 16).ok(),
        None => number.parse().ok(),
    });
    let c = match name {
        "amp" => Some('&'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        "nbsp" => Some(' '),
        _ => number.and_then(char::from_u32).filter(|c| !matches!(c, '<' | '>')),
    };
    (c, end + 1)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(markup: &str, expected: &str) {
        assert_eq!(visible(markup), expected, "{markup}");
    }

    #[test]
    fn what_a_person_sees_remains() {
        check("<h1>Title</h1><p>One <b>bold</b> word.</p>", "Title\nOne bold word.");
        check("<ul><li>a<li>b</ul>", "a\nb");
        check("<table><tr><td>1</td><td>2</td></tr></table>", "1 2");
        check(
            "a&amp;b &quot;c&quot; &#39;d&#x27;&nbsp;e &unknown; & f",
            "a&b \"c\" 'd' e &unknown; & f",
        );
        check("<svg><title>Plan</title><text x='1'>Start</text></svg>", "Plan\nStart");
        check("Grüße<br/>日本語", "Grüße\n日本語");
        check("  lots \n\n of   space ", "lots of space");
    }

    #[test]
    fn what_is_hidden_goes() {
        check("a<script>alert('<b>')</script>b", "ab");
        check("a<STYLE>p{}</style >b<!-- secret <p> -->c", "abc");
        check("a<script src=x/>b</script>c", "ac");
        check("a<defs/>b<desc>c</desc>d", "abd");
        check("a<style>never closed", "a");
        check("a<p title=\"x > y\" onclick='alert(1)'>b", "a\nb");
        check("a<!DOCTYPE html><?php x ?>b<![CDATA[x]]>c", "abc");
        check("a<p never ends", "a");
        check("a<!-- never ends", "a");
    }

    #[test]
    fn no_markup_comes_out() {
        check("1 < 2 > 0", "1 &lt; 2 > 0");
        check("&lt;script&gt;", "&lt;script&gt;");
        check("&#60;b&#x3C;b&#0060;", "&#60;b&#x3C;b&#0060;");
        check("<<b>script>x", "&lt;script>x");
        check("&#1114112;&#xD800;&#;&;", "&#1114112;&#xD800;&#;&;");
    }

    proptest! {
        #[test]
        fn nothing_that_comes_out_can_be_a_tag(markup in "[<>/!a-c \"'&#;x3lt-]{0,60}") {
            prop_assert!(!visible(&markup).contains('<'));
        }

        #[test]
        fn any_text_has_an_answer(markup in ".{0,200}") {
            prop_assert!(!visible(&markup).contains('<'));
        }
    }
}
