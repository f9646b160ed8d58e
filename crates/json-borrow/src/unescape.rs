//! What stands between the quotes of a text, with its escapes read.

use memchr::memchr;

/// The text; none when an escape is wrong.
///
/// Programs that cut a text by its UTF-16 units leave half of a surrogate pair behind, and Jira
/// passes it on as it is. It is no character, so U+FFFD stands for it: losing the whole text would
/// be worse.
pub(super) fn unescaped(quoted: &str) -> Option<String> {
    let mut text = String::with_capacity(quoted.len());
    let mut rest = quoted;
    while let Some(at) = memchr(b'\\', rest.as_bytes()) {
        let (before, from) = rest.split_at_checked(at)?;
        text.push_str(before);
        let (c, after) = escape(from.get(1..)?)?;
        text.push(c);
        rest = after;
    }
    text.push_str(rest);
    Some(text)
}

/// The character that an escape stands for, and what follows it.
fn escape(text: &str) -> Option<(char, &str)> {
    let c = match text.as_bytes().first()? {
        b'u' => return unicode(text.get(1..)?),
        b'n' => '\n',
        b't' => '\t',
        b'r' => '\r',
        b'b' => '\u{8}',
        b'f' => '\u{C}',
        plain @ (b'"' | b'\\' | b'/') => char::from(*plain),
        _ => return None,
    };
    Some((c, text.get(1..)?))
}

fn unicode(text: &str) -> Option<(char, &str)> {
    let (first, after) = unit(text)?;
    if let 0xD800..=0xDBFF = first
        && let Some((second @ 0xDC00..=0xDFFF, behind)) = after.strip_prefix("\\u").and_then(unit)
    {
        let c = 0x1_0000 + ((first - 0xD800) << 10) + (second - 0xDC00);
        return Some((char::from_u32(c)?, behind));
    }
    Some((char::from_u32(first).unwrap_or(char::REPLACEMENT_CHARACTER), after))
}

/// Four hexadecimal digits.
fn unit(text: &str) -> Option<(u32, &str)> {
    let (digits, after) = text.split_at_checked(4)?;
    if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    Some((u32::from_str_radix(digits, 16).ok()?, after))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(quoted: &str, expected: Option<&str>) {
        assert_eq!(unescaped(quoted).as_deref(), expected, "{quoted}");
    }

    #[test]
    fn half_a_pair_is_one_sign_and_costs_nothing_else() {
        check(r"cut \ud83d", Some("cut \u{FFFD}"));
        check(r"\udc00 cut", Some("\u{FFFD} cut"));
        check(r"a\ude00\ud83db", Some("a\u{FFFD}\u{FFFD}b"));
        check(r"\ud83d\ud83d\ude00", Some("\u{FFFD}😀"));
        check(r"\ud83d\n\u00e4\/\uFFFF", Some("\u{FFFD}\nä/\u{FFFF}"));
        check(r"\ud83dabcd", Some("\u{FFFD}abcd"));
    }

    #[test]
    fn what_is_no_escape_stays_an_error() {
        for wrong in [r"\ud83", r"\ud83d\u", r"\ud83d\u12", r"\u+123", r"\uд123", r"\x", "\\"] {
            check(wrong, None);
        }
    }

    proptest! {
        #[test]
        fn what_serde_json_reads_is_read_the_same(text in r#"([a-f0-9ä]|\\["\\/bfnrtux]|\\ud8[0-9a-f]{2}|\\ude[0-9a-f]{2}){0,12}"#) {
            let other: Option<String> = serde_json::from_str(&format!("\"{text}\"")).ok();
            match (unescaped(&text), other) {
                (own, Some(other)) => prop_assert_eq!(own, Some(other)),
                (Some(own), None) => prop_assert!(own.contains(char::REPLACEMENT_CHARACTER)),
                (None, None) => {}
            }
        }
    }
}
