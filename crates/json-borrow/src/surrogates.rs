//! Half an emoji: an escape of one surrogate without the other, which some programs leave when they
//! cut a text.
//!
//! RFC 8259 section 8.2 calls what a reader makes of it unpredictable; here it is U+FFFD, as in
//! browsers, and the rest of the text is read.

use memchr::{memchr, memmem};

/// `\uXXXX`
const ESCAPE_BYTES: usize = 6;
const REPLACEMENT: &str = "\\ufffd";

/// The JSON text with `\ufffd` for each lone surrogate; none if it holds no such escape. One pass,
/// and none over texts without escapes of surrogates.
pub fn mend_surrogates(text: &str) -> Option<String> {
    let bytes = text.as_bytes();
    let is_surrogate =
        |at: usize| bytes.get(at + 2).is_some_and(|byte| matches!(byte, b'd' | b'D'));
    if !memmem::find_iter(bytes, b"\\u").any(is_surrogate) {
        return None;
    }
    let (mut mended, mut copied, mut at) = (String::new(), 0, 0);
    while let Some(found) = bytes.get(at..).and_then(|rest| memchr(b'\\', rest)) {
        let start = at + found;
        at = match (unit(bytes, start), unit(bytes, start + ESCAPE_BYTES)) {
            (Some(0xD800..=0xDBFF), Some(0xDC00..=0xDFFF)) => start + 2 * ESCAPE_BYTES,
            (Some(0xD800..=0xDFFF), _) => {
                mended.push_str(text.get(copied..start)?);
                mended.push_str(REPLACEMENT);
                copied = start + ESCAPE_BYTES;
                copied
            }
            // A backslash hides the character after it, another backslash too.
            _ => start + 2,
        };
    }
    mended.push_str(text.get(copied..)?);
    (copied > 0).then_some(mended)
}

/// The code unit that an escape at this place names.
fn unit(bytes: &[u8], at: usize) -> Option<u32> {
    let escape = bytes.get(at..at + ESCAPE_BYTES)?.strip_prefix(b"\\u")?;
    escape.iter().try_fold(0, |unit, digit| Some(unit * 16 + char::from(*digit).to_digit(16)?))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::Value;

    use super::*;

    #[test]
    fn only_a_half_is_replaced() {
        let check = |text: &str, expected: Option<&str>| {
            assert_eq!(mend_surrogates(text).as_deref(), expected, "{text}");
        };
        check(r#""plain \u00e9 \n""#, None);
        check(r#""\ud83d\ude00""#, None);
        check(r#""\uD83D\uDE00 \\ud83d""#, None);
        check(r#""\ud83d""#, Some(r#""\ufffd""#));
        check(r#""\ude00 x""#, Some(r#""\ufffd x""#));
        check(r#""\ud83d\ud83d\ude00""#, Some(r#""\ufffd\ud83d\ude00""#));
        check(r#""\ude00\ud83d""#, Some(r#""\ufffd\ufffd""#));
        check(r#""é\\\ud83d\u0041 日本""#, Some(r#""é\\\ufffd\u0041 日本""#));
        check(r#""\\\\ud83d \ud83"#, None);
        check("\\ud83d", Some("\\ufffd"));
        check("\\ud8é", None);
    }

    proptest! {
        #[test]
        fn texts_become_readable_and_lose_nothing_else(
            parts in proptest::collection::vec(
                prop_oneof![
                    Just("\\ud83d"), Just("\\ude00"), Just("\\ud83d\\ude00"), Just("\\\\"), Just("ud83d"),
                    Just("\\n"), Just("x"), Just("é"), Just("\\u00e9"),
                ],
                0..20,
            )
        ) {
            let text = format!("\"{}\"", parts.concat());
            let mended = mend_surrogates(&text);
            let readable = mended.as_deref().unwrap_or(&text);
            prop_assert!(serde_json::from_str::<Value>(readable).is_ok(), "{text} -> {readable}");
            prop_assert_eq!(mended.is_none(), serde_json::from_str::<Value>(&text).is_ok());
            prop_assert!(mend_surrogates(readable).is_none());
        }
    }
}
