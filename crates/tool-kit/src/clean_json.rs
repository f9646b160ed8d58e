//! The one way out: whatever a tool says, in good answers and in errors, loses here what cannot be
//! seen.
//!
//! The views clean what they show as well, because lengths are counted there. This is for what they
//! miss: names used as keys, sentences of Jira's own errors, candidates to choose from.

use super::text::{CharAction, char_action};

/// A serialised JSON value whose strings and member names went through [`clean`](crate::clean).
/// Never longer than what was given, valid where that was valid, and the same text where there is
/// nothing to do.
pub fn clean_json(json: String) -> String {
    let mut cleaned = Cleaned { json: &json, written: None };
    let mut previous = None;
    let mut at = 0;
    while let Some(rest) = json.get(at..).filter(|rest| !rest.is_empty()) {
        let plain = plain_len(rest.as_bytes());
        if plain > 0 {
            previous = rest.as_bytes().get(plain - 1).map(|byte| char::from(*byte));
            cleaned.keep(at, plain);
            at += plain;
            continue;
        }
        let Some(found) = JsonChar::first_of(rest) else {
            cleaned.keep(at, rest.len());
            break;
        };
        let next = json.get(at + found.bytes..).and_then(JsonChar::first_of).map(|next| next.char);
        match char_action(found.char, previous, next) {
            CharAction::Keep => {
                cleaned.keep(at, found.bytes);
                previous = Some(found.char);
            }
            CharAction::LineFeed => {
                cleaned.put(at, "\\n");
                previous = Some('\n');
            }
            CharAction::Drop => cleaned.put(at, ""),
        }
        at += found.bytes;
    }
    match cleaned.written {
        Some(written) => written,
        None => json,
    }
}

/// Bytes that are looked at in one go, which is done without an early end.
const CHUNK: usize = 16;

/// How many plain bytes come first.
fn plain_len(bytes: &[u8]) -> usize {
    let is_all_plain = |chunk: &&[u8]| chunk.iter().fold(true, |all, byte| all & is_plain(*byte));
    let chunks = bytes.chunks_exact(CHUNK).take_while(is_all_plain).count() * CHUNK;
    let rest = bytes.get(chunks..).unwrap_or_default();
    chunks + rest.iter().take_while(|byte| is_plain(**byte)).count()
}

/// Visible ASCII that begins no escape.
fn is_plain(byte: u8) -> bool {
    matches!(byte, b' '..=b'~') && byte != b'\\'
}

/// What has been taken over so far; nothing of it is written as long as all of it is.
struct Cleaned<'j> {
    json: &'j str,
    written: Option<String>,
}

impl Cleaned<'_> {
    fn keep(&mut self, at: usize, bytes: usize) {
        if let Some(written) = &mut self.written {
            written.push_str(self.json.get(at..at + bytes).unwrap_or_default());
        }
    }

    /// Writes something else than what stands there.
    fn put(&mut self, at: usize, instead: &str) {
        let json = self.json;
        let written = self.written.get_or_insert_with(|| {
            let mut written = String::with_capacity(json.len());
            written.push_str(json.get(..at).unwrap_or_default());
            written
        });
        written.push_str(instead);
    }
}

/// One character, as it stands or as an escape.
struct JsonChar {
    char: char,
    bytes: usize,
}

impl JsonChar {
    fn first_of(json: &str) -> Option<Self> {
        let first = json.chars().next()?;
        if first != '\\' {
            return Some(Self { char: first, bytes: first.len_utf8() });
        }
        let short = |char| Some(Self { char, bytes: 2 });
        match json.as_bytes().get(1)? {
            b'b' => short('\u{8}'),
            b'f' => short('\u{C}'),
            b'n' => short('\n'),
            b'r' => short('\r'),
            b't' => short('\t'),
            b'u' => Self::of_unit(json),
            other => short(char::from(*other)),
        }
    }

