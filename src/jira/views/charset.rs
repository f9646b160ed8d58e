//! The text in a file's bytes, in whichever encoding it was written: as browsers find it out.
//!
//! Sources: WHATWG Encoding (labels, decoders, byte order marks) and HTML (what a document says of
//! itself).

use std::borrow::Cow;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};

/// A guess is made from this much of a file.
const GUESS_BYTES_MAX: usize = 65_536;

/// A document says within this many bytes how it is encoded.
const DECLARATION_BYTES_MAX: usize = 1_024;

/// Text, and how it was read.
#[derive(Debug, PartialEq, Eq)]
pub struct FileText<'a> {
    /// The text; U+FFFD stands for what cannot be read.
    pub text: Cow<'a, str>,
    /// The encoding's name.
    pub encoding: &'static str,
    /// Nobody said which encoding it is.
    pub is_guessed: bool,
    /// How many places could not be read.
    pub undecodable: usize,
}

/// Reads bytes as text. `charset` is what was said of the file when it came; `may_guess` is whether
/// bytes in an encoding that nobody names are text at all.
pub(super) fn decode<'a>(
    bytes: &'a [u8],
    charset: Option<&str>,
    may_guess: bool,
) -> Option<FileText<'a>> {
    if let Some((encoding, _)) = Encoding::for_bom(bytes) {
        return Some(read(bytes, encoding, false));
    }
    let said =
        charset.map(str::as_bytes).or_else(|| declared_inside(bytes)).and_then(Encoding::for_label);
    if let Some(encoding) = said.filter(|encoding| *encoding != UTF_8) {
        return Some(read(bytes, encoding, false));
    }
    let utf_8 = read(bytes, UTF_8, false);
    if utf_8.undecodable == 0 || (said.is_some() && is_mostly_utf_8(&utf_8)) {
        return Some(utf_8);
    }
    if !may_guess {
        return None;
    }
    // A long log with one broken line is still what all its other lines are.
    Some(if is_mostly_utf_8(&utf_8) { utf_8 } else { read(bytes, guess(bytes), true) })
}

fn read<'a>(bytes: &'a [u8], encoding: &'static Encoding, is_guessed: bool) -> FileText<'a> {
    let (text, encoding, _) = encoding.decode(bytes);
    // Windows-1252 has five bytes that stand for nothing; browsers make controls of them, which
    // nobody sees.
    let text = if encoding == WINDOWS_1252 && text.contains(is_c1) {
        Cow::Owned(text.replace(is_c1, "\u{FFFD}"))
    } else {
        text
    };
    let stands_there = if encoding == UTF_8 {
        bytes.windows(3).filter(|three| three == b"\xEF\xBF\xBD").count()
    } else {
        0
    };
    let undecodable =
        text.matches(char::REPLACEMENT_CHARACTER).count().saturating_sub(stands_there);
    FileText { text, encoding: encoding.name(), is_guessed, undecodable }
}

fn is_c1(c: char) -> bool {
    matches!(c, '\u{80}'..='\u{9F}')
}

/// Whether more characters beyond ASCII were read than could not be.
fn is_mostly_utf_8(read: &FileText<'_>) -> bool {
    let beyond_ascii = read.text.chars().filter(|c| !c.is_ascii()).count();
    beyond_ascii.saturating_sub(read.undecodable) > read.undecodable
}

fn guess(bytes: &[u8]) -> &'static Encoding {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Allow);
    detector.feed(bytes.get(..GUESS_BYTES_MAX).unwrap_or(bytes), bytes.len() <= GUESS_BYTES_MAX);
    detector.guess(None, Utf8Detection::Deny)
}

