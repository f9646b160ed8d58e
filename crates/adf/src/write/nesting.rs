//! Bounds how deep one line can nest, before the parser sees it: each further line costs the parser
//! a step per open container, so that a line of ten thousand `>` followed by many lines would take
//! it minutes.

use std::borrow::Cow;

/// Container markers one line may start with. Editors stop at about ten.
const MARKERS_MAX: usize = 60;

/// The text with the markers beyond the limit left out; a line that has fewer stays as it is.
pub(super) fn limit(markdown: &str) -> Cow<'_, str> {
    if !markdown.split('\n').any(|line| excess(line).is_some()) {
        return Cow::Borrowed(markdown);
    }
    let mut out = String::with_capacity(markdown.len());
    for (index, line) in markdown.split('\n').enumerate() {
        if index > 0 {
            out.push('\n');
        }
        match excess(line) {
            Some((kept, rest)) => {
                out.push_str(kept);
                out.push_str(rest);
            }
            None => out.push_str(line),
        }
    }
    Cow::Owned(out)
}

/// The part of a line up to its last allowed marker, and what follows the last marker of all.
fn excess(line: &str) -> Option<(&str, &str)> {
    let mut rest = line;
    let mut count = 0;
    let mut kept = "";
    while let Some(after) = after_marker(rest.trim_start_matches([' ', '\t'])) {
        rest = after;
        count += 1;
        if count == MARKERS_MAX {
            kept = line.get(..line.len() - rest.len()).unwrap_or_default();
        }
    }
    (count > MARKERS_MAX).then_some((kept, rest))
}

fn after_marker(text: &str) -> Option<&str> {
    if let Some(rest) = text.strip_prefix('>') {
        return Some(rest);
    }
    let rest = if let Some(rest) = text.strip_prefix(['-', '+', '*']) {
        rest
    } else {
        let digits = text.bytes().take(10).take_while(u8::is_ascii_digit).count();
        text.get(digits..).filter(|_| (1..10).contains(&digits))?.strip_prefix(['.', ')'])?
    };
    (rest.is_empty() || rest.starts_with([' ', '\t', '\r'])).then_some(rest)
}

#[cfg(test)]
mod tests {
    use super::{MARKERS_MAX, limit};

    fn check(markdown: &str, expected: &str) {
        assert_eq!(limit(markdown), expected);
    }

    #[test]
    fn keeps_what_is_allowed_and_drops_the_rest() {
        let allowed = format!("a\n{}b\n- c", "> ".repeat(60));
        check(&allowed, &allowed);
        assert_eq!(MARKERS_MAX, 60);
        check(
            &format!("a\n{}b\n- c", "> ".repeat(5000)),
            &format!("a\n{} b\n- c", "> ".repeat(60).trim_end()),
        );
        check(
            &format!("{}x", "1. - ".repeat(500)),
            &format!("{} x", "1. - ".repeat(30).trim_end()),
        );
        for whole in
            ["-".repeat(500), "1".repeat(500), "#".repeat(500), "a > b".repeat(100), String::new()]
        {
            check(&whole, &whole);
        }
    }
}