    /// `\u` with four digits, or two of them for one character. Half a pair is kept as it is.
    fn of_unit(json: &str) -> Option<Self> {
        let unit = |at: usize| {
            let digits = json.get(at..at + 6)?.strip_prefix("\\u")?;
            u16::from_str_radix(digits, 16).ok()
        };
        let units = [unit(0)?, unit(6).unwrap_or_default()];
        let char = char::decode_utf16(units).next()?;
        let char = char.unwrap_or(char::REPLACEMENT_CHARACTER);
        Some(Self { char, bytes: 6 * char.len_utf16() })
    }
}

#[cfg(test)]
mod tests {
    use proptest::{collection::vec, prelude::*};
    use serde_json::{Value, json};

    use super::*;
    use crate::text::clean;

    fn cleaned(value: &Value) -> Value {
        match value {
            Value::String(text) => Value::from(clean(text)),
            Value::Array(items) => items.iter().map(cleaned).collect(),
            Value::Object(members) => members
                .iter()
                .map(|(name, value)| (clean(name).into_owned(), cleaned(value)))
                .collect(),
            other => other.clone(),
        }
    }

    #[test]
    fn what_cannot_be_seen_goes_from_names_and_values() {
        let hidden = "a\u{202E}b\u{200B}c\u{E0041}d\u{1B}[31me\u{9B}f\u{7F}g\u{2028}h\u{FEFF}";
        let shown =
            json!({ hidden: [hidden, { "x": hidden }], "👩\u{200D}💻": "❤\u{FE0F} żółć\n\"\\\t" });
        let text = clean_json(shown.to_string());
        assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), cleaned(&shown));
        assert!(text.contains(r"abcd[31mefg\nh"), "{text}");
        assert!(text.contains("👩\u{200D}💻"), "{text}");
    }

    #[test]
    fn escapes_are_what_they_mean() {
        for (given, expected) in [
            (r#""a\u200bb\u202ec""#, r#""abc""#),
            (r#""\ud83d\udc69\u200d\ud83d\udcbb""#, r#""\ud83d\udc69\u200d\ud83d\udcbb""#),
            (r#""\udb40\udc41x""#, r#""x""#),
            (r#""\\u200b \" \/ \n\t""#, r#""\\u200b \" \/ \n\t""#),
            (r#""\b\f\r\u001b""#, r#""""#),
            (r#""\u2028\u0085""#, r#""\n\n""#),
            (r#""\ud83d""#, r#""\ud83d""#),
        ] {
            assert_eq!(clean_json(given.to_owned()), expected);
        }
    }

    fn text() -> impl Strategy<Value = String> {
        let part = prop_oneof![
            "[ -~]{0,6}",
            prop::char::any().prop_map(String::from),
            prop::sample::select(vec![
                "\u{200D}",
                "\u{FE0F}",
                "\u{202E}",
                "\u{2028}",
                "\u{85}",
                "\u{E0041}",
                "👩",
                "#",
                "\u{1B}",
                "\r",
                "\u{7F}",
                "\u{9B}",
                "ż",
            ])
            .prop_map(str::to_owned),
        ];
        vec(part, 0..8).prop_map(|parts| parts.concat())
    }

    fn value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            text().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            Just(Value::Null)
        ];
        leaf.prop_recursive(3, 24, 4, |inner| {
            prop_oneof![
                vec(inner.clone(), 0..4).prop_map(Value::Array),
                prop::collection::btree_map(text(), inner, 0..4)
                    .prop_map(|members| Value::Object(members.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn every_string_of_a_value_is_cleaned_and_nothing_else(value in value()) {
            let given = value.to_string();
            let text = clean_json(given.clone());
            prop_assert!(text.len() <= given.len());
            let read: Value = serde_json::from_str(&text).unwrap();
            prop_assert_eq!(read, cleaned(&value));
            prop_assert_eq!(clean_json(text.clone()), text);
        }

        #[test]
        fn plain_bytes_are_found_in_chunks_as_one_by_one(
            bytes in vec(prop_oneof![20 => b' '..=b'~', 1 => any::<u8>()], 0..80),
        ) {
            let plain = bytes.iter().take_while(|byte| is_plain(**byte)).count();
            prop_assert_eq!(plain_len(&bytes), plain);
        }

        #[test]
        fn any_text_has_an_answer(text in text()) {
            prop_assert!(clean_json(text.clone()).len() <= text.len());
        }
    }
}