/// What HTML says in a `meta` element, and XML in its first line.
fn declared_inside(bytes: &[u8]) -> Option<&[u8]> {
    let start = bytes.get(..DECLARATION_BYTES_MAX).unwrap_or(bytes);
    let lower = start.to_ascii_lowercase();
    let is_markup = |tag: &[u8]| lower.windows(tag.len()).any(|part| part == tag);
    let key: &[u8] = if lower.trim_ascii_start().starts_with(b"<?xml") {
        b"encoding="
    } else if is_markup(b"<meta") {
        b"charset="
    } else {
        return None;
    };
    let at = lower.windows(key.len()).position(|part| part == key)? + key.len();
    let value = start.get(at..)?.trim_ascii_start();
    let value = value.strip_prefix(b"\"").or(value.strip_prefix(b"'")).unwrap_or(value);
    let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_:.".contains(byte);
    let end = value.iter().position(|byte| !is_part(byte)).unwrap_or(value.len());
    // Who can read this line as ASCII is not in UTF-16, whatever it says.
    value.get(..end).filter(|label| !label.to_ascii_lowercase().starts_with(b"utf-16"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(bytes: &[u8], charset: Option<&str>, text: &str, encoding: &str, is_guessed: bool) {
        let read = decode(bytes, charset, true).unwrap();
        assert_eq!(
            (&*read.text, read.encoding, read.is_guessed),
            (text, encoding, is_guessed),
            "{charset:?}"
        );
    }

    #[test]
    fn what_is_said_of_a_file_goes_before_what_it_looks_like() {
        let word = "エラーが発生しました。設定を確認してください。";
        let (shift_jis, ..) = encoding_rs::SHIFT_JIS.encode(word);
        check(&shift_jis, Some("shift_jis"), word, "Shift_JIS", false);
        check(&shift_jis, None, word, "Shift_JIS", true);
        check(b"gr\xfcn", Some("ISO-8859-1"), "grün", "windows-1252", false);
        check(b"5 \x80 \x96 \x93x\x94", Some("latin1"), "5 € – “x”", "windows-1252", false);
        check(b"\xcf\xf0\xe8\xe2\xe5\xf2", Some("windows-1251"), "Привет", "windows-1251", false);
        check("grün".as_bytes(), Some("no such thing"), "grün", "UTF-8", false);
        check(
            b"<?xml version='1.0' encoding='ISO-8859-2'?>\xb1",
            None,
            "<?xml version='1.0' encoding='ISO-8859-2'?>ą",
            "ISO-8859-2",
            false,
        );
        check(
            b"<html><meta charset=\"windows-1252\">\x80",
            None,
            "<html><meta charset=\"windows-1252\">€",
            "windows-1252",
            false,
        );
        check(b"\xEF\xBB\xBFa", Some("latin1"), "a", "UTF-8", false);
        check(b"\xFF\xFEa\0", Some("utf-8"), "a", "UTF-16LE", false);
    }

    #[test]
    fn what_nobody_said_is_guessed_and_said_so() {
        check("grün 日本".as_bytes(), None, "grün 日本", "UTF-8", false);
        check(
            b"Artikel;Preis\n\x93Gr\xf6\xdfe \x96 M\x94;5 \x80\n",
            None,
            "Artikel;Preis\n“Größe – M”;5 €\n",
            "windows-1252",
            true,
        );
        assert_eq!(decode(b"gr\xfcn", None, false), None);
    }

    #[test]
    fn what_cannot_be_read_is_counted() {
        let log = ["日本語のログ\n".as_bytes(), b"\xff\n", "終わり".as_bytes()].concat();
        let read = decode(&log, None, true).unwrap();
        assert_eq!((&*read.text, read.undecodable), ("日本語のログ\n\u{FFFD}\n終わり", 1));
        assert_eq!(decode("a\u{FFFD}".as_bytes(), None, true).unwrap().undecodable, 0);
        let odd = decode(b"\xFF\xFEa\0b", None, true).unwrap();
        assert_eq!((&*odd.text, odd.undecodable), ("a\u{FFFD}", 1));
        assert_eq!(decode(b"a\x81b", Some("latin1"), true).unwrap().undecodable, 1);
    }
}
