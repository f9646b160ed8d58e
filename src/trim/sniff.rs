//! What a file is by its bytes. Its name and declared type were chosen by whoever added it and prove nothing.

use std::borrow::Cow;

use super::markup;

/// A file as an agent can use it.
#[derive(Debug, PartialEq, Eq)]
pub enum FileContent<'a> {
    /// A picture of this media type.
    Image(&'static str),
    /// Text; of HTML and SVG only what a person would read.
    Text(Cow<'a, str>),
    /// Anything else.
    Opaque,
}

/// Declared types that are neither text nor one of the pictures below: not worth loading.
const OPAQUE_TYPES: &[&str] = &[
    "audio/",
    "video/",
    "font/",
    "application/pdf",
    "application/zip",
    "application/gzip",
    "application/x-7z",
    "application/x-tar",
    "application/x-rar",
    "application/java-archive",
    "application/msword",
    "application/vnd.ms-",
    "application/vnd.openxmlformats-",
    "application/vnd.oasis.opendocument",
];

/// Whether a file of this declared type may turn out to be text or a picture.
pub fn may_be_shown(declared: &str) -> bool {
    !OPAQUE_TYPES.iter().any(|opaque| declared.starts_with(opaque))
}

/// Looks into the bytes. The declared type is asked only where bytes cannot tell: which text is HTML or SVG.
pub fn read_file<'a>(bytes: &'a [u8], declared: &str) -> FileContent<'a> {
    if let Some(media_type) = image_type(bytes) {
        return FileContent::Image(media_type);
    }
    match decode(bytes, declared.starts_with("text/")) {
        Some(text) if is_markup(&text, declared) => FileContent::Text(Cow::Owned(markup::visible(&text))),
        Some(text) => FileContent::Text(text),
        None => FileContent::Opaque,
    }
}

/// The pictures that models can see. Source: WHATWG MIME Sniffing, section 6.1.
pub fn image_type(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1A, b'\n', ..] => Some("image/png"),
        [0xFF, 0xD8, 0xFF, ..] => Some("image/jpeg"),
        [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => Some("image/gif"),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', b'V', b'P', ..] => Some("image/webp"),
        _ => None,
    }
}

/// Text in UTF-8, or in UTF-16 with a byte order mark; single-byte text only where text was declared, for any bytes
/// at all would pass as that.
fn decode(bytes: &[u8], declared_text: bool) -> Option<Cow<'_, str>> {
    let text = match bytes {
        [0xFF, 0xFE, rest @ ..] => Cow::Owned(utf16(rest, u16::from_le_bytes)?),
        [0xFE, 0xFF, rest @ ..] => Cow::Owned(utf16(rest, u16::from_be_bytes)?),
        [0xEF, 0xBB, 0xBF, rest @ ..] => Cow::Borrowed(std::str::from_utf8(rest).ok()?),
        [b'%', b'P', b'D', b'F', b'-', ..] => return None,
        _ => match std::str::from_utf8(bytes) {
            Ok(text) => Cow::Borrowed(text),
            Err(_) if declared_text => Cow::Owned(bytes.iter().copied().map(char::from).collect()),
            Err(_) => return None,
        },
    };
    // Logs hold colour codes and form feeds; other control characters are a sign of a binary format.
    let is_foreign = |c: char| matches!(c, '\0'..='\u{7}' | '\u{E}'..='\u{1A}' | '\u{1C}'..='\u{1F}');
    (!text.chars().any(is_foreign)).then_some(text)
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Option<String> {
    let (pairs, rest) = bytes.as_chunks::<2>();
    let units = pairs.iter().copied().map(unit);
    rest.is_empty().then(|| char::decode_utf16(units).collect::<Result<String, _>>().ok()).flatten()
}

fn is_markup(text: &str, declared: &str) -> bool {
    if ["text/html", "application/xhtml", "image/svg"].iter().any(|kind| declared.starts_with(kind)) {
        return true;
    }
    let start: String = text.trim_start().chars().take(1_024).collect::<String>().to_ascii_lowercase();
    let opens = ["<!doctype html", "<html", "<svg", "<head", "<body", "<script", "<iframe", "<!--"];
    opens.iter().any(|tag| start.starts_with(tag))
        || (start.starts_with("<?xml") && ["<svg", "<html"].iter().any(|tag| start.contains(tag)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(bytes: &[u8], declared: &str, expected: &FileContent<'_>) {
        assert_eq!(read_file(bytes, declared), *expected, "{declared}");
    }

    fn text(text: &str) -> FileContent<'_> {
        FileContent::Text(Cow::Borrowed(text))
    }

    #[test]
    fn bytes_decide_and_not_the_declared_type() {
        check(b"\x89PNG\r\n\x1a\n....", "text/plain", &FileContent::Image("image/png"));
        check(b"\xff\xd8\xff\xe0....", "application/octet-stream", &FileContent::Image("image/jpeg"));
        check(b"GIF89a....", "", &FileContent::Image("image/gif"));
        check(b"RIFF\x01\x02\x03\x04WEBPVP8 ", "image/png", &FileContent::Image("image/webp"));
        check(b"no picture", "image/png", &text("no picture"));
        check(b"GIF8", "image/gif", &text("GIF8"));
        check(b"RIFF\x01\x02\x03\x04WAVEfmt ", "image/webp", &FileContent::Opaque);
        check(b"PK\x03\x04", "text/plain", &FileContent::Opaque);
        check(b"%PDF-1.7\nplain", "text/plain", &FileContent::Opaque);
        check(b"\x00\x01", "text/plain", &FileContent::Opaque);
        check(b"", "application/octet-stream", &text(""));
    }

    #[test]
    fn text_comes_in_several_encodings() {
        check("grün".as_bytes(), "application/octet-stream", &text("grün"));
        check(b"\xef\xbb\xbfid;name", "text/csv", &text("id;name"));
        check(b"\xff\xfeh\0i\0", "", &text("hi"));
        check(b"\xfe\xff\0h\0i", "", &text("hi"));
        check(b"\xff\xfeh\0i", "text/plain", &FileContent::Opaque);
        check(b"gr\xfcn", "text/plain", &text("grün"));
        check(b"gr\xfcn", "application/octet-stream", &FileContent::Opaque);
        check(b"\x1b[31mred\x1b[0m\x0c", "", &text("\u{1b}[31mred\u{1b}[0m\u{c}"));
    }

    #[test]
    fn markup_is_read_whatever_it_calls_itself() {
        for (bytes, declared) in [
            ("<!DOCTYPE html><p>hi", "text/plain"),
            ("\n <HTML><body>hi", ""),
            ("<svg onload=x><text>hi</text></svg>", "image/png"),
            ("<?xml version=\"1.0\"?>\n<svg><text>hi", "application/xml"),
            ("<p>hi</p>", "text/html; charset=utf-8"),
            ("<g>hi</g>", "image/svg+xml"),
        ] {
            check(bytes.as_bytes(), declared, &text("hi"));
        }
        check(b"<config>hi</config>", "application/xml", &text("<config>hi</config>"));
        check(b"a <b> c", "text/plain", &text("a <b> c"));
    }

    #[test]
    fn types_that_are_never_shown_are_not_loaded() {
        for (declared, expected) in [
            ("image/png", true),
            ("", true),
            ("application/octet-stream", true),
            ("application/json", true),
            ("application/pdf", false),
            ("video/mp4", false),
            ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", false),
        ] {
            assert_eq!(may_be_shown(declared), expected, "{declared}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_have_an_answer(bytes in prop::collection::vec(any::<u8>(), 0..300), html in any::<bool>()) {
            let content = read_file(&bytes, if html { "text/html" } else { "" });
            if let (FileContent::Text(text), true) = (content, html) {
                prop_assert!(!text.contains('<'));
            }
        }
    }
}
